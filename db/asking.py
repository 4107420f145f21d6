"""What a form asks about before it saves: unlikely, but possible. The person who was there decides.

Screens, the tablet page and imports ask the same questions. The thresholds are in asking.yaml.
"""

from collections.abc import Iterator, Mapping
from datetime import date, time
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from db.field_data import DataError, check_keys, read_yaml, required_text
from db.models.visit_input import VisitInput

SENTENCES: dict[str, str] = {
    "old_visit": "This visit was {days} days ago. Is the date right?",
    "long_visit": "This visit took {hours} hours. Is that right?",
    "closed_day": "The site was closed on this day ({reason}). Is the date right?",
    "same_child": "There is one for this child at {times} already. Is this another one?",
}


class Question(NamedTuple):
    """Something to confirm. ``code`` names a sentence of ``SENTENCES``; ``context`` fills it."""

    code: str
    context: Mapping[str, Any] = MappingProxyType({})


def _thresholds() -> dict[str, int]:
    found: dict[str, int] = {}
    for code, entry in read_yaml(Path(__file__).with_name("asking.yaml")).items():
        check_keys(entry, frozenset({"value", "source"}), code)
        required_text(entry, "source", code)
        if type(entry.get("value")) is not int:
            raise DataError(f"{code}: the value must be a whole number")
        found[code] = entry["value"]
    return found


THRESHOLDS = _thresholds()


def about_visit(visit: VisitInput, today: date, closure: str | None) -> Iterator[Question]:
    """Give the questions about a visit; ``closure`` is the reason when the site was closed on that day."""
    days = (today - visit.visited_on).days
    if days > THRESHOLDS["old_visit_days"]:
        yield Question("old_visit", {"days": days})
    if visit.minutes >= THRESHOLDS["long_visit_minutes"]:
        yield Question("long_visit", {"hours": round(visit.minutes / 60, 1)})
    if closure and visit.held:
        yield Question("closed_day", {"reason": closure})


def about_incident(closure: str | None, same_child_at: list[time]) -> Iterator[Question]:
    """Give the questions about an incident; ``same_child_at`` are times of others of this child around it."""
    if closure:
        yield Question("closed_day", {"reason": closure})
    if same_child_at:
        yield Question("same_child", {"times": same_child_at})
