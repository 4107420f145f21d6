"""Understands an export of classroom observations: what each column is, and which rows are cycles of one."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from db.errors import Problem
from db.exchange import cells
from db.exchange.cells import LineProblem
from db.exchange.table_file import Table
from db.field_data import read_yaml
from db.instruments import Instrument

ABOUT = ("site", "classroom", "observed_on", "observer", "cycle", "phase", "certified_until")
"""What a row says beside its scores."""
NEEDED = ("site", "classroom", "observed_on")


@dataclass(frozen=True)
class ListedObservation:
    """What the rows of one observation say: its ``cycles`` in their order, and the line of the file of each."""

    lines: tuple[int, ...]
    site: str
    classroom: str
    observed_on: date | None
    observer: str
    phase: str | None
    certified_until: date | None
    cycles: tuple[Mapping[str, float | None], ...]
    problems: tuple[LineProblem, ...] = ()


class _Row(NamedTuple):
    line: int
    given: Mapping[str, str]
    day: date | None
    cycle: int | None
    phase: str | None
    certified_until: date | None
    scores: Mapping[str, float | None]
    problems: tuple[LineProblem, ...]


def fields_of(instrument: Instrument) -> tuple[str, ...]:
    """Give every field that a column can hold for this instrument."""
    return (*ABOUT, *cells.score_fields(instrument))


def propose_columns(header: Sequence[str], instrument: Instrument) -> dict[str, int]:
    """Give the column (counted from 0) that each field most likely stands in, by the name of the column."""
    return cells.propose(header, _columns(), instrument)


def listed_observations(table: Table, mapping: Mapping[str, int], instrument: Instrument) -> list[ListedObservation]:
    """Give what the file says, one entry per observation: rows of one room, day and observer are its cycles.

    Without a column for the cycle every row is an observation of its own.
    """
    groups: dict[tuple[Any, ...], list[_Row]] = {}
    for number, (line, said) in enumerate(zip(table.numbers, table.rows, strict=True)):
        row = _row(line, said, mapping, instrument, len(table.header))
        apart = () if "cycle" in mapping else (number,)
        about = tuple(row.given.get(name, "").casefold() for name in ("site", "classroom", "observed_on", "observer"))
        groups.setdefault((*about, *apart), []).append(row)
    return [_together(rows) for rows in groups.values()]


def _together(rows: Sequence[_Row]) -> ListedObservation:
    problems = [problem for row in rows for problem in row.problems]
    rows = sorted(rows, key=lambda row: (row.cycle or 0, row.line))
    first: dict[int | None, int] = {}
    for row in rows:
        if row.cycle in first and len(rows) > 1:
            problems.append(LineProblem(row.line, Problem("cycle", "listed_twice", {"row": first[row.cycle]})))
        first.setdefault(row.cycle, row.line)
    numbered = sorted(number for number in first if number is not None)
    if numbered and numbered != list(range(1, len(numbered) + 1)):
        problems.append(LineProblem(rows[0].line, Problem("cycle", "cycles_not_in_a_row")))
    for name in ("phase", "certified_until"):
        said = {getattr(row, name) for row in rows} - {None}
        if len(said) > 1:
            problems.append(LineProblem(rows[0].line, Problem(name, "cycles_differ")))
    leading = rows[0]
    return ListedObservation(
        lines=tuple(row.line for row in rows),
        site=leading.given.get("site", ""),
        classroom=leading.given.get("classroom", ""),
        observed_on=leading.day,
        observer=leading.given.get("observer", ""),
        phase=next((row.phase for row in rows if row.phase), None),
        certified_until=next((row.certified_until for row in rows if row.certified_until), None),
        cycles=tuple(row.scores for row in rows),
        problems=tuple(problems),
    )


def _row(line: int, row: Sequence[str], mapping: Mapping[str, int], instrument: Instrument, width: int) -> _Row:
    given = cells.given_in(row, mapping)
    problems: list[Problem] = []
    if len(row) > width:
        problems.append(Problem("site", "row_too_long"))
    problems += [Problem(field, "required") for field in NEEDED if not given.get(field)]
    day, certified = cells.day(given, "observed_on", problems), cells.day(given, "certified_until", problems)
    cycle = _cycle(given, mapping, problems)
    phase = cells.phase(given, problems)
    scores = cells.scores(instrument, given, problems)
    return _Row(line, given, day, cycle, phase, certified, scores, tuple(LineProblem(line, one) for one in problems))


def _cycle(given: Mapping[str, str], mapping: Mapping[str, int], problems: list[Problem]) -> int | None:
    if "cycle" not in mapping:
        return None
    found = re.fullmatch(r"(?:[a-z]+ ?)?([1-9])(?:\.0)?", given.get("cycle", "").lower())
    if found is None:
        problems.append(Problem("cycle", "not_a_number" if given.get("cycle") else "required"))
        return None
    return int(found[1])


@lru_cache(maxsize=1)
def _columns() -> dict[str, Sequence[str]]:
    columns: dict[str, Sequence[str]] = read_yaml(Path(__file__).with_name("observation_list.yaml"))["columns"]
    return columns
