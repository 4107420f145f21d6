"""A challenging-behaviour incident, compatible with the NCPMI Behavior Incident Report, and an exclusion."""

import uuid
from datetime import date, time

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlmodel import Field

from db.models.base import Base, Captured, Kept, Part, Placed, Submitted, below, check, one_of, part_of, to_be_named


class Incident(Base, Kept, Placed, Submitted, Captured, table=True):
    """One incident. ``hour`` and ``weekday`` (0: Monday) repeat date and time, so that both databases group alike."""

    __table_args__ = (
        one_of("primary_behaviour", "behaviour"),
        one_of("activity", "activity"),
        one_of("motivation", "motivation"),
        one_of("severity", "severity"),
        one_of("duration_band", "duration_band"),
        one_of("injury", "injury"),
        one_of("effect", "effect"),
        one_of("location", "location"),
        one_of("reported_by_role", "reported_by_role"),
        one_of("child_sex", "sex"),
        one_of("child_iep", "yes_no_unknown"),
        one_of("child_dll", "yes_no_unknown"),
        one_of("source", "record_source"),
        check("hour_sensible", "hour BETWEEN 5 AND 20"),
        check("weekday_sensible", "weekday BETWEEN 0 AND 6"),
        check("permission_given", "child_key IS NULL OR permission_on IS NOT NULL"),
        ForeignKeyConstraint(["site_id", "region_id"], ["site.id", "site.region_id"]),
        ForeignKeyConstraint(["classroom_id", "site_id"], ["classroom.id", "classroom.site_id"]),
        to_be_named("incident"),
        Index("ix_incident_site_id_occurred_on", "site_id", "occurred_on"),
        Index("ix_incident_region_id_occurred_on", "region_id", "occurred_on"),
        Index("ix_incident_recorded_by_occurred_on", "recorded_by", "occurred_on"),
        Index(
            "ix_incident_site_id_child_key",
            "site_id",
            "child_key",
            sqlite_where=text("child_key IS NOT NULL"),
            postgresql_where=text("child_key IS NOT NULL"),
        ),
    )
    classroom_id: uuid.UUID
    recorded_by: uuid.UUID = Field(foreign_key="person.id")
    occurred_on: date
    occurred_at: time
    hour: int
    weekday: int
    child_key: str | None = Field(default=None, max_length=20)
    permission_on: date | None = Field(default=None)
    child_sex: str | None = Field(default=None, max_length=20)
    child_iep: str | None = Field(default=None, max_length=20)
    child_dll: str | None = Field(default=None, max_length=20)
    primary_behaviour: str = Field(max_length=40)
    activity: str = Field(max_length=40)
    motivation: str = Field(default="not_known", max_length=40)
    severity: str | None = Field(default=None, max_length=20)
    duration_band: str | None = Field(default=None, max_length=20)
    injury: str | None = Field(default=None, max_length=20)
    first_aid: bool | None = Field(default=None)
    effect: str | None = Field(default=None, max_length=20)
    location: str | None = Field(default=None, max_length=40)
    reported_by_role: str | None = Field(default=None, max_length=20)
    family_notified_on: date | None = Field(default=None)
    description: str = Field(default="", max_length=600)


class IncidentChoice(Base, Part, table=True):
    """One ticked option of an incident: a behaviour, who else was there, a response, a follow-up, a race category."""

    __tablename__ = "incident_choice"
    __table_args__ = (
        part_of("incident", "incident_id"),
        ForeignKeyConstraint(["list", "code"], ["option.list", "option.code"]),
        {"sqlite_with_rowid": False},
    )
    incident_id: uuid.UUID = Field(primary_key=True)
    list: str = Field(primary_key=True, max_length=40)
    code: str = Field(primary_key=True, max_length=60)


class Exclusion(Base, Kept, Placed, Submitted, table=True):
    """Care that a child lost because of behaviour: counted once, also when several incidents led to it."""

    __table_args__ = (
        one_of("type", "exclusion_type"),
        one_of("consultant_engaged_before", "yes_no_unknown"),
        one_of("family_met", "yes_no_unknown"),
        one_of("written_plan", "yes_no_unknown"),
        one_of("idea_decision", "idea_decision"),
        check("date_order", "ended_on IS NULL OR ended_on >= started_on"),
        check("return_order", "return_on IS NULL OR return_on >= started_on"),
        check("hours_sensible", "hours_lost IS NULL OR hours_lost BETWEEN 0 AND 2000"),
        ForeignKeyConstraint(["site_id", "region_id"], ["site.id", "site.region_id"]),
        below("incident", "incident_id"),
        to_be_named("exclusion"),
        Index("ix_exclusion_site_id_started_on", "site_id", "started_on"),
    )
    incident_id: uuid.UUID | None = Field(default=None, unique=True)
    type: str = Field(max_length=40)
    started_on: date
    ended_on: date | None = Field(default=None)
    hours_lost: float | None = Field(default=None)
    return_on: date | None = Field(default=None)
    consultant_engaged_before: str = Field(default="unknown", max_length=20)
    family_met: str = Field(default="unknown", max_length=20)
    written_plan: str = Field(default="unknown", max_length=20)
    idea_decision: str | None = Field(default=None, max_length=40)
    override_note: str = Field(default="", max_length=600)


class ExclusionStep(Base, Kept, Placed, table=True):
    """A step that was taken around an exclusion (45 CFR 1302.17), and when. ``who`` is a role, never a name."""

    __tablename__ = "exclusion_step"
    __table_args__ = (
        one_of("step", "exclusion_step"),
        one_of("who", "reported_by_role"),
        ForeignKeyConstraint(["site_id", "region_id"], ["site.id", "site.region_id"]),
        below("exclusion", "exclusion_id"),
    )
    exclusion_id: uuid.UUID = Field(index=True)
    step: str = Field(max_length=30)
    done_on: date
    who: str | None = Field(default=None, max_length=20)
    note: str = Field(default="", max_length=300)


class ExclusionPlace(Base, Kept, Placed, table=True):
    """Where a child was some time after an exclusion."""

    __tablename__ = "exclusion_place"
    __table_args__ = (
        one_of("moment", "place_moment"),
        one_of("place", "child_place"),
        ForeignKeyConstraint(["site_id", "region_id"], ["site.id", "site.region_id"]),
        below("exclusion", "exclusion_id"),
    )
    exclusion_id: uuid.UUID = Field(index=True)
    moment: str = Field(max_length=20)
    noted_on: date
    place: str = Field(max_length=20)
