"""Which sites need a call, and why: every reason that holds for a site, in an order of kinds, never of scores."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from analytics.attention import changes
from analytics.false_discovery import discoveries
from analytics.funnel import TAIL_998, Funnel, rate_funnel
from analytics.prediction_limits import tail_of_count

FEWEST_A_MONTH = 10
"""Incidents a month below which more of the sites named are chance than the rule means: by simulation."""


class SiteFacts(NamedTuple):
    """What is known of a site. A count that is None is hidden from the reader; nothing is concluded from it.

    ``now`` and ``before`` are incidents with their child-days, in the latest months and in those before.
    ``waits_since`` is the day of the last visit that took place, or when service began (``never_visited``).
    ``care_ended`` and ``overdue`` are 0 for who may not read those rows.
    """

    site_id: uuid.UUID
    name: str
    program: str
    now: int | None
    days_now: float | None
    before: int | None
    days_before: float | None
    care_ended: int
    waits_since: date | None
    never_visited: bool
    overdue: int
    months_without_enrolment: int


@dataclass(frozen=True)
class Reason:
    """Why a site needs a call: the kind, and the figures that its sentence tells."""

    kind: str
    figures: Mapping[str, Any]


@dataclass(frozen=True)
class Call:
    """A site to call, by its place among the facts, with its reasons in the order of their kinds."""

    at: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Calls:
    """All sites to call, by the kind of their first reason and then by name.

    ``by_chance`` says for the kinds that rest on a test how many sites chance alone may have put there; ``judged`` how
    many sites the tests could judge; ``few_incidents`` whether most of these have fewer than ``FEWEST_A_MONTH``.
    """

    calls: tuple[Call, ...]
    by_chance: Mapping[str, float]
    judged: int
    few_incidents: bool = False


def who_to_call(facts: Sequence[SiteFacts], rules: Mapping[str, Mapping[str, Any]], today: date) -> Calls:
    """Find the sites that any rule names.

    Args:
        facts: what is known of every site.
        rules: by kind, in the order in which they are told; ``false_discoveries``, ``weeks``, ``months`` set limits.
        today: the day from which waiting is counted.
    """
    found: list[list[Reason]] = [[] for _site in facts]
    told = [at for at, site in enumerate(facts) if site.now is not None and site.days_now and site.days_before]
    named = _own_past(facts, told, rules, found) | _others(facts, told, rules["beyond_limits"], found)
    for at, site in enumerate(facts):
        found[at] += _waiting(site, rules, today)
    order = list(rules)
    calls = [
        Call(at, tuple(sorted(reasons, key=lambda one: order.index(one.kind))))
        for at, reasons in enumerate(found)
        if reasons
    ]
    calls.sort(key=lambda call: (order.index(call.reasons[0].kind), facts[call.at].name, call.at))
    return Calls(tuple(calls), named, len(told), _few_incidents(facts, told, rules["more_than_past"]))


def _few_incidents(facts: Sequence[SiteFacts], told: Sequence[int], rule: Mapping[str, Any]) -> bool:
    months = rule["months"] + rule["months_before"]
    few = sum((facts[at].now or 0) + (facts[at].before or 0) < FEWEST_A_MONTH * months for at in told)
    return bool(2 * few > len(told))


def _own_past(
    facts: Sequence[SiteFacts], told: Sequence[int], rules: Mapping[str, Mapping[str, Any]], found: list[list[Reason]]
) -> dict[str, float]:
    """Name the sites whose latest months differ from their own past: more, or no form at all any more."""
    share = rules["more_than_past"]["false_discoveries"]
    counts = {"more_than_past": 0, "recording_stopped": 0}
    found_changes = changes(
        [facts[at].now or 0 for at in told],
        [facts[at].days_now or 0.0 for at in told],
        [facts[at].before or 0 for at in told],
        [facts[at].days_before or 0.0 for at in told],
        false_discoveries=share,
    )
    for at, change in zip(told, found_changes, strict=True):
        site = facts[at]
        if change.direction == "higher":
            counts["more_than_past"] += 1
            found[at].append(Reason("more_than_past", {"now": site.now, "before": site.before, "ratio": change.ratio}))
        elif change.direction == "lower" and not site.now:
            counts["recording_stopped"] += 1
            found[at].append(Reason("recording_stopped", {"before": site.before}))
    return {kind: share * number for kind, number in counts.items()}


def _others(
    facts: Sequence[SiteFacts], told: Sequence[int], rule: Mapping[str, Any], found: list[list[Reason]]
) -> dict[str, float]:
    """Name the sites whose rate over all months lies above the outer limits of the funnel of all."""
    funnel = rate_funnel(
        [str(at) for at in told],
        [facts[at].name for at in told],
        [(facts[at].now or 0) + (facts[at].before or 0) for at in told],
        [(facts[at].days_now or 0) + (facts[at].days_before or 0) for at in told],
    )
    if not funnel.enough_sites:
        return {"beyond_limits": 0.0}
    named = 0
    for point, beyond in zip(funnel.points, _far_above(funnel, rule["false_discoveries"]), strict=True):
        if beyond:
            named += 1
            reason = Reason("beyond_limits", {"value": point.value, "centre": funnel.centre})
            found[int(point.key)].append(reason)
    return {"beyond_limits": rule["false_discoveries"] * named}


def _far_above(funnel: Funnel, share: float) -> list[bool]:
    """Which points lie above the outer limit and are kept by Benjamini and Hochberg's rule."""
    _low, high = tail_of_count(
        np.array([point.observed for point in funnel.points]),
        np.array([point.expected for point in funnel.points]),
        funnel.spread,
    )
    kept = discoveries(high.tolist(), share)
    return [keeps and chance < TAIL_998 for keeps, chance in zip(kept, high.tolist(), strict=True)]


def _waiting(site: SiteFacts, rules: Mapping[str, Mapping[str, Any]], today: date) -> list[Reason]:
    """Name what waits at a site: these rest on no test."""
    found = []
    if site.care_ended:
        found.append(Reason("care_ended", {"times": site.care_ended}))
    if site.waits_since is not None and (today - site.waits_since).days >= 7 * rules["no_visit"]["weeks"]:
        weeks = (today - site.waits_since).days // 7
        found.append(Reason("no_visit", {"weeks": weeks, "never": site.never_visited}))
    if site.overdue >= rules["overdue"]["at_least"]:
        found.append(Reason("overdue", {"count": site.overdue}))
    if site.months_without_enrolment >= rules["enrollment_missing"]["months"]:
        found.append(Reason("enrollment_missing", {"months": site.months_without_enrolment}))
    return found
