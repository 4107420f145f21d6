"""Invented data that look like a real program's, with planted truths for the charts to find (docs/demo.md).

Everything follows from an ``Order``: the same order gives the same rows, on any day and on any database.
"""
