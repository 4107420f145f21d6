"""A consultation visit, as Caring for Our Children 9.4.1.17 wants it documented."""

import uuid
from datetime import date, datetime, time

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field

from db.models.base import Base, Captured, Kept, Part, Placed, Submitted, check, one_of, part_of, to_be_named


class Visit(Base, Kept, Placed, Submitted, Captured, table=True):
    """One encounter of a consultant with the adults of a site, also one that was cancelled."""

    __table_args__ = (
        one_of("outcome", "visit_outcome"),
        one_of("mode", "visit_mode"),
        one_of("reason", "visit_reason"),
        one_of("source", "record_source"),
        check("minutes_sensible", "minutes BETWEEN 0 AND 600"),
        check(
            "minutes_add_up",
            "minutes_program >= 0 AND minutes_classroom >= 0 AND minutes_child_family >= 0"
            " AND minutes_program + minutes_classroom + minutes_child_family = minutes",
        ),
        check("permission_given", "minutes_child_family = 0 OR permission_on IS NOT NULL"),
        check("indirect_sensible", "indirect_minutes IS NULL OR indirect_minutes BETWEEN 0 AND 480"),
        check("travel_sensible", "travel_minutes IS NULL OR travel_minutes BETWEEN 0 AND 480"),
        check("checkin_sensible", "relationship_checkin IS NULL OR relationship_checkin BETWEEN 1 AND 5"),
        check("children_sensible", "children_present IS NULL OR children_present BETWEEN 0 AND 80"),
        ForeignKeyConstraint(["site_id", "region_id"], ["site.id", "site.region_id"]),
        to_be_named("visit"),
        Index("ix_visit_site_id_visited_on", "site_id", "visited_on"),
        Index("ix_visit_consultant_id_visited_on", "consultant_id", "visited_on"),
        Index("ix_visit_region_id_visited_on", "region_id", "visited_on"),
    )
    consultant_id: uuid.UUID = Field(foreign_key="person.id")
    visited_on: date
    started_at: time | None = Field(default=None)
    minutes: int
    minutes_program: int = Field(default=0)
    minutes_classroom: int = Field(default=0)
    minutes_child_family: int = Field(default=0)
    permission_on: date | None = Field(default=None)
    outcome: str = Field(max_length=30)
    mode: str = Field(max_length=20)
    reason: str = Field(max_length=40)
    summary: str = Field(default="", max_length=8000)
    recommendations: str = Field(default="", max_length=8000)
    reflection: str = Field(default="", max_length=8000)
    children_present: int | None = Field(default=None)
    indirect_minutes: int | None = Field(default=None)
    travel_minutes: int | None = Field(default=None)
    relationship_checkin: int | None = Field(default=None)
    interpreter_language: str | None = Field(default=None, max_length=60)
    shared_with_site_at: datetime | None = Field(default=None)


class VisitClassroom(Base, Part, table=True):
    """A classroom that a visit was about."""

    __tablename__ = "visit_classroom"
    __table_args__ = (
        part_of("visit", "visit_id"),
        ForeignKeyConstraint(["classroom_id", "site_id"], ["classroom.id", "classroom.site_id"]),
    )
    visit_id: uuid.UUID = Field(primary_key=True)
    classroom_id: uuid.UUID = Field(primary_key=True, index=True)
    site_id: uuid.UUID


class VisitChoice(Base, Part, table=True):
    """One ticked option of a visit: an activity, a tier, a strategy. ``list`` names the option list."""

    __tablename__ = "visit_choice"
    __table_args__ = (
        part_of("visit", "visit_id"),
        ForeignKeyConstraint(["list", "code"], ["option.list", "option.code"]),
    )
    visit_id: uuid.UUID = Field(primary_key=True)
    list: str = Field(primary_key=True, max_length=40)
    code: str = Field(primary_key=True, max_length=60)


class VisitParticipant(Base, Part, table=True):
    """How many people of one role took part."""

    __tablename__ = "visit_participant"
    __table_args__ = (
        part_of("visit", "visit_id"),
        one_of("role", "participant_role"),
        check("people_sensible", "people BETWEEN 1 AND 40"),
    )
    visit_id: uuid.UUID = Field(primary_key=True)
    role: str = Field(primary_key=True, max_length=40)
    people: int


class FollowUp(Base, Kept, Placed, table=True):
    """Something that someone promised at a visit, with an owner and a date."""

    __tablename__ = "follow_up"
    __table_args__ = (
        one_of("owner", "follow_up_owner"),
        ForeignKeyConstraint(["visit_id", "region_id"], ["visit.id", "visit.region_id"], onupdate="CASCADE"),
        Index("ix_follow_up_site_id_due_on", "site_id", "due_on"),
        Index("ix_follow_up_visit_id", "visit_id"),
    )
    visit_id: uuid.UUID
    text: str = Field(max_length=500)
    owner: str = Field(max_length=20)
    due_on: date | None = Field(default=None)
    done_at: datetime | None = Field(default=None)
    done_by: uuid.UUID | None = Field(default=None, foreign_key="person.id")
