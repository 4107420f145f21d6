"""Reads a list that somebody uploads, whichever of the two kinds of file it is."""

from db.exchange.excel_file import SIGNATURE, read_sheet
from db.exchange.table_file import Table, read_table

ACCEPTED = ["xlsx", "csv", "txt", "tsv"]
"""The endings of the files that are taken. What a file is tells its content, not its name."""


def read_uploaded(content: bytes) -> Table:
    """Give the table in an Excel workbook (its first sheet) or a CSV file.

    Raises:
        UnreadableFile: it is neither, or cannot be read; see ``excel_file`` and ``table_file``.
    """
    return read_sheet(content) if content.startswith(SIGNATURE) else read_table(content)
