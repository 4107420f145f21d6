"""Writing people who sign in: an administrator's task."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, func, select

from db import access
from db.actor import Actor
from db.commands.command import (
    Saved,
    changes,
    command,
    content,
    locked,
    made_before,
    mark_changed,
    require_version,
    write_event,
)
from db.errors import AccessDenied, InvalidInput, Problem
from db.models.base import new_id, utc_now
from db.models.people import SECRETS, Person
from db.models.people_input import PersonInput
from db.own_password import STAYS, is_everybodys, known_words
from db.passwords import hash_password, password_problems
from db.sign_in import end_sessions_of


@command
def add_person(
    session: Session,
    actor: Actor,
    person: PersonInput,
    password: str | None = None,
    key: uuid.UUID | None = None,
) -> Saved:
    """Store someone with an account. Without a password they cannot sign in yet.

    Raises:
        NotFound: the actor may not add people.
        InvalidInput: a rule is broken, the sign-in name is taken, or the password is too weak.
    """
    access.require(actor, "person", "add")
    if again := made_before(session, actor, Person, "person", key):
        return again
    _require_valid(session, person, None)
    row = Person(id=key or new_id(), created_by=actor.person_id, **_values(person))
    if password is not None:
        words = (person.sign_in_name, person.display_name)
        row.password_hash, row.password_set_by_other_at = _hashed(password, words), utc_now()
    session.add(row)
    session.flush()
    write_event(session, actor, "add_person", row, after=_content(row))
    return Saved(row.id, row.version)


@command
def change_person(
    session: Session, actor: Actor, person_id: uuid.UUID, base_version: int, person: PersonInput
) -> Saved:
    """Replace what is known about a person. A new role ends their sign-in sessions in the same transaction.

    Raises:
        NotFound: the actor may not change people, or there is none with this key.
        InvalidInput: a rule is broken, the sign-in name is taken, or no active administrator would be left.
        Conflict: ``newer_version`` when someone changed it meanwhile.
    """
    row = _require_person(session, actor, person_id)
    require_version(row, base_version)
    _require_valid(session, person, row.id)
    if row.role == "admin" and person.role != "admin":
        _require_another_admin(session, row, "role")
    before = _content(row)
    for name, value in _values(person).items():
        setattr(row, name, value)
    was, now = changes(before, _content(row))
    if now:
        mark_changed(row, actor)
        if "role" in now:
            end_sessions_of(session, row.id, "role_changed")
        write_event(session, actor, "change_person", row, before=was, after=now)
    return Saved(row.id, row.version, created=False)


@command
def disable_person(session: Session, actor: Actor, person_id: uuid.UUID, base_version: int) -> Saved:
    """Keep a person from signing in, and end their sign-in sessions in the same transaction.

    Raises:
        NotFound: the actor may not change people, or there is none with this key.
        InvalidInput: this is the last active administrator.
        Conflict: ``newer_version`` when someone changed it meanwhile.
    """
    return _set_disabled(session, actor, person_id, base_version, disabled=True)


@command
def enable_person(session: Session, actor: Actor, person_id: uuid.UUID, base_version: int) -> Saved:
    """Let a person sign in again.

    Raises:
        NotFound: the actor may not change people, or there is none with this key.
        Conflict: ``newer_version`` when someone changed it meanwhile.
    """
    return _set_disabled(session, actor, person_id, base_version, disabled=False)


@command
def set_password(session: Session, actor: Actor, person_id: uuid.UUID, password: str) -> Saved:
    """Give somebody else a new password and end their sign-in sessions; they choose their own when they sign in.

    Raises:
        NotFound: the actor may not change people, or there is none with this key.
        InvalidInput: the password is too weak, or it is the actor's own (``db.own_password``) or a demo's.
    """
    row = _require_person(session, actor, person_id)
    if row.id == actor.person_id:
        raise InvalidInput([Problem("password", "own_password")])
    if is_everybodys(session, row.id):
        raise InvalidInput([STAYS])
    row.password_hash, row.password_set_by_other_at = _hashed(password, known_words(session, row.id)), utc_now()
    mark_changed(row, actor)
    end_sessions_of(session, row.id, "password_changed")
    write_event(session, actor, "set_password", row)
    return Saved(row.id, row.version, created=False)


def _require_person(session: Session, actor: Actor, person_id: uuid.UUID) -> Person:
    if not access.may(actor, "person", "change"):
        raise AccessDenied("person", "change", entity_id=person_id)
    row = locked(session, Person, (col(Person.id) == person_id) & col(Person.deleted_at).is_(None))
    if row is None:
        raise AccessDenied("person", "change", entity_id=person_id)
    return row


def _values(person: PersonInput) -> dict[str, Any]:
    return {**person.model_dump(), "languages": list(person.languages)}


def _content(row: Person) -> dict[str, Any]:
    """Give what the audit keeps of a person: never the password's hash."""
    return {name: value for name, value in content(row).items() if name not in SECRETS}


def _hashed(password: str, words: Sequence[str]) -> str:
    problems = password_problems(password, words)
    if problems:
        raise InvalidInput(problems)
    return hash_password(password)


def _set_disabled(session: Session, actor: Actor, person_id: uuid.UUID, base_version: int, *, disabled: bool) -> Saved:
    row = _require_person(session, actor, person_id)
    if (row.disabled_at is not None) != disabled:
        require_version(row, base_version)
        if disabled and row.role == "admin":
            _require_another_admin(session, row, "role")
        before = {"disabled_at": row.disabled_at}
        row.disabled_at = utc_now() if disabled else None
        mark_changed(row, actor)
        if disabled:
            end_sessions_of(session, row.id, "disabled")
        action = "disable_person" if disabled else "enable_person"
        write_event(session, actor, action, row, before=before, after={"disabled_at": row.disabled_at})
    return Saved(row.id, row.version, created=False)


def _require_another_admin(session: Session, row: Person, field: str) -> None:
    """Refuse what would leave nobody to administer; all are locked, so that two cannot leave at once."""
    active = session.exec(
        select(Person)
        .where(
            Person.role == "admin",
            col(Person.disabled_at).is_(None),
            col(Person.deleted_at).is_(None),
            col(Person.password_hash).is_not(None),
        )
        .order_by(col(Person.id))
        .with_for_update()
    ).all()
    if row.disabled_at is None and all(one.id == row.id for one in active):
        raise InvalidInput([Problem(field, "last_admin")])


def _require_valid(session: Session, person: PersonInput, own_id: uuid.UUID | None) -> None:
    person.require_valid()
    problems = []
    same_name = func.lower(Person.sign_in_name) == person.sign_in_name
    found = session.connection().execute(select(col(Person.id)).where(same_name)).scalars()
    if any(one != own_id for one in found):
        problems.append(Problem("sign_in_name", "already_there"))
    if person.supervisor_id:
        supervisor = session.get(Person, person.supervisor_id)
        if supervisor is None or supervisor.role != "supervisor" or supervisor.disabled_at is not None:
            problems.append(Problem("supervisor_id", "not_a_supervisor"))
    if problems:
        raise InvalidInput(problems)
