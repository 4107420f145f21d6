"""Whether a site records incidents as the others do: a rate compares children only where adults record alike.

A site at which one room of four writes forms, or at which forms come for half of the year, has a low rate for another
reason than few incidents. Sites with few incidents must not be marked for that, so a site is held against others with
as many forms: from how many of its classrooms and months did they come?
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtri

from analytics.funnel import FEWEST_SITES, dispersion
from analytics.prediction_limits import Floats, tail_of_count

Difference = Literal["few_rooms", "no_forms"]

TAIL = 0.001
"""Chance at which a site is marked: that of the outer limits of a funnel."""
FAR_BELOW = 0.5
"""Share of the expected classroom-months that a marked site stays below: beyond chance, and strongly."""
FEWEST_EXPECTED = 5.0
"""Classroom-months expected below which nothing is said about one site."""
LOOSEST, TIGHTEST = 1e-3, 1e3


class Recorded(NamedTuple):
    """How a site records. ``expected`` classroom-months with a form, for as many forms as it has; None: not judged."""

    expected: float | None
    difference: Difference | None


def differences(forms: Sequence[int], room_months: Sequence[int], reporting: Sequence[int]) -> list[Recorded]:
    """Tell which sites record in another way than the rest.

    With f forms per classroom and month, a share 1 - (1 + f / k)^-k of the classroom-months has any (negative
    binomial; k is common to all sites and fits their sum). ``few_rooms``: fewer than half of that, and fewer than
    chance gives in 1 of 1,000 such sites, the binomial spread widened as a funnel's. ``no_forms``: none at all where
    sites that differ as these do would have none once in 1,000 times.

    Args:
        forms: incident forms from classrooms with enrolment.
        room_months: classrooms with enrolment, summed over months.
        reporting: those with any form.
    """
    found = [Recorded(None, None)] * len(forms)
    usable = [at for at, months in enumerate(room_months) if months > 0]
    counts, months, rooms = (
        np.array([part[at] for at in usable], dtype=float) for part in (forms, room_months, reporting)
    )
    if len(usable) < FEWEST_SITES or not counts.sum():
        return found
    shares = _expected_shares(counts / months, months, rooms)
    expected = months * shares
    deviation = np.sqrt(np.maximum(expected * (1 - shares), 1e-9))
    z = np.where(counts > 0, (rooms - expected) / deviation, 0.0)
    judged = (counts > 0) & (expected >= FEWEST_EXPECTED)
    width = max(1.0, dispersion(z[judged])) ** 0.5
    few = judged & (z < float(ndtri(TAIL)) * width) & (rooms < FAR_BELOW * expected)
    none = (counts == 0) & _unlikely_none(counts, months)
    for place, at in enumerate(usable):
        difference: Difference | None = "few_rooms" if few[place] else "no_forms" if none[place] else None
        found[at] = Recorded(float(expected[place]) if judged[place] else None, difference)
    return found


def _expected_shares(rates: Floats, months: Floats, rooms: Floats) -> Floats:
    """The share of classroom-months with any form at each rate, with the one k at which their sum is as observed."""

    def shares(k: float) -> Floats:
        found: Floats = -np.expm1(-k * np.log1p(rates / k))
        return found

    def too_many(log_k: float) -> float:
        return float((months * shares(10**log_k)).sum() - rooms.sum())

    low, high = np.log10(LOOSEST), np.log10(TIGHTEST)
    if too_many(high) <= 0:
        return shares(TIGHTEST)
    return shares(LOOSEST) if too_many(low) >= 0 else shares(10 ** float(brentq(too_many, low, high)))


def _unlikely_none(counts: Floats, months: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Where no form at all is rarer than ``TAIL`` for a site of that size among sites that differ as these do."""
    centre = counts.sum() / months.sum()
    rates = counts / months
    between = max(0.0, float((months * (rates - centre) ** 2).sum() / months.sum() - centre / months.mean()))
    at_most, _at_least = tail_of_count(np.zeros_like(counts), centre * months, between**0.5 / centre)
    return at_most < TAIL
