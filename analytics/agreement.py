"""Do two observers who watched the same room give the same scores? For observations that were coded twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import fdtri

from analytics.intervals import Interval

TOLERANCE = 1.0
"""Scores at most this far apart agree: within one point, the convention of CLASS reliability checks (domain.md 3.5)."""
LEAST_RATED_TWICE = 5
"""With fewer rooms rated twice no correlation is given: its interval would say nothing (a rule of this program)."""

Pair = tuple[float | None, float | None]


@dataclass(frozen=True)
class ShareAgreed:
    """How many of the scores given twice lie within one point of each other. ``share`` is 0 to 1, None where none."""

    agreed: int
    compared: int

    @property
    def share(self) -> float | None:
        """Agreed of compared."""
        return self.agreed / self.compared if self.compared else None


@dataclass(frozen=True)
class Agreement:
    """Agreement per dimension and over all scores together."""

    overall: ShareAgreed
    dimensions: Mapping[str, ShareAgreed]


@dataclass(frozen=True)
class Correlation:
    """An intraclass correlation of single ratings with its interval. Chance alone can put it below zero."""

    value: float
    interval: Interval
    rated: int
    raters: int


def agreement(scores: Mapping[str, Sequence[Pair]], tolerance: float = TOLERANCE) -> Agreement:
    """The share of double-coded scores within ``tolerance``, by dimension and over all.

    ``scores`` gives for each dimension the pairs (first observer, second observer), one per cycle or observation, as
    rated (never reversed). A pair with a missing score is left out.
    """
    found = {dimension: _share(pairs, tolerance) for dimension, pairs in scores.items()}
    overall = ShareAgreed(sum(one.agreed for one in found.values()), sum(one.compared for one in found.values()))
    return Agreement(overall, found)


def _share(pairs: Sequence[Pair], tolerance: float) -> ShareAgreed:
    gaps = [abs(first - second) for first, second in pairs if first is not None and second is not None]
    # Scores are typed in steps, but means of cycles are not: a gap of exactly one must survive rounding in floats.
    return ShareAgreed(sum(gap <= tolerance + 1e-9 for gap in gaps), len(gaps))


def absolute_agreement(ratings: Sequence[Sequence[float]], alpha: float = 0.05) -> Correlation | None:
    """ICC(2,1), also called ICC(A,1): two-way random raters, absolute agreement, one rating. ``ratings`` by room.

    (MSR - MSE) / (MSR + (k - 1) MSE + k (MSC - MSE) / n), Shrout and Fleiss 1979, Psychological Bulletin 86; interval
    after McGraw and Wong 1996, Psychological Methods 1, with Satterthwaite's degrees of freedom. A rater who is always
    one point milder lowers it. None with fewer than five rooms, or when the rooms do not differ (only the raters do).

    Raises:
        ValueError: a room has fewer than two ratings, another number of them than the rest, or one that is no number.
    """
    squares = _mean_squares(ratings)
    if squares is None:
        return None
    n, k, rows, columns, error = squares
    value = (rows - error) / (rows + (k - 1) * error + k * (columns - error) / n)
    if value >= 1:
        return Correlation(1.0, Interval(1.0, 1.0), n, k)
    a = k * value / (n * (1 - value))
    b = 1 + k * value * (n - 1) / (n * (1 - value))
    spread = (a * columns) ** 2 / (k - 1) + (b * error) ** 2 / ((n - 1) * (k - 1))
    v = (a * columns + b * error) ** 2 / spread
    below, above = float(fdtri(n - 1, v, 1 - alpha / 2)), float(fdtri(v, n - 1, 1 - alpha / 2))
    common = k * columns + (k * n - k - n) * error
    low = n * (rows - below * error) / (below * common + n * rows)
    high = n * (above * rows - error) / (common + n * above * rows)
    # Far below zero, where raters disagree more than chance would, this interval can miss its own estimate.
    return Correlation(float(value), Interval(min(float(low), value), max(float(high), value)), n, k)


def consistency(ratings: Sequence[Sequence[float]], alpha: float = 0.05) -> Correlation | None:
    """ICC(3,1), also called ICC(C,1): do raters order the rooms alike, whatever their own level? Otherwise as above.

    (MSR - MSE) / (MSR + (k - 1) MSE), Shrout and Fleiss 1979; interval from F on n - 1 and (n - 1)(k - 1).

    Raises:
        ValueError: a room has fewer than two ratings, another number of them than the rest, or one that is no number.
    """
    squares = _mean_squares(ratings)
    if squares is None:
        return None
    n, k, rows, _columns, error = squares
    if error <= 0:
        return Correlation(1.0, Interval(1.0, 1.0), n, k)
    ratio, inner, outer = rows / error, n - 1, (n - 1) * (k - 1)
    low = ratio / float(fdtri(inner, outer, 1 - alpha / 2))
    high = ratio * float(fdtri(outer, inner, 1 - alpha / 2))
    limits = Interval((low - 1) / (low + k - 1), (high - 1) / (high + k - 1))
    return Correlation(float((rows - error) / (rows + (k - 1) * error)), limits, n, k)


def _mean_squares(ratings: Sequence[Sequence[float]]) -> tuple[int, int, float, float, float] | None:
    """n, k and the mean squares between rooms, between raters and of what is left; None where they say nothing."""
    counts = {len(room) for room in ratings}
    if len(counts) > 1 or (counts and min(counts) < 2):
        raise ValueError("every room needs the same number of ratings, at least two")
    if len(ratings) < LEAST_RATED_TWICE:
        return None
    table = np.asarray(ratings, dtype=float)
    if not np.isfinite(table).all():
        raise ValueError("a rating must be a finite number")
    n, k = table.shape
    grand = table.mean()
    between_rooms = k * float(((table.mean(axis=1) - grand) ** 2).sum())
    between_raters = n * float(((table.mean(axis=0) - grand) ** 2).sum())
    total = float(((table - grand) ** 2).sum())
    if total - between_raters <= 1e-12 * max(1.0, total):
        return None
    left = max(0.0, total - between_rooms - between_raters)
    left = 0.0 if left < 1e-12 * total else left
    return n, k, between_rooms / (n - 1), between_raters / (k - 1), left / ((n - 1) * (k - 1))
