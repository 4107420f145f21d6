"""Estimates drawn toward all sites together: how much of a site's distance is likely to last.

A site with few events lies far out by chance more often than a large one. The shrunken estimate keeps the share of its
distance that the spread between sites, chance taken away, can explain. It is drawn beside the observed value, never
in its place, and limits are never taken from it (domain.md 5.5).
"""

from collections.abc import Sequence

import numpy as np

from analytics.prediction_limits import Floats

FEWEST_SITES = 5
"""Sites below which their spread says nothing: no estimate is drawn toward anything."""


def shrink_rates(counts: Sequence[float], exposures: Sequence[float], per: float = 1000.0) -> list[float] | None:
    """The rates per ``per`` units of exposure, drawn toward the pooled rate (gamma-Poisson, by moments).

    m = sum O / sum E; s² = sum E (r - m)² / sum E; A = max(0, s² - m / mean E); weight A / (A + m / E)
    (Marshall 1991, Applied Statistics 40, 283-294; spdep ``EBest``; domain.md 5.5). None for fewer than five sites or
    no event at all. Raises ValueError for an exposure that is not positive.
    """
    observed, exposed = np.asarray(counts, dtype=float), np.asarray(exposures, dtype=float)
    if (exposed <= 0).any():
        raise ValueError("an exposure must be positive")
    if len(observed) < FEWEST_SITES or not observed.sum():
        return None
    centre = observed.sum() / exposed.sum()
    rates = observed / exposed
    spread = (exposed * (rates - centre) ** 2).sum() / exposed.sum()
    between = max(0.0, float(spread - centre / exposed.mean()))
    shrunken: list[float] = (per * _toward(rates, centre, between, centre / exposed)).tolist()
    return shrunken


def shrink_means(values: Sequence[float], sizes: Sequence[float], sd: float) -> list[float] | None:
    """Mean scores drawn toward their mean weighted by size (normal-normal), ``sd`` being that of single scores.

    The variance between sites is DerSimonian and Laird's (1986): (Q - (k - 1)) / (sum w - sum w² / sum w), at least 0,
    with w = n / sd². None for fewer than five sites. Raises ValueError for an sd or a size that is not positive.
    """
    means, ns = np.asarray(values, dtype=float), np.asarray(sizes, dtype=float)
    if not sd > 0 or (ns <= 0).any():
        raise ValueError("sizes and the standard deviation must be positive")
    if len(means) < FEWEST_SITES:
        return None
    weights = ns / sd**2
    centre = (weights * means).sum() / weights.sum()
    heterogeneity = (weights * (means - centre) ** 2).sum() - (len(means) - 1)
    between = max(0.0, float(heterogeneity / (weights.sum() - (weights**2).sum() / weights.sum())))
    shrunken: list[float] = _toward(means, centre, between, 1 / weights).tolist()
    return shrunken


def _toward(values: Floats, centre: float, between: float, within: Floats) -> Floats:
    return centre + between / (between + within) * (values - centre)
