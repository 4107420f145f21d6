"""Funnel plots: which sites differ by more than chance, without ranking them.

Prediction limits at 95 % and 99.8 % around the overall mean (Spiegelhalter 2005; domain.md 5.5). Counts and
shares have exact, probability-based limits: a site lies beyond a limit when the probability of a result at
least so far out, on its side, is below 2.5 % or 0.1 %. Sites that vary more than chance allows widen the limits: those
of rates to a Poisson count whose rate is gamma distributed between sites (negative binomial), the others by sqrt(phi).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import chdtrc, ndtri

from analytics.prediction_limits import Floats, binomial_limits, negative_binomial_limits
from analytics.rules import ROUNDING, side_of

Zone = Literal["inside", "beyond_95", "beyond_998"]
Limits = Callable[[Floats, float], tuple[Floats, Floats]]

TAIL_95 = 0.025
TAIL_998 = 0.001
FEWEST_SITES = 5
"""Usable sites below which the spread between them says nothing and no limits are drawn."""
WINSORISED = 0.10
"""Share of z-scores pulled in at either end before phi is taken (FunnelPlotR; domain.md 5.5)."""
_CUT = -float(ndtri(WINSORISED))
WINSORISED_BY_CHANCE = (
    1 - 2 * WINSORISED + 2 * _CUT * (WINSORISED * _CUT - math.exp(-(_CUT**2) / 2) / math.sqrt(2 * math.pi))
)
"""The mean of z² after winsorising when nothing but chance is at work (0.68); phi is divided by it."""
NOT_BY_CHANCE = 0.05
"""Probability of the sites' spread (chi-square test of homogeneity) below which the limits are widened."""
WIDEST_SPREAD = 5.0
CURVE_POINTS = 40
INSIDE: Zone = "inside"


@dataclass(frozen=True)
class FunnelPoint:
    """One site: `value` in the funnel's unit, `observed` and `expected` counts (or means) behind it.

    `z` is the distance from the centre in standard deviations before any widening; `zone` is judged by the
    drawn (widened) limits at this site's own exposure.
    """

    key: str
    label: str
    observed: float
    exposure: float
    value: float
    expected: float
    z: float
    zone: Zone
    side: Literal["low", "high", "mid"]


@dataclass(frozen=True)
class Funnel:
    """Sites around their centre. `curve` rows are (exposure, low95, high95, low998, high998), small to large.

    `enough_sites` is False below five usable sites: then there are no limits, the curve is empty and every
    point is `inside`. `phi` is the over-dispersion found, `overdispersed` says that it widened the limits.
    `spread` (rates only) is how far the sites' own rates lie apart, chance taken away: their standard deviation in
    shares of the centre; 0 where the limits are those of chance alone.
    `left_out` are the keys of sites without a value or an exposure; without any usable site `points` is
    empty and the centre 0. `per` is the unit of rates.
    """

    kind: Literal["rate", "proportion", "mean"]
    centre: float
    points: tuple[FunnelPoint, ...]
    phi: float
    overdispersed: bool
    curve: tuple[tuple[float, float, float, float, float], ...]
    enough_sites: bool
    left_out: tuple[str, ...]
    per: float
    spread: float = 0.0


@dataclass(frozen=True)
class _Sites:
    """The usable sites and the keys of the others."""

    keys: tuple[str, ...]
    labels: tuple[str, ...]
    numbers: Floats
    exposures: Floats
    left_out: tuple[str, ...]


def rate_funnel(
    keys: Sequence[str],
    labels: Sequence[str],
    counts: Sequence[int | None],
    exposures: Sequence[float | None],
    per: float = 1000.0,
    widen: bool = True,
) -> Funnel:
    """Rates per `per` units of exposure around the pooled rate, with exact Poisson prediction limits.

    The limits come from the distribution function continued between whole counts, so the curve is smooth and yet
    classifies every count exactly. Where the sites differ by more than chance (chi-square test, 5 %) the limits
    are those of a Poisson count whose rate varies between sites as a gamma distribution (negative binomial;
    Spiegelhalter 2005: the random-effects kind of over-dispersion), unless `widen` is False. Raises ValueError for
    lists of unequal length or a negative count.
    """
    sites = _usable(keys, labels, counts, exposures)
    if (sites.numbers < 0).any():
        raise ValueError("a count must not be negative")
    centre = _pooled(sites)
    expected = centre * sites.exposures
    z = _standardised(sites.numbers - expected, np.sqrt(expected))
    phi = dispersion(z) if widen else 1.0
    spread = _spread(sites.numbers - expected, expected) if _widens(z, phi) else 0.0

    def limits(exposure: Floats, tail: float) -> tuple[Floats, Floats]:
        low, high = negative_binomial_limits(centre * exposure, spread, tail)
        return per * low / exposure, per * high / exposure

    values = per * sites.numbers / sites.exposures
    return _funnel("rate", sites, values, expected, z, centre * per, phi, limits, per, spread)


def proportion_funnel(
    keys: Sequence[str],
    labels: Sequence[str],
    counts: Sequence[int | None],
    totals: Sequence[int | None],
    per: float = 100.0,
    widen: bool = True,
) -> Funnel:
    """Shares (per cent by default) around the pooled share, with exact binomial prediction limits.

    Where the sites differ by more than chance, the distance of each limit from the centre is multiplied by sqrt(phi).
    Otherwise as `rate_funnel`; also raises ValueError for a count above its total.
    """
    sites = _usable(keys, labels, counts, totals)
    if (sites.numbers < 0).any() or (sites.numbers > sites.exposures).any():
        raise ValueError("a count must lie between 0 and its total")
    centre = _pooled(sites)
    expected = centre * sites.exposures
    z = _standardised(sites.numbers - expected, np.sqrt(expected * (1 - centre)))

    def limits(exposure: Floats, tail: float) -> tuple[Floats, Floats]:
        low, high = binomial_limits(exposure, centre, tail)
        return per * low / exposure, per * high / exposure

    values = per * sites.numbers / sites.exposures
    phi = dispersion(z) if widen else 1.0
    wide = _wider(limits, centre * per, phi if _widens(z, phi) else 1.0, (0.0, per))
    return _funnel("proportion", sites, values, expected, z, centre * per, phi, wide, per)


def mean_funnel(
    keys: Sequence[str],
    labels: Sequence[str],
    values: Sequence[float | None],
    ns: Sequence[int | None],
    sd: float | None = None,
) -> Funnel:
    """Mean scores around their mean weighted by n, with normal limits at z sd / sqrt(n).

    `sd` is the standard deviation of a single score; with it, sites that differ by more than chance widen the limits by
    sqrt(phi). Without it the
    spread between the sites gives it, sqrt(sum n (mean - centre)^2 / (k - 1)), which holds all of the
    over-dispersion already: phi is 1 then, and with few sites one odd site hides itself (among k sites z
    cannot exceed (k - 1) / sqrt(k)). Raises ValueError for lists of unequal length or an sd that is not
    positive.
    """
    if sd is not None and not sd > 0:
        raise ValueError(f"a standard deviation must be positive: {sd}")
    sites = _usable(keys, labels, values, ns)
    weight = float(sites.exposures.sum())
    centre = float((sites.numbers * sites.exposures).sum()) / weight if weight else 0.0
    distance = (sites.numbers - centre) * np.sqrt(sites.exposures)
    spread = sd if sd is not None else math.sqrt(float((distance**2).sum()) / max(len(distance) - 1, 1))
    z = _standardised(distance, np.full_like(distance, spread))

    def limits(exposure: Floats, tail: float) -> tuple[Floats, Floats]:
        half = -float(ndtri(tail)) * spread / np.sqrt(exposure)
        return centre - half, centre + half

    expected = np.full_like(sites.numbers, centre)
    phi = dispersion(z) if sd is not None else 1.0
    wide = _wider(limits, centre, phi if _widens(z, phi) else 1.0, (-math.inf, math.inf))
    return _funnel("mean", sites, sites.numbers, expected, z, centre, phi, wide, 1.0)


def _funnel(
    kind: Literal["rate", "proportion", "mean"],
    sites: _Sites,
    values: Floats,
    expected: Floats,
    z: Floats,
    centre: float,
    phi: float,
    limits: Limits,
    per: float,
    spread: float = 0.0,
) -> Funnel:
    """Judge every site by the limits at its exposure."""
    enough = len(values) >= FEWEST_SITES
    zones = _zones(values, sites.exposures, limits) if enough else [INSIDE] * len(values)
    points = tuple(
        FunnelPoint(
            key=sites.keys[at],
            label=sites.labels[at],
            observed=float(sites.numbers[at]),
            exposure=float(sites.exposures[at]),
            value=float(values[at]),
            expected=float(expected[at]),
            z=float(z[at]),
            zone=zones[at],
            side=_side(float(values[at]), centre),
        )
        for at in range(len(values))
    )
    curve = _curve(sites.exposures, limits) if enough else ()
    return Funnel(kind, centre, points, phi, _widens(z, phi), curve, enough, sites.left_out, per, spread)


def _wider(limits: Limits, centre: float, phi: float, possible: tuple[float, float]) -> Limits:
    """Limits whose distance from the centre is sqrt(phi) times as large, cut off at what is possible."""
    factor = math.sqrt(phi)

    def widened(exposure: Floats, tail: float) -> tuple[Floats, Floats]:
        low, high = limits(exposure, tail)
        return (
            np.maximum(possible[0], centre - factor * (centre - low)),
            np.minimum(possible[1], centre + factor * (high - centre)),
        )

    return widened


def _zones(values: Floats, exposures: Floats, limits: Limits) -> list[Zone]:
    outside = []
    for tail in (TAIL_95, TAIL_998):
        low, high = limits(exposures, tail)
        slack = ROUNDING * np.abs(values)
        outside.append((values < low - slack) | (values > high + slack))
    return ["beyond_998" if far else "beyond_95" if near else "inside" for near, far in zip(*outside, strict=True)]


def _side(value: float, centre: float) -> Literal["low", "high", "mid"]:
    side = side_of(value, centre)
    return "mid" if side == 0 else "high" if side > 0 else "low"


def _curve(exposures: Floats, limits: Limits) -> tuple[tuple[float, float, float, float, float], ...]:
    """Limits at exposures in equal ratios from just below the smallest site to just above the largest.

    Equal ratios fit a logarithmic axis, and on a linear one put the points where the lines bend.
    """
    grid = np.geomspace(0.8 * exposures.min(), 1.1 * exposures.max(), CURVE_POINTS)
    columns = [grid, *limits(grid, TAIL_95), *limits(grid, TAIL_998)]
    return tuple((a, b, c, d, e) for a, b, c, d, e in np.column_stack(columns).tolist())


def dispersion(z: Floats) -> float:
    """Phi: the mean squared z after winsorising 10 % at either end, over what chance alone gives; 1 of nothing."""
    if not len(z):
        return 1.0
    low, high = np.quantile(z, [WINSORISED, 1 - WINSORISED])
    return float((np.clip(z, low, high) ** 2).mean()) / WINSORISED_BY_CHANCE


def _widens(z: Floats, phi: float) -> bool:
    """Whether enough sites differ by more than chance, also without those furthest out."""
    return len(z) >= FEWEST_SITES and phi > 1 and float(chdtrc(len(z) - 1, (z**2).sum())) < NOT_BY_CHANCE


def _spread(distance: Floats, expected: Floats) -> float:
    """The sites' own spread in shares of the centre, by which the winsorised z become those of chance.

    Var(count) = E + spread² E²; the spread at which phi of z = distance / sqrt(Var) is 1, found by halving.
    """
    low, high = 0.0, WIDEST_SPREAD
    for _step in range(40):
        middle = (low + high) / 2
        if dispersion(distance / np.sqrt(expected + (middle * expected) ** 2)) > 1:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _usable(
    keys: Sequence[str],
    labels: Sequence[str],
    numbers: Sequence[float | None],
    exposures: Sequence[float | None],
) -> _Sites:
    kept: list[tuple[str, str, float, float]] = []
    left_out: list[str] = []
    for key, label, number, exposure in zip(keys, labels, numbers, exposures, strict=True):
        if number is None or exposure is None or math.isnan(number) or not exposure > 0:
            left_out.append(key)
        else:
            kept.append((key, label, float(number), float(exposure)))
    return _Sites(
        tuple(site[0] for site in kept),
        tuple(site[1] for site in kept),
        np.array([site[2] for site in kept], dtype=np.float64),
        np.array([site[3] for site in kept], dtype=np.float64),
        tuple(left_out),
    )


def _pooled(sites: _Sites) -> float:
    exposure = float(sites.exposures.sum())
    return float(sites.numbers.sum()) / exposure if exposure else 0.0


def _standardised(distance: Floats, deviation: Floats) -> Floats:
    return np.divide(distance, deviation, out=np.zeros_like(distance), where=deviation > 0)
