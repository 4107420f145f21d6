"""Which observations of a room belong together as before and after (domain.md, validation rule 3)."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date

LEAST_DAYS, MOST_DAYS = 30, 400
"""Days between before and after: closer is the same moment, further apart is another group of children."""

Key = tuple[Hashable, str]


@dataclass(frozen=True)
class Observed:
    """One score of a room on a day, with one instrument and edition."""

    room: Hashable
    on: date
    score: float


def paired_rooms(before: Iterable[Observed], after: Iterable[Observed]) -> tuple[dict[Key, float], dict[Key, float]]:
    """Give the scores before and after by room, as ``analytics.change.paired_change`` takes them.

    A room counts with its latest score after, and with its latest score before that lies 30 to 400 days earlier. A
    room whose two scores lie closer or further apart stands in both, under different keys: it is no pair.
    """
    latest = {one.room: one for one in sorted(after, key=lambda one: one.on)}
    start: dict[Hashable, Observed] = {}
    fits: dict[Hashable, Observed] = {}
    for one in sorted(before, key=lambda one: one.on):
        start[one.room] = one
        end = latest.get(one.room)
        if end is not None and LEAST_DAYS <= (end.on - one.on).days <= MOST_DAYS:
            fits[one.room] = one
    paired = {(room, "paired"): one.score for room, one in fits.items()}
    first = {(room, "before"): one.score for room, one in start.items() if room not in fits}
    last = {(room, "paired" if room in fits else "after"): one.score for room, one in latest.items()}
    return {**paired, **first}, last
