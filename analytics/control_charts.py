"""Control charts over time, which tell ordinary variation from a signal.

Conventions shared by all charts (docs/methods.md):
- A point without a count, a value or an exposure is a gap: its value is None, it counts neither as zero nor
  toward the baseline, and runs of points pass over it.
- Fewer usable points than `lock` (12) are a run chart: a median, no limits. From then on the first `lock` points
  set centre and limits for good.
- `starts` are labels from which the baseline begins anew (a rebase). Each stretch is a chart of its own: no run
  of points crosses a start.
- Where the baseline shows no variation at all (only zeros, one constant) there are no limits: a width of zero
  would call every later event a signal.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import fmean, median
from typing import Literal

from analytics.rules import BEYOND_LIMITS, ROUNDING, SHIFT, TREND, side_of, signals
from analytics.run_chart import run_tests

LOCK_POINTS = 12
"""Points that lock the limits (NHSRplotthedots, vignettes/number-of-points-required.Rmd)."""
SHORT_RANGE = 1.128
"""d2 of two points: the mean moving range of a normal variable in standard deviations."""
MOVING_RANGE_LIMIT = 3.267
"""Upper limit of a moving range in mean moving ranges (D4 for two points)."""

Kind = Literal["run", "u", "u_prime", "xmr", "g", "t"]


@dataclass(frozen=True)
class ChartPoint:
    """One point: its value with limits in chart units, what it was made of, and the rules it takes part in.

    `value` is None in a gap. `low` and `high` are None in a gap and where there is no such limit. `direction` says
    which way a point with `signals` points: 1 up, -1 down.
    """

    label: str
    value: float | None
    numerator: float | None
    denominator: float | None
    low: float | None
    high: float | None
    outside: bool
    signals: tuple[str, ...]
    direction: int = 0


@dataclass(frozen=True)
class Segment:
    """A stretch of a chart with a centre and limits of its own: points `first` up to, not including, `stop`.

    `baseline_points` set the limits. `widened` is Laney's sigma z where it was applied (u_prime), else 1. `steady` is
    False where the baseline itself holds a signal (of the four rules or Anhoej's), None where nothing can be said.
    """

    kind: Kind
    first: int
    stop: int
    centre: float | None
    baseline_points: int
    widened: float
    steady: bool | None


@dataclass(frozen=True)
class ControlChart:
    """A chart over time in one or more segments, in order; values are per `per` units of denominator."""

    points: tuple[ChartPoint, ...]
    segments: tuple[Segment, ...]
    per: float

    @property
    def latest(self) -> Segment:
        """The stretch that holds the latest point: what the chart says now."""
        return self.segments[-1]

    @property
    def centre(self) -> float | None:
        """The centre of the latest stretch; None without usable points."""
        return self.latest.centre

    @property
    def provisional(self) -> bool:
        """Whether the latest stretch has too few points for limits."""
        return self.latest.kind == "run"


@dataclass(frozen=True)
class Month:
    """One point before it is judged: what is charted (`value`), and what it was made of."""

    label: str
    numerator: float | None
    denominator: float | None
    value: float | None


@dataclass(frozen=True)
class Limits:
    """What a baseline sets: the centre, and a third of the distance to the upper limit at each point.

    `floor` and `ceiling` are what is possible at all. Without `lower` there is no lower limit.
    """

    kind: Kind
    centre: float
    sigma: Callable[[Month], float]
    floor: float = -math.inf
    ceiling: float = math.inf
    lower: bool = True
    widened: float = 1.0


def u_chart(
    labels: Sequence[str],
    counts: Sequence[int | None],
    exposures: Sequence[float | None],
    per: float = 1000.0,
    lock: int = LOCK_POINTS,
    starts: Sequence[str] = (),
    laney: bool = True,
) -> ControlChart:
    """Events per `per` units of exposure, with limits at ubar +- 3 sqrt(ubar / exposure), never below zero.

    ubar is the baseline's events over its exposure (Montgomery; qicharts2; domain.md 5.4). Where the baseline varies
    more than single events would (sigma z > 1: the mean moving range of its z scores / 1.128) the limits are sigma z
    times as wide (Laney 2002, u'; qicharts2 `qic.up`); they are never narrowed. `laney=False` leaves that out.
    Raises ValueError for lists of unequal length, a negative count, or a lock below 1.
    """
    months = []
    for label, raw_count, raw_exposure in zip(labels, counts, exposures, strict=True):
        count, exposure = _number(raw_count), _number(raw_exposure)
        if count is not None and count < 0:
            raise ValueError(f"{label}: a count must not be negative: {count}")
        usable = count is not None and exposure is not None and exposure > 0
        value = per * count / exposure if usable and count is not None and exposure else None
        months.append(Month(label, count, exposure, value))

    def limits(baseline: Sequence[Month]) -> Limits:
        centre = sum(month.numerator or 0.0 for month in baseline) / sum(month.denominator or 0.0 for month in baseline)

        def sigma(month: Month) -> float:
            return per * math.sqrt(centre / (month.denominator or math.inf))

        widened = max(1.0, sigma_z(baseline, per * centre, sigma)) if laney and centre else 1.0
        kind: Kind = "u_prime" if widened > 1 else "u"
        return Limits(kind, per * centre, lambda month: widened * sigma(month), floor=0.0, widened=widened)

    return chart_of(months, limits, lock, starts, per)


def sigma_z(baseline: Sequence[Month], centre: float, sigma: Callable[[Month], float]) -> float:
    """How many times more a baseline varies than its own limits assume: the mean moving range of z / 1.128.

    As in qicharts2 `qic.up` large moving ranges stay in. Laney, Quality Engineering 14 (2002), 531-537.
    """
    z = [((month.value or 0.0) - centre) / sigma(month) for month in baseline]
    ranges = [abs(after - before) for before, after in pairwise(z)]
    return fmean(ranges) / SHORT_RANGE if ranges else 0.0


def xmr_chart(
    labels: Sequence[str],
    values: Sequence[float | None],
    lock: int = LOCK_POINTS,
    starts: Sequence[str] = (),
    floor: float = -math.inf,
    ceiling: float = math.inf,
) -> ControlChart:
    """Single values (minutes, mean scores) with limits at mean +- 2.66 x mean moving range of the baseline.

    Convention: moving ranges of the baseline above 3.267 x their mean are screened out once and the mean is
    taken again, as NHSRplotthedots and qicharts2 do (Nelson 1982). Limits are locked for good, so one odd
    month in the first year would otherwise widen them for every later year and hide real change. Limits stop at
    `floor` and `ceiling`, where values cannot lie beyond. A moving range is taken between neighbouring usable
    points, also across a gap. Raises ValueError for lists of unequal length or a lock below 1.
    """
    months = [Month(label, None, None, _number(value)) for label, value in zip(labels, values, strict=True)]
    return chart_of(months, lambda baseline: xmr_limits(baseline, floor, ceiling), lock, starts)


def xmr_limits(baseline: Sequence[Month], floor: float = -math.inf, ceiling: float = math.inf) -> Limits:
    """The limits of an XmR chart from the values of its baseline."""
    values = [month.value for month in baseline if month.value is not None]
    width = _screened_moving_range(values) / SHORT_RANGE
    return Limits("xmr", fmean(values), lambda _month: width, floor, ceiling)


def _screened_moving_range(values: Sequence[float]) -> float:
    ranges = [abs(after - before) for before, after in pairwise(values)]
    if not ranges:
        return 0.0
    limit = MOVING_RANGE_LIMIT * fmean(ranges)
    return fmean([step for step in ranges if step <= limit])


def chart_of(
    months: Sequence[Month],
    limits: Callable[[Sequence[Month]], Limits],
    lock: int,
    starts: Sequence[str] = (),
    per: float = 1.0,
) -> ControlChart:
    """Chart points in stretches that begin at `starts`, each judged by the `limits` of its own first `lock` points.

    Raises ValueError when `lock` is not positive.
    """
    if lock < 1:
        raise ValueError(f"at least one point must set the limits: lock={lock}")
    edges = sorted({0, *(sum(month.label < start for month in months) for start in starts), len(months)})
    points: list[ChartPoint] = []
    segments: list[Segment] = []
    for first, stop in pairwise(edges) if len(edges) > 1 else [(0, 0)]:
        part = months[first:stop]
        usable = [month for month in part if month.value is not None]
        baseline = usable[:lock]
        tests = run_tests([month.value for month in baseline])
        steady = None if tests.signal is None else not tests.signal
        if len(baseline) < lock:
            middle = median([month.value for month in usable if month.value is not None]) if usable else None
            points += [_plain(month) for month in part]
            segments.append(Segment("run", first, stop, middle, len(baseline), 1.0, steady))
            continue
        held = limits(baseline)
        drawn = _judged(part, usable, held)
        points += drawn
        if any(point.signals for point in [point for point in drawn if point.value is not None][:lock]):
            steady = False
        segments.append(Segment(held.kind, first, stop, held.centre, lock, held.widened, steady))
    return ControlChart(tuple(points), tuple(segments), per)


def last_points(chart: ControlChart, count: int) -> ControlChart:
    """The last `count` points of a chart, with the limits that rest on all of it: what a screen has room for."""
    drop = max(0, len(chart.points) - count)
    segments = [replace(one, first=max(0, one.first - drop), stop=max(0, one.stop - drop)) for one in chart.segments]
    kept = tuple(one for one in segments if one.stop > one.first) or (segments[-1],)
    return replace(chart, points=chart.points[drop:], segments=kept)


def without_limits(chart: ControlChart) -> ControlChart:
    """The points alone, for readers from whom some are hidden: limits from the shown ones only would be wrong."""
    points = tuple(replace(one, low=None, high=None, outside=False, signals=(), direction=0) for one in chart.points)
    first, last = chart.segments[0], chart.latest
    return replace(chart, points=points, segments=(Segment("run", first.first, last.stop, None, 0, 1.0, None),))


def _plain(month: Month) -> ChartPoint:
    return ChartPoint(month.label, month.value, month.numerator, month.denominator, None, None, False, ())


def _judged(part: Sequence[Month], usable: Sequence[Month], held: Limits) -> list[ChartPoint]:
    """Put limits three sigma from the centre, cut off at what is possible, and apply the four rules."""
    centre = held.centre
    widths = [width if (width := held.sigma(month)) > ROUNDING * abs(centre) else None for month in usable]
    low = [None if width is None or not held.lower else max(held.floor, centre - 3 * width) for width in widths]
    high = [None if width is None else min(held.ceiling, centre + 3 * width) for width in widths]
    values = [month.value for month in usable if month.value is not None]
    found = signals(values, centre, widths, low, high)
    before = [values[0], *values] if values else []
    drawn = {
        id(month): (lower, upper, fired, _direction(fired, value, earlier, centre))
        for month, lower, upper, fired, value, earlier in zip(usable, low, high, found, values, before, strict=False)
    }
    points = []
    for month in part:
        lower, upper, fired, direction = drawn.get(id(month), (None, None, (), 0))
        made_of = (month.label, month.value, month.numerator, month.denominator)
        points.append(ChartPoint(*made_of, lower, upper, BEYOND_LIMITS in fired, fired, direction))
    return points


def _direction(fired: Sequence[str], value: float, earlier: float, centre: float) -> int:
    """Which way a signal points: a trend by its steps, everything else by the side of the centre."""
    if not fired:
        return 0
    return side_of(value, earlier) if TREND in fired and SHIFT not in fired else side_of(value, centre)


def _number(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else float(value)
