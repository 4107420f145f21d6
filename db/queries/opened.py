"""One visit or incident, opened, as far as the actor may read it."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from db import access
from db.access_matrix import Verb
from db.actor import Actor
from db.errors import AccessDenied
from db.incident_lists import incident_lists
from db.models.incident_input import IncidentInput
from db.models.incidents import Incident
from db.models.inputs import MARKS
from db.models.organisation import Classroom, Site
from db.models.people import Person
from db.models.visit_input import VisitInput
from db.models.visits import Visit
from db.queries.query import single
from db.queries.records import RecordKind
from db.visit_lists import visit_lists

TEXT_FIELDS = frozenset({"summary", "recommendations", "follow_ups", "interpreter_language"})
REFLECTION_FIELDS = frozenset({"reflection", "relationship_checkin"})
"""What a consultant notes for themselves: thoughts, and how the relationship feels (never compared)."""
VISIT_FIELDS = tuple(name for name in VisitInput.model_fields if name not in MARKS)
INCIDENT_FIELDS = tuple(name for name in IncidentInput.model_fields if name not in MARKS)


@dataclass(frozen=True)
class OpenRecord:
    """A visit or an incident with its marks.

    ``content`` has the shape of the input model, without its key; the fields named in ``withheld`` are left
    out of it, because this actor may not read them. ``classrooms`` names the rooms of the site. ``made_at`` is when it
    was made on a tablet, by the tablet's clock, which was ``clock_off_minutes`` ahead (none: right within an hour).
    """

    kind: RecordKind
    id: uuid.UUID
    version: int
    site: str
    person: str
    content: dict[str, Any]
    withheld: frozenset[str]
    classrooms: dict[str, str]
    created_at: datetime
    made_at: datetime | None
    clock_off_minutes: int | None
    updated_at: datetime | None
    updated_by: str | None
    removed_at: datetime | None
    removed_by: str | None
    shared_with_site_at: datetime | None
    may_change: bool
    may_remove: bool
    may_restore: bool


@single
def open_visit(session: Session, actor: Actor, visit_id: uuid.UUID) -> OpenRecord:
    """Give one visit. Its text and the reflection go only to those whom the access table names.

    Raises:
        NotFound: it is outside the actor's reach, or removed and not theirs to restore.
    """
    row, marks = _found(session, actor, "visit", visit_id)
    withheld = frozenset().union(
        () if marks["sees_text"] else TEXT_FIELDS, () if marks["sees_reflection"] else REFLECTION_FIELDS
    )
    return _opened(session, "visit", row, marks, visit_lists(session, visit_id), VISIT_FIELDS, withheld)


@single
def open_incident(session: Session, actor: Actor, incident_id: uuid.UUID) -> OpenRecord:
    """Give one incident, with its exclusion.

    Raises:
        NotFound: it is outside the actor's reach, or removed and not theirs to restore.
    """
    row, marks = _found(session, actor, "incident", incident_id)
    lists = incident_lists(session, incident_id)
    return _opened(session, "incident", row, marks, lists, INCIDENT_FIELDS, frozenset())


def _found(session: Session, actor: Actor, kind: RecordKind, record_id: uuid.UUID) -> tuple[Any, dict[str, Any]]:
    table: Any = Visit if kind == "visit" else Incident
    owner = col(Visit.consultant_id) if kind == "visit" else col(Incident.recorded_by)
    changer, remover = aliased(Person), aliased(Person)

    def may(thing: Any, verb: Verb) -> Any:
        return access.within(
            actor, thing, verb, site_id=table.site_id, region_id=table.region_id, owner_id=owner
        ).label(f"{thing}_{verb}")

    statement = (
        select(
            table, col(Site.name), col(Person.display_name), col(changer.display_name),
            col(remover.display_name), may("visit_text", "see"), may("reflection", "see"),
            may(kind, "change"), may(kind, "remove"), may(kind, "restore"),
        )
        .join(Site, col(Site.id) == table.site_id)
        .join(Person, col(Person.id) == owner)
        .outerjoin(changer, col(changer.id) == table.updated_by)
        .outerjoin(remover, col(remover.id) == table.deleted_by)
        .where(table.id == record_id, may(kind, "see"))
    )  # fmt: skip
    found = session.execute(statement.execution_options(populate_existing=True)).first()
    if found is None or (found[0].deleted_at is not None and not found[9]):
        raise AccessDenied(kind, "see", entity_id=record_id)
    names = (
        "site", "person", "updated_by", "removed_by", "sees_text", "sees_reflection",
        "may_change", "may_remove", "may_restore",
    )  # fmt: skip
    return found[0], dict(zip(names, found[1:], strict=True))


def _opened(
    session: Session,
    kind: RecordKind,
    row: Any,
    marks: dict[str, Any],
    lists: dict[str, Any],
    fields: tuple[str, ...],
    withheld: frozenset[str],
) -> OpenRecord:
    rooms = session.connection().execute(
        select(col(Classroom.id), col(Classroom.name)).where(col(Classroom.site_id) == row.site_id)
    )
    content = {name: lists[name] if name in lists else getattr(row, name) for name in fields if name not in withheld}
    removed = row.deleted_at is not None
    return OpenRecord(
        kind=kind,
        id=row.id,
        version=row.version,
        site=marks["site"],
        person=marks["person"],
        content=content,
        withheld=withheld,
        classrooms={str(key): name for key, name in rooms},
        created_at=row.created_at,
        made_at=row.made_at,
        clock_off_minutes=row.clock_off_minutes,
        updated_at=row.updated_at,
        updated_by=marks["updated_by"],
        removed_at=row.deleted_at,
        removed_by=marks["removed_by"],
        shared_with_site_at=row.shared_with_site_at if kind == "visit" else None,
        may_change=bool(marks["may_change"]) and not removed,
        may_remove=bool(marks["may_remove"]) and not removed,
        may_restore=bool(marks["may_restore"]) and removed,
    )
