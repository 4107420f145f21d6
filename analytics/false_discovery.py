"""Which of many tests to follow up, so that only a known share of what is named is chance."""

from collections.abc import Sequence

import numpy as np


def discoveries(chances: Sequence[float], share: float) -> list[bool]:
    """The tests named by Benjamini and Hochberg's rule (1995, J. R. Statist. Soc. B 57, 289-300).

    The k smallest probabilities are named, k being the largest for which the k-th is at most ``share`` x k / n.
    On average at most ``share`` of those named are chance, and where nothing differs the probability of naming
    anything is at most ``share``. Counts are discrete, so the true shares are smaller.
    """
    found = np.asarray(chances, dtype=float)
    count = len(found)
    if not count:
        return []
    ordered = np.sort(found)
    below = np.nonzero(ordered <= share * np.arange(1, count + 1) / count)[0]
    if not len(below):
        return [False] * count
    named: list[bool] = (found <= ordered[below[-1]]).tolist()
    return named
