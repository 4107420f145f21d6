"""Reads the first sheet of an Excel workbook (.xlsx) that somebody uploads, as the rows that a CSV file would give.

Nothing of a workbook is run. A formula counts with the value that Excel stored beside it, the one that people see; a
formula without one (the program that wrote the file never computed it) refuses the file, because it would read as an
empty cell. Rows that a filter hides are read as well. openpyxl reads through defusedxml, so that no entity expands.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook

from db.exchange.table_file import LARGEST_BYTES, MOST_COLUMNS, MOST_ROWS, Table, UnreadableFile, table_of

SIGNATURE = b"PK\x03\x04"
LARGEST_UNPACKED = 40 * 1024 * 1024
MOST_PARTS = 500
MOST_LINES = 10 * MOST_ROWS
"""Blank ones included: a cell far below the list would otherwise take for ever to reach."""
MOST_CELLS = MOST_ROWS * MOST_COLUMNS
"""Blank ones included, for a cell far to the right."""
DIGITS = 15
"""What Excel itself keeps of a number: 0.1 + 0.2 is 0.3 there."""
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_WORKBOOK, _SHEETS = "xl/workbook.xml", "xl/worksheets/"


def read_sheet(content: bytes) -> Table:
    """Give the table in the first visible sheet of a workbook.

    Dates come as 2026-11-20 whatever their format, numbers as Excel shows them in full, shares with their percent sign,
    codes that are shown with leading zeros with these, truths as TRUE and FALSE.

    Raises:
        UnreadableFile: it is no workbook, too large (also unpacked), has no rows or too many, or a cell no value.
    """
    if len(content) > LARGEST_BYTES:
        raise UnreadableFile("file_too_large", megabytes=LARGEST_BYTES // 1024 // 1024)
    computes = _require_harmless(content)
    try:
        if computes:
            _require_values(content)
        return table_of(_lines(content))
    except UnreadableFile:
        raise
    except Exception:
        # A workbook made by hand breaks openpyxl anywhere: KeyError, SyntaxError, zlib.error, classes of its own …
        raise UnreadableFile("excel_broken") from None


def _require_harmless(content: bytes) -> bool:
    """Look into the archive before anything is unpacked into memory; tell whether a sheet holds formulas."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if all(part.filename != _WORKBOOK for part in parts):
                raise UnreadableFile("file_not_text")
            # A part gives no more bytes than it says here, whatever is packed into it.
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
                raise UnreadableFile("excel_too_large", megabytes=LARGEST_UNPACKED // 1024 // 1024)
            sheets = [part.filename for part in parts if part.filename.startswith(_SHEETS)]
            return any(_FORMULA.search(archive.read(name)) for name in sheets)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        raise UnreadableFile("file_not_text") from None


def _sheet(content: bytes, *, values: bool) -> Any:
    """Give the first visible sheet, to be read row by row."""
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=values, keep_links=False)
    shown = [one for one in book.worksheets if one.sheet_state == "visible"]
    if not shown:
        raise UnreadableFile("file_empty")
    shown[0].reset_dimensions()  # What a file says about its own size is not to be relied on.
    return shown[0]


def _rows(sheet: Any) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Give the rows of a sheet with their numbers, as far as a list may reach."""
    cells = 0
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells += len(row)
        if number > MOST_LINES:
            raise UnreadableFile("file_too_long", rows=MOST_ROWS)
        if cells > MOST_CELLS:
            raise UnreadableFile("file_too_wide", columns=MOST_COLUMNS)
        yield number, row


def _require_values(content: bytes) -> None:
    """Refuse a formula whose value is not stored."""
    values = _rows(_sheet(content, values=True))
    formulas = _rows(_sheet(content, values=False))
    for (number, row), (_same, asked) in zip(values, formulas, strict=True):
        if any(two.data_type == "f" and one.value is None for one, two in zip(row, asked, strict=True)):
            raise UnreadableFile("excel_no_value", line=number)


def _lines(content: bytes) -> Iterable[tuple[int, list[str]]]:
    for number, row in _rows(_sheet(content, values=True)):
        if any(cell.data_type == "e" for cell in row):
            raise UnreadableFile("excel_no_value", line=number)
        cells = [_text(cell.value, cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        yield number, cells


def _text(value: Any, cell: Any) -> str:
    """Give what a cell says."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return str(value.date()) if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return str(value)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, (int, float)):
        return _number(value, cell.number_format or "")
    return str(value).strip()


def _number(value: float, shown_as: str) -> str:
    if "%" in shown_as:
        return f"{value * 100:.{DIGITS}g}%"
    text = str(value) if isinstance(value, int) else format(Decimal(f"{value:.{DIGITS}g}"), "f")
    return text.zfill(len(shown_as)) if re.fullmatch("0+", shown_as) else text
