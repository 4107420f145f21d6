"""Understands a file with one row of answers per person, and gives what they come to. The rows are kept nowhere."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from analytics.scoring import score_survey
from db.errors import Problem
from db.exchange.table_file import Table, UnreadableFile
from db.field_data import read_yaml
from db.instruments import Instrument
from db.instruments.scoring import survey_scoring_of

Coding = Literal["as_scored", "from_one", "words"]
_ITEM = re.compile(r"[^0-9]*?0*([1-9][0-9]?)")
CLOSE = 0.005
ROUNDED = 0.5 + CLOSE
"""How far a file's total may lie from ours where an answer is missing: ours is rounded to a whole point."""


@dataclass(frozen=True)
class Disagreement:
    """A line whose total in the file is not the one that its answers give."""

    line: int
    in_file: float
    computed: float


@dataclass(frozen=True)
class AnsweredFile:
    """What a file says. ``refused`` are lines with an answer that is none; ``unsure``: two codings fit the answers."""

    sheets: tuple[tuple[float | None, ...], ...]
    coding: Coding
    unsure: bool
    refused: tuple[tuple[int, Problem], ...]
    disagreements: tuple[Disagreement, ...]
    compared: int


def read_answers(table: Table, one: Instrument, coding: Coding | None = None) -> AnsweredFile:
    """Give the answers in a file, turned into the numbers that the instrument scores.

    They may stand as scored (0 to 4), counted from one (1 to 5), or as words in English or Spanish; ``coding`` says
    which, otherwise the answers do: where both ways of counting fit, the one that agrees with more totals in the file.

    Raises:
        UnreadableFile: a column for some item is missing, or the instrument is not scored from items.
    """
    places = _item_places(table.header, one)
    total_place = _total_place(table.header, set(places))
    cells = [[_cell(row, place) for place in places] for row in table.rows]
    fitting = [coding] if coding else _fitting(cells, one)
    read = [_read(table, cells, one, way, total_place) for way in fitting]
    best = max(read, key=lambda file: (file.compared - len(file.disagreements), -len(file.refused)))
    tied = [file for file in read if len(file.disagreements) == len(best.disagreements)]
    return AnsweredFile(
        best.sheets, best.coding, len(tied) > 1, best.refused, best.disagreements, best.compared
    )  # fmt: skip


def _item_places(header: Sequence[str], one: Instrument) -> list[int]:
    """Give the column of each item: named by its number, with or without letters before it (S1, Item 01, pss_10)."""
    if one.items is None or survey_scoring_of(one) is None:
        raise UnreadableFile("file_not_scored")
    named = [re.sub(r"^(pss|cbi)[-_ ]?(4|10|14)(?=[^0-9])", "", name.strip().lower()) for name in header]
    found: dict[int, int] = {}
    for place, name in enumerate(named):
        match = _ITEM.fullmatch(name)
        if match:
            found.setdefault(int(match.group(1)), place)
    missing = [number for number in range(1, one.items.count + 1) if number not in found]
    if missing:
        raise UnreadableFile("file_items_missing", items=", ".join(map(str, missing[:5])))
    return [found[number] for number in range(1, one.items.count + 1)]


def _total_place(header: Sequence[str], taken: set[int]) -> int | None:
    names = {_plain(name) for name in _words()["total"]}
    return next((place for place, name in enumerate(header) if place not in taken and _plain(name) in names), None)


def _fitting(cells: list[list[str]], one: Instrument) -> list[Coding]:
    """Give the codings that most likely are meant, the usual one first."""
    values = one.items.values if one.items else ()
    given = {cell for row in cells for cell in row if cell}
    numbers = {number for cell in given if (number := _number(cell)) is not None}
    if not numbers and given:
        return ["words"]
    step_from_one = {value + 1 for value in values} if values and values[0] == 0 and values[1] == 1 else set()
    fitting: list[Coding] = []
    if numbers <= set(values):
        fitting.append("as_scored")
    if step_from_one and numbers <= step_from_one:
        fitting.append("from_one")
    return fitting or ["as_scored"]


def _read(
    table: Table, cells: list[list[str]], one: Instrument, coding: Coding, total_place: int | None
) -> AnsweredFile:
    rules = survey_scoring_of(one)
    sheets: list[tuple[float | None, ...]] = []
    refused: list[tuple[int, Problem]] = []
    disagreements: list[Disagreement] = []
    compared = 0
    for line, row, answers in zip(table.numbers, table.rows, cells, strict=True):
        sheet = [_answer(cell, one, coding) for cell in answers]
        wrong = next((number for number, value in enumerate(sheet, start=1) if value == "wrong"), None)
        if wrong or len(row) > len(table.header) or not any(answers):
            code = "not_an_answer" if wrong else "row_too_long" if any(answers) else "no_answers"
            refused.append((line, Problem("rows", code, {"item": wrong} if wrong else {})))
            continue
        plain = tuple(value if isinstance(value, float) else None for value in sheet)
        sheets.append(plain)
        told = _number(_cell(row, total_place)) if total_place is not None else None
        if told is None or rules is None:
            continue
        scores = [score.value for score in score_survey(rules, plain, edition=one.code).values()]
        computed = scores[0] if len(scores) == 1 else None
        if computed is not None:
            compared += 1
            filled_up = None in plain and rules.scales[0].combine == "sum"
            if abs(computed - told) > (ROUNDED if filled_up else CLOSE):
                disagreements.append(Disagreement(line, told, computed))
    return AnsweredFile(tuple(sheets), coding, False, tuple(refused), tuple(disagreements), compared)


def _answer(cell: str, one: Instrument, coding: Coding) -> float | Literal["wrong"] | None:
    if not cell or one.items is None:
        return None
    if coding == "words":
        value = _words_of(one).get(_plain(cell))
    else:
        number = _number(cell)
        value = number - 1 if coding == "from_one" and number is not None else number
    return value if value in one.items.values else "wrong"


def _words_of(one: Instrument) -> dict[str, float]:
    """Give the words that stand for each answer: those of the instrument itself, or those of frequency scales."""
    items = one.items
    if items is None:
        return {}
    own = {_plain(text): answer.value for answer in items.answers for text in (answer.en, answer.es) if text}
    if own or items.values != (0, 1, 2, 3, 4):
        return own
    return {_plain(text): float(value) for value, texts in enumerate(_words()["frequency_0_4"]) for text in texts}


def _cell(row: Sequence[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""


def _number(cell: str) -> float | None:
    return float(cell.replace(",", ".")) if re.fullmatch(r"[0-9]{1,4}([.,][0-9]{1,4})?", cell) else None


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[_\W]+", " ", text.lower()).split())


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    return read_yaml(Path(__file__).with_name("survey_answers.yaml"))
