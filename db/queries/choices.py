"""What the two capture screens offer: sites, last used places, children, and what to ask back about."""

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from db import access
from db.access_matrix import Thing
from db.actor import Actor
from db.asking import THRESHOLDS
from db.capture_lists import KnownChild, LastVisit, children_at, last_visits_at, rooms_of
from db.errors import AccessDenied
from db.exclusion_care import in_head_start
from db.models.incidents import Incident
from db.models.organisation import Closure, Program, Site
from db.models.visits import Visit
from db.queries.query import single


class CaptureSite(NamedTuple):
    """A site at which someone may write. ``head_start``: the expulsion rule of 45 CFR 1302.17 holds there."""

    id: uuid.UUID
    name: str
    program: str
    head_start: bool
    program_id: uuid.UUID


class LastPlace(NamedTuple):
    """Where someone wrote last."""

    site_id: uuid.UUID
    classroom_ids: tuple[uuid.UUID, ...]


def capture_sites(session: Session, actor: Actor, thing: Thing) -> list[CaptureSite]:
    """Give the active sites at which the actor may add a ``thing`` ("visit" or "incident"), by name."""
    statement = _capture_sites(actor, thing).where(col(Site.active)).order_by(col(Site.name), col(Site.id))
    return [_capture_site(row) for row in session.connection().execute(statement)]


@single
def capture_site(session: Session, actor: Actor, thing: Thing, site_id: uuid.UUID) -> CaptureSite:
    """Give one site at which the actor may add a ``thing``: what an address names.

    Raises:
        NotFound: the site is outside the actor's reach, or does not exist.
    """
    row = session.connection().execute(_capture_sites(actor, thing).where(col(Site.id) == site_id)).first()
    if row is None:
        raise AccessDenied(thing, "add", site_id=site_id)
    return _capture_site(row)


def last_visit_place(session: Session, actor: Actor) -> LastPlace | None:
    """Give the place of the actor's latest visit, when it is still theirs."""
    statement = (
        select(col(Visit.id), col(Visit.site_id))
        .where(
            col(Visit.consultant_id) == actor.person_id,
            col(Visit.deleted_at).is_(None),
            access.within(actor, "visit", "add", site_id=col(Visit.site_id), region_id=col(Visit.region_id)),
        )
        .order_by(col(Visit.visited_on).desc(), col(Visit.created_at).desc())
        .limit(1)
    )
    found = session.connection().execute(statement).first()
    return LastPlace(found.site_id, rooms_of(session, [found.id])[found.id]) if found else None


def last_incident_place(session: Session, actor: Actor) -> LastPlace | None:
    """Give the place of the actor's latest incident, when it is still theirs."""
    statement = (
        select(col(Incident.site_id), col(Incident.classroom_id))
        .where(
            col(Incident.recorded_by) == actor.person_id,
            col(Incident.deleted_at).is_(None),
            access.within(actor, "incident", "add", site_id=col(Incident.site_id), region_id=col(Incident.region_id)),
        )
        .order_by(col(Incident.occurred_on).desc(), col(Incident.created_at).desc())
        .limit(1)
    )
    found = session.connection().execute(statement).first()
    return LastPlace(found.site_id, (found.classroom_id,)) if found else None


def last_visit(session: Session, actor: Actor, site_id: uuid.UUID) -> LastVisit | None:
    """Give what the actor's latest held visit at a site was like, in three statements; None without one."""
    return last_visits_at(session, actor, [site_id]).get(site_id)


def recent_children(session: Session, actor: Actor, site_id: uuid.UUID, today: date) -> list[KnownChild]:
    """Give the child keys used at a site in the last half year, the latest first.

    None for an actor who may not see incidents there.
    """
    return children_at(session, actor, [site_id], today).get(site_id, [])


def similar_incidents(
    session: Session, actor: Actor, site_id: uuid.UUID, child_key: str, on: date, at: time
) -> list[time]:
    """Give the times of incidents of the same child on that day within 10 minutes of ``at`` (asking.yaml)."""
    moment, margin = datetime.combine(on, at), timedelta(minutes=THRESHOLDS["same_child_minutes"])
    statement = (
        select(col(Incident.occurred_at))
        .where(
            col(Incident.site_id) == site_id,
            col(Incident.child_key) == child_key,
            col(Incident.deleted_at).is_(None),
            col(Incident.occurred_on) == on,
            col(Incident.occurred_at).between((moment - margin).time(), (moment + margin).time()),
            access.within(
                actor, "incident", "see", site_id=col(Incident.site_id), region_id=col(Incident.region_id),
                owner_id=col(Incident.recorded_by),
            ),
        )
        .order_by(col(Incident.occurred_at))
    )  # fmt: skip
    return list(session.connection().execute(statement).scalars())


def closure_on(session: Session, actor: Actor, site_id: uuid.UUID, on: date) -> str | None:
    """Give why a site was closed on a day (a code of ``closure_reason``), or None when it was not."""
    statement = select(col(Closure.reason)).where(
        col(Closure.site_id) == site_id,
        col(Closure.closed_on) == on,
        col(Closure.deleted_at).is_(None),
        access.within(actor, "closure", "see", site_id=col(Closure.site_id), region_id=col(Closure.region_id)),
    )
    return session.connection().execute(statement).scalar()


def _capture_sites(actor: Actor, thing: Thing) -> Any:
    return (
        select(col(Site.id), col(Site.name), col(Program.name), in_head_start())
        .add_columns(col(Program.id))
        .join(Program, col(Program.id) == col(Site.program_id))
        .where(access.sites(actor, thing, "add"), col(Site.deleted_at).is_(None))
    )


def _capture_site(row: Any) -> CaptureSite:
    return CaptureSite(row[0], row[1], row[2], bool(row[3]), row[4])
