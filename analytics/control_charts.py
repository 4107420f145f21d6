"""Control charts over time, which tell ordinary variation from a signal.

Conventions shared by the three charts (docs/methods.md):
- A month without a count, a value or an exposure is a gap: its value is None, it counts neither as zero nor
  toward the baseline, and runs of points pass over it.
- The first `lock` usable points set the centre and the limits for good; with fewer, all of them do and the
  chart is `provisional`.
- Where the baseline shows no variation at all (only zeros, only hits, one constant) there are no limits: a
  width of zero would call every later event a signal.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean
from typing import Literal

from analytics.rules import BEYOND_LIMITS, ROUNDING, signals

LOCK_POINTS = 12
"""Points that lock the limits (NHSRplotthedots, vignettes/number-of-points-required.Rmd)."""
XMR_WIDTH = 2.66
"""Limits of an XmR chart in mean moving ranges: 3 / 1.128 (domain.md 5.4)."""
MOVING_RANGE_LIMIT = 3.267
"""Upper limit of a moving range in mean moving ranges (D4 for two points)."""


@dataclass(frozen=True)
class ChartPoint:
    """One month: its value with limits in chart units, what it was made of, and the rules it takes part in.

    `value` is None in a gap. `low` and `high` are None in a gap and where there are no limits.
    """

    label: str
    value: float | None
    numerator: float | None
    denominator: float | None
    low: float | None
    high: float | None
    outside: bool
    signals: tuple[str, ...]


@dataclass(frozen=True)
class ControlChart:
    """A chart over time. `centre` is None without usable points; values are per `per` units of denominator.

    `baseline_points` set the limits; `provisional` says that they were fewer than the number that locks them.
    """

    kind: Literal["u", "p", "xmr", "run"]
    centre: float | None
    points: tuple[ChartPoint, ...]
    baseline_points: int
    provisional: bool
    per: float


@dataclass(frozen=True)
class _Month:
    label: str
    numerator: float | None
    denominator: float | None
    value: float | None


def u_chart(
    labels: Sequence[str],
    counts: Sequence[int | None],
    exposures: Sequence[float | None],
    per: float = 1000.0,
    lock: int = LOCK_POINTS,
) -> ControlChart:
    """Events per `per` units of exposure, with limits at ubar +- 3 sqrt(ubar / exposure), never below zero.

    ubar is the baseline's events over its exposure (Montgomery; qicharts2; domain.md 5.4). Raises ValueError
    for lists of unequal length, a negative count, or a lock below 1.
    """
    months = _ratio_months(labels, counts, exposures, per)
    baseline = _baseline(months, lock)
    centre = _pooled(baseline)

    def sigma(month: _Month) -> float:
        return per * math.sqrt((centre or 0.0) / (month.denominator or math.inf))

    return _chart("u", months, baseline, lock, per, _scaled(centre, per), sigma, floor=0.0)


def p_chart(
    labels: Sequence[str],
    counts: Sequence[int | None],
    totals: Sequence[float | None],
    per: float = 100.0,
    lock: int = LOCK_POINTS,
) -> ControlChart:
    """The share of `totals` that `counts` make up, per cent by default.

    Limits are pbar +- 3 sqrt(pbar (1 - pbar) / n), pbar the baseline's counts over its totals; they stay
    within 0 and `per` (qicharts2; domain.md 5.4). Raises ValueError as `u_chart` does, and for a count
    above its total.
    """
    months = _ratio_months(labels, counts, totals, per)
    for month in months:
        if month.value is not None and month.value > per:
            raise ValueError(f"{month.label}: {month.numerator} of {month.denominator} is more than all")
    baseline = _baseline(months, lock)
    centre = _pooled(baseline)

    def sigma(month: _Month) -> float:
        p = centre or 0.0
        return per * math.sqrt(p * (1 - p) / (month.denominator or math.inf))

    return _chart("p", months, baseline, lock, per, _scaled(centre, per), sigma, floor=0.0, ceiling=per)


def xmr_chart(labels: Sequence[str], values: Sequence[float | None], lock: int = LOCK_POINTS) -> ControlChart:
    """Single values (hours, scores) with limits at mean +- 2.66 x mean moving range of the baseline.

    Convention: moving ranges of the baseline above 3.267 x their mean are screened out once and the mean is
    taken again, as NHSRplotthedots and qicharts2 do (Nelson 1982). Limits are locked for good, so one odd
    month in the first year would otherwise widen them for every later year and hide real change. Limits are
    not cut off at zero: the unit is not known here. A moving range is taken between neighbouring usable
    points, also across a gap. Fewer than two baseline points give no limits. Raises ValueError for lists of
    unequal length or a lock below 1.
    """
    months = [_Month(label, None, None, _number(value)) for label, value in zip(labels, values, strict=True)]
    baseline = _baseline(months, lock)
    known = [month.value for month in baseline if month.value is not None]
    width = XMR_WIDTH * _screened_moving_range(known) / 3
    return _chart("xmr", months, baseline, lock, 1.0, fmean(known) if known else None, lambda _: width)


def _screened_moving_range(values: Sequence[float]) -> float:
    ranges = [abs(after - before) for before, after in pairwise(values)]
    if not ranges:
        return 0.0
    limit = MOVING_RANGE_LIMIT * fmean(ranges)
    return fmean([step for step in ranges if step <= limit])


def _ratio_months(
    labels: Sequence[str], counts: Sequence[int | None], exposures: Sequence[float | None], per: float
) -> list[_Month]:
    months = []
    for label, raw_count, raw_exposure in zip(labels, counts, exposures, strict=True):
        count, exposure = _number(raw_count), _number(raw_exposure)
        if count is not None and count < 0:
            raise ValueError(f"{label}: a count must not be negative: {count}")
        usable = count is not None and exposure is not None and exposure > 0
        value = per * count / exposure if usable and count is not None and exposure else None
        months.append(_Month(label, count, exposure, value))
    return months


def _baseline(months: Sequence[_Month], lock: int) -> list[_Month]:
    if lock < 1:
        raise ValueError(f"at least one point must set the limits: lock={lock}")
    return [month for month in months if month.value is not None][:lock]


def _pooled(baseline: Sequence[_Month]) -> float | None:
    exposure = sum(month.denominator or 0.0 for month in baseline)
    return sum(month.numerator or 0.0 for month in baseline) / exposure if baseline else None


def _chart(
    kind: Literal["u", "p", "xmr"],
    months: Sequence[_Month],
    baseline: Sequence[_Month],
    lock: int,
    per: float,
    centre: float | None,
    sigma: Callable[[_Month], float],
    floor: float = -math.inf,
    ceiling: float = math.inf,
) -> ControlChart:
    """Put limits three sigma from the centre, cut off at the range that is possible, and apply the rules."""
    usable = [month for month in months if month.value is not None]
    level = centre or 0.0
    widths = [width if (width := sigma(month)) > ROUNDING * abs(level) else None for month in usable]
    low = [None if width is None else max(floor, level - 3 * width) for width in widths]
    high = [None if width is None else min(ceiling, level + 3 * width) for width in widths]
    values = [month.value for month in usable if month.value is not None]
    found = signals(values, level, widths, low, high)
    drawn = {id(month): limits for month, *limits in zip(usable, low, high, strict=True)}
    codes = {id(month): code for month, code in zip(usable, found, strict=True)}
    points = []
    for month in months:
        lower, upper = drawn.get(id(month), (None, None))
        fired = codes.get(id(month), ())
        points.append(
            ChartPoint(
                month.label,
                month.value,
                month.numerator,
                month.denominator,
                lower,
                upper,
                BEYOND_LIMITS in fired,
                fired,
            )
        )
    return ControlChart(kind, centre, tuple(points), len(baseline), len(baseline) < lock, per)


def _scaled(centre: float | None, per: float) -> float | None:
    return None if centre is None else centre * per


def _number(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else float(value)
