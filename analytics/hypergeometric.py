"""The hypergeometric distribution: how many of a random selection are marked. Exact, by Fisher's argument."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln


def at_least(count: int, drawn: int, marked: int, total: int) -> float:
    """The chance that of ``drawn`` out of ``total`` at least ``count`` are among the ``marked``."""
    overlap = np.arange(max(count, 0), min(drawn, marked) + 1, dtype=float)
    logs = _log_choose(marked, overlap) + _log_choose(total - marked, drawn - overlap)
    return float(np.exp(logs - _log_choose(total, np.asarray(float(drawn)))).sum())


def exact_chance(part: int, of: int, other_part: int, other_of: int) -> float:
    """Fisher's exact test of two equal risks, two-sided: twice the smaller tail (Fisher 1935; Agresti 2013, 3.5).

    Given how many had the outcome in all, which of the children they are is a random selection when risks are equal. So
    the chance of a value below some level is never above that level, however few there are.
    """
    total, marked = of + other_of, part + other_part
    smaller = min(at_least(part, of, marked, total), at_least(other_part, other_of, marked, total))
    return min(1.0, 2 * smaller)


def _log_choose(n: float, k: NDArray[np.float64]) -> NDArray[np.float64]:
    inside = (k >= 0) & (k <= n)
    safe = np.where(inside, k, 0.0)
    logs = gammaln(n + 1) - gammaln(safe + 1) - gammaln(n - safe + 1)
    found: NDArray[np.float64] = np.where(inside, logs, -np.inf)
    return found
