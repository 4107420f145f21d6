"""Which further cut of a site's incidents stands out most: more than its share of the day, or of the rest, explains.

Incidents come in clusters (one child, one bad week), so the tests here are too ready to find something: they order
where to look next and hold back what chance alone gives often. They prove nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from scipy.special import betainc

from analytics.hypergeometric import at_least

Baseline = Literal["exposure", "calendar", "equal", "rest"]
"""What a count is held against: child-days of the rooms, equal hours or weekdays, equal shares of the activities that
were recorded, or the share among all incidents of the site."""

LEAST_RECORDS: Final = 5
"""A cut with fewer records is no pattern."""
LEAST_RATIO: Final = 1.5
"""Below this many times what is expected, a cut is no help to act on."""
FALSE_ALARMS: Final = 0.05
"""The chance that anything at all is suggested where nothing stands out, shared among all candidates (Bonferroni)."""
WITHOUT_MEANING: Final = frozenset({"other", "not_known", ""})
"""Answers that name nothing to act on."""
FIRST: Final[Mapping[str, Baseline]] = {
    "classroom": "exposure", "hour": "calendar", "weekday": "calendar", "activity": "equal",
}  # fmt: skip
"""What can be suggested first, with its baseline. Some behaviors, places and motives are common everywhere."""
FURTHER: Final = ("classroom", "hour", "weekday", "activity", "behaviour", "location", "motivation")
"""What can be suggested within a cut. Never a child, and not what adults did: that comes after the incident."""


@dataclass(frozen=True)
class Count:
    """How often one answer of a dimension stands in the present cut, and at the site as a whole."""

    dimension: str
    code: str
    count: int
    whole: int


@dataclass(frozen=True)
class Concentration:
    """An answer that stands out: its count in the cut, the count that was to be expected, and by what."""

    dimension: str
    code: str
    count: int
    expected: float
    baseline: Baseline

    @property
    def excess(self) -> float:
        """How many incidents more than expected."""
        return self.count - self.expected


def concentrations(
    counts: Iterable[Count], in_cut: int, total: int, room_shares: Mapping[str, float] | None = None
) -> list[Concentration]:
    """Give the answers that stand out in the present cut, those with the most incidents beyond expectation first.

    Without a cut (``in_cut`` equals ``total``) a count is held against its share of the child-days (classroom), of the
    hours between the first and the last one recorded, of the five weekdays, or of all activities that were ever
    recorded; within a cut against all incidents of the site.

    Args:
        counts: every answer that was recorded at the site, also those that do not occur in the cut.
        in_cut: the incidents of the cut.
        total: the incidents of the site.
        room_shares: each classroom's share of the child-days; without them classrooms are not judged at first.
    """
    known = [one for one in counts if one.code not in WITHOUT_MEANING]
    first = in_cut == total
    candidates = [one for one in known if one.dimension in (FIRST if first else FURTHER)]
    expected = _first_shares(candidates, room_shares or {}) if first else _rest_shares(candidates, in_cut, total)
    judged = [one for one in candidates if (one.dimension, one.code) in expected]
    found = []
    for one in judged:
        share = expected[one.dimension, one.code]
        mean = share * in_cut
        # Chances are worked out only for what is large enough anyway; all judged answers count as looked at.
        if one.count < LEAST_RECORDS or one.count < LEAST_RATIO * mean:
            continue
        chance = _binomial_tail(one.count, in_cut, share) if first else at_least(one.count, in_cut, one.whole, total)
        if chance * len(judged) < FALSE_ALARMS:
            found.append(
                Concentration(one.dimension, one.code, one.count, mean, FIRST[one.dimension] if first else "rest")
            )
    return sorted(found, key=lambda one: (-one.excess, one.dimension, one.code))


def _first_shares(candidates: list[Count], room_shares: Mapping[str, float]) -> dict[tuple[str, str], float]:
    shares = {("classroom", room): share for room, share in room_shares.items() if 0 < share < 1}
    hours = [int(one.code) for one in candidates if one.dimension == "hour" and one.whole]
    shares |= {("weekday", str(day)): 1 / 5 for day in range(5)}
    if len(set(hours)) > 1:
        shares |= {("hour", str(hour)): 1 / (max(hours) - min(hours) + 1) for hour in hours}
    activities = [one.code for one in candidates if one.dimension == "activity" and one.whole]
    if len(activities) > 1:
        shares |= {("activity", code): 1 / len(activities) for code in activities}
    return shares


def _rest_shares(candidates: list[Count], in_cut: int, total: int) -> dict[tuple[str, str], float]:
    """Give each answer's share of all incidents: what the cut would hold were it a chance selection of them."""
    decided = {one.dimension for one in candidates if one.count == in_cut and one.count}
    return {
        (one.dimension, one.code): one.whole / total
        for one in candidates
        if one.dimension not in decided and 0 < one.whole < total
    }


def _binomial_tail(count: int, of: int, share: float) -> float:
    """The chance of at least ``count`` of ``of`` when each has the chance ``share``: I_p(k, n - k + 1)."""
    return float(betainc(count, of - count + 1, share))
