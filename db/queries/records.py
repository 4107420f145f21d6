"""Finding visits and incidents: a page of plain rows at a time, never their text."""

import uuid
from dataclasses import dataclass
from datetime import date, time
from typing import Any, Literal, NamedTuple

from sqlalchemy import exists, func, null, select
from sqlmodel import Session, col

from db import access
from db.access_matrix import Verb
from db.actor import Actor
from db.models.incidents import Incident, IncidentChoice
from db.models.organisation import Classroom, Site
from db.models.people import Person
from db.models.visits import Visit, VisitChoice, VisitClassroom
from db.period import Period
from db.queries.places import Choice
from db.regions import same_region

PAGE_ROWS = 25
COUNTED_AT_MOST = 1000
"""Counting stops here: someone who has more than this narrows the filters, nobody pages through it."""

RecordKind = Literal["visit", "incident"]


@dataclass(frozen=True)
class RecordFilter:
    """What is looked for; ``removed`` looks among removed records instead.

    About incidents only: ``behaviour`` (the primary one), ``response``, ``hour``, ``weekday`` (0 is Monday),
    ``location``, ``motivation``, ``child_key``.
    """

    kind: RecordKind
    period: Period
    site_id: uuid.UUID | None = None
    person_id: uuid.UUID | None = None
    classroom_id: uuid.UUID | None = None
    activity: str | None = None
    behaviour: str | None = None
    response: str | None = None
    hour: int | None = None
    weekday: int | None = None
    location: str | None = None
    motivation: str | None = None
    child_key: str | None = None
    removed: bool = False


class RecordRow(NamedTuple):
    """A record as a list shows it.

    ``about`` is a visit's reason or an incident's primary behaviour; ``detail`` a visit's mode or an
    incident's activity; ``outcome`` and ``minutes`` are of visits only.
    """

    id: uuid.UUID
    on: date
    at: time | None
    site: str
    person: str
    about: str
    detail: str
    outcome: str | None
    minutes: int | None
    classrooms: tuple[str, ...] = ()


@dataclass(frozen=True)
class RecordPage:
    """One page of records, newest first. ``total`` stops at ``COUNTED_AT_MOST``, which means that or more."""

    rows: list[RecordRow]
    total: int
    page: int
    pages: int


def find_records(session: Session, actor: Actor, wanted: RecordFilter, page: int = 1) -> RecordPage:
    """Give one page of the visits or incidents that fit, in at most three statements.

    A page past the end gives the last one. Removed records are given to those who may restore them.
    """
    run = session.connection().execute
    table = _TABLES[wanted.kind]
    conditions = _conditions(actor, wanted)
    counted = select(table.id).where(*conditions).limit(COUNTED_AT_MOST).subquery()
    total = run(select(func.count()).select_from(counted)).scalar_one()
    pages = max(1, -(-total // PAGE_ROWS))
    page = min(max(page, 1), pages)
    if not total:
        return RecordPage([], 0, 1, 1)
    found = [RecordRow(*row) for row in run(_page(wanted.kind, conditions, page))]
    rooms = _classrooms(session, wanted.kind, [row.id for row in found])
    return RecordPage([row._replace(classrooms=rooms.get(row.id, ())) for row in found], total, page, pages)


def recorders(session: Session, actor: Actor, wanted: RecordFilter) -> list[Choice]:
    """Give the people who wrote such records in the period, by name: the choices of the person filter."""
    anyone = RecordFilter(wanted.kind, wanted.period, wanted.site_id, removed=wanted.removed)
    wrote = exists().where(_owner(wanted.kind) == col(Person.id), *_conditions(actor, anyone)).correlate(Person)
    statement = select(col(Person.id), col(Person.display_name)).where(wrote).order_by(col(Person.display_name))
    return [Choice(*row) for row in session.connection().execute(statement)]


_TABLES: dict[RecordKind, Any] = {"visit": Visit, "incident": Incident}


def _owner(kind: RecordKind) -> Any:
    return col(Visit.consultant_id) if kind == "visit" else col(Incident.recorded_by)


def _day(kind: RecordKind) -> Any:
    return col(Visit.visited_on) if kind == "visit" else col(Incident.occurred_on)


def _within(actor: Actor, kind: RecordKind, verb: Verb) -> Any:
    table = _TABLES[kind]
    return access.within(actor, kind, verb, site_id=table.site_id, region_id=table.region_id, owner_id=_owner(kind))


def _conditions(actor: Actor, wanted: RecordFilter) -> list[Any]:
    kind, table = wanted.kind, _TABLES[wanted.kind]
    conditions = [
        _within(actor, kind, "restore" if wanted.removed else "see"),
        table.deleted_at.is_not(None) if wanted.removed else table.deleted_at.is_(None),
        _day(kind) >= wanted.period.start,
        _day(kind) < wanted.period.end,
    ]
    if wanted.site_id is not None:
        conditions.append(table.site_id == wanted.site_id)
    if wanted.person_id is not None:
        conditions.append(_owner(kind) == wanted.person_id)
    return conditions + (_of_visits(wanted) if kind == "visit" else _of_incidents(wanted))


def _of_visits(wanted: RecordFilter) -> list[Any]:
    conditions: list[Any] = []
    if wanted.classroom_id is not None:
        conditions.append(
            exists().where(
                col(VisitClassroom.visit_id) == col(Visit.id),
                same_region(VisitClassroom, Visit),
                col(VisitClassroom.classroom_id) == wanted.classroom_id,
            )
        )
    if wanted.activity is not None:
        conditions.append(
            exists().where(
                col(VisitChoice.visit_id) == col(Visit.id),
                same_region(VisitChoice, Visit),
                col(VisitChoice.list) == "visit_activity",
                col(VisitChoice.code) == wanted.activity,
            )
        )
    return conditions


def _of_incidents(wanted: RecordFilter) -> list[Any]:
    asked = {
        Incident.classroom_id: wanted.classroom_id,
        Incident.activity: wanted.activity,
        Incident.primary_behaviour: wanted.behaviour,
        Incident.hour: wanted.hour,
        Incident.weekday: wanted.weekday,
        Incident.location: wanted.location,
        Incident.motivation: wanted.motivation,
        Incident.child_key: wanted.child_key,
    }
    conditions: list[Any] = [column == value for column, value in asked.items() if value is not None]
    if wanted.response is not None:
        conditions.append(
            exists().where(
                col(IncidentChoice.incident_id) == col(Incident.id),
                same_region(IncidentChoice, Incident),
                col(IncidentChoice.list) == "response",
                col(IncidentChoice.code) == wanted.response,
            )
        )
    return conditions


def _page(kind: RecordKind, conditions: list[Any], page: int) -> Any:
    """Give the statement for one page. The keys come first, so that names are looked up for 25 rows only."""
    table = _TABLES[kind]
    clock = col(Visit.started_at) if kind == "visit" else col(Incident.occurred_at)
    order = (_day(kind).desc(), clock.desc(), table.id.desc())
    chosen = (
        select(table.id.label("id"), table.region_id)
        .where(*conditions)
        .order_by(*order)
        .limit(PAGE_ROWS)
        .offset((page - 1) * PAGE_ROWS)
        .subquery()
    )
    own: tuple[Any, ...] = (
        (col(Visit.reason), col(Visit.mode), col(Visit.outcome), col(Visit.minutes))
        if kind == "visit"
        else (
            col(Incident.primary_behaviour),
            col(Incident.activity),
            null().label("outcome"),
            null().label("minutes"),
        )
    )
    return (
        select(table.id, _day(kind), clock, col(Site.name), col(Person.display_name), *own)
        .join(chosen, (chosen.c.id == table.id) & same_region(chosen, table))
        .join(Site, col(Site.id) == table.site_id)
        .join(Person, col(Person.id) == _owner(kind))
        .order_by(*order)
    )


def _classrooms(session: Session, kind: RecordKind, ids: list[uuid.UUID]) -> dict[uuid.UUID, tuple[str, ...]]:
    key: Any = col(VisitClassroom.visit_id) if kind == "visit" else col(Incident.id)
    of: Any = VisitClassroom if kind == "visit" else Incident
    rows = session.connection().execute(
        select(key, col(Classroom.name))
        .where(col(of.classroom_id) == col(Classroom.id), same_region(of, Classroom), key.in_(ids))
        .order_by(key, col(Classroom.name))
    )
    found: dict[uuid.UUID, tuple[str, ...]] = {}
    for record, name in rows:
        found[record] = (*found.get(record, ()), name)
    return found
