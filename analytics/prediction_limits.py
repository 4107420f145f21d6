"""Where a count should fall when nothing but chance is at work: exact limits, continued between whole counts.

A count o lies above the upper limit exactly when P(X >= o) < tail, and below the lower one exactly when
P(X <= o) < tail. The distribution functions are continued between whole counts by the gamma and beta
functions, so a limit drawn over the expected count or the group size is a smooth line rather than a saw.
These are prediction limits for a given expectation, not confidence intervals (domain.md 5.5; BMC Med Res
Methodol 12:98).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtrik, betainc, betaincc, gammainc, gammaincc, nbdtrik, pdtrik

Floats = NDArray[np.float64]


def poisson_limits(expected: Floats, tail: float) -> tuple[Floats, Floats]:
    """The lower and upper limit of Poisson counts with these expectations, leaving out `tail` at each end."""
    any_at_all = -np.expm1(-expected)
    # Where even a single event is rarer than the tail the limit lies below 1; a straight line in its
    # probability joins it to 0 at no expectation.
    above = np.where(any_at_all < tail, any_at_all / tail, pdtrik(1 - tail, expected) + 1)
    below = np.where(1 - any_at_all > tail, 0.0, pdtrik(tail, expected))
    return below, above


def negative_binomial_limits(expected: Floats, spread: float, tail: float) -> tuple[Floats, Floats]:
    """The same where the rates themselves differ: a Poisson count whose rate is gamma distributed between the sites.

    ``spread`` is the standard deviation of the rates in shares of their mean. At 0 these are the Poisson limits.
    """
    if spread <= 0:
        return poisson_limits(expected, tail)
    shape = spread**-2
    share = shape / (shape + expected)
    none_at_all = share**shape
    above = np.where(1 - none_at_all < tail, (1 - none_at_all) / tail, nbdtrik(1 - tail, shape, share) + 1)
    below = np.where(none_at_all > tail, 0.0, nbdtrik(tail, shape, share))
    return below, above


def tail_of_count(counts: Floats, expected: Floats, spread: float = 0.0) -> tuple[Floats, Floats]:
    """How likely a count at most this low, and one at least this high, is for these expectations.

    The distribution functions that the limits above come from: a count lies beyond a limit when its tail is smaller.
    """
    if spread <= 0:
        at_most = np.asarray(gammaincc(counts + 1, expected), dtype=np.float64)
        at_least = np.asarray(gammainc(np.maximum(counts, 1), expected), dtype=np.float64)
        return at_most, np.where(counts > 0, at_least, 1.0)
    shape = spread**-2
    share = shape / (shape + expected)
    at_most = np.asarray(betainc(shape, counts + 1, share), dtype=np.float64)
    at_least = np.asarray(betaincc(shape, np.maximum(counts, 1), share), dtype=np.float64)
    return at_most, np.where(counts > 0, at_least, 1.0)


def binomial_limits(totals: Floats, share: float, tail: float) -> tuple[Floats, Floats]:
    """The lower and upper limit of counts out of these totals with that share, as above."""
    # The lower limit is the upper one of the failures, seen from the other end.
    return totals - _binomial_upper(totals, 1 - share, tail), _binomial_upper(totals, share, tail)


def _binomial_upper(totals: Floats, share: float, tail: float) -> Floats:
    if share <= 0:
        return np.zeros_like(totals)
    if share >= 1:
        return totals.copy()
    any_at_all = -np.expm1(totals * np.log1p(-share))
    above = np.where(any_at_all < tail, any_at_all / tail, bdtrik(1 - tail, totals, share) + 1)
    return np.where(share**totals > tail, totals, np.minimum(above, totals))
