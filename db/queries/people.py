"""Finding people who sign in, and reading what they may reach."""

import uuid
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlmodel import Session, col

from db import access
from db.actor import Actor
from db.errors import AccessDenied
from db.models.organisation import Program, Region, Site
from db.models.people import Person, PersonScope
from db.queries.places import Choice
from db.queries.query import single
from db.text_search import containing

PAGE = 25


class PersonLine(NamedTuple):
    """A person in a list of findings."""

    id: uuid.UUID
    display_name: str
    sign_in_name: str
    role: str
    active: bool


class PersonPage(NamedTuple):
    """One page of findings, and how many there are in all."""

    total: int
    people: list[PersonLine]


class PersonDetails(NamedTuple):
    """All that is known about a person, without the password. ``can_sign_in``: they have one."""

    id: uuid.UUID
    version: int
    sign_in_name: str
    display_name: str
    role: str
    language: str
    supervisor_id: uuid.UUID | None
    supervisor: str | None
    license: str | None
    endorsement: str | None
    fte: float | None
    languages: list[str]
    caseload_cap: int | None
    active: bool
    can_sign_in: bool


class ScopeLine(NamedTuple):
    """A place that a person may reach, from when until when (both days included)."""

    id: uuid.UUID
    version: int
    scope_type: str
    place: str
    case_role: bool
    valid_from: date
    valid_to: date | None


def find_people(
    session: Session,
    actor: Actor,
    *,
    text: str = "",
    role: str | None = None,
    active: bool | None = True,
    page: int = 1,
) -> PersonPage:
    """Give one page of the people whom the actor may see, by name.

    Args:
        session: the database session.
        actor: who asks.
        text: words that must all stand in the name or the sign-in name.
        role: only people of this role.
        active: only those who can sign in, or only those who cannot; None for both.
        page: the page, from 1, of 25 people each.
    """
    conditions = [access.people(actor), col(Person.deleted_at).is_(None)]
    conditions.append(containing(text, col(Person.display_name), col(Person.sign_in_name)))
    if role:
        conditions.append(col(Person.role) == role)
    if active is not None:
        conditions.append(col(Person.disabled_at).is_(None) if active else col(Person.disabled_at).is_not(None))
    run = session.connection().execute
    total = run(select(func.count()).select_from(Person).where(*conditions)).scalar_one()
    rows = run(
        select(
            col(Person.id),
            col(Person.display_name),
            col(Person.sign_in_name),
            col(Person.role),
            col(Person.disabled_at).is_(None),
        )
        .where(*conditions)
        .order_by(func.lower(Person.display_name), col(Person.id))
        .limit(PAGE)
        .offset(PAGE * (max(page, 1) - 1))
    )
    return PersonPage(total, [PersonLine(*row) for row in rows])


@single
def one_person(session: Session, actor: Actor, person_id: uuid.UUID) -> PersonDetails:
    """Give all that is known about one person.

    Raises:
        NotFound: the person is outside the actor's reach, or does not exist.
    """
    supervisor = select(col(Person.id).label("id"), col(Person.display_name).label("name")).subquery("supervisor")
    given: dict[str, Any] = {
        "supervisor": supervisor.c.name,
        "active": col(Person.disabled_at).is_(None),
        "can_sign_in": col(Person.password_hash).is_not(None),
    }
    fields = [given[name] if name in given else getattr(Person, name) for name in PersonDetails._fields]
    row = (
        session.connection()
        .execute(
            select(*fields)
            .outerjoin(supervisor, supervisor.c.id == col(Person.supervisor_id))
            .where(col(Person.id) == person_id, col(Person.deleted_at).is_(None), access.people(actor))
        )
        .first()
    )
    if row is None:
        raise AccessDenied("person", "see", entity_id=person_id)
    return PersonDetails(*row)


def scopes_of(session: Session, actor: Actor, person_id: uuid.UUID) -> list[ScopeLine]:
    """Give what a person may reach, as far as the actor may see it, the latest first."""
    statement = (
        select(
            col(PersonScope.id),
            col(PersonScope.version),
            col(PersonScope.scope_type),
            func.coalesce(Site.name, Program.name, Region.name),
            col(PersonScope.case_role),
            col(PersonScope.valid_from),
            col(PersonScope.valid_to),
        )
        .select_from(PersonScope)
        .outerjoin(Site, col(Site.id) == col(PersonScope.site_id))
        .outerjoin(Program, col(Program.id) == col(PersonScope.program_id))
        .outerjoin(Region, col(Region.id) == col(PersonScope.region_id))
        .where(
            col(PersonScope.person_id) == person_id,
            col(PersonScope.deleted_at).is_(None),
            access.scopes(actor),
        )
        .order_by(col(PersonScope.valid_from).desc(), col(PersonScope.id))
    )
    return [ScopeLine(*row) for row in session.connection().execute(statement)]


def supervisors(session: Session, actor: Actor) -> list[Choice]:
    """Give the active supervisors whom the actor may see, by name."""
    statement = (
        select(col(Person.id), col(Person.display_name))
        .where(
            col(Person.role) == "supervisor",
            col(Person.disabled_at).is_(None),
            col(Person.deleted_at).is_(None),
            access.people(actor),
        )
        .order_by(func.lower(Person.display_name))
    )
    return [Choice(*row) for row in session.connection().execute(statement)]
