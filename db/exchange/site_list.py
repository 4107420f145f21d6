"""Understands a list of sites from another system: which column is what, and what each row says."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from db.errors import Problem
from db.exchange.table_file import Table
from db.field_data import read_yaml

COLUMNS = (
    "name", "license_no", "license_type", "address", "city", "county", "postal_code", "capacity", "subsidy",
    "rural",
)  # fmt: skip
NEEDED = ("name",)
_TRUTHS = ("subsidy", "rural")


@dataclass(frozen=True)
class ListedSite:
    """What one row says. ``values`` holds what has a value; ``setting`` is guessed from the type."""

    number: int
    values: Mapping[str, Any]
    setting: str
    problems: tuple[Problem, ...] = field(default=())


def propose_mapping(header: Sequence[str]) -> dict[str, int]:
    """Give the column (counted from 0) that each field most likely stands in, by the name of the column."""
    places = {_plain(name): number for number, name in reversed(list(enumerate(header)))}
    proposed: dict[str, int] = {}
    for column, names in _words()["columns"].items():
        found = next((places[plain] for plain in map(_plain, names) if plain in places), None)
        if found is not None and found not in proposed.values():
            proposed[column] = found
    return proposed


def listed_sites(table: Table, mapping: Mapping[str, int]) -> list[ListedSite]:
    """Give what each row says under a mapping of fields to columns. Empty cells say nothing."""
    return [
        _listed(number, cells, mapping, len(table.header))
        for number, cells in zip(table.numbers, table.rows, strict=True)
    ]


def guessed_setting(license_type: str) -> str:
    """Give the setting that a license type means, by the words in it."""
    plain = " ".join(license_type.lower().split())
    for guess in _words()["settings"]:
        if any(word in plain for word in guess["words"]):
            return str(guess["setting"])
    return str(_words()["otherwise"])


def _listed(number: int, cells: tuple[str, ...], mapping: Mapping[str, int], width: int) -> ListedSite:
    if len(cells) > width:
        return ListedSite(number, {}, "other", (Problem("name", "row_too_long"),))
    given = {
        column: " ".join(cells[place].split())
        for column, place in mapping.items()
        if place < len(cells) and cells[place]
    }
    setting = guessed_setting(given.pop("license_type", ""))
    values: dict[str, Any] = dict(given)
    problems = []
    for column in _TRUTHS:
        if column in given:
            values[column] = _truth(given[column])
            if values[column] is None:
                problems.append(Problem(column, "not_yes_or_no"))
    if "capacity" in given:
        values["capacity"] = _whole_number(given["capacity"])
        if values["capacity"] is None:
            problems.append(Problem("capacity", "not_a_number"))
    return ListedSite(number, values, setting, tuple(problems))


def _truth(text: str) -> bool | None:
    for answer, truth in (("yes", True), ("no", False)):
        if text.lower() in _words()[answer]:
            return truth
    return None


def _whole_number(text: str) -> int | None:
    plain = re.sub(r"(?<=\d),(?=\d{3}\b)|\.0+$", "", text)
    return int(plain) if re.fullmatch(r"[0-9]{1,6}", plain) else None


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    return read_yaml(Path(__file__).with_name("site_list.yaml"))
