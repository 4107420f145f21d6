"""What went well at a site, from its data: at least one strength for every meeting, and none that is not true.

Rules with their thresholds and sources; the last ones are neutral, for a month in which the data show nothing more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from analytics.attention import changes
from analytics.sentences import FindingCode

StrengthCode = Literal[
    "fewer_incidents", "quiet_month", "quiet_rooms", "care_kept", "decisions_done", "survey_answered", "visits_held",
    "enrolment_known", "incidents_recorded", "met",
]  # fmt: skip

DOWN: Final[frozenset[str]] = frozenset({"lower_than_usual", "falling"})
RECENT_MONTHS, MONTHS_BEFORE = 3, 12
FALSE_ALARMS: Final = 0.01
"""One-sided; praise for chance costs trust as a false alarm does."""
USUALLY_ONE: Final = 1.0
"""Incidents a month before a month without any is worth a word."""
MOST: Final = 3


class Rule(NamedTuple):
    """A rule, when it holds, and its source."""

    code: StrengthCode
    holds: str
    source: str


RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "fewer_incidents",
        "the control chart shows a shift or a trend downward, or the rate of the last three full months is below that"
        " of the twelve before (exact test of two Poisson rates, one-sided 1 %)",
        "NHS Making Data Count; Przyborowski and Wilenski 1940",
    ),
    Rule("quiet_month", "no incident in the last full month, where there was one a month or more before; enrollment of"
         " that month is known, so somebody kept records", "Attune"),
    Rule("quiet_rooms", "a classroom that had incidents in the eleven months before had none in the last full month",
         "Attune; told as a number of rooms, never by name"),
    Rule("care_kept", "no child lost care because of behavior in the last three full months, in which incidents were"
         " recorded", "domain.md 1.1: fewer suspensions and expulsions"),
    Rule("decisions_done", "at least one decision of the last meeting is done", "Look, Think, Act: ACT"),
    Rule("survey_answered", "three quarters or more answered the latest staff survey", "db/survey_disclosure.py bands"),
    Rule("visits_held", "visits took place in the last full month and none was called off", "domain.md 1.4, dosage"),
    Rule("enrolment_known", "the enrollment of the last full month is entered, so rates can be told", "Attune"),
    Rule("incidents_recorded", "incidents were written down in the last full month", "NCPMI BIR"),
    Rule("met", "always", "Attune"),
)  # fmt: skip
"""Every rule, the most telling first."""


@dataclass(frozen=True)
class Month:
    """A full month of a site: incidents in rooms with enrollment, their child-days, and what else was recorded."""

    incidents: int
    covered: int
    child_days: float | None
    rooms_enrolled: bool
    exclusions: int
    visits: int
    called_off: int


@dataclass(frozen=True)
class Facts:
    """What the rules look at: full months, the oldest first, and what is known beside them."""

    months: Sequence[Month] = ()
    finding: FindingCode | None = None
    quiet_rooms: int = 0
    rooms: int = 0
    decisions: int = 0
    decisions_done: int = 0
    well_answered: bool = False


class Strength(NamedTuple):
    """A strength with the numbers that its sentence needs."""

    code: StrengthCode
    number: int = 0
    of: int = 0


def strengths(facts: Facts, most: int = MOST) -> list[Strength]:
    """Give up to ``most`` strengths, the most telling first; a neutral one stands only where there is no other."""
    last = facts.months[-1] if facts.months else None
    recent = facts.months[-RECENT_MONTHS:]
    found: list[Strength] = []
    if facts.finding in DOWN or _fewer(facts.months):
        found.append(Strength("fewer_incidents"))
    if last and _quiet(facts.months):
        found.append(Strength("quiet_month"))
    elif facts.quiet_rooms and last and last.rooms_enrolled:
        found.append(Strength("quiet_rooms", facts.quiet_rooms, facts.rooms))
    if sum(one.incidents for one in recent) and not any(one.exclusions for one in recent):
        found.append(Strength("care_kept", len(recent)))
    if facts.decisions_done:
        found.append(Strength("decisions_done", facts.decisions_done, facts.decisions))
    if facts.well_answered:
        found.append(Strength("survey_answered"))
    if last and last.visits and not last.called_off:
        found.append(Strength("visits_held", last.visits))
    return (found or [_neutral(last)])[:most]


def _neutral(last: Month | None) -> Strength:
    if last and last.rooms_enrolled:
        return Strength("enrolment_known")
    if last and last.incidents:
        return Strength("incidents_recorded", last.incidents)
    return Strength("met")


def _fewer(months: Sequence[Month]) -> bool:
    known = [one for one in months if one.child_days]
    recent, before = known[-RECENT_MONTHS:], known[-RECENT_MONTHS - MONTHS_BEFORE : -RECENT_MONTHS]
    if len(before) < RECENT_MONTHS or [*months[-RECENT_MONTHS:]] != recent:
        return False
    told = changes(
        [sum(one.covered for one in recent)],
        [sum(one.child_days or 0 for one in recent)],
        [sum(one.covered for one in before)],
        [sum(one.child_days or 0 for one in before)],
        FALSE_ALARMS,
    )
    return told[0].direction == "lower"


def _quiet(months: Sequence[Month]) -> bool:
    *before, last = months
    usual = sum(one.incidents for one in before) / len(before) if before else 0
    return last.incidents == 0 and last.rooms_enrolled and usual >= USUALLY_ONE
