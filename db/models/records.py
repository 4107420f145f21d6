"""What the program keeps about itself: the audit chain, monthly roll-ups, options, settings."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field

from db.models.base import Base


class AuditEvent(Base, table=True):
    """Who did what to which row, when. Rows are chained by hash and cannot be changed or removed.

    ``content_digest`` covers the row's content before and after, which is kept in ``AuditContent``: a later purge can
    then remove the content without breaking the chain.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_entity_entity_id", "entity", "entity_id"),
        Index("ix_audit_event_actor_id_seq", "actor_id", "seq"),
    )
    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime
    actor_id: uuid.UUID | None = Field(default=None)
    actor_role: str = Field(max_length=20)
    action: str = Field(max_length=40)
    entity: str = Field(max_length=40)
    entity_id: uuid.UUID | None = Field(default=None)
    entity_version: int | None = Field(default=None)
    site_id: uuid.UUID | None = Field(default=None)
    rows: int | None = Field(default=None)
    reason: str | None = Field(default=None, max_length=300)
    content_digest: str = Field(max_length=64)
    previous_hash: str = Field(max_length=64)
    hash: str = Field(unique=True, max_length=64)


class AuditContent(Base, table=True):
    """The content of a row before and after an audited change: only the fields that changed, or all of a new row."""

    __tablename__ = "audit_content"
    seq: int = Field(primary_key=True, foreign_key="audit_event.seq")
    before: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    after: dict[str, Any] | None = Field(default=None, sa_type=JSON)


class SiteMonth(Base, table=True):
    """What happened at a site in a month, kept in step with the rows in the same transaction.

    Pages over many sites and months read these instead of a million incidents. ``child_days`` is empty where only
    enrolment is known. ``incidents_covered`` are those in classrooms with an enrolment for that month, and
    ``classrooms_reporting`` counts the classrooms that they come from: how much of a site takes part in recording.
    """

    __tablename__ = "site_month"
    __table_args__ = (Index("ix_site_month_region_id_month", "region_id", "month"),)
    site_id: uuid.UUID = Field(primary_key=True, foreign_key="site.id")
    month: date = Field(primary_key=True)
    region_id: uuid.UUID = Field(foreign_key="region.id")
    visits: int = Field(default=0)
    visits_not_held: int = Field(default=0)
    minutes: int = Field(default=0)
    minutes_program: int = Field(default=0)
    minutes_classroom: int = Field(default=0)
    minutes_child_family: int = Field(default=0)
    incidents: int = Field(default=0)
    incidents_covered: int = Field(default=0)
    classrooms_reporting: int = Field(default=0)
    exclusions: int = Field(default=0)
    hours_lost: float = Field(default=0)
    classrooms_enrolled: int = Field(default=0)
    enrolled: float = Field(default=0)
    child_days: float | None = Field(default=None)


class ChildMonth(Base, table=True):
    """What happened with one child of a site in a month, with the groups that the records name: for equity.

    Kept in step with the incidents in the same transaction. A group is empty where nobody told it, ``differs`` where
    records disagree, and a race is ``several`` where more than one was ticked. ``exclusions`` are those that followed
    an incident, in the month in which they began; ``supported`` the incidents with a follow-up that brings support.
    """

    __tablename__ = "child_month"
    __table_args__ = ({"sqlite_with_rowid": False},)
    site_id: uuid.UUID = Field(primary_key=True, foreign_key="site.id")
    month: date = Field(primary_key=True)
    child_key: str = Field(primary_key=True, max_length=20)
    region_id: uuid.UUID = Field(foreign_key="region.id")
    race: str | None = Field(default=None, max_length=40)
    sex: str | None = Field(default=None, max_length=20)
    iep: str | None = Field(default=None, max_length=20)
    dll: str | None = Field(default=None, max_length=20)
    incidents: int
    exclusions: int
    supported: int


class OptionRow(Base, table=True):
    """A code of an option list, so that the database itself refuses an unknown one."""

    __tablename__ = "option"
    list: str = Field(primary_key=True, max_length=40)
    code: str = Field(primary_key=True, max_length=60)


class DatabaseMark(Base, table=True):
    """A fact about this database as a whole, such as that it holds demo data."""

    __tablename__ = "database_mark"
    key: str = Field(primary_key=True, max_length=40)
    value: str = Field(max_length=2000)


class Tombstone(Base, table=True):
    """That a removed record was deleted for good: its key and nothing else, so that it can never be sent in again."""

    id: uuid.UUID = Field(primary_key=True)
    entity: str = Field(max_length=40)
    client_uuid: uuid.UUID | None = Field(default=None, unique=True)
    purged_at: datetime
