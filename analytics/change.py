"""Change between two points in time, for the same rooms, teachers, sites or children. Never for whoever answered.

Consultation is asked for at the worst moment: some improvement is to be expected anyway (regression to the mean).
Every screen that shows these figures says so.
"""

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Literal, TypeVar

from scipy.special import gammaln, stdtrit

from analytics.intervals import Interval

LEAST_FOR_A_MEAN = 5
"""Pairs from which a mean change is given (domain.md 4.6)."""
LEAST_FOR_AN_EFFECT = 10
"""Pairs from which a standardised effect is given (domain.md 4.6)."""
RELIABLE = 1.96
"""|RC| from which a change is reliable (Jacobson and Truax 1991)."""

Direction = Literal["higher_better", "lower_better"]
Verdict = Literal["improved", "unclear", "worsened"]
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Counts:
    """Who is behind a before-and-after figure. ``left``: scored before and not after; ``joined``: only after."""

    before: int
    after: int
    paired: int
    left: int
    joined: int


@dataclass(frozen=True)
class PairedChange:
    """Mean change (after - before) of those scored twice, in points of the scale, with its 95 % t interval.

    All is None below five pairs, ``d_av`` and ``hedges_g`` below ten or where nobody differs. The sign is that of the
    scale's points: whether up is good is for the scale's direction to say.
    """

    counts: Counts
    mean_before: float | None = None
    mean_after: float | None = None
    change: float | None = None
    interval: Interval | None = None
    d_av: float | None = None
    hedges_g: float | None = None


@dataclass(frozen=True)
class Basis:
    """The spread and the reliability that tell a change from noise, each with where it comes from.

    ``unverified``: one of them is an assumption or comes from a weak source; a screen says so beside the counts.
    """

    sd: float
    sd_source: str
    reliability: float
    reliability_source: str
    unverified: bool = False


@dataclass(frozen=True)
class ReliableChange:
    """How many changed by more than the instrument's own noise. ``threshold``: the least reliable change in points."""

    counts: Counts
    basis: Basis
    threshold: float
    improved: int
    no_reliable_change: int
    worsened: int


def paired_change(before: Mapping[Key, float], after: Mapping[Key, float], alpha: float = 0.05) -> PairedChange:
    """The mean change of those in both ``before`` and ``after`` (scores by who was scored), with n always told.

    Interval: mean +- t(n - 1) x sd of the differences / sqrt(n). d_av: mean difference / mean of the two standard
    deviations (Lakens 2013, Frontiers in Psychology 4:863, formula 10). Hedges g: d_av x J(n - 1), the exact small-
    sample factor gamma(m / 2) / (sqrt(m / 2) gamma((m - 1) / 2)) with m = n - 1 (Hedges 1981; Cumming 2012, ch. 11).

    Raises:
        ValueError: a score is not a finite number.
    """
    counts, pairs = _counts(before, after), _pairs(before, after)
    if counts.paired < LEAST_FOR_A_MEAN:
        return PairedChange(counts)
    n = len(pairs)
    was, now = [first for first, _second in pairs], [second for _first, second in pairs]
    differences = [second - first for first, second in pairs]
    change = fmean(differences)
    half = float(stdtrit(n - 1, 1 - alpha / 2)) * stdev(differences) / math.sqrt(n)
    spread = (stdev(was) + stdev(now)) / 2
    d_av = change / spread if n >= LEAST_FOR_AN_EFFECT and spread > 0 else None
    return PairedChange(
        counts,
        mean_before=fmean(was),
        mean_after=fmean(now),
        change=change,
        interval=Interval(change - half, change + half),
        d_av=d_av,
        hedges_g=None if d_av is None else d_av * small_sample_factor(n - 1),
    )


def small_sample_factor(degrees: int) -> float:
    """J: what a standardised difference is multiplied with so that a small sample does not overstate it.

    gamma(m / 2) / (sqrt(m / 2) gamma((m - 1) / 2)), Hedges 1981, Journal of Educational Statistics 6. Raises
    ValueError below two degrees of freedom.
    """
    if degrees < 2:
        raise ValueError(f"the factor needs two degrees of freedom: {degrees}")
    return math.exp(float(gammaln(degrees / 2) - gammaln((degrees - 1) / 2))) / math.sqrt(degrees / 2)


def least_reliable_change(sd: float, reliability: float) -> float:
    """The smallest change in points that noise alone rarely gives: 1.96 x sqrt(2) x sd x sqrt(1 - reliability).

    Jacobson and Truax 1991, Journal of Consulting and Clinical Psychology 59. Raises ValueError unless the spread is
    above zero and the reliability between 0 and 1.
    """
    if not sd > 0 or not 0 <= reliability < 1:
        raise ValueError(f"the spread must be above 0 and the reliability from 0 to below 1: {sd}, {reliability}")
    return RELIABLE * math.sqrt(2) * sd * math.sqrt(1 - reliability)


def reliable_change(
    before: Mapping[Key, float], after: Mapping[Key, float], direction: Direction, basis: Basis
) -> ReliableChange:
    """How many of those scored twice improved, did not change reliably, or worsened, as the scale's direction has it.

    A change of exactly the threshold is reliable.

    Raises:
        ValueError: a score is not a finite number, or the basis is impossible.
    """
    threshold = least_reliable_change(basis.sd, basis.reliability)
    verdicts = Counter(beyond_noise(was, now, direction, threshold) for was, now in _pairs(before, after))
    improved, unchanged, worsened = (verdicts[one] for one in ("improved", "unclear", "worsened"))
    return ReliableChange(_counts(before, after), basis, threshold, improved, unchanged, worsened)


def beyond_noise(before: float, after: float, direction: Direction, threshold: float) -> Verdict:
    """Whether one pair improved or worsened by at least the ``threshold`` (``least_reliable_change``), or neither."""
    gain = after - before if direction == "higher_better" else before - after
    if abs(gain) < threshold - 1e-9:
        return "unclear"
    return "improved" if gain > 0 else "worsened"


def _counts(before: Mapping[Key, float], after: Mapping[Key, float]) -> Counts:
    paired = len(before.keys() & after.keys())
    return Counts(len(before), len(after), paired, len(before) - paired, len(after) - paired)


def _pairs(before: Mapping[Key, float], after: Mapping[Key, float]) -> list[tuple[float, float]]:
    _require_finite(before.values())
    _require_finite(after.values())
    return [(was, after[key]) for key, was in before.items() if key in after]


def _require_finite(scores: Iterable[float]) -> None:
    if not all(math.isfinite(score) for score in scores):
        raise ValueError("a score must be a finite number")
