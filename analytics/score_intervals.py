"""Score intervals for the difference and the ratio of two risks: they stand where Wald's break, at zero and at all.

Both turn the same test round (Miettinen and Nurminen 1985, Statistics in Medicine 4: 213-226), so the difference leaves
out 0 exactly where the ratio leaves out 1. Without the factor N / (N - 1) the ratio's is Koopman's (1984, Biometrics
40: 513-517) and the difference's is Mee's.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtri

from analytics.intervals import Estimate

NEAR_EDGE = 1e-10
STEEPEST = 1e12
"""A ratio beyond which no limit is looked for."""


def score_z(part: Any, of: Any, other_part: Any, other_of: Any) -> Any:
    """The score statistic of two equal risks, for numbers or arrays of them; 0 where neither group tells anything.

    (p1 - p0) / sqrt(p (1 - p) (1/n1 + 1/n0) N / (N - 1)), with p the pooled risk: above 0 where the first is higher.
    """
    one, other = np.asarray(of, dtype=float), np.asarray(other_of, dtype=float)
    total = one + other
    pooled = (np.asarray(part, dtype=float) + other_part) / total
    variance = pooled * (1 - pooled) * (1 / one + 1 / other) * total / (total - 1)
    apart = part / one - other_part / other
    return np.divide(apart, np.sqrt(variance), out=np.zeros_like(apart), where=variance > 0)


def risk_difference(
    part: int, of: int, other_part: int, other_of: int, alpha: float = 0.05, *, corrected: bool = True
) -> Estimate:
    """The first risk less the second (-1 to 1) with its score interval.

    Raises ValueError unless 0 <= part <= of and of >= 1, for both.
    """
    _check(part, of, other_part, other_of, alpha)
    value = part / of - other_part / other_of

    def score(difference: float) -> float:
        one, other = _risks_apart(part / of, other_part / other_of, other_of / of, difference)
        return _standardised(value - difference, one, of, other, other_of, 1.0, corrected)

    edge = 1 - NEAR_EDGE
    low = -1.0 if value == -1 else _limit(score, -edge, value, _z(alpha), -1.0)
    high = 1.0 if value == 1 else _limit(score, value, edge, -_z(alpha), 1.0)
    return Estimate(value, low, high, part, of, 1.0, "miettinen_nurminen" if corrected else "mee")


def risk_ratio(
    part: int, of: int, other_part: int, other_of: int, alpha: float = 0.05, *, corrected: bool = True
) -> Estimate | None:
    """The first risk divided by the second with its score interval; None where neither group had the outcome.

    The value and the upper limit are infinite where only the second risk is 0.
    Raises ValueError unless 0 <= part <= of and of >= 1, for both.
    """
    _check(part, of, other_part, other_of, alpha)
    if not part and not other_part:
        return None
    one, other = part / of, other_part / other_of
    value = one / other if other_part else math.inf

    def score(log_ratio: float) -> float:
        ratio = math.exp(log_ratio)
        base = _risk_in_proportion(part, of, other_part, other_of, ratio)
        return _standardised(one - ratio * other, ratio * base, of, base, other_of, ratio, corrected)

    far = math.log(STEEPEST)
    start = math.log(value) if 0 < value < math.inf else 0.0
    low = 0.0 if not part else _exp(_limit(score, -far, start if other_part else far, _z(alpha), -math.inf))
    high = math.inf if not other_part else _exp(_limit(score, start if part else -far, far, -_z(alpha), math.inf))
    return Estimate(value, low, high, part, of, 1.0, "miettinen_nurminen" if corrected else "koopman")


def _limit(score: Callable[[float], float], low: float, high: float, wanted: float, otherwise: float) -> float:
    """Where a falling score takes the wanted value between two ends; ``otherwise`` where it never does."""
    if (score(low) - wanted) * (score(high) - wanted) > 0:
        return otherwise
    return float(brentq(lambda at: score(at) - wanted, low, high, xtol=1e-12, rtol=1e-12))


def _standardised(
    apart: float, one: float, of: float, other: float, other_of: float, ratio: float, corrected: bool
) -> float:
    """How many standard errors the groups lie apart, given the likeliest risks under the hypothesis."""
    variance = one * (1 - one) / of + ratio**2 * other * (1 - other) / other_of
    if corrected:
        variance *= (of + other_of) / (of + other_of - 1)
    if variance > 0:
        return apart / math.sqrt(variance)
    return math.copysign(math.inf, apart) if abs(apart) > NEAR_EDGE else 0.0


def _risk_in_proportion(part: int, of: int, other_part: int, other_of: int, ratio: float) -> float:
    """The likeliest second risk when the first is ``ratio`` times as high: the smaller root of a quadratic."""
    square = (of + other_of) * ratio
    linear = of * ratio + part + other_of + other_part * ratio
    root = math.sqrt(max(0.0, linear**2 - 4 * square * (part + other_part)))
    # The form that loses no digits where the two terms nearly cancel out.
    return min(2 * (part + other_part) / (linear + root), 1.0, 1 / ratio)


def _risks_apart(one: float, other: float, sizes: float, difference: float) -> tuple[float, float]:
    """The likeliest risks that lie ``difference`` apart: Farrington and Manning 1990, Statistics in Medicine 9: 1447.

    ``sizes`` is the second group's size divided by the first's.
    """
    a = 1 + sizes
    b = -(1 + sizes + one + sizes * other + difference * (sizes + 2))
    c = difference**2 + difference * (2 * one + sizes + 1) + one + sizes * other
    d = -one * difference * (1 + difference)
    v = (b / (3 * a)) ** 3 - b * c / (6 * a * a) + d / (2 * a)
    u = math.copysign(math.sqrt(max(0.0, (b / (3 * a)) ** 2 - c / (3 * a))), v)
    turn = (math.pi + math.acos(min(1.0, max(-1.0, v / u**3)))) / 3 if u else 0.0
    first = min(1.0, max(0.0, 2 * u * math.cos(turn) - b / (3 * a)))
    return first, min(1.0, max(0.0, first - difference))


def _exp(log_ratio: float) -> float:
    return math.exp(log_ratio) if log_ratio < math.inf else math.inf


def _z(alpha: float) -> float:
    return float(ndtri(1 - alpha / 2))


def _check(part: int, of: int, other_part: int, other_of: int, alpha: float) -> None:
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must lie between 0 and 1: {alpha}")
    for some, whole in ((part, of), (other_part, other_of)):
        if whole < 1 or not 0 <= some <= whole:
            raise ValueError(f"a part must lie between 0 and its whole, and the whole hold someone: {some} of {whole}")
