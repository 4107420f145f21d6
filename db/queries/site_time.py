"""What else stands on a site's time axis: new editions of instruments, the agreed dose, the days of exclusions."""

import uuid
from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select
from sqlmodel import Session, col

from db import access
from db.actor import Actor
from db.instruments import INSTRUMENTS
from db.models.incidents import Exclusion
from db.models.instruments import Observation
from db.models.organisation import Site
from db.period import Period
from db.rollups import month_of


class NewEdition(NamedTuple):
    """From this month on a site is observed with another edition of an instrument."""

    instrument_code: str
    month: date


class AgreedDose(NamedTuple):
    """The minutes of consultation a month that were agreed with a site, as it stands today; None where nothing is."""

    minutes_month: int | None
    service_start: date | None
    service_end: date | None


class EventDays(NamedTuple):
    """The days on which something happened, in order, each with its kind. Not ``open``: the actor may not read them."""

    open: bool
    events: tuple[tuple[date, str], ...]

    def days(self, kinds: Collection[str] = ()) -> list[date]:
        """Give the days of some kinds, or of all."""
        return [day for day, kind in self.events if not kinds or kind in kinds]


def new_editions(session: Session, actor: Actor, site_id: uuid.UUID) -> list[NewEdition]:
    """Give the months in which a site was first observed with a later edition; only the month, never the day."""
    reached = access.within(
        actor, "aggregates", "see", site_id=col(Observation.site_id), region_id=col(Observation.region_id)
    )
    statement = (
        select(col(Observation.instrument_code), func.min(Observation.observed_on))
        .where(col(Observation.site_id) == site_id, col(Observation.deleted_at).is_(None), reached)
        .group_by(col(Observation.instrument_code))
    )
    first = {row[0]: row[1] for row in session.connection().execute(statement)}
    families: dict[str, date] = {}
    for code, day in first.items():
        family = INSTRUMENTS[code].family
        families[family] = min(families.get(family, day), day)
    later = [(code, month_of(day)) for code, day in first.items() if day > families[INSTRUMENTS[code].family]]
    return [NewEdition(code, month) for code, month in sorted(later, key=lambda one: (one[1], one[0]))]


def agreed_dose(session: Session, actor: Actor, site_id: uuid.UUID) -> AgreedDose:
    """Give what was agreed with a site; nothing when the actor may not see it."""
    statement = select(col(Site.planned_minutes_month), col(Site.service_start), col(Site.service_end)).where(
        col(Site.id) == site_id, col(Site.deleted_at).is_(None), access.sites(actor, "aggregates")
    )
    row = session.connection().execute(statement).first()
    return AgreedDose(*row) if row else AgreedDose(None, None, None)


def exclusion_days(session: Session, actor: Actor, period: Period, site_id: uuid.UUID) -> EventDays:
    """Give the day on which each exclusion of a period began, and its kind, to who may read the records."""
    inside = (
        (col(Exclusion.site_id) == col(Site.id))
        & col(Exclusion.deleted_at).is_(None)
        & (col(Exclusion.started_on) >= period.start)
        & (col(Exclusion.started_on) < period.end)
    )
    statement = (
        select(col(Exclusion.started_on), col(Exclusion.type))
        .select_from(Site)
        .outerjoin(Exclusion, inside)
        .where(col(Site.id) == site_id, col(Site.deleted_at).is_(None), access.sites(actor, "exclusion"))
        .order_by(col(Exclusion.started_on), col(Exclusion.id))
    )
    rows = session.connection().execute(statement).all()
    return EventDays(bool(rows), tuple((day, kind) for day, kind in rows if day is not None))
