"""What a visit form, an import or a tablet sends, and the rules that its values must keep."""

import uuid
from collections.abc import Iterator
from datetime import date, time

from pydantic import Field

from db.errors import Problem
from db.models.inputs import CapturedInput, Input
from db.problems import listed

HELD = ("completed", "shortened")
CHOICES = {"activities": "visit_activity", "tiers": "tier", "strategies": "strategy"}


class FollowUpInput(Input):
    """Something promised at a visit."""

    text: str = Field(min_length=1, max_length=500)
    owner: str
    due_on: date | None = None


class VisitInput(CapturedInput):
    """A visit as someone typed it. Minutes are whole minutes; ``participants`` maps a role to a head count."""

    site_id: uuid.UUID
    classroom_ids: tuple[uuid.UUID, ...] = Field(default=(), max_length=30)
    visited_on: date
    started_at: time | None = None
    minutes: int = Field(default=0, ge=0, le=600)
    minutes_program: int = Field(default=0, ge=0, le=600)
    minutes_classroom: int = Field(default=0, ge=0, le=600)
    minutes_child_family: int = Field(default=0, ge=0, le=600)
    permission_on: date | None = None
    outcome: str
    mode: str
    reason: str
    activities: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    strategies: tuple[str, ...] = ()
    participants: dict[str, int] = Field(default_factory=dict)
    summary: str = Field(default="", max_length=8000)
    recommendations: str = Field(default="", max_length=8000)
    reflection: str = Field(default="", max_length=8000)
    follow_ups: tuple[FollowUpInput, ...] = Field(default=(), max_length=20)
    children_present: int | None = Field(default=None, ge=0, le=80)
    indirect_minutes: int | None = Field(default=None, ge=0, le=480)
    travel_minutes: int | None = Field(default=None, ge=0, le=480)
    relationship_checkin: int | None = Field(default=None, ge=1, le=5)
    interpreter_language: str | None = Field(default=None, max_length=60)

    @property
    def held(self) -> bool:
        """Whether the visit took place."""
        return self.outcome in HELD

    def rules(self) -> Iterator[Problem]:
        """Give what is wrong with the values taken together."""
        yield from listed("outcome", self.outcome, "visit_outcome")
        yield from listed("mode", self.mode, "visit_mode")
        yield from listed("reason", self.reason, "visit_reason")
        yield from listed("source", self.source, "record_source")
        for field, option_list in CHOICES.items():
            for code in getattr(self, field):
                yield from listed(field, code, option_list)
        yield from self._minutes()
        yield from self._people()
        if self.held and not self.activities:
            yield Problem("activities", "activity_needed")
        if self.held and not self.summary:
            yield Problem("summary", "summary_needed")
        for number, follow_up in enumerate(self.follow_ups):
            yield from listed(f"follow_ups.{number}.owner", follow_up.owner, "follow_up_owner")
            if follow_up.due_on and follow_up.due_on < self.visited_on:
                yield Problem(f"follow_ups.{number}.due_on", "due_before_visit")

    def _minutes(self) -> Iterator[Problem]:
        total = self.minutes_program + self.minutes_classroom + self.minutes_child_family
        if self.held and not 5 <= self.minutes <= 600:
            yield Problem("minutes", "minutes_range")
        elif self.held and total != self.minutes:
            yield Problem("minutes_program", "minutes_add_up", {"total": total, "minutes": self.minutes})
        elif not self.held and (self.minutes or total):
            yield Problem("minutes", "no_minutes")
        if self.minutes_child_family and self.permission_on is None:
            yield Problem("permission_on", "permission_needed")
        elif self.permission_on and self.permission_on > self.visited_on:
            yield Problem("permission_on", "permission_late")

    def _people(self) -> Iterator[Problem]:
        for role, people in self.participants.items():
            yield from listed("participants", role, "participant_role")
            if not 1 <= people <= 40:
                yield Problem("participants", "out_of_range", {"minimum": 1, "maximum": 40})
