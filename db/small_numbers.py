"""What of small counts of children may be told: the rule of ``analytics.suppression`` with this deployment's threshold.

Every query that gives counts to someone who may not read the rows behind them asks here, so that the screen, its table,
its files, what is printed and what is read aloud are the same by construction: a hidden count never leaves ``db``.

A site's counts are told by month and as sums over periods that all end with the last full month and lie in each other.
Small numbers would leave by subtraction: twelve months less six. So what one told sum has more than the next is told
too, and the months within it are hidden so that no sum gives one away. Held against everything that screens offer on
one day; who notes down the figures of several months can still compare them. Staff surveys are told as means of people,
not as counts: ``db.survey_disclosure``.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from analytics.suppression import (
    Share,
    SuppressedRow,
    Tally,
    joined,
    may_tell_sums,
    suppress_row,
    told_share,
)
from db.period import OFFERED_MONTHS, Period
from db.settings import settings

TODAY_MONTHS = 15
"""Today compares the last two full months with the twelve before."""
PATTERN_MONTHS = 12
"""The one period over which patterns are told to who may not read the rows: parts over two would be subtracted."""
KNOWN_MONTHS = 48
"""How far back a site's months are told: always looked at as a whole, so that no period tells more than another."""

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Counts = tuple[Tally, ...]
"""The tallies of one stretch of time that are told apart: kinds of months, by their denominator."""


class KindCount(NamedTuple):
    """A month's count of incidents, and what it can be divided by: only months of one kind are summed up with it."""

    kind: str
    number: int


class Joined(NamedTuple):
    """Hidden months whose sum may be told."""

    months: tuple[date, ...]
    number: int


class ToldMonths(NamedTuple):
    """Which months are hidden, and the sums over some of them that may be told."""

    hidden: frozenset[date]
    joined: tuple[Joined, ...]


def offered_starts(present: date) -> list[date]:
    """Give the first months of the offered periods, the earliest first. ``present`` is the first of the month."""
    return sorted(Period.last_months(months, present).start for months in (*OFFERED_MONTHS, TODAY_MONTHS))


def pattern_period(present: date) -> Period:
    """Give the one period over which patterns are told. ``present`` is the first of the running month."""
    return Period(Period.last_months(PATTERN_MONTHS, present).start, present)


def kind_count(incidents: int, covered: int, child_days: float | None, enrolled: float) -> KindCount:
    """Give what of a month's incidents is told: those in rooms with a denominator; all, where there is none."""
    if child_days:
        return KindCount("child_days", covered)
    return KindCount("enrolled", covered) if enrolled else KindCount("none", incidents)


def tally(counts: Iterable[int]) -> Tally:
    """Sum up counts of children or incidents."""
    return Tally.of(counts, settings().children_minimum)


def is_small(count: Any) -> Any:
    """Whether a count, or a column of counts that are not zero, is below the threshold."""
    return count < settings().children_minimum


def told_starts(starts: Iterable[date], stretches: Mapping[date, Counts]) -> list[date]:
    """Give those starts from which a sum up to the present month may be told, the earliest first.

    Args:
        starts: the first months of the periods.
        stretches: the tallies of each month before the present one, or of stretches between two starts, by their first.
    """
    begins = sorted({*starts, *stretches})
    kinds = len(next(iter(stretches.values()), ()))
    tallies = np.zeros((1, len(begins), kinds, len(Tally._fields)))
    for at, begin in enumerate(begins):
        if begin in stretches:
            tallies[0, at] = stretches[begin]
    return [start for start, (told,) in told_since(set(starts), begins, tallies).items() if told]


def told_since(starts: Collection[date], begins: Sequence[date], tallies: Numbers) -> dict[date, Flags]:
    """Say for many sites at once from which starts a sum may be told: a flag per site by start, the earliest first.

    Args:
        starts: the first months of the periods.
        begins: the first months of the stretches, the earliest first; every start is one of them.
        tallies: the three numbers of each ``Tally``: sites x stretches x kinds of months x 3.
    """
    least = settings().children_minimum
    if not begins:
        return {}
    inside = np.flip(np.flip(tallies, axis=1).cumsum(axis=1), axis=1)
    last, known = inside[:, 0], np.zeros(len(tallies), dtype=np.bool_)
    found: dict[date, Flags] = {}
    for at, begin in enumerate(begins):
        if begin not in starts:
            continue
        sums = inside[:, at]
        # Without a longer told sum there is nothing to subtract this one from.
        gap = np.where(known[:, np.newaxis, np.newaxis], last - sums, 0)
        told = _may_tell(sums, least) & _may_tell(gap, least)
        last, known = np.where(told[:, np.newaxis, np.newaxis], sums, last), known | told
        found[begin] = told
    return found


def _may_tell(sums: Numbers, least: int) -> Flags:
    """Whether all sums of a site may be told: sites x kinds of months x the numbers of a ``Tally``."""
    told: Flags = np.all(may_tell_sums(sums[..., 0], sums[..., 1], sums[..., 2], least), axis=-1)
    return told


def told_months(months: Mapping[date, KindCount], present: date) -> ToldMonths:
    """Give which full months are hidden: small ones, others between the same two told sums, and runs that may be told.

    Args:
        months: every full month of the last ``KNOWN_MONTHS``, by its first day.
        present: the first day of the running month.
    """
    kinds = sorted({month.kind for month in months.values()})
    tallies = {
        day: tuple(tally([month.number] if month.kind == kind else []) for kind in kinds)
        for day, month in months.items()
    }
    edges = told_starts(offered_starts(present), tallies)
    stretches: dict[tuple[int, str], dict[str, int]] = defaultdict(dict)
    for day, month in sorted(months.items()):
        stretches[sum(day >= edge for edge in edges), month.kind][day.isoformat()] = month.number
    hidden: set[date] = set()
    runs: list[Joined] = []
    for (before, _kind), counts in stretches.items():
        row = told_row(counts, total_shown=before > 0)
        closed = [key for key, cell in row.by_key().items() if cell.hidden]
        days = [date.fromisoformat(key) for key in closed]
        hidden.update(days)
        for run in joined([counts[key] for key in closed], settings().children_minimum):
            runs.append(Joined(tuple(days[at] for at in run), sum(counts[closed[at]] for at in run)))
    return ToldMonths(frozenset(hidden), tuple(sorted(runs)))


def told_row(counts: Mapping[str, int], *, total_shown: bool = True) -> SuppressedRow:
    """Give counts of children or incidents, with their total, as they may be told."""
    return suppress_row(counts, settings().children_minimum, total_shown=total_shown)


def share_of_children(part: int, whole: int) -> Share:
    """Give a share of children, or of incidents, as it may be told where its counts are not."""
    return told_share(part, whole, settings().children_minimum)
