"""One verdict per outcome: better, worse or unchanged beyond chance, or too little to tell, with what is missing.

A card asks up to eight questions at once and errs in at most 5 % as a whole: see docs/methods.md, "Verdicts".
"""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, ndtri, stdtrit

from analytics.change import Counts, Direction, PairedChange, paired_change
from analytics.intervals import Interval

Verdict = Literal["improved", "no_change", "worsened", "cannot_tell"]
Missing = Literal["months", "events", "more_time", "pairs", "spread"]
Measure = Literal["ratio", "difference"]

CARD_ERROR = 0.05
"""Chance that a whole card calls any change where nothing has changed."""
CARD_ROWS = 8
"""Outcomes of a card. All count, also those that cannot be told: what is asked does not depend on the answers."""
ALPHA = CARD_ERROR / CARD_ROWS
"""Chance of a false call that each row may have, both sides together: equal shares of the card's (Bonferroni)."""
FEWEST_MONTHS = 3
"""Months (with their partners) from which the spread between months is looked at."""
PRIOR_MONTHS = 8
"""What the over-dispersion of independent events (1) weighs beside that of the months, in months: by simulation, so
that false calls stay below 5 % up to an over-dispersion of 3 and a halved rate is still found in few months."""
MANY = 1e9
"""Degrees of freedom from which Student's quantiles are the normal ones."""
ASSUMED_OVERDISPERSION = 5.0
"""What is assumed where only two sums are known: above what months vary by, because children are not known either."""
OPEN_LOW, OPEN_HIGH = 0.5, 2.0
"""An interval that reaches from half to double leaves everything open: nobody can say "no change" from it."""

Numbers = NDArray[np.float64]


class MonthPair(NamedTuple):
    """The events of a month and of its partner before, each with its exposure in the same unit."""

    before: float
    before_exposure: float
    now: float
    now_exposure: float


class Clusters(NamedTuple):
    """The events of children who are known apart, of one site or (as arrays) of many.

    ``now_squared``, ``mixed`` and ``before_squared`` are sums over children: of their events now squared, of those of
    now times those before, and of those before squared.
    """

    events: ArrayLike
    now_squared: ArrayLike
    mixed: ArrayLike
    before_squared: ArrayLike


class Answers(NamedTuple):
    """What a staff survey came to: the mean, the spread between people, how many answered."""

    mean: float
    sd: float | None
    n: int


@dataclass(frozen=True)
class Judged:
    """One outcome, judged. ``before`` and ``now`` are rates or means, ``change`` their ratio or their difference.

    ``counts`` are the events, pairs or people behind them: (before, now). ``missing`` is told with ``cannot_tell``
    only. ``interval`` surrounds ``change`` at 1 - ``ALPHA``; its upper end is infinite where nothing happened before.
    """

    verdict: Verdict
    measure: Measure
    before: float | None = None
    now: float | None = None
    counts: tuple[int, int] = (0, 0)
    change: float | None = None
    interval: Interval | None = None
    missing: Missing | None = None


@dataclass(frozen=True)
class Ratios:
    """Rate ratios of many sites at once, now over before, with their limits and the over-dispersion behind them."""

    ratio: Numbers
    low: Numbers
    high: Numbers
    overdispersion: Numbers


def month_ratios(
    before: ArrayLike,
    before_exposure: ArrayLike,
    now: ArrayLike,
    now_exposure: ArrayLike,
    alpha: float = ALPHA,
    children: Clusters | None = None,
) -> Ratios:
    """Rate ratios of sites (rows) from months (columns), each month beside its partner before.

    Given a pair's events together, those of now are binomial when events are independent (Przyborowski and Wilenski
    1940), so a level that both months share (the season) drops out. Months vary more than that: phi is Pearson's
    chi-square over its degrees of freedom (McCullagh and Nelder 1989, 4.5), over the pairs with any event, moderated
    as Smyth's variances are (2004, formula 6) because few months say little about it, and at least 1.
    Limits: Clopper and Pearson's for the events divided by phi, with Korn and Graubard's correction for the degrees
    of freedom (1998, Survey Methodology 24(2)). With phi 1 and many months they are the exact ones.

    A child with many incidents who leaves is no change of a site, and months do not show it. So where ``children`` are
    known apart, the limits are also made with children as the clusters, and the wider ones hold (``_by_children``).
    """
    was, is_ = np.asarray(before, float), np.asarray(now, float)
    exposed_was, exposed_is = np.asarray(before_exposure, float), np.asarray(now_exposure, float)
    events = was + is_
    ratio = _ratio(was.sum(1), exposed_was.sum(1), is_.sum(1), exposed_is.sum(1))
    with np.errstate(invalid="ignore", divide="ignore"):
        # With nothing on one side, as if half an event were on each: the change itself is no spread between months.
        open_ = (was.sum(1) == 0) | (is_.sum(1) == 0)
        nearly = _ratio(was.sum(1) + 0.5, exposed_was.sum(1), is_.sum(1) + 0.5, exposed_is.sum(1))
        theta = np.where(open_, nearly, ratio)[:, None]
        share = exposed_is * theta / (exposed_was + exposed_is * theta)
        variance = events * share * (1 - share)
        squares = np.where(variance > 0, (is_ - events * share) ** 2 / variance, 0.0)
    freedom = PRIOR_MONTHS + np.maximum((events > 0).sum(1) - 1, 0)
    phi = np.maximum(1.0, (squares.sum(1) + PRIOR_MONTHS) / freedom)
    sums = was.sum(1), exposed_was.sum(1), is_.sum(1), exposed_is.sum(1)
    if children is not None:
        by_child = _by_children(children, *sums)
        wider = by_child * ndtri(1 - alpha / 2) ** 2 > phi * stdtrit(freedom, 1 - alpha / 2) ** 2
        phi, freedom = np.where(wider, by_child, phi), np.where(wider, np.inf, freedom)
    return Ratios(ratio, *_limits(*sums, phi, freedom, alpha), phi)


def _by_children(children: Clusters, was: Numbers, exposed_was: Numbers, is_: Numbers, exposed_is: Numbers) -> Numbers:
    """Over-dispersion with children as clusters, at least 1.

    Each child's events of now less their expected share, squared and summed (Liang and Zeger 1986, Biometrika 73),
    over the binomial variance. Events of children not known apart count as one child each. The expected share is the
    one found; where all events are on one side, the one without any change.
    """
    keyed, now_squared, mixed, before_squared = (np.asarray(column, float) for column in children)
    total = np.maximum(was + is_, keyed)
    with np.errstate(invalid="ignore", divide="ignore"):
        unchanged = exposed_is / (exposed_was + exposed_is)
        share = np.where((was > 0) & (is_ > 0), is_ / (was + is_), unchanged)
        variance = share * (1 - share)
        squares = (1 - share) ** 2 * now_squared - 2 * variance * mixed + share**2 * before_squared
        spread = np.where((total > 0) & (variance > 0), (squares / variance + total - keyed) / total, 1.0)
    return np.maximum(1.0, spread)


def sum_ratios(
    before: ArrayLike,
    before_exposure: ArrayLike,
    now: ArrayLike,
    now_exposure: ArrayLike,
    overdispersion: float,
    alpha: float = ALPHA,
) -> Ratios:
    """Rate ratios of sites from two sums each, with an over-dispersion that is known or assumed.

    With 1 these are the exact limits for two Poisson counts (Przyborowski and Wilenski 1940).
    """
    was, is_ = np.asarray(before, float), np.asarray(now, float)
    exposed_was, exposed_is = np.asarray(before_exposure, float), np.asarray(now_exposure, float)
    phi = np.full(was.shape, overdispersion)
    low, high = _limits(was, exposed_was, is_, exposed_is, phi, None, alpha)
    return Ratios(_ratio(was, exposed_was, is_, exposed_is), low, high, phi)


def ratio_verdicts(found: Ratios, direction: Direction = "lower_better") -> NDArray[np.str_]:
    """What ratios with their limits say: the ``Verdict`` of each."""
    up, down = ("worsened", "improved") if direction == "lower_better" else ("improved", "worsened")
    open_ = (found.low <= OPEN_LOW) & (found.high >= OPEN_HIGH)
    return np.select([found.high < 1, found.low > 1, open_], [down, up, "cannot_tell"], "no_change")


def months_verdict(
    pairs: Sequence[MonthPair],
    per: float,
    direction: Direction = "lower_better",
    alpha: float = ALPHA,
    children: Clusters | None = None,
) -> Judged:
    """Judge events per ``per`` units of exposure, months beside their partners before (``month_ratios``).

    Cannot tell below three pairs with exposure on both sides, with events in fewer than three of them, where no
    result would be beyond chance, and where half as many and twice as many both fit.

    Raises:
        ValueError: a count or an exposure is negative.
    """
    if any(value < 0 for pair in pairs for value in pair):
        raise ValueError("counts and exposures must not be negative")
    known = [pair for pair in pairs if pair.before_exposure > 0 and pair.now_exposure > 0]
    if len(known) < FEWEST_MONTHS:
        return Judged("cannot_tell", "ratio", missing="months")
    was, exposed_was, is_, exposed_is = (np.array([column]) for column in zip(*known, strict=True))
    sums = MonthPair(*(float(column.sum()) for column in (was, exposed_was, is_, exposed_is)))
    busy = int((was + is_ > 0).sum())
    enough = busy >= FEWEST_MONTHS
    found = month_ratios(was, exposed_was, is_, exposed_is, alpha, children) if enough else None
    return _judged(sums, found, per, direction, alpha)


def sums_verdict(
    sums: MonthPair,
    per: float,
    direction: Direction = "lower_better",
    overdispersion: float = ASSUMED_OVERDISPERSION,
    alpha: float = ALPHA,
) -> Judged:
    """Judge two sums of events over exposure (``sum_ratios``): of staff who left with 1, else with what is assumed.

    Raises:
        ValueError: a count or an exposure is negative.
    """
    if min(sums) < 0:
        raise ValueError("counts and exposures must not be negative")
    if not (sums.before_exposure > 0 and sums.now_exposure > 0):
        return Judged("cannot_tell", "ratio", missing="months")
    was, exposed_was, is_, exposed_is = ([value] for value in sums)
    found = sum_ratios(was, exposed_was, is_, exposed_is, overdispersion, alpha)
    return _judged(sums, found, per, direction, alpha, overdispersion)


def paired_verdict(
    before: Mapping[Hashable, float], after: Mapping[Hashable, float], direction: Direction, alpha: float = ALPHA
) -> tuple[Judged, Counts]:
    """Judge scores of the same rooms, children or sites by the paired t interval (``change.paired_change``), from 5.

    Gives also who was scored before, after, both, or left. Where every pair differs by the same, the interval has no
    width, and nobody can tell it from chance.
    """
    found = paired_change(before, after, alpha)
    return change_verdict(found, direction, alpha, alpha), found.counts


def change_verdict(found: PairedChange, direction: Direction, given: float = 0.05, alpha: float = ALPHA) -> Judged:
    """Judge a mean paired change whose interval was made at ``given``: the same t interval, at ``alpha``."""
    pairs = found.counts.paired
    if found.change is None or found.interval is None:
        return Judged("cannot_tell", "difference", counts=(pairs, pairs), missing="pairs")
    wider = float(stdtrit(pairs - 1, 1 - alpha / 2) / stdtrit(pairs - 1, 1 - given / 2))
    half = (found.interval.high - found.interval.low) / 2 * wider
    interval = Interval(found.change - half, found.change + half)
    told = Judged(
        "cannot_tell", "difference", found.mean_before, found.mean_after, (pairs, pairs), found.change, interval
    )
    return _by_difference(told, direction, "pairs")


def survey_verdict(before: Answers, now: Answers, direction: Direction, alpha: float = ALPHA) -> Judged:
    """Judge the means of two staff surveys by Welch's t interval (Welch 1947, Biometrika 34), from 2 people each.

    The staff is no finite population here: a change of everybody's mean is held against how answers vary from week
    to week as well, so a complete answer is not certain. Mostly the same people answer twice, which makes it cautious.
    """
    counts = (before.n, now.n)
    change = now.mean - before.mean
    told = Judged("cannot_tell", "difference", before.mean, now.mean, counts, change, missing="spread")
    if before.sd is None or now.sd is None or min(counts) < 2:
        return told
    parts = [one.sd**2 / one.n for one in (before, now) if one.sd is not None]
    variance = sum(parts)
    if variance == 0:
        return told
    freedom = variance**2 / sum(part**2 / (n - 1) for part, n in zip(parts, counts, strict=True))
    half = float(stdtrit(freedom, 1 - alpha / 2)) * math.sqrt(variance)
    interval = Interval(change - half, change + half)
    return _by_difference(
        Judged("cannot_tell", "difference", before.mean, now.mean, counts, change, interval), direction, "spread"
    )


def least_events(before_exposure: float, now_exposure: float, phi: float = 1.0, alpha: float = ALPHA) -> int:
    """The fewest events that could ever be beyond chance: all of them on the side where that is least likely."""
    share = min(before_exposure, now_exposure) / (before_exposure + now_exposure)
    return math.ceil(phi * math.log(alpha / 2) / math.log(share) - 1e-9)


def _judged(
    sums: MonthPair, found: Ratios | None, per: float, direction: Direction, alpha: float, phi: float = 1.0
) -> Judged:
    was, is_ = round(sums.before), round(sums.now)
    rates = per * sums.before / sums.before_exposure, per * sums.now / sums.now_exposure
    change = rates[1] / rates[0] if was else None
    told = Judged("cannot_tell", "ratio", *rates, (was, is_), change, missing="events")
    too_few = was + is_ < least_events(sums.before_exposure, sums.now_exposure, phi, alpha)
    if found is None or too_few:
        return told
    verdict: Verdict = str(ratio_verdicts(found, direction)[0])  # type: ignore[assignment]
    interval = Interval(float(found.low[0]), float(found.high[0]))
    missing: Missing | None = "more_time" if verdict == "cannot_tell" else None
    return Judged(verdict, "ratio", *rates, (was, is_), change, interval, missing)


def _by_difference(told: Judged, direction: Direction, missing: Missing) -> Judged:
    assert told.interval is not None
    low, high = told.interval.low, told.interval.high
    verdict: Verdict = "no_change"
    if low == high:
        return Judged("cannot_tell", told.measure, told.before, told.now, told.counts, told.change, missing=missing)
    if low > 0 or high < 0:
        verdict = "improved" if (low > 0) == (direction == "higher_better") else "worsened"
    return Judged(verdict, told.measure, told.before, told.now, told.counts, told.change, told.interval)


def _ratio(was: Numbers, exposed_was: Numbers, is_: Numbers, exposed_is: Numbers) -> Numbers:
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Numbers = (is_ / exposed_is) / (was / exposed_was)
    return found


def _limits(
    was: Numbers, exposed_was: Numbers, is_: Numbers, exposed_is: Numbers, phi: Numbers, freedom: Numbers | None,
    alpha: float,
) -> tuple[Numbers, Numbers]:  # fmt: skip
    """Clopper-Pearson limits of the share that falls on now, at the effective number of events, as a rate ratio."""
    normal = ndtri(1 - alpha / 2)
    quantile = normal if freedom is None else stdtrit(np.minimum(freedom, MANY), 1 - alpha / 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        effective = (was + is_) / phi * (normal / quantile) ** 2
        inside = effective * np.where(was + is_ > 0, is_ / (was + is_), 0.0)
        rest = effective - inside
        low = np.where(inside > 0, betaincinv(np.maximum(inside, 1e-12), rest + 1, alpha / 2), 0.0)
        high = np.where(rest > 0, betaincinv(inside + 1, np.maximum(rest, 1e-12), 1 - alpha / 2), 1.0)
        scale = exposed_was / exposed_is
        return low / (1 - low) * scale, np.where(high < 1, high / (1 - high) * scale, np.inf)
