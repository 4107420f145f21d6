"""Finding sites and reading one of them."""

import uuid
from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from db import access
from db.actor import Actor
from db.errors import AccessDenied
from db.models.organisation import Classroom, Program, Region, Site
from db.models.people import Person, PersonScope
from db.models.visit_input import HELD
from db.models.visits import Visit
from db.queries.enrolment import MonthsMissing, months_missing
from db.queries.query import single
from db.text_search import containing

PAGE = 25


class SiteLine(NamedTuple):
    """A site in a list. None where the actor may not see it; ``missing`` is None without classrooms."""

    id: uuid.UUID
    name: str
    license_no: str | None
    setting: str
    city: str | None
    program: str
    region: str
    active: bool
    classrooms: int
    consultants: int | None
    last_visit_on: date | None
    missing: MonthsMissing | None


class SitePage(NamedTuple):
    """One page of findings, and how many there are in all."""

    total: int
    sites: list[SiteLine]


class SiteDetails(NamedTuple):
    """All that is known about a site."""

    id: uuid.UUID
    version: int
    region_id: uuid.UUID
    region: str
    program_id: uuid.UUID
    program: str
    name: str
    license_no: str | None
    setting: str
    address: str | None
    city: str | None
    county: str | None
    postal_code: str | None
    capacity: int | None
    subsidy: bool | None
    rural: bool | None
    languages: list[str]
    service_start: date | None
    service_end: date | None
    planned_minutes_month: int | None
    active: bool


def find_sites(
    session: Session,
    actor: Actor,
    today: date,
    *,
    text: str = "",
    region_id: uuid.UUID | None = None,
    program_id: uuid.UUID | None = None,
    active: bool | None = True,
    page: int = 1,
) -> SitePage:
    """Give one page of the sites that the actor may see, by name.

    Args:
        session: the database session.
        actor: who asks.
        today: the reader's date; enrollment is looked for in the twelve months before it.
        text: words that must all stand in the name, the license number or the city.
        region_id: only sites of this region.
        program_id: only sites of this program.
        active: only active or only inactive sites; None for both.
        page: the page, from 1, of 25 sites each.
    """
    conditions = [access.sites(actor), col(Site.deleted_at).is_(None)]
    conditions.append(containing(text, col(Site.name), col(Site.license_no), col(Site.city)))
    if region_id:
        conditions.append(col(Site.region_id) == region_id)
    if program_id:
        conditions.append(col(Site.program_id) == program_id)
    if active is not None:
        conditions.append(col(Site.active) == active)
    run = session.connection().execute
    total = run(select(func.count()).select_from(Site).where(*conditions)).scalar_one()
    rows: Any = run(
        select(
            col(Site.id),
            col(Site.name),
            col(Site.license_no),
            col(Site.setting),
            col(Site.city),
            col(Program.name).label("program"),
            col(Region.name).label("region"),
            col(Site.active),
        )
        .join(Program, col(Program.id) == col(Site.program_id))
        .join(Region, col(Region.id) == col(Site.region_id))
        .where(*conditions)
        .order_by(func.lower(Site.name), col(Site.id))
        .limit(PAGE)
        .offset(PAGE * (max(page, 1) - 1))
    ).all()
    return SitePage(total, _with_counts(session, actor, today, rows))


@single
def one_site(session: Session, actor: Actor, site_id: uuid.UUID) -> SiteDetails:
    """Give all that is known about one site.

    Raises:
        NotFound: the site is outside the actor's reach, or does not exist.
    """
    given: dict[str, Any] = {"region": col(Region.name), "program": col(Program.name)}
    fields = [given[name] if name in given else getattr(Site, name) for name in SiteDetails._fields]
    row = (
        session.connection()
        .execute(
            select(*fields)
            .join(Program, col(Program.id) == col(Site.program_id))
            .join(Region, col(Region.id) == col(Site.region_id))
            .where(col(Site.id) == site_id, col(Site.deleted_at).is_(None), access.sites(actor))
        )
        .first()
    )
    if row is None:
        raise AccessDenied("site", "see", site_id=site_id)
    return SiteDetails(*row)


def _with_counts(session: Session, actor: Actor, today: date, rows: Any) -> list[SiteLine]:
    ids = [row.id for row in rows]
    if not ids:
        return []
    rooms = _count(session, Classroom, col(Classroom.site_id).in_(ids) & col(Classroom.deleted_at).is_(None))
    consultants = _consultants(session, actor, ids, today) if access.may(actor, "person", "see") else None
    visits = _last_visits(session, actor, ids)
    missing = months_missing(session, actor, ids, today)
    return [
        SiteLine(  # type: ignore[call-arg]
            *row,
            rooms.get(row.id, 0),
            None if consultants is None else consultants.get(row.id, 0),
            visits.get(row.id),
            missing.get(row.id),
        )
        for row in rows
    ]


def _count(session: Session, table: Any, condition: Any) -> dict[uuid.UUID, int]:
    counted = select(table.site_id, func.count()).where(condition).group_by(table.site_id)
    return {row[0]: row[1] for row in session.connection().execute(counted)}


def _consultants(session: Session, actor: Actor, ids: Collection[uuid.UUID], today: date) -> dict[uuid.UUID, int]:
    counted = (
        select(col(Site.id), func.count(func.distinct(PersonScope.person_id)))
        .join(
            PersonScope,
            or_(col(PersonScope.site_id) == col(Site.id), col(PersonScope.program_id) == col(Site.program_id)),
        )
        .join(Person, col(Person.id) == col(PersonScope.person_id))
        .where(
            col(Site.id).in_(ids),
            access.scopes(actor),
            col(Person.role) == "consultant",
            col(Person.disabled_at).is_(None),
            col(PersonScope.deleted_at).is_(None),
            col(PersonScope.valid_from) <= today,
            or_(col(PersonScope.valid_to).is_(None), col(PersonScope.valid_to) >= today),
        )
        .group_by(col(Site.id))
    )
    return {row[0]: row[1] for row in session.connection().execute(counted)}


def _last_visits(session: Session, actor: Actor, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, date]:
    seen = access.within(
        actor, "visit", "see", site_id=col(Visit.site_id), region_id=col(Visit.region_id),
        owner_id=col(Visit.consultant_id),
    )  # fmt: skip
    latest = (
        select(col(Visit.site_id), func.max(Visit.visited_on))
        .where(col(Visit.site_id).in_(ids), col(Visit.outcome).in_(HELD), col(Visit.deleted_at).is_(None), seen)
        .group_by(col(Visit.site_id))
    )
    return {row[0]: row[1] for row in session.connection().execute(latest)}
