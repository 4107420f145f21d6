"""Reads the cells of an imported file of scores: days, moments in the consultation, scores, names of columns."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from db.errors import Problem
from db.field_data import read_yaml
from db.instruments import Instrument

SCORE = "score."
"""What the field of a score begins with; the scale's code follows."""
_DAYS = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y", "%Y/%m/%d")
_DAY = re.compile(r"[T ]\d{1,2}:\d{2}.*$")


class LineProblem(NamedTuple):
    """What is wrong with one line of the file."""

    line: int
    problem: Problem


def score_fields(instrument: Instrument) -> tuple[str, ...]:
    """Give the fields of an instrument's scores, in its order."""
    return tuple(SCORE + scale.code for scale in instrument.scales)


def propose(header: Sequence[str], known: Mapping[str, Sequence[str]], instrument: Instrument) -> dict[str, int]:
    """Give the column (counted from 0) that each field most likely stands in, by the name of the column.

    ``known`` are the names that a column of each field goes by; a scale's column goes by its code and names.
    """
    places = {_plain(name): number for number, name in reversed(list(enumerate(header)))}
    names = {**known, **{SCORE + scale.code: (scale.code, scale.en, scale.es) for scale in instrument.scales}}
    proposed: dict[str, int] = {}
    for field, called in names.items():
        found = next((places[plain] for plain in map(_plain, called) if plain in places), None)
        if found is not None and found not in proposed.values():
            proposed[field] = found
    return proposed


def given_in(cells: Sequence[str], mapping: Mapping[str, int]) -> dict[str, str]:
    """Give what a row says in each field that has a column."""
    return {field: " ".join(cells[place].split()) for field, place in mapping.items() if place < len(cells)}


def day(given: Mapping[str, str], field: str, problems: list[Problem]) -> date | None:
    """Give the day in a field; what cannot be read goes to ``problems``."""
    text = _DAY.sub("", given.get(field, ""))
    if not text:
        return None
    for form in _DAYS:
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    problems.append(Problem(field, "not_a_date"))
    return None


def phase(given: Mapping[str, str], problems: list[Problem]) -> str | None:
    """Give the moment in the consultation that a row names."""
    return word(given, "phase", _words()["phases"], problems, "phase_unknown")


def word(
    given: Mapping[str, str], field: str, known: Mapping[str, Sequence[str]], problems: list[Problem], code: str
) -> str | None:
    """Give which of the ``known`` codes a field names, by the code itself or a word for it."""
    text = given.get(field, "").lower()
    if not text:
        return None
    found = next((one for one, words in known.items() if text == one or text in words), None)
    if found is None:
        problems.append(Problem(field, code))
    return found


def score(field: str, text: str, problems: list[Problem]) -> float | None:
    """Give a score; a cell that says that there is none gives None."""
    if text.lower() in _words()["missing"]:
        return None
    if not re.fullmatch(r"-?\d{1,6}(\.\d{1,6})?%?", text):
        problems.append(Problem(field, "not_a_number"))
        return None
    return float(text.rstrip("%"))


def scores(instrument: Instrument, given: Mapping[str, str], problems: list[Problem]) -> dict[str, float | None]:
    """Give the scores of a row by the codes of their scales."""
    return {
        scale.code: score(SCORE + scale.code, given.get(SCORE + scale.code, ""), problems)
        for scale in instrument.scales
    }


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9áéíóúñü]", "", name.lower())


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    return read_yaml(Path(__file__).with_name("cells.yaml"))
