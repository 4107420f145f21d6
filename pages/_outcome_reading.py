"""What the outcome scorecard needs from the database, read at once."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from db import access
from db.actor import Actor
from db.comparison import Comparison, told_sums
from db.period import Period
from db.queries import child_outcomes, outcome_months, outcomes, quality_change


@dataclass(frozen=True)
class Place:
    """What is judged: its name, its sites, and the one key that says so in a query."""

    name: str
    sites: tuple[uuid.UUID, ...]
    site_id: uuid.UUID | None = None
    region_id: uuid.UUID | None = None
    program_id: uuid.UUID | None = None

    @property
    def keys(self) -> dict[str, uuid.UUID | None]:
        """Give the keys as every query of the scorecard takes them."""
        return {"site_id": self.site_id, "region_id": self.region_id, "program_id": self.program_id}


@dataclass(frozen=True)
class Found:
    """All that was read. ``months`` are those of a reader of incidents, ``told`` the sums of everybody else.

    ``rooms`` are single observations or, where these are closed, sites' means of a quarter (``site_rooms``).
    """

    place: Place
    comparison: Comparison
    sums: Comparison
    dose: outcomes.Dose
    months: Sequence[outcome_months.Months] | None
    incident_children: outcome_months.ChildSpread
    exclusion_children: outcome_months.ChildSpread
    told: outcome_months.ToldSums | None
    staff: Sequence[outcomes.StaffTime]
    surveys: outcomes.Surveyed
    rooms: Sequence[quality_change.ObservedScore] | None
    site_rooms: Sequence[outcomes.SiteScore]
    children: Sequence[child_outcomes.ChildOutcome]
    may_observe: bool
    may_measure: bool


def reads_incidents(actor: Actor) -> bool:
    """Tell whether the actor may read the incidents of all their sites: who may sees every month, who may not sums."""
    return access.reach(actor, "incident", "see") == "scope" and access.reach(actor, "exclusion", "see") == "scope"


def read(session: Any, actor: Actor, place: Place, comparison: Comparison, today: date) -> Found:
    """Read what the scorecard of a place is judged from, in about a dozen statements."""
    scores = Period(comparison.now.start, comparison.scores().end)
    sums = told_sums(len(comparison.now.months()), today) if comparison.kind == "year" else comparison
    opens_months, opens_rooms = reads_incidents(actor), access.reach(actor, "observation", "see") == "scope"
    keys = place.keys
    nobody = (outcome_months.ChildSpread(), outcome_months.ChildSpread())
    spread = outcome_months.child_spread(session, actor, comparison, **keys) if opens_months else nobody
    return Found(
        place, comparison, sums,
        dose=outcomes.dose(session, actor, comparison.now, **keys),
        months=outcome_months.month_pairs(session, actor, comparison, **keys) if opens_months else None,
        incident_children=spread[0], exclusion_children=spread[1],
        told=None if opens_months else outcome_months.told_sums(session, actor, sums, **keys),
        staff=outcomes.staff_times(session, actor, comparison, **keys),
        surveys=outcomes.survey_scores(session, actor, comparison, **keys),
        rooms=quality_change.phase_scores(session, actor, scores, **keys) if opens_rooms else None,
        site_rooms=[] if opens_rooms else outcomes.room_means(session, actor, comparison, **keys),
        children=child_outcomes.child_outcomes(session, actor, place.sites, scores),
        may_observe=access.may(actor, "observation", "add"), may_measure=access.may(actor, "child_measure", "add"),
    )  # fmt: skip
