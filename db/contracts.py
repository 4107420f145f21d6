"""Entries of a tablet app whose forms had other fields than the forms have now.

A tablet keeps the app, and entries wait on it: both may be older than the server. An entry says by a number which
fields its forms had. What it lacks gets the value that the field begins with, or is asked for. What it has too much is
let go where it says nothing; where it says something, or is inside another field, the entry is refused: its person
decides what becomes of it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from db.errors import Problem

CONTRACT = 2
"""Which fields the forms have: grows whenever they change. Version 1 sent no number and had the fields of 2."""
FIRST = 1

EARLIER_NAMES: Mapping[str, Mapping[str, str]] = {"visit": {}, "incident": {}}
"""What fields of each form were called before, and what they are called now."""

NOTHING: tuple[Any, ...] = (None, "", [], {})


def renamed(form: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Give the values of another version under the names that their fields have now."""
    names = EARLIER_NAMES[form]
    return {names.get(name, name): value for name, value in values.items()}


def without_empty(values: Mapping[str, Any], problems: Iterable[Problem]) -> dict[str, Any] | None:
    """Give values of another version without those unknown fields that say nothing; None where one does.

    Args:
        values: what was sent.
        problems: what is wrong with it.
    """
    unknown = {one.field for one in problems if one.code == "unknown_field"}
    if not unknown or any(name not in values or values[name] not in NOTHING for name in unknown):
        return None
    return {name: value for name, value in values.items() if name not in unknown}
