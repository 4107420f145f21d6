"""Which of many sites lately differ from their own past by more than chance explains."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from scipy.special import betainc


class Change(NamedTuple):
    """How a site's latest months compare with its own earlier ones.

    ``ratio`` is the latest rate over the earlier one. ``direction`` says whether that is beyond chance.
    """

    ratio: float | None
    direction: Literal["higher", "lower", "same", "unknown"]


FALSE_ALARMS = 0.001
"""One-sided chance of a false alarm per site: that of the outer (99.8 %) limits of a funnel."""


def changes(
    counts: Sequence[int],
    exposures: Sequence[float],
    counts_before: Sequence[int],
    exposures_before: Sequence[float],
    false_alarms: float = FALSE_ALARMS,
) -> list[Change]:
    """Compare each site's latest rate with its own earlier rate by the exact conditional test of two Poisson rates.

    Given both counts together, the latest one is binomial with the latest share of the exposure, when nothing has
    changed (Przyborowski and Wilenski 1940). Counts are of events, exposures in any one unit; a site without exposure
    in either stretch, or without any event, is ``unknown``.

    Reports that come in clusters are more variable than Poisson, so this only orders where to look first.
    """
    now, before = np.asarray(counts, dtype=float), np.asarray(counts_before, dtype=float)
    exposed, exposed_before = np.asarray(exposures, dtype=float), np.asarray(exposures_before, dtype=float)
    usable = (exposed > 0) & (exposed_before > 0) & (now + before > 0)
    share = np.divide(exposed, exposed + exposed_before, out=np.full(len(now), 0.5), where=usable)
    # The binomial tails as incomplete beta functions: P(X >= k) = I_p(k, n - k + 1).
    as_high = np.where(now > 0, betainc(np.maximum(now, 1), before + 1, share), 1.0)
    as_low = np.where(before > 0, 1 - betainc(now + 1, np.maximum(before, 1), share), 1.0)
    found = []
    for i, known in enumerate(usable):
        if not known:
            found.append(Change(None, "unknown"))
            continue
        ratio = (now[i] / exposed[i]) / (before[i] / exposed_before[i]) if before[i] else None
        higher, lower = as_high[i] < false_alarms, as_low[i] < false_alarms
        found.append(Change(ratio, "higher" if higher else "lower" if lower else "same"))
    return found
