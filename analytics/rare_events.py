"""Charts of what lies between rare events, such as the days from one expulsion to the next.

Where fewer than one event a month is expected a count by month is mostly zero, and no limit can tell anything: the
time between events can (Benneyan 1998, Quality Management in Health Care 6(2); qicharts2, charts "g" and "t"). A long
gap is good news, so the limits work the other way round: above is better.
"""

import math
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate, pairwise
from statistics import fmean, median

from analytics.calendar import months_between
from analytics.control_charts import (
    LOCK_POINTS,
    ChartPoint,
    ControlChart,
    Limits,
    Month,
    chart_of,
    xmr_limits,
)

RARE_A_MONTH = 1.0
"""Events a month below which the time between them is charted, not their count (convention; docs/methods.md)."""
NELSON_POWER = 3.6
"""times ** (1 / 3.6) make exponential times about normal (Nelson 1994, Journal of Quality Technology 26)."""


def is_rare(events: int, months: int) -> bool:
    """Whether events are rare enough for a chart of the time between them."""
    return months > 0 and events < RARE_A_MONTH * months


def between(positions: Sequence[float]) -> list[float]:
    """What lies between neighbouring events: the differences of their positions (days, child-days), in order."""
    return [after - before for before, after in pairwise(sorted(positions))]


@dataclass(frozen=True)
class Gaps:
    """What lies between events and after the last one: child-days where `exposed`, else days."""

    between: tuple[float, ...]
    since_last: float
    exposed: bool


def gaps(days: Sequence[date], child_days: Mapping[date, float | None], today: date) -> Gaps:
    """What lies between the days of events, and from the last one to today.

    In child-days when every month from the first event to the last full month knows them (`child_days` by the first
    day of each month, spread evenly over its days), so that holidays and small groups do not look like success;
    otherwise in calendar days. The running month counts at the pace of the last full one.
    """
    if not days:
        return Gaps((), 0.0, False)
    first, last = days[0].replace(day=1), today.replace(day=1)
    months = _months(first, last)
    known = {month: child_days.get(month) for month in months if month < last}
    rest = next((value for _month, value in sorted(known.items(), reverse=True)), None)
    if not known or any(value is None for value in known.values()):
        numbers = [float(day.toordinal()) for day in days]
        return Gaps(tuple(between(numbers)), float(max(0, today.toordinal() - days[-1].toordinal())), False)
    pace = {month: (known.get(month) or rest or 0.0) / monthrange(month.year, month.month)[1] for month in months}
    before = dict(
        zip(months, accumulate([0.0, *(pace[m] * monthrange(m.year, m.month)[1] for m in months)]), strict=False)
    )

    def position(day: date) -> float:
        month = min(day, today).replace(day=1)
        return before[month] + pace[month] * (min(day, today).day - 1)

    positions = [position(day) for day in days]
    return Gaps(tuple(between(positions)), max(0.0, position(today) - positions[-1]), True)


def _months(first: date, last: date) -> list[date]:
    return list(months_between(first, last)) or [last]


def g_chart(
    labels: Sequence[str], units: Sequence[float | None], lock: int = LOCK_POINTS, starts: Sequence[str] = ()
) -> ControlChart:
    """Whole units (days) between events, each labelled by the event that ended them.

    Upper limit: mean + 3 sqrt(mean (mean + 1)) of the baseline, the geometric distribution's; a lower limit does not
    exist, as it would lie below zero. The centre is the baseline's median: the distribution is skewed, and a run
    around the mean would be called a shift (Benneyan 1998; qicharts2 `qic.g`). Raises ValueError for lists of unequal
    length, a negative number of units, or a lock below 1.
    """

    def limits(baseline: Sequence[Month]) -> Limits:
        values = [month.value for month in baseline if month.value is not None]
        mean, middle = fmean(values), median(values)
        third = (mean + 3 * math.sqrt(mean * (mean + 1)) - middle) / 3
        return Limits("g", middle, lambda _month: third, lower=False)

    return chart_of(_gaps(labels, units), limits, lock, starts)


def t_chart(
    labels: Sequence[str], times: Sequence[float | None], lock: int = LOCK_POINTS, starts: Sequence[str] = ()
) -> ControlChart:
    """Time or exposure (child-days) between events, each labelled by the event that ended it.

    An XmR chart of times ** (1 / 3.6), turned back (Nelson 1994; Montgomery, "time between events"; qicharts2
    `qic.t`). The rules are applied on the transformed scale, where the limits are symmetric. No lower limit where it
    would be negative. Raises ValueError as `g_chart` does.
    """
    months = _gaps(labels, times)
    flat = [
        replace(month, value=None if month.value is None else month.value ** (1 / NELSON_POWER)) for month in months
    ]

    def limits(baseline: Sequence[Month]) -> Limits:
        return replace(xmr_limits(baseline), kind="t")

    chart = chart_of(flat, limits, lock, starts)
    points = tuple(_turned_back(point, month) for point, month in zip(chart.points, months, strict=True))
    segments = tuple(replace(one, centre=_power(one.centre)) for one in chart.segments)
    return ControlChart(points, segments, 1.0)


def _gaps(labels: Sequence[str], units: Sequence[float | None]) -> list[Month]:
    found = []
    for label, raw in zip(labels, units, strict=True):
        value = None if raw is None or math.isnan(raw) else float(raw)
        if value is not None and value < 0:
            raise ValueError(f"{label}: nothing negative lies between two events: {value}")
        found.append(Month(label, None, None, value))
    return found


def _turned_back(point: ChartPoint, month: Month) -> ChartPoint:
    low = point.low if point.low is not None and point.low > 0 else None
    return replace(point, value=month.value, low=_power(low), high=_power(point.high))


def _power(value: float | None) -> float | None:
    return None if value is None else value**NELSON_POWER
