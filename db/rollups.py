"""Monthly roll-ups per site: made again from that month's rows, in the same transaction as the change."""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import (
    Date,
    Float,
    Integer,
    String,
    Subquery,
    and_,
    case,
    cast,
    delete,
    distinct,
    exists,
    func,
    insert,
    literal,
    null,
    select,
    type_coerce,
    union_all,
)
from sqlmodel import Session, col

from db.models.incidents import Exclusion, Incident
from db.models.organisation import Enrolment, Site
from db.models.records import SiteMonth
from db.models.visit_input import HELD
from db.models.visits import Visit
from db.regions import same_region


def month_of(day: date) -> date:
    """Give the first day of the month of ``day``."""
    return day.replace(day=1)


def month_after(month: date) -> date:
    """Give the first day of the month after ``month``; after the last one that a date can tell, its last day."""
    if (month.year, month.month) == (date.max.year, 12):
        return date.max
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
            session.connection().execute(insert(SiteMonth).values(site_id=site_id, month=month, **values))


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
        same_region(Enrolment, Incident),
        col(Enrolment.month) == month,
        col(Enrolment.deleted_at).is_(None),
    )
    incidents = run(
        select(
            func.count().label("incidents"),
            func.coalesce(func.sum(case((enrolled_room, 1), else_=0)), 0).label("incidents_covered"),
            func.count(distinct(case((enrolled_room, col(Incident.classroom_id))))).label("classrooms_reporting"),
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
            col(Enrolment.site_id) == site_id,
            col(Enrolment.month) == month,
            col(Enrolment.deleted_at).is_(None),
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
    """Give the SQL of a room's child-days in a month: attended where known, else average enrolled x open days."""
    return func.coalesce(col(Enrolment.attended_child_days), col(Enrolment.enrolled_average) * col(Enrolment.open_days))


def _there(table: Any, day: Any, site_id: uuid.UUID, month: date, end: date) -> tuple[Any, ...]:
    return (table.site_id == site_id, day >= month, day < end, table.deleted_at.is_(None))


VISIT_MINUTES = ("minutes", "minutes_program", "minutes_classroom", "minutes_child_family")
COUNTED = (
    "visits", "visits_not_held", *VISIT_MINUTES, "incidents", "incidents_covered", "classrooms_reporting", "exclusions",
    "hours_lost", "classrooms_enrolled", "enrolled", "child_days",
)  # fmt: skip


def rebuild(session: Session) -> None:
    """Make the roll-ups of all sites and months again in two statements, inside the caller's transaction."""
    session.flush()
    run = session.connection().execute
    counts = recounted(session)
    run(delete(SiteMonth))
    run(
        insert(SiteMonth).from_select(
            ["site_id", "month", "region_id", *COUNTED],
            select(
                counts.c.site_id,
                counts.c.month,
                col(Site.region_id),
                *(counts.c[name] for name in COUNTED),
            ).join(Site, col(Site.id) == counts.c.site_id),
        )
    )


def recounted(session: Session) -> Subquery:
    """Give the query that counts every site's every month from its rows: what the roll-ups must say."""
    dialect = session.get_bind().dialect.name
    parts = [_visits(dialect), _incidents(dialect), _exclusions(dialect), _enrolments()]
    every = union_all(*(_padded(part) for part in parts)).subquery("every")
    sums = [func.sum(every.c[name]).label(name) for name in COUNTED if name != "child_days"]
    return (
        select(every.c.site_id, every.c.month, *sums, func.max(every.c.child_days).label("child_days"))
        .group_by(every.c.site_id, every.c.month)
        .subquery("recounted")
    )


def first_of_month(dialect: str, day: Any) -> Any:
    """Give the SQL of the first day of the month of a date."""
    if dialect == "sqlite":
        return type_coerce(func.substr(type_coerce(day, String), 1, 7).op("||")("-01"), Date)
    return cast(func.date_trunc("month", day), Date)


def _grouped(table: Any, month: Any, **counts: Any) -> Subquery:
    return (
        select(
            table.site_id.label("site_id"),
            month.label("month"),
            *(counted_as.label(name) for name, counted_as in counts.items()),
        )
        .where(table.deleted_at.is_(None))
        .group_by(table.site_id, month)
        .subquery()
    )


def _visits(dialect: str) -> Subquery:
    held = col(Visit.outcome).in_(HELD)
    return _grouped(
        Visit,
        first_of_month(dialect, col(Visit.visited_on)),
        visits=func.sum(case((held, 1), else_=0)),
        visits_not_held=func.sum(case((held, 0), else_=1)),
        **{name: func.sum(getattr(Visit, name)) for name in VISIT_MINUTES},
    )


def _incidents(dialect: str) -> Subquery:
    month = first_of_month(dialect, col(Incident.occurred_on))
    enrolled_room = exists().where(
        and_(
            col(Enrolment.classroom_id) == col(Incident.classroom_id),
            same_region(Enrolment, Incident),
            col(Enrolment.month) == month,
            col(Enrolment.deleted_at).is_(None),
        )
    )
    return _grouped(
        Incident,
        month,
        incidents=func.count(),
        incidents_covered=func.sum(case((enrolled_room, 1), else_=0)),
        classrooms_reporting=func.count(distinct(case((enrolled_room, col(Incident.classroom_id))))),
    )


def _exclusions(dialect: str) -> Subquery:
    return _grouped(
        Exclusion,
        first_of_month(dialect, col(Exclusion.started_on)),
        exclusions=func.count(),
        hours_lost=func.coalesce(func.sum(col(Exclusion.hours_lost)), 0),
    )


def _enrolments() -> Subquery:
    return _grouped(
        Enrolment,
        col(Enrolment.month),
        classrooms_enrolled=func.count(),
        enrolled=func.sum(col(Enrolment.enrolled_average)),
        child_days=case((func.count(child_days()) == func.count(), func.sum(child_days()))),
    )


def _padded(part: Subquery) -> Any:
    """Give ``part`` with all counted columns: zero where it counts something else, nothing for child-days."""
    columns = []
    for name in COUNTED:
        if name in part.c:
            columns.append(part.c[name].label(name))
        elif name == "child_days":
            columns.append(cast(null(), Float).label(name))
        else:
            columns.append(literal(0, Integer).label(name))
    return select(part.c.site_id, part.c.month, *columns)
