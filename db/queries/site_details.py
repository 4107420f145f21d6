"""Reading what belongs to one site: classrooms, closures, staff, events, and the people who work with it."""

import uuid
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import or_, select
from sqlmodel import Session, col

from db import access
from db.access_matrix import Thing
from db.actor import Actor
from db.models.organisation import Classroom, Closure, Site, SiteEvent, Staff
from db.models.people import Person, PersonScope


class Room(NamedTuple):
    """A classroom. ``open_to`` is its last day."""

    id: uuid.UUID
    version: int
    name: str
    age_group: str
    capacity: int | None
    session: str
    open_from: date | None
    open_to: date | None


class ClosedDay(NamedTuple):
    """A weekday on which the site was, or will be, closed."""

    id: uuid.UUID
    closed_on: date
    reason: str


class StaffLine(NamedTuple):
    """Someone who works at the site, under an alias."""

    id: uuid.UUID
    version: int
    alias: str
    role: str
    fte: float
    hire_date: date
    leave_date: date | None
    leave_reason: str | None


class EventLine(NamedTuple):
    """A mark on the site's time axis."""

    id: uuid.UUID
    version: int
    kind: str
    happened_on: date
    note: str | None


class SitePerson(NamedTuple):
    """Someone who may reach the site, through what (site, program, region), and from when until when."""

    person_id: uuid.UUID
    name: str
    role: str
    through: str
    valid_from: date
    valid_to: date | None


def rooms(session: Session, actor: Actor, site_id: uuid.UUID) -> list[Room]:
    """Give a site's classrooms by name; none when the actor may not see them."""
    return [Room(*row) for row in _rows(session, actor, "classroom", Classroom, Room, site_id, Classroom.name)]


def closures(session: Session, actor: Actor, site_id: uuid.UUID, since: date) -> list[ClosedDay]:
    """Give a site's closures from ``since`` on, the latest first; none when the actor may not see them."""
    latest_first = col(Closure.closed_on).desc()
    rows = _rows(session, actor, "closure", Closure, ClosedDay, site_id, latest_first, col(Closure.closed_on) >= since)
    return [ClosedDay(*row) for row in rows]


def staff(session: Session, actor: Actor, site_id: uuid.UUID) -> list[StaffLine]:
    """Give a site's staff, those who work there now first; none when the actor may not see them."""
    order = (col(Staff.leave_date).is_not(None), col(Staff.alias))
    return [StaffLine(*row) for row in _rows(session, actor, "staff", Staff, StaffLine, site_id, order)]


def events(session: Session, actor: Actor, site_id: uuid.UUID) -> list[EventLine]:
    """Give the marks on a site's time axis, the latest first; none when the actor may not see them."""
    order = (col(SiteEvent.happened_on).desc(), col(SiteEvent.id))
    return [EventLine(*row) for row in _rows(session, actor, "site_event", SiteEvent, EventLine, site_id, order)]


def site_people(session: Session, actor: Actor, site_id: uuid.UUID) -> list[SitePerson]:
    """Give who may reach a site, now or later; none when the actor may not see people or the site."""
    statement = (
        select(
            col(Person.id),
            col(Person.display_name),
            col(Person.role),
            col(PersonScope.scope_type),
            col(PersonScope.valid_from),
            col(PersonScope.valid_to),
        )
        .select_from(Site)
        .join(
            PersonScope,
            or_(
                col(PersonScope.site_id) == col(Site.id),
                col(PersonScope.program_id) == col(Site.program_id),
                col(PersonScope.region_id) == col(Site.region_id),
            ),
        )
        .join(Person, col(Person.id) == col(PersonScope.person_id))
        .where(
            col(Site.id) == site_id,
            access.sites(actor),
            access.scopes(actor),
            col(PersonScope.deleted_at).is_(None),
            col(Person.deleted_at).is_(None),
            col(Person.disabled_at).is_(None),
        )
        .order_by(col(Person.role), col(Person.display_name), col(PersonScope.valid_from))
    )
    return [SitePerson(*row) for row in session.connection().execute(statement)]


def _rows(
    session: Session,
    actor: Actor,
    thing: Thing,
    table: Any,
    shape: Any,
    site_id: uuid.UUID,
    order: Any,
    *where: Any,
) -> Any:
    columns = [getattr(table, name) for name in shape._fields]
    inside = access.within(actor, thing, "see", site_id=table.site_id, region_id=table.region_id)
    statement = select(*columns).where(table.site_id == site_id, table.deleted_at.is_(None), inside, *where)
    return session.connection().execute(
        statement.order_by(*order) if isinstance(order, tuple) else statement.order_by(order)
    )
