"""Backups: one encrypted stream of all rows, the same for SQLite and PostgreSQL, and their way back."""
