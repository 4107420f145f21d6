"""What happened to a figure since a decision, and whether that is more than chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from analytics.verdicts import PRIOR_MONTHS, sum_ratios

Reading = Literal["fewer", "more", "no_more_than_chance", "too_early"]

ALPHA: Final = 0.02
"""Both sides together. By simulation "fewer" or "more" then comes falsely in 5 % or less (docs/methods.md)."""
PRIOR_WEEKS: Final = PRIOR_MONTHS
"""What the over-dispersion of independent events (1) weighs beside that of the weeks before, in weeks."""


@dataclass(frozen=True)
class Week:
    """The events of a week and its open days."""

    events: int
    open_days: int


@dataclass(frozen=True)
class Since:
    """Events per open day before and since. ``expected``: as many as there would be now at the rate of before."""

    before: float
    now: float
    expected: float
    reading: Reading


def since(weeks_before: Sequence[Week], events_now: int, days_now: int) -> Since | None:
    """Compare a figure's events since a decision with the weeks before it; None where one stretch has no open day.

    Two sums over open days by the conditional binomial limits of ``verdicts.sum_ratios``; the over-dispersion is that
    of the weeks before (Pearson's chi-square over its degrees of freedom), moderated as there and at least 1. Where
    not even no event at all could be told from chance it is too early.
    """
    events, days = sum(one.events for one in weeks_before), sum(one.open_days for one in weeks_before)
    if not days or not days_now:
        return None
    rate = events / days
    spread = overdispersion(weeks_before)
    low, high = _limits(events, days, events_now, days_now, spread)
    reading: Reading = "no_more_than_chance"
    if high < 1:
        reading = "fewer"
    elif low > 1:
        reading = "more"
    elif _limits(events, days, 0, days_now, spread)[1] >= 1:
        reading = "too_early"
    return Since(rate, events_now / days_now, rate * days_now, reading)


def overdispersion(weeks: Sequence[Week]) -> float:
    """How much more the weeks vary than independent events would: 1 or more."""
    used = [one for one in weeks if one.open_days]
    events, days = sum(one.events for one in used), sum(one.open_days for one in used)
    if not events:
        return 1.0
    means = [events * one.open_days / days for one in used]
    squares = sum((one.events - mean) ** 2 / mean for one, mean in zip(used, means, strict=True))
    return max(1.0, (squares + PRIOR_WEEKS) / (PRIOR_WEEKS + len(used) - 1))


def _limits(events: int, days: int, events_now: int, days_now: int, spread: float) -> tuple[float, float]:
    if not events + events_now:
        return 0.0, float("inf")
    found = sum_ratios([events], [days], [events_now], [days_now], spread, alpha=ALPHA)
    return float(found.low[0]), float(found.high[0])
