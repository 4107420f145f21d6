"""Run charts: non-random patterns around the median of a short series."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median

from analytics.control_charts import ChartPoint, ControlChart

SHORTEST_SERIES = 10
"""Useful points below which the Anhoej rules say nothing (domain.md 5.4)."""


@dataclass(frozen=True)
class RunChart:
    """A series around its median, with the Anhoej tests.

    `useful` counts the points that do not lie on the median. In a series that is `too_short` the two limits
    and `signal` are None. Otherwise `signal` says that the longest run is above `longest_run_limit` or the
    crossings are below `crossings_limit`.
    """

    points: tuple[ChartPoint, ...]
    median: float | None
    useful: int
    longest_run: int
    longest_run_limit: int | None
    crossings: int
    crossings_limit: int | None
    too_short: bool
    signal: bool | None

    def as_chart(self) -> ControlChart:
        """The same series as a chart without limits, its centre the median, drawn like the others."""
        usable = sum(point.value is not None for point in self.points)
        return ControlChart("run", self.median, self.points, usable, self.too_short, 1.0)


def run_chart(labels: Sequence[str], values: Sequence[float | None]) -> RunChart:
    """The run chart of a series; None and NaN are gaps that runs pass over.

    Signal: longest run > round(log2(n) + 3), or crossings < the 5 % binomial quantile of n - 1 tosses, n
    being the points not on the median, from 10 of them on (Anhoej & Olesen 2014; qicharts2; domain.md 5.4).
    Raises ValueError for lists of unequal length.
    """
    numbers = [None if value is None or math.isnan(value) else float(value) for value in values]
    points = tuple(
        ChartPoint(label, value, None, None, None, None, False, ())
        for label, value in zip(labels, numbers, strict=True)
    )
    known = [value for value in numbers if value is not None]
    if not known:
        return RunChart(points, None, 0, 0, None, 0, None, True, None)
    middle = median(known)
    sides = [value > middle for value in known if value != middle]
    runs = [len(list(run)) for _, run in groupby(sides)]
    longest, crossings, useful = max(runs, default=0), max(len(runs) - 1, 0), len(sides)
    if useful < SHORTEST_SERIES:
        return RunChart(points, middle, useful, longest, None, crossings, None, True, None)
    longest_limit, crossings_limit = longest_run_limit(useful), fewest_crossings(useful)
    signal = longest > longest_limit or crossings < crossings_limit
    return RunChart(points, middle, useful, longest, longest_limit, crossings, crossings_limit, False, signal)


def longest_run_limit(useful: int) -> int:
    """The longest run to expect by chance in that many useful points: round(log2(n) + 3) (Schilling 2012)."""
    return round(math.log2(useful) + 3)


def fewest_crossings(useful: int) -> int:
    """The fewest crossings to expect by chance: the 5 % quantile of n - 1 fair tosses (Chen 2010)."""
    tosses = useful - 1
    needed, reached = 2**tosses, 0
    for crossings in range(tosses + 1):
        reached += math.comb(tosses, crossings)
        if 20 * reached >= needed:
            return crossings
    return tosses
