"""What else stands on a site's time axis: new editions of instruments, the agreed dose, the days of exclusions."""

import uuid
from collections.abc import Sequence
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
    """The days on which something happened, in order. Not ``open``: the actor may not read them, and gets none."""

    open: bool
    days: tuple[date, ...]


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
    first: dict[str, date] = {code: day for code, day in session.connection().execute(statement)}
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


def exclusion_days(
    session: Session, actor: Actor, period: Period, site_id: uuid.UUID, kinds: Sequence[str] = ()
) -> EventDays:
    """Give the day on which each exclusion of a period began, of some kinds or of all, to who may read the records."""
    opens = select(col(Site.id)).where(col(Site.id) == site_id, access.sites(actor, "exclusion"))
    if session.connection().execute(opens).first() is None:
        return EventDays(False, ())
    statement = select(col(Exclusion.started_on)).where(
        col(Exclusion.site_id) == site_id,
        col(Exclusion.deleted_at).is_(None),
        col(Exclusion.started_on) >= period.start,
        col(Exclusion.started_on) < period.end,
        access.within(actor, "exclusion", "see", site_id=col(Exclusion.site_id), region_id=col(Exclusion.region_id)),
        *([col(Exclusion.type).in_(kinds)] if kinds else []),
    )
    days = session.connection().execute(statement.order_by(col(Exclusion.started_on))).scalars()
    return EventDays(True, tuple(days))
