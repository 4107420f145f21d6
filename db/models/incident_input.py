"""What an incident form, an import or a tablet sends, and the rules that its values must keep."""

import re
import uuid
from collections.abc import Iterator
from datetime import date, time

from pydantic import Field

from db.errors import Problem
from db.models.inputs import CapturedInput, Input
from db.problems import listed

CHILD_KEY = re.compile(r"[A-Za-z0-9-]{2,20}")
CHOICES = {
    "behaviours": "behaviour",
    "others_involved": "others_involved",
    "responses": "response",
    "admin_followups": "admin_followup",
    "antecedents": "antecedent",
    "child_race": "race",
}
SINGLES = {
    "primary_behaviour": "behaviour",
    "activity": "activity",
    "motivation": "motivation",
    "severity": "severity",
    "duration_band": "duration_band",
    "injury": "injury",
    "effect": "effect",
    "location": "location",
    "reported_by_role": "reported_by_role",
    "child_sex": "sex",
    "child_iep": "yes_no_unknown",
    "child_dll": "yes_no_unknown",
}


class ExclusionInput(Input):
    """Care that a child lost: sent home, suspended, expelled. Hours are hours of care, not of the clock."""

    type: str
    started_on: date
    ended_on: date | None = None
    hours_lost: float | None = Field(default=None, ge=0, le=2000, allow_inf_nan=False)
    return_on: date | None = None
    consultant_engaged_before: str = "unknown"
    family_met: str = "unknown"
    written_plan: str = "unknown"
    idea_decision: str | None = None
    override_note: str = Field(default="", max_length=600)

    def rules(self) -> Iterator[Problem]:
        """Give what is wrong with the values taken together."""
        yield from listed("type", self.type, "exclusion_type")
        yield from listed("idea_decision", self.idea_decision, "idea_decision")
        for field in ("consultant_engaged_before", "family_met", "written_plan"):
            yield from listed(field, getattr(self, field), "yes_no_unknown")
        if self.ended_on and self.ended_on < self.started_on:
            yield Problem("ended_on", "end_before_start")
        if self.return_on and self.return_on < self.started_on:
            yield Problem("return_on", "end_before_start")


class IncidentInput(CapturedInput):
    """An incident as someone typed it."""

    site_id: uuid.UUID
    classroom_id: uuid.UUID
    occurred_on: date
    occurred_at: time
    child_key: str | None = None
    permission_on: date | None = None
    child_race: tuple[str, ...] = ()
    child_sex: str | None = None
    child_iep: str | None = None
    child_dll: str | None = None
    behaviours: tuple[str, ...]
    primary_behaviour: str
    activity: str
    others_involved: tuple[str, ...] = ()
    motivation: str = "not_known"
    responses: tuple[str, ...] = ()
    admin_followups: tuple[str, ...] = ()
    antecedents: tuple[str, ...] = ()
    severity: str | None = None
    duration_band: str | None = None
    injury: str | None = None
    first_aid: bool | None = None
    effect: str | None = None
    location: str | None = None
    reported_by_role: str | None = None
    family_notified_on: date | None = None
    description: str = Field(default="", max_length=600)
    exclusion: ExclusionInput | None = None

    def rules(self) -> Iterator[Problem]:
        """Give what is wrong with the values taken together."""
        yield from listed("source", self.source, "record_source")
        for field, option_list in SINGLES.items():
            yield from listed(field, getattr(self, field), option_list)
        for field, option_list in CHOICES.items():
            for code in getattr(self, field):
                yield from listed(field, code, option_list)
        if not self.behaviours:
            yield Problem("behaviours", "behaviour_needed")
        elif self.primary_behaviour not in self.behaviours:
            yield Problem("primary_behaviour", "primary_not_ticked")
        if not 5 <= self.occurred_at.hour <= 20:
            yield Problem("occurred_at", "time_of_day")
        if self.child_key is not None and not CHILD_KEY.fullmatch(self.child_key):
            yield Problem("child_key", "child_key_form")
        if self.child_key is not None and self.permission_on is None:
            yield Problem("permission_on", "permission_needed")
        elif self.permission_on and self.permission_on > self.occurred_on:
            yield Problem("permission_on", "permission_late")
        if self.exclusion:
            for problem in self.exclusion.rules():
                yield problem._replace(field=f"exclusion.{problem.field}")
            if self.exclusion.started_on < self.occurred_on:
                yield Problem("exclusion.started_on", "end_before_start")
