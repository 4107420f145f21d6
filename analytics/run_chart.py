"""Run charts: patterns around the median of a series that chance alone would not give."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median

SHORTEST_SERIES = 10
"""Useful points below which the Anhoej rules say nothing (domain.md 5.4)."""


@dataclass(frozen=True)
class RunTests:
    """The Anhoej tests of a series.

    `useful` counts the points that do not lie on the median. In a series that is `too_short` the two limits
    and `signal` are None. Otherwise `signal` says that the longest run is above `longest_run_limit` or the
    crossings are below `crossings_limit`.
    """

    median: float | None
    useful: int
    longest_run: int
    longest_run_limit: int | None
    crossings: int
    crossings_limit: int | None
    too_short: bool
    signal: bool | None


def run_tests(values: Sequence[float | None]) -> RunTests:
    """Test a series around its median; None and NaN are gaps that runs pass over.

    Signal: longest run > round(log2(n) + 3), or crossings < the 5 % binomial quantile of n - 1 tosses, n
    being the points not on the median, from 10 of them on (Anhoej & Olesen 2014; qicharts2; domain.md 5.4).
    """
    known = [float(value) for value in values if value is not None and not math.isnan(value)]
    if not known:
        return RunTests(None, 0, 0, None, 0, None, True, None)
    middle = median(known)
    sides = [value > middle for value in known if value != middle]
    runs = [len(list(run)) for _, run in groupby(sides)]
    longest, crossings, useful = max(runs, default=0), max(len(runs) - 1, 0), len(sides)
    if useful < SHORTEST_SERIES:
        return RunTests(middle, useful, longest, None, crossings, None, True, None)
    longest_limit, crossings_limit = longest_run_limit(useful), fewest_crossings(useful)
    signal = longest > longest_limit or crossings < crossings_limit
    return RunTests(middle, useful, longest, longest_limit, crossings, crossings_limit, False, signal)


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
