"""The arithmetic of Attune: numbers and frames in, frozen dataclasses out.

Nothing here knows of storage, screens or people. Formulas and their sources: docs/methods.md.
"""
