"""Which sums over periods that lie in each other may all be told: what one has more than the next is told with them.

Small numbers would leave by subtraction: twelve months less six. And a month that is hidden would, too, where it is
the only hidden one in a told sum. Held against the periods that screens offer on one day; who notes down the figures
of several months can still compare them.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from db.period import OFFERED_MONTHS, Period
from db.settings import settings

Counts = tuple[int, ...]


def offered_starts(present: date) -> list[date]:
    """Give the first months of the offered periods, the earliest first. ``present`` is the first of the month."""
    return sorted(Period.last_months(months, present).start for months in OFFERED_MONTHS)


def incident_counts(incidents: int, by_days: int, by_enrolled: int) -> Counts:
    """Give every count of incidents that a screen shows, and what is left of the whole beside it."""
    return incidents, by_days, by_enrolled, incidents - by_days, incidents - by_enrolled


def told_starts(starts: Iterable[date], months: Mapping[date, Counts]) -> list[date]:
    """Give those starts from which a sum up to the present month may be told, the earliest first.

    Args:
        starts: the first months of the periods.
        months: the counts of each month before the present one, or of stretches between two starts by their first.
    """
    smallest = settings().children_minimum
    nothing = tuple(0 for _count in next(iter(months.values()), ()))
    told: list[date] = []
    longer: Counts | None = None
    for start in sorted(set(starts)):
        inside = [counts for month, counts in months.items() if month >= start]
        sums = tuple(map(sum, zip(nothing, *inside, strict=True)))
        gaps = tuple(more - less for more, less in zip(longer or sums, sums, strict=True))
        if not any(0 < count < smallest for count in (*sums, *gaps)):
            told.append(start)
            longer = sums
    return told
