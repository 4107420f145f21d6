"""What speaks for a decision at a site's meeting: rules, each with its threshold and where it comes from.

A rule suggests; people decide. Nothing here says why something happened.
"""

from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from analytics.sentences import FindingCode

SignalCode = Literal[
    "incidents_up", "one_child", "steps_missing", "no_visits", "follow_ups_overdue", "decisions_overdue"
]

UP: Final[frozenset[str]] = frozenset({"higher_than_usual", "rising"})
"""Findings of a control chart that say "more" and are no single month."""
ONE_CHILD: Final = 1 / 3
FEWEST_INCIDENTS: Final = 6
"""Fewer incidents are no pattern: two of five by one child are chance."""


class Rule(NamedTuple):
    """A rule, its threshold in words for the documentation, and its source."""

    code: SignalCode
    fires: str
    source: str


RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "incidents_up",
        "the control chart of incidents shows a shift or a trend upward, or its latest point lies above the limits",
        "NHS Making Data Count; analytics/rules.py",
    ),
    Rule(
        "one_child",
        "one child is in more than a third of at least six incidents of the last three full months",
        "domain.md 2.2, unit problem; the least number is ours",
    ),
    Rule(
        "steps_missing",
        "time away waits for steps or for a look at the child's place",
        "45 CFR 1302.17; db/exclusion_care.yaml",
    ),
    Rule("no_visits", "no visit took place in the last full month", "Head Start 45 CFR 1302.45: at least once a month"),
    Rule("follow_ups_overdue", "a follow-up of a visit is past its day", "Caring for Our Children 9.4.1.17"),
    Rule("decisions_overdue", "a decision of an earlier meeting is past its day", "Attune"),
)
"""Every rule, in the order in which fired ones are told."""


@dataclass(frozen=True)
class Facts:
    """What the rules look at.

    ``finding`` and ``side`` are what the chart of incidents says, ``incidents`` and ``largest_child`` of the last three
    full months, ``visits`` of the last full one (None where the site was not served by then), the others as of today.
    """

    finding: FindingCode | None = None
    side: str | None = None
    incidents: int = 0
    largest_child: int = 0
    waiting_exclusions: int = 0
    visits: int | None = None
    follow_ups_overdue: int = 0
    decisions_overdue: int = 0


class Fired(NamedTuple):
    """A rule that fired, with the number that its sentence needs (0: none)."""

    code: SignalCode
    number: int = 0


def fired(facts: Facts) -> list[Fired]:
    """Give the rules that fire, in the order of ``RULES``."""
    up = facts.finding in UP or (facts.finding == "outside_once" and facts.side == "high")
    dominated = facts.incidents >= FEWEST_INCIDENTS and facts.largest_child > ONE_CHILD * facts.incidents
    numbers: dict[SignalCode, int | None] = {
        "incidents_up": 0 if up else None,
        "one_child": 0 if dominated else None,
        "steps_missing": facts.waiting_exclusions or None,
        "no_visits": 0 if facts.visits == 0 else None,
        "follow_ups_overdue": facts.follow_ups_overdue or None,
        "decisions_overdue": facts.decisions_overdue or None,
    }
    return [Fired(rule.code, number) for rule in RULES if (number := numbers[rule.code]) is not None]
