"""Which of many sites lately differ from their own past by more than chance explains."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from scipy.special import betainc, betaincc

from analytics.false_discovery import discoveries
from analytics.funnel import dispersion
from analytics.prediction_limits import Floats


class Change(NamedTuple):
    """How a site's latest months compare with its own earlier ones.

    ``ratio`` is the latest rate over the earlier one. ``direction`` says whether that is beyond chance.
    """

    ratio: float | None
    direction: Literal["higher", "lower", "same", "unknown"]


FALSE_ALARMS = 0.001
"""One-sided chance of a false alarm per site: that of the outer (99.8 %) limits of a funnel."""
FALSE_DISCOVERIES = 0.10
"""Share of the named sites that may be chance: among thousands, one in a thousand each would still be several."""
FEWEST_FOR_SPREAD = 10
"""Sites from which on their own spread tells how clustered reports are."""
FEWEST_FOR_COMMON = 20
"""Sites from which on a change that all share (the season) is taken out: a site is called for its own."""


def changes(
    counts: Sequence[int],
    exposures: Sequence[float],
    counts_before: Sequence[int],
    exposures_before: Sequence[float],
    false_alarms: float = FALSE_ALARMS,
    false_discoveries: float = FALSE_DISCOVERIES,
) -> list[Change]:
    """Compare each site's latest rate with its own earlier rate by the exact conditional test of two Poisson rates.

    Given both counts together, the latest one is binomial with the latest share of the exposure, when nothing has
    changed (Przyborowski and Wilenski 1940). From 20 sites on that share follows the change of all sites together.
    Reports come in clusters: from 10 sites on both counts are divided by the dispersion of the sites around it, where
    that is above 1 (as in a quasi-Poisson model). A site is named when its own chance of a false alarm is below
    ``false_alarms`` and, among all sites on its side, Benjamini and Hochberg's rule keeps it.

    Counts are of events, exposures in any one unit; a site without exposure in either stretch, or without any event, is
    ``unknown``.
    """
    now, before = np.asarray(counts, dtype=float), np.asarray(counts_before, dtype=float)
    exposed, exposed_before = np.asarray(exposures, dtype=float), np.asarray(exposures_before, dtype=float)
    usable = (exposed > 0) & (exposed_before > 0) & (now + before > 0)
    at = np.nonzero(usable)[0]
    found = [Change(None, "unknown")] * len(now)
    if not len(at):
        return found
    low, high = _chances(now[at], exposed[at], before[at], exposed_before[at])
    lower = (low < false_alarms) & np.array(discoveries(low.tolist(), false_discoveries))
    higher = (high < false_alarms) & np.array(discoveries(high.tolist(), false_discoveries))
    for place, i in enumerate(at.tolist()):
        ratio = float((now[i] / exposed[i]) / (before[i] / exposed_before[i])) if before[i] else None
        found[i] = Change(ratio, "higher" if higher[place] else "lower" if lower[place] else "same")
    return found


def _chances(now: Floats, exposed: Floats, before: Floats, exposed_before: Floats) -> tuple[Floats, Floats]:
    """The chance of a latest count at most this low, and of one at least this high."""
    common = 1.0
    if len(now) >= FEWEST_FOR_COMMON and now.sum() and before.sum():
        common = float((now.sum() / exposed.sum()) / (before.sum() / exposed_before.sum()))
    share = common * exposed / (common * exposed + exposed_before)
    every = now + before
    z = (now - every * share) / np.sqrt(every * share * (1 - share))
    phi = max(1.0, dispersion(z)) if len(now) >= FEWEST_FOR_SPREAD else 1.0
    # The binomial tails as incomplete beta functions: P(X >= k) = I_p(k, n - k + 1).
    events, earlier = now / phi, before / phi
    high = np.where(now > 0, betainc(np.maximum(events, 1e-9), earlier + 1, share), 1.0)
    low = np.where(before > 0, betaincc(events + 1, np.maximum(earlier, 1e-9), share), 1.0)
    return low, high
