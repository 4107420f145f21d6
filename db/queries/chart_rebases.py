"""Where people have set the limits of a site's charts anew: when, why, and who."""

import uuid
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlmodel import Session, col

from db import access
from db.actor import Actor
from db.models.meetings import ChartRebase
from db.models.people import Person


class RebaseLine(NamedTuple):
    """One new start of a chart's limits. ``may_remove``: the actor may take it back."""

    id: uuid.UUID
    chart: str
    starts_on: date
    reason: str
    by: str
    created_at: datetime
    may_remove: bool


def chart_rebases(session: Session, actor: Actor, site_id: uuid.UUID) -> list[RebaseLine]:
    """Give every new start that stands at a site, in order of time; none when the actor may not see the site."""
    place = {"site_id": col(ChartRebase.site_id), "region_id": col(ChartRebase.region_id)}
    statement = (
        select(
            col(ChartRebase.id), col(ChartRebase.chart), col(ChartRebase.starts_on), col(ChartRebase.reason),
            col(Person.display_name), col(ChartRebase.created_at),
            access.within(actor, "chart_rebase", "remove", **place),
        )
        .outerjoin(Person, col(Person.id) == col(ChartRebase.created_by))
        .where(
            col(ChartRebase.site_id) == site_id,
            col(ChartRebase.deleted_at).is_(None),
            access.within(actor, "chart_rebase", "see", **place),
        )
        .order_by(col(ChartRebase.starts_on), col(ChartRebase.id))
    )  # fmt: skip
    return [RebaseLine(*row[:4], row[4] or "", row[5], bool(row[6])) for row in session.connection().execute(statement)]
