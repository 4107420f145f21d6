"""Writes tables as CSV that a spreadsheet program opens as text: no cell can be taken for a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NEGATIVE = re.compile(r"-\d+(\.\d+)?")


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """Give the rows as CSV (RFC 4180). A cell that a spreadsheet would run gets an apostrophe before it (OWASP).

    A negative number is none, and stays a number.
    """
    written = io.StringIO(newline="")
    csv.writer(written).writerows([_harmless(cell) for cell in row] for row in rows)
    return written.getvalue()


def _harmless(cell: str) -> str:
    runs = cell.startswith(_STARTS_A_FORMULA) and not _NEGATIVE.fullmatch(cell)
    return "'" + cell if runs else cell
