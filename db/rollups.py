"""Monthly roll-ups per site: made again from the rows of that month, in the same transaction as the change."""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import case, delete, exists, func, insert, select
from sqlmodel import Session, col

from db.models.incidents import Exclusion, Incident
from db.models.organisation import Enrolment, Site
from db.models.records import SiteMonth
from db.models.visit_input import HELD
from db.models.visits import Visit


def month_of(day: date) -> date:
    """Give the first day of the month of ``day``."""
    return day.replace(day=1)


def month_after(month: date) -> date:
    """Give the first day of the month after ``month``."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def refresh(session: Session, site_id: uuid.UUID, days: Iterable[date]) -> None:
    """Make the roll-ups of the months of ``days`` at a site again from its rows."""
    session.flush()
    for month in sorted({month_of(day) for day in days}):
        values = counted(session, site_id, month)
        session.connection().execute(
            delete(SiteMonth).where(col(SiteMonth.site_id) == site_id, col(SiteMonth.month) == month)
        )
        if values is not None:
            session.connection().execute(
                insert(SiteMonth).values(site_id=site_id, month=month, **values)
            )


def counted(session: Session, site_id: uuid.UUID, month: date) -> dict[str, Any] | None:
    """Count one site's month from its rows; None when there is nothing at all."""
    run = session.connection().execute
    end = month_after(month)
    held = col(Visit.outcome).in_(HELD)
    visits = run(
        select(
            func.coalesce(func.sum(case((held, 1), else_=0)), 0).label("visits"),
            func.coalesce(func.sum(case((held, 0), else_=1)), 0).label("visits_not_held"),
            *(
                func.coalesce(func.sum(getattr(Visit, name)), 0).label(name)
                for name in ("minutes", "minutes_program", "minutes_classroom", "minutes_child_family")
            ),
        ).where(*_there(Visit, Visit.visited_on, site_id, month, end))
    ).one()
    enrolled_room = exists().where(
        col(Enrolment.classroom_id) == col(Incident.classroom_id),
        col(Enrolment.month) == month,
        col(Enrolment.deleted_at).is_(None),
    )
    incidents = run(
        select(
            func.count().label("incidents"),
            func.coalesce(func.sum(case((enrolled_room, 1), else_=0)), 0).label("incidents_covered"),
        ).where(*_there(Incident, Incident.occurred_on, site_id, month, end))
    ).one()
    exclusions = run(
        select(
            func.count().label("exclusions"),
            func.coalesce(func.sum(col(Exclusion.hours_lost)), 0).label("hours_lost"),
        ).where(*_there(Exclusion, Exclusion.started_on, site_id, month, end))
    ).one()
    enrolment = run(
        select(
            func.count().label("classrooms_enrolled"),
            func.coalesce(func.sum(col(Enrolment.enrolled_average)), 0).label("enrolled"),
            case((func.count(child_days()) == func.count(), func.sum(child_days()))).label("child_days"),
        ).where(
            col(Enrolment.site_id) == site_id, col(Enrolment.month) == month, col(Enrolment.deleted_at).is_(None)
        )
    ).one()
    values = {
        **visits._mapping, **incidents._mapping, **exclusions._mapping, **enrolment._mapping
    }  # fmt: skip
    if not any(values.values()):
        return None
    region_id = run(select(col(Site.region_id)).where(col(Site.id) == site_id)).scalar_one()
    return {**values, "region_id": region_id}


def child_days() -> Any:
    """Give the SQL of a classroom's child-days in a month: attended where known, else average enrolled x open days."""
    return func.coalesce(
        col(Enrolment.attended_child_days), col(Enrolment.enrolled_average) * col(Enrolment.open_days)
    )


def _there(table: Any, day: Any, site_id: uuid.UUID, month: date, end: date) -> tuple[Any, ...]:
    return (table.site_id == site_id, day >= month, day < end, table.deleted_at.is_(None))
