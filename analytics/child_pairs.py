"""Which two measures of one child are its before and after: the first baseline, and the first end that follows it."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from analytics.room_pairs import LEAST_DAYS, MOST_DAYS

BEFORE, AFTER = "baseline", "post"


class Measured(NamedTuple):
    """One score of a child on a day. ``known_on``: the day on which it was stored."""

    phase: str
    on: date
    score: float
    known_on: date


class Pair(NamedTuple):
    """A child's first measure, and the end that belongs to it; None where it was not measured again."""

    before: Measured
    after: Measured | None


def first_pair(measures: Iterable[Measured]) -> Pair | None:
    """Give a child's first baseline and the first end 30 to 400 days later, or None without a baseline.

    A child counts once, whatever comes later: a pair that stands never changes because the child is measured again.
    """
    in_order = sorted(measures, key=lambda one: (one.on, one.known_on))
    before = next((one for one in in_order if one.phase == BEFORE), None)
    if before is None:
        return None
    ends = (one for one in in_order if one.phase == AFTER and LEAST_DAYS <= (one.on - before.on).days <= MOST_DAYS)
    return Pair(before, next(ends, None))
