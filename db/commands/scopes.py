"""Writing what people may reach, from when until when: an administrator's task."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import or_
from sqlmodel import Session, col, select

from db import access
from db.actor import Actor
from db.commands.command import (
    Saved,
    command,
    content,
    locked,
    made_before,
    mark_changed,
    require_version,
    write_event,
)
from db.errors import AccessDenied, InvalidInput, Problem
from db.models.base import new_id
from db.models.organisation import Program, Region, Site
from db.models.people import Person, PersonScope
from db.models.people_input import ScopeInput

_TABLES: dict[str, Any] = {"site": Site, "program": Program, "region": Region}


@command
def assign_scope(session: Session, actor: Actor, scope: ScopeInput, key: uuid.UUID | None = None) -> Saved:
    """Let a person reach a site, program or region. ``key`` is made by the form: sent twice, stored once.

    Raises:
        NotFound: the actor may not change people, or the person or the place does not exist.
        InvalidInput: a rule is broken, or the person reaches this place on some of these days already.
    """
    access.require(actor, "person", "change")
    if again := made_before(session, actor, PersonScope, "person", key):
        return again
    scope.require_valid()
    person = locked(session, Person, (col(Person.id) == scope.person_id) & col(Person.deleted_at).is_(None))
    table = _TABLES[scope.scope_type]
    target = session.get(table, scope.target_id)
    if person is None or target is None or target.deleted_at is not None:
        raise AccessDenied("person", "change", entity_id=scope.person_id)
    _require_sensible(session, person, scope)
    target_column: dict[str, Any] = {f"{scope.scope_type}_id": scope.target_id}
    row = PersonScope(
        id=key or new_id(),
        person_id=person.id,
        scope_type=scope.scope_type,
        case_role=scope.case_role,
        valid_from=scope.valid_from,
        valid_to=scope.valid_to,
        created_by=actor.person_id,
        **target_column,
    )
    session.add(row)
    session.flush()
    write_event(session, actor, "assign_scope", row, after={**content(row), "region_id": row.region_id})
    return Saved(row.id, row.version)


@command
def end_scope(session: Session, actor: Actor, scope_id: uuid.UUID, base_version: int, last_day: date) -> Saved:
    """Let an assignment end after ``last_day``.

    Raises:
        NotFound: the actor may not change people, or there is no such assignment.
        InvalidInput: the last day is before the first.
        Conflict: ``newer_version`` when someone changed it meanwhile.
    """
    access.require(actor, "person", "change")
    row = locked(session, PersonScope, (col(PersonScope.id) == scope_id) & col(PersonScope.deleted_at).is_(None))
    if row is None:
        raise AccessDenied("person", "change", entity_id=scope_id)
    require_version(row, base_version)
    if last_day < row.valid_from:
        raise InvalidInput([Problem("valid_to", "end_before_start")])
    if row.valid_to != last_day:
        before = {"valid_to": row.valid_to}
        row.valid_to = last_day
        mark_changed(row, actor)
        write_event(session, actor, "end_scope", row, before=before, after={"valid_to": last_day})
    return Saved(row.id, row.version, created=False)


def _require_sensible(session: Session, person: Person, scope: ScopeInput) -> None:
    if scope.case_role and person.role != "coordinator":
        raise InvalidInput([Problem("case_role", "case_role_for_coordinators")])
    starts_before_its_end = (
        col(PersonScope.valid_from) <= scope.valid_to if scope.valid_to else col(PersonScope.id).is_not(None)
    )
    overlapping = session.exec(
        select(PersonScope.id).where(
            PersonScope.person_id == person.id,
            getattr(PersonScope, f"{scope.scope_type}_id") == scope.target_id,
            col(PersonScope.deleted_at).is_(None),
            starts_before_its_end,
            or_(col(PersonScope.valid_to).is_(None), col(PersonScope.valid_to) >= scope.valid_from),
        )
    ).first()
    if overlapping:
        raise InvalidInput([Problem("target_id", "already_there")])
