"""Intervals around counts, rates and proportions."""

import math
from dataclasses import dataclass
from typing import Literal

from scipy.special import gammainccinv, gammaincinv, ndtri

PoissonMethod = Literal["auto", "exact", "byar"]

BYAR_FROM_COUNT = 10
"""UKHSA rule: exact limits below this count, Byar's approximation from it (PHEindicatormethods)."""


@dataclass(frozen=True)
class Interval:
    """A lower and an upper limit, in the unit of what they surround."""

    low: float
    high: float


@dataclass(frozen=True)
class Estimate:
    """A rate or proportion with its interval and the two numbers that it came from.

    `value`, `low` and `high` are `numerator / denominator * per`. `method` names the interval:
    `exact` or `byar` (Poisson) or `wilson`.
    """

    value: float
    low: float
    high: float
    numerator: float
    denominator: float
    per: float
    method: str


def poisson_interval(count: int, alpha: float = 0.05, method: PoissonMethod = "auto") -> Interval:
    """The interval of coverage 1 - alpha for the expected value behind an observed count.

    `exact` is Garwood's chi-square interval, `byar` Byar's approximation, `auto` the UKHSA choice between
    them (domain.md 5.3). Raises ValueError for a negative count or an alpha outside (0, 1).
    """
    _check_alpha(alpha)
    if count < 0:
        raise ValueError(f"count must not be negative: {count}")
    if _poisson_method(count, method) == "exact":
        # chi2inv(p, 2a) / 2 is the gamma quantile of shape a, which needs no distribution object.
        low = float(gammaincinv(count, alpha / 2)) if count else 0.0
        return Interval(low, float(gammainccinv(count + 1, alpha / 2)))
    z = _z(alpha)
    low = count * (1 - 1 / (9 * count) - z / (3 * math.sqrt(count))) ** 3 if count else 0.0
    above = count + 1
    high = above * (1 - 1 / (9 * above) + z / (3 * math.sqrt(above))) ** 3
    return Interval(max(0.0, low), high)


def rate(count: int, exposure: float, per: float = 1000, alpha: float = 0.05) -> Estimate | None:
    """Events per `per` units of exposure with the Poisson interval; None where nothing was exposed.

    The exposure is taken as known (child-days, children), so both limits are divided by it (domain.md 5.3).
    Raises ValueError for a negative count.
    """
    limits = poisson_interval(count, alpha)
    if not exposure > 0:
        return None
    scale = per / exposure
    return Estimate(
        value=count * scale,
        low=limits.low * scale,
        high=limits.high * scale,
        numerator=count,
        denominator=exposure,
        per=per,
        method=_poisson_method(count, "auto"),
    )


def wilson(successes: int, n: int, alpha: float = 0.05) -> Estimate | None:
    """A proportion (0 to 1) with Wilson's score interval; None where n is 0.

    (p + z2/2n +- z sqrt(p(1-p)/n + z2/4n2)) / (1 + z2/n), Wilson 1927 (domain.md 5.3).
    Raises ValueError unless 0 <= successes <= n.
    """
    _check_alpha(alpha)
    if not 0 <= successes <= n:
        raise ValueError(f"successes must lie between 0 and n: {successes} of {n}")
    if n == 0:
        return None
    z = _z(alpha)
    p = successes / n
    middle = p + z * z / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    # At 0 and n the formula gives 0 and 1 up to rounding; the exact values keep the interval around p.
    low = (middle - half) / scale if successes else 0.0
    high = (middle + half) / scale if successes < n else 1.0
    return Estimate(p, low, high, successes, n, 1.0, "wilson")


def _poisson_method(count: int, method: PoissonMethod) -> Literal["exact", "byar"]:
    if method != "auto":
        return method
    return "exact" if count < BYAR_FROM_COUNT else "byar"


def _z(alpha: float) -> float:
    return float(ndtri(1 - alpha / 2))


def _check_alpha(alpha: float) -> None:
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must lie between 0 and 1: {alpha}")
