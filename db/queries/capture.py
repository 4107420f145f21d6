"""What the capture app keeps on a tablet: the least that its forms need without a signal, for one person."""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from db import access
from db.actor import Actor
from db.capture_lists import KnownChild, LastVisit, RoomChoice, children_at, classrooms_at, last_visits_at
from db.models.organisation import Closure
from db.queries.choices import CaptureSite, LastPlace, capture_sites, last_incident_place, last_visit_place

CLOSED_DAYS = 14


@dataclass(frozen=True)
class TabletSite:
    """A site at which someone may write. ``forms`` names what: ``visit``, ``incident``."""

    site: CaptureSite
    forms: tuple[str, ...]
    classrooms: list[RoomChoice]
    children: list[KnownChild]
    last_visit: LastVisit | None
    closed: dict[date, str]


@dataclass(frozen=True)
class TabletData:
    """The sites of one person, and where they wrote last."""

    sites: list[TabletSite]
    last_visit_place: LastPlace | None
    last_incident_place: LastPlace | None


def tablet_data(session: Session, actor: Actor, today: date) -> TabletData:
    """Give what the forms of the capture app need, in eleven statements at most, however many sites there are.

    Child keys only where the actor may record incidents and see them; the last visit only where they may log one.
    """
    by_form = {form: {site.id: site for site in capture_sites(session, actor, form)} for form in ("visit", "incident")}
    sites = {**by_form["incident"], **by_form["visit"]}
    if not sites:
        return TabletData([], None, None)
    rooms = classrooms_at(session, actor, sites)
    children = children_at(session, actor, by_form["incident"], today)
    last = last_visits_at(session, actor, by_form["visit"])
    closed = _closed(session, actor, list(sites), today)
    places = [last_visit_place(session, actor), last_incident_place(session, actor)]
    return TabletData(
        [
            TabletSite(
                site=site,
                forms=tuple(form for form, there in by_form.items() if site.id in there),
                classrooms=rooms.get(site.id, []),
                children=children.get(site.id, []),
                last_visit=last.get(site.id),
                closed=closed.get(site.id, {}),
            )
            for site in sorted(sites.values(), key=lambda one: (one.name, one.id))
        ],
        *(place if place and place.site_id in sites else None for place in places),
    )


def _closed(session: Session, actor: Actor, site_ids: list[uuid.UUID], today: date) -> dict[uuid.UUID, dict[date, str]]:
    margin = timedelta(days=CLOSED_DAYS)
    statement = (
        select(col(Closure.site_id), col(Closure.closed_on), col(Closure.reason))
        .where(
            col(Closure.site_id).in_(site_ids),
            col(Closure.closed_on).between(today - margin, today + margin),
            col(Closure.deleted_at).is_(None),
            access.within(actor, "closure", "see", site_id=col(Closure.site_id), region_id=col(Closure.region_id)),
        )
        .order_by(col(Closure.closed_on))
    )
    found: dict[uuid.UUID, dict[date, str]] = {}
    for site_id, day, reason in session.connection().execute(statement):
        found.setdefault(site_id, {})[day] = reason
    return found
