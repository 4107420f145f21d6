"""The months in which a chart of a site has a point: what a new start of its limits is held against."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from db.models.chart_rebase_input import QUALITY
from db.models.incidents import Exclusion
from db.models.instruments import Observation
from db.models.records import SiteMonth
from db.rollups import month_of

FEWEST_POINTS = 3
"""Points that every stretch between two starts needs. Its limits come with twelve; until then it is a run chart."""


def chart_points(session: Session, site_id: uuid.UUID, chart: str, today: date) -> list[date]:
    """Give the month of every point of a chart before the running month, in order; exclusions have a point for each.

    Of classroom quality every quarter with an observation is a point, by the month of its last one.
    """
    before = month_of(today)
    if chart.startswith(QUALITY):
        return _quarters(session, site_id, chart.split(":")[1], before)
    run = session.connection().execute
    if chart == "exclusions":
        days = run(
            select(col(Exclusion.started_on))
            .where(
                col(Exclusion.site_id) == site_id,
                col(Exclusion.deleted_at).is_(None),
                col(Exclusion.started_on) < before,
            )
            .order_by(col(Exclusion.started_on))
        ).scalars()
        return [month_of(day) for day in days]
    has_point: Any = col(SiteMonth.enrolled) > 0
    if chart == "visits":
        first = select(func.min(SiteMonth.month)).where(col(SiteMonth.site_id) == site_id, col(SiteMonth.visits) > 0)
        has_point = col(SiteMonth.month) >= first.scalar_subquery()
    months = run(
        select(col(SiteMonth.month))
        .where(col(SiteMonth.site_id) == site_id, col(SiteMonth.month) < before, has_point)
        .order_by(col(SiteMonth.month))
    ).scalars()
    return list(months)


def _quarters(session: Session, site_id: uuid.UUID, instrument_code: str, before: date) -> list[date]:
    days = session.connection().execute(
        select(col(Observation.observed_on)).where(
            col(Observation.site_id) == site_id,
            col(Observation.instrument_code) == instrument_code,
            col(Observation.deleted_at).is_(None),
            col(Observation.observed_on) < before,
        )
    )
    last: dict[tuple[int, int], date] = {}
    for (day,) in days:
        quarter = (day.year, (day.month - 1) // 3)
        last[quarter] = max(last.get(quarter, day), day)
    return sorted(month_of(day) for day in last.values())
