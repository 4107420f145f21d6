"""Which months are held against which: now, and before. A month that is not over is in neither."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from db.period import Period
from db.rollups import month_after, month_of

COMPARED_MONTHS = (12, 6, 3)
"""The lengths that the scorecard offers, the usual one first: whole years weigh every season alike."""
MOST_MONTHS = 24
"""The most months that are looked at since consultation began."""
LOOK_BACK_DAYS = 400
"""How long before ``now`` a score, or a survey, still counts as before: that of ``analytics.room_pairs``."""

Kind = Literal["year", "start", "sums"]


@dataclass(frozen=True)
class Comparison:
    """Two stretches of whole months, and which month of ``before`` each month of ``now`` is held against.

    ``year``: the same months a year earlier, so that the season is no difference. ``start``: since consultation began
    against as many months before. ``sums``: the stretches whose sums screens tell to everybody, without pairs.
    """

    kind: Kind
    before: Period
    now: Period

    def pairs(self) -> list[tuple[date, date]]:
        """Give the months side by side: (before, now)."""
        return list(zip(self.before.months(), self.now.months(), strict=True))

    def scores(self) -> Period:
        """Give the whole quarters whose scores are read: from 400 days before ``now`` to the quarter where it ends.

        Whole ones, because the mean of part of a quarter, beside the quarter's own, would tell a single room's score.
        """
        first = month_of(self.now.start - timedelta(days=LOOK_BACK_DAYS))
        return Period(
            _months_on(first, -((first.month - 1) % 3)), _months_on(self.now.end, (1 - self.now.end.month) % 3)
        )


def year_before(months: int, today: date) -> Comparison:
    """Give the last ``months`` full months and the same months of the year before."""
    end = month_of(today)
    return Comparison(
        "year", Period(_months_on(end, -months - 12), _months_on(end, -12)), Period(_months_on(end, -months), end)
    )


def since_start(start: date, today: date) -> Comparison | None:
    """Give the full months since consultation began and as many before its month; None before the first is over."""
    end, first = month_of(today), month_of(start)
    after = first if start == first else month_after(first)
    months = min((end.year - after.year) * 12 + end.month - after.month, MOST_MONTHS)
    if months < 1:
        return None
    return Comparison("start", Period(_months_on(first, -months), first), Period(after, _months_on(after, months)))


def told_sums(months: int, today: date) -> Comparison:
    """Give the full months of an offered period and what the period of twice its length has before it.

    Both sums follow from what other screens tell (``db.small_numbers``), so that nothing new leaves.
    """
    end = month_of(today)
    shorter, longer = Period.last_months(months, today), Period.last_months(2 * months, today)
    return Comparison("sums", Period(longer.start, shorter.start), Period(shorter.start, end))


def _months_on(month: date, count: int) -> date:
    number = month.year * 12 + month.month - 1 + count
    return date(number // 12, number % 12 + 1, 1)
