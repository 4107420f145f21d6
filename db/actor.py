"""Who is acting: a person with a role and the places that they may reach, as plain data."""

import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import Session, col

from db.models.base import utc_now
from db.models.people import Person, PersonScope


@dataclass(frozen=True)
class Places:
    """Sites, programs and regions that someone may reach."""

    sites: frozenset[uuid.UUID] = frozenset()
    programs: frozenset[uuid.UUID] = frozenset()
    regions: frozenset[uuid.UUID] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.sites or self.programs or self.regions)


@dataclass(frozen=True)
class Actor:
    """The person on whose behalf a query or command runs.

    ``case_scope`` is the part of ``scope`` in which a coordinator was given a case role.
    """

    person_id: uuid.UUID
    role: str
    display_name: str = ""
    language: str = "en"
    scope: Places = Places()
    case_scope: Places = Places()
    session_id: uuid.UUID | None = field(default=None, compare=False)

    @property
    def scope_key(self) -> str:
        """Give a key that is equal only for the same person, role and reach: part of every cache key."""
        parts: list[Any] = [self.person_id, self.role]
        for places in (self.scope, self.case_scope):
            parts += [sorted(map(str, group)) for group in (places.sites, places.programs, places.regions)]
        return hashlib.sha256(repr(parts).encode()).hexdigest()


def load_actor(session: Session, person: Person, on: date, session_id: uuid.UUID | None = None) -> Actor:
    """Give the actor for ``person`` with the scopes that are valid on ``on``, in one statement.

    A supervisor reaches what the people they supervise reach.
    """
    owner = col(PersonScope.person_id) == person.id
    if person.role == "supervisor":
        supervised = select(col(Person.id)).where(
            col(Person.supervisor_id) == person.id, col(Person.disabled_at).is_(None)
        )
        owner = or_(owner, col(PersonScope.person_id).in_(supervised))
    rows = (
        session.connection()
        .execute(
            select(
                col(PersonScope.site_id),
                col(PersonScope.program_id),
                col(PersonScope.region_id),
                col(PersonScope.case_role),
            ).where(
                owner,
                col(PersonScope.deleted_at).is_(None),
                col(PersonScope.valid_from) <= on,
                or_(col(PersonScope.valid_to).is_(None), col(PersonScope.valid_to) >= on),
            )
        )
        .all()
    )
    return Actor(
        person_id=person.id,
        role=person.role,
        display_name=person.display_name,
        language=person.language,
        scope=_places(rows),
        case_scope=_places([row for row in rows if row.case_role]),
        session_id=session_id,
    )


def by_now(session: Session, actor: Actor) -> Actor | None:
    """Give who acts in a browser's session as the database knows them now, any other actor as given.

    None when the person may not act in their role any more. A part of an open page can run again with an actor from
    before an assignment ended: commands, and what such a part reads anew, ask here.
    """
    if actor.session_id is None:
        return actor
    person = session.get(Person, actor.person_id, populate_existing=True)
    if person is None or person.role != actor.role or person.disabled_at or person.deleted_at:
        return None
    return load_actor(session, person, utc_now().date(), actor.session_id)


def reading_now(session: Session, actor: Actor) -> Actor:
    """Give the same for what a part of an open page reads anew: without any reach where the person may not act."""
    return by_now(session, actor) or Actor(actor.person_id, actor.role)


def _places(rows: Any) -> Places:
    return Places(
        sites=frozenset(row.site_id for row in rows if row.site_id),
        programs=frozenset(row.program_id for row in rows if row.program_id),
        regions=frozenset(row.region_id for row in rows if row.region_id),
    )
