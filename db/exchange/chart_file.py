"""The numbers of a chart as a file: what stood on the screen and nothing more, with what it is and what it rests on.

The cells come as the screen shows them, so a hidden number cannot be in a file: it has left nowhere else either.
"""

import io
import re
from collections.abc import Iterator
from datetime import date
from typing import Any, Self

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from pydantic import BaseModel

from db.exchange.csv_file import csv_text

WIDEST_COLUMN = 60
_NUMBER = re.compile(r"[-−]?(?:[1-9][0-9]{0,2}(?:,[0-9]{3}){1,4}|0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?")
"""Not what begins with a zero, such as a child's code, and nothing longer than a spreadsheet keeps."""
_NO_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")


class ChartTable(BaseModel):
    """A chart's table with its words, in the language of whoever asked.

    ``about`` says in pairs of words what was chosen and what the numbers rest on; ``notes`` what to know when reading
    them, among it what the marks of a cell mean.
    """

    title: str
    about: list[tuple[str, str]]
    head: list[str]
    rows: list[list[str]]
    notes: list[str]
    made_on: date

    def lines(self) -> Iterator[list[str]]:
        """Give the file line by line."""
        yield [self.title]
        yield from ([label, value] for label, value in self.about)
        yield []
        yield self.head
        yield from self.rows
        yield []
        yield from ([note] for note in self.notes)

    @classmethod
    def of(cls, content: dict[str, Any]) -> Self:
        """Give a kept table back."""
        return cls.model_validate(content)

    def name(self) -> str:
        """Give the file's name without its ending: of plain letters, because it stands in a header."""
        words = re.findall(r"[a-z0-9]+", self.title.lower())[:6]
        return "-".join([*words, self.made_on.isoformat()]) or "table"


def number_of(cell: str) -> int | float | None:
    """Give the number that a cell shows, such as 1,234 or -0.5; None for words, percents with their counts, dashes."""
    if not _NUMBER.fullmatch(cell):
        return None
    plain = _without_marks(cell)
    return float(plain) if "." in plain else int(plain)


def as_csv(table: ChartTable) -> str:
    """Give the file as CSV with the mark of UTF-8; cells that a spreadsheet would run are text, numbers are numbers."""
    return "\ufeff" + csv_text([_plain(cell) for cell in line] for line in table.lines())


def _plain(cell: str) -> str:
    number = number_of(cell)
    return cell if number is None else _without_marks(cell)


def _without_marks(cell: str) -> str:
    """Give a number as programs write it: nothing between thousands, and a hyphen for the minus."""
    return cell.replace(",", "").replace("−", "-")


def as_excel(table: ChartTable) -> bytes:
    """Give the file as an Excel workbook with one sheet: numbers as numbers, everything else as text, no formula."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = _NO_SHEET_NAME.sub(" ", table.title)[:31].strip() or "Attune"
    header_at = len(table.about) + 3
    for row, line in enumerate(table.lines(), start=1):
        for column, value in enumerate(line, start=1):
            _write(sheet.cell(row=row, column=column), value)
    sheet["A1"].font = Font(bold=True, size=14)
    for column, head in enumerate(table.head, start=1):
        sheet.cell(row=header_at, column=column).font = Font(bold=True)
        longest = max([len(head), *(len(row[column - 1]) for row in table.rows)])
        sheet.column_dimensions[get_column_letter(column)].width = min(longest + 3, WIDEST_COLUMN)
    sheet.freeze_panes = sheet.cell(row=header_at + 1, column=1)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _write(cell: Any, value: str) -> None:
    number = number_of(value)
    if number is not None:
        cell.value = number
        cell.number_format = "#,##0" if isinstance(number, int) else "#,##0.0##"
        cell.alignment = Alignment(horizontal="right")
        return
    # Text whatever it begins with: also when somebody edits the cell later.
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
    cell.data_type = "s"
    cell.quotePrefix = True
