"""How many of a site's staff left, against how many worked there, as a rate per year with its interval."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from analytics.intervals import Interval, poisson_interval

DAYS_PER_YEAR = 365


@dataclass(frozen=True)
class Employment:
    """One person's time at a site: from ``hired`` up to and including ``left`` (None while they stay)."""

    hired: date
    left: date | None = None
    fte: float = 1.0


@dataclass(frozen=True)
class Turnover:
    """Leavers against the average headcount of a period of ``days`` days.

    ``annual_percent`` is leavers per 100 average staff and year; ``interval`` its 95 % limits. ``fte_annual_percent``
    weighs everyone by their share of full time; it has no interval, because a sum of shares is not a count.
    """

    leavers: int
    average_headcount: float
    average_fte: float
    days: int
    annual_percent: float
    interval: Interval
    fte_annual_percent: float | None


def turnover(staff: Iterable[Employment], start: date, end: date, alpha: float = 0.05) -> Turnover | None:
    """Turnover from ``start`` up to but not including ``end``; None where nobody worked there in that time.

    Leavers (last day in the period) / average headcount x 365 / days, in percent. The headcount is averaged over days,
    not month ends: a site of eight changes by an eighth when one person starts on the 2nd instead of the 31st, and
    half a month must be possible. Exact Poisson limits of the leavers (Garwood; `intervals`) divided by the same
    person-years, which count as known (domain.md 4.4, 5.3).

    Raises:
        ValueError: the period is empty, someone left before they were hired, or a share of full time is negative.
    """
    days = (end - start).days
    if days < 1:
        raise ValueError("the period must have at least one day")
    person_days, fte_days, leavers, fte_left = 0, 0.0, 0, 0.0
    for one in staff:
        present = _days_present(one, start, end)
        person_days += present
        fte_days += present * one.fte
        if one.left is not None and start <= one.left < end:
            leavers += 1
            fte_left += one.fte
    if person_days == 0:
        return None
    per_leaver = 100 * DAYS_PER_YEAR / person_days
    limits = poisson_interval(leavers, alpha, "exact")
    return Turnover(
        leavers=leavers,
        average_headcount=person_days / days,
        average_fte=fte_days / days,
        days=days,
        annual_percent=leavers * per_leaver,
        interval=Interval(limits.low * per_leaver, limits.high * per_leaver),
        fte_annual_percent=100 * DAYS_PER_YEAR * fte_left / fte_days if fte_days > 0 else None,
    )


def _days_present(one: Employment, start: date, end: date) -> int:
    if one.left is not None and one.left < one.hired:
        raise ValueError(f"someone left on {one.left} before they were hired on {one.hired}")
    if one.fte < 0:
        raise ValueError(f"a share of full time must not be negative: {one.fte}")
    gone = end if one.left is None else min(end, one.left + timedelta(days=1))
    return max(0, (gone - max(start, one.hired)).days)
