"""The date where a site is: a visit at 23:59 belongs to that day, whatever the server's clock says."""

import uuid
from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from db.errors import Problem
from db.models.organisation import Region

EARLIEST_DAY = date(2000, 1, 1)


def local_now(session: Session, region_id: uuid.UUID) -> datetime:
    """Give the present moment on the clocks of a region."""
    zone = session.connection().execute(select(col(Region.timezone)).where(col(Region.id) == region_id)).scalar_one()
    return datetime.now(ZoneInfo(zone))


def require_not_future(session: Session, region_id: uuid.UUID, field: str, day: date) -> Iterator[Problem]:
    """Give a problem when ``day`` is still to come at the site, or is clearly a wrong year."""
    if day > local_now(session, region_id).date():
        yield Problem(field, "in_the_future")
    elif day < EARLIEST_DAY:
        yield Problem(field, "before_birth_of_program")
