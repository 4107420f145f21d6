"""Regions, programs, sites, classrooms, and the enrolment and closure days that rates rest on."""

import uuid
from datetime import date

from sqlalchemy import JSON, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field

from db.models.base import Base, Kept, Placed, check, one_of


class Region(Base, Kept, table=True):
    """A region that a coordinator answers for."""

    name: str = Field(unique=True, max_length=120)
    code: str = Field(unique=True, max_length=20)
    timezone: str = Field(default="America/New_York", max_length=60)


class Program(Base, Kept, table=True):
    """An organisation that runs sites, such as a Head Start grantee."""

    __table_args__ = (one_of("type", "program_type"), UniqueConstraint("region_id", "name"))
    region_id: uuid.UUID = Field(foreign_key="region.id", index=True)
    name: str = Field(max_length=160)
    type: str = Field(max_length=40)


class Site(Base, Kept, table=True):
    """A place where adults care for children. ``active`` is false once consultation there has ended for good.

    ``planned_minutes_month``: the minutes of consultation a month that were agreed with the site, as it stands today.
    """

    __table_args__ = (
        one_of("setting", "setting"),
        check("service_order", "service_end IS NULL OR service_start IS NULL OR service_end >= service_start"),
        check("capacity_sensible", "capacity IS NULL OR capacity BETWEEN 0 AND 5000"),
        UniqueConstraint("program_id", "name"),
        UniqueConstraint("id", "region_id"),
        Index("ix_site_region_id_name", "region_id", "name"),
    )
    region_id: uuid.UUID = Field(foreign_key="region.id")
    program_id: uuid.UUID = Field(foreign_key="program.id", index=True)
    name: str = Field(max_length=160)
    license_no: str | None = Field(default=None, unique=True, max_length=60)
    setting: str = Field(max_length=40)
    address: str | None = Field(default=None, max_length=200)
    city: str | None = Field(default=None, max_length=100)
    county: str | None = Field(default=None, max_length=100)
    postal_code: str | None = Field(default=None, max_length=20)
    capacity: int | None = Field(default=None)
    subsidy: bool | None = Field(default=None)
    rural: bool | None = Field(default=None)
    languages: list[str] = Field(default_factory=list, sa_type=JSON, nullable=False)
    service_start: date | None = Field(default=None)
    service_end: date | None = Field(default=None)
    active: bool = Field(default=True, nullable=False)
    planned_minutes_month: int | None = Field(default=None)


class Classroom(Base, Kept, Placed, table=True):
    """A room with its children and teachers."""

    __table_args__ = (
        one_of("age_group", "age_group"),
        one_of("session", "session"),
        check("capacity_sensible", "capacity IS NULL OR capacity BETWEEN 1 AND 40"),
        check("open_order", "open_to IS NULL OR open_from IS NULL OR open_to >= open_from"),
        UniqueConstraint("site_id", "name"),
        UniqueConstraint("id", "site_id"),
    )
    name: str = Field(max_length=80)
    age_group: str = Field(max_length=20)
    capacity: int | None = Field(default=None)
    session: str = Field(default="full", max_length=20)
    open_from: date | None = Field(default=None)
    open_to: date | None = Field(default=None)


class Closure(Base, Kept, Placed, table=True):
    """A weekday on which a site was closed."""

    __table_args__ = (one_of("reason", "closure_reason"), UniqueConstraint("site_id", "closed_on"))
    closed_on: date
    reason: str = Field(max_length=20)


class Enrolment(Base, Kept, Placed, table=True):
    """The children of one classroom in one month: what every rate is divided by.

    ``month`` is its first day. ``open_days`` is empty where only enrolment is known.
    """

    __table_args__ = (
        check("enrolled_sensible", "enrolled_average >= 0 AND enrolled_average <= 80"),
        check("open_days_sensible", "open_days IS NULL OR open_days BETWEEN 0 AND 31"),
        check("attended_sensible", "attended_child_days IS NULL OR attended_child_days >= 0"),
        ForeignKeyConstraint(["classroom_id", "site_id"], ["classroom.id", "classroom.site_id"]),
        UniqueConstraint("classroom_id", "month"),
        Index("ix_enrolment_site_id_month", "site_id", "month"),
    )
    classroom_id: uuid.UUID
    month: date
    enrolled_average: float
    attended_child_days: float | None = Field(default=None)
    open_days: int | None = Field(default=None)


class EnrolmentGroup(Base, Kept, Placed, table=True):
    """How many of a classroom's children in a month belong to one demographic group."""

    __tablename__ = "enrolment_group"
    __table_args__ = (
        one_of("dimension", "demographic_dimension"),
        check("children_sensible", "children BETWEEN 0 AND 80"),
        ForeignKeyConstraint(["classroom_id", "site_id"], ["classroom.id", "classroom.site_id"]),
        UniqueConstraint("classroom_id", "month", "dimension", "category"),
        Index("ix_enrolment_group_site_id_month", "site_id", "month"),
    )
    classroom_id: uuid.UUID
    month: date
    dimension: str = Field(max_length=20)
    category: str = Field(max_length=40)
    children: int


class Staff(Base, Kept, Placed, table=True):
    """Someone who works at a site, under an alias: names are not needed."""

    __table_args__ = (
        one_of("role", "staff_role"),
        one_of("leave_reason", "leave_reason"),
        check("leave_order", "leave_date IS NULL OR leave_date >= hire_date"),
        check("fte_sensible", "fte > 0 AND fte <= 1.5"),
        UniqueConstraint("site_id", "alias"),
    )
    alias: str = Field(max_length=60)
    role: str = Field(max_length=20)
    fte: float = Field(default=1.0)
    hire_date: date
    leave_date: date | None = Field(default=None)
    leave_reason: str | None = Field(default=None, max_length=40)


class SiteEvent(Base, Kept, Placed, table=True):
    """Something on a site's time axis: consultation began, a director left, the roof leaked."""

    __tablename__ = "site_event"
    __table_args__ = (
        one_of("kind", "site_event"),
        Index("ix_site_event_site_id_happened_on", "site_id", "happened_on"),
    )
    kind: str = Field(max_length=40)
    happened_on: date
    note: str | None = Field(default=None, max_length=120)
