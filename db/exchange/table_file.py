"""Reads a CSV file that somebody uploads: bounded, strict, and refused before it can do harm."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

LARGEST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 5_000
MOST_COLUMNS = 200
LONGEST_CELL = 2_000
DELIMITERS = (",", ";", "\t", "|")
_NOT_TEXT = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b", b"\xff\xfe", b"\xfe\xff")


class UnreadableFile(ValueError):
    """The file cannot be read as a list. ``code`` names a sentence of ``db.problems.SENTENCES``."""

    def __init__(self, code: str, **context: Any) -> None:
        super().__init__(code)
        self.code, self.context = code, context


@dataclass(frozen=True)
class Table:
    """A file's header and its rows. A row keeps the cells it has; ``numbers`` are its lines in the file."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]


def read_table(content: bytes) -> Table:
    """Give the table in a CSV file (UTF-8 or Windows-1252; separated by comma, semicolon, tab or bar).

    Raises:
        UnreadableFile: it is too large, no text, has no header, too many rows or columns, or broken quotes.
    """
    if len(content) > LARGEST_BYTES:
        raise UnreadableFile("file_too_large", megabytes=LARGEST_BYTES // 1024 // 1024)
    text = _decoded(content)
    first = text.lstrip("\r\n").split("\n", 1)[0]
    if not first.strip():
        raise UnreadableFile("file_empty")
    delimiter = max(DELIMITERS, key=lambda sign: _outside_quotes(first, sign))
    if _outside_quotes(first, delimiter) >= MOST_COLUMNS:
        raise UnreadableFile("file_too_wide", columns=MOST_COLUMNS)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return table_of((lines.line_num, cells) for cells in lines)
    except csv.Error:
        raise UnreadableFile("file_broken", line=lines.line_num) from None


def _decoded(content: bytes) -> str:
    if b"\x00" in content or content.startswith(_NOT_TEXT):
        raise UnreadableFile("file_not_text")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile("file_not_text")


def _outside_quotes(line: str, sign: str) -> int:
    return sum(part.count(sign) for part in line.split('"')[::2])


def table_of(lines: Iterable[tuple[int, Sequence[str]]]) -> Table:
    """Give the table made of lines with their numbers; the first that is not blank is its header.

    Raises:
        UnreadableFile: there are too many rows or columns, a cell is too long, or there is no row at all.
    """
    header: tuple[str, ...] = ()
    rows: list[tuple[str, ...]] = []
    numbers: list[int] = []
    for number, line in lines:
        cells = tuple(cell.strip() for cell in line)
        if not any(cells):
            continue
        if len(cells) > MOST_COLUMNS:
            raise UnreadableFile("file_too_wide", columns=MOST_COLUMNS)
        if any(len(cell) > LONGEST_CELL for cell in cells):
            raise UnreadableFile("file_broken", line=number)
        if not header:
            header = cells
            continue
        if len(rows) == MOST_ROWS:
            raise UnreadableFile("file_too_long", rows=MOST_ROWS)
        rows.append(cells)
        numbers.append(number)
    if not rows:
        raise UnreadableFile("file_empty")
    return Table(header, tuple(rows), tuple(numbers))
