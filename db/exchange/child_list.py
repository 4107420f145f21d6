"""Understands a list of children's questionnaires: what each column is, and what each row says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from db.errors import Problem
from db.exchange import cells
from db.exchange.table_file import Table
from db.field_data import read_yaml
from db.instruments import Instrument

ABOUT = ("site", "child_key", "measured_on", "permission_on", "respondent", "phase")
"""What a row says beside its scores."""
NEEDED = ("site", "child_key", "measured_on")


@dataclass(frozen=True)
class ListedMeasure:
    """What a row says about one questionnaire. What it does not say about permission, respondent and phase is None."""

    line: int
    site: str
    child_key: str
    measured_on: date | None
    permission_on: date | None
    respondent: str | None
    phase: str | None
    scores: Mapping[str, float]
    problems: tuple[Problem, ...] = ()


def fields_of(instrument: Instrument) -> tuple[str, ...]:
    """Give every field that a column can hold for this instrument."""
    return (*ABOUT, *cells.score_fields(instrument))


def propose_columns(header: Sequence[str], instrument: Instrument) -> dict[str, int]:
    """Give the column (counted from 0) that each field most likely stands in, by the name of the column."""
    return cells.propose(header, _words()["columns"], instrument)


def listed_measures(table: Table, mapping: Mapping[str, int], instrument: Instrument) -> list[ListedMeasure]:
    """Give what the file says, one entry per row."""
    return [
        _row(line, row, mapping, instrument, len(table.header))
        for line, row in zip(table.numbers, table.rows, strict=True)
    ]


def _row(
    line: int, row: Sequence[str], mapping: Mapping[str, int], instrument: Instrument, width: int
) -> ListedMeasure:
    given, problems = cells.given_in(row, mapping), []
    if len(row) > width:
        problems.append(Problem("site", "row_too_long"))
    problems += [Problem(field, "required") for field in NEEDED if not given.get(field)]
    measured_on, permission_on = (cells.day(given, field, problems) for field in ("measured_on", "permission_on"))
    respondent = cells.word(given, "respondent", _words()["respondents"], problems, "rater_unknown")
    phase = cells.phase(given, problems)
    scores = {code: value for code, value in cells.scores(instrument, given, problems).items() if value is not None}
    return ListedMeasure(
        line, given.get("site", ""), given.get("child_key", ""), measured_on, permission_on, respondent, phase, scores,
        tuple(problems),
    )  # fmt: skip


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    return read_yaml(Path(__file__).with_name("child_list.yaml"))
