"""Monthly roll-ups per child with a key: what equity is counted from, kept in the same transaction as the incident.

A child who is met several times must count once, and distinct children of several months cannot be added up. So one
row stands for a child in a month, far fewer than incidents, and a page groups those by child.
"""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, case, delete, func, insert, literal, select, union_all
from sqlmodel import Session, col

from db.models.incidents import Exclusion, Incident, IncidentChoice
from db.models.records import ChildMonth
from db.regions import same_region
from db.rollups import first_of_month, month_after, month_of

UNTOLD = ("unknown", "declined")
"""Answers that put a child into no group."""
SEVERAL = "several"
"""A child with several race categories, none of them Hispanic: enrolment counts each child in one category only."""
HISPANIC = "hispanic"
DIFFERS = "differs"
"""The records of one month do not agree about the child."""
SUPPORT = ("behaviour_consultation", "targeted_group", "family_meeting")
"""Follow-ups of an incident that bring the child's adults support: of BIR's list, without what takes care away."""
COLUMNS = (
    "site_id", "month", "child_key", "region_id", "race", "sex", "iep", "dll", "incidents", "exclusions", "supported",
)  # fmt: skip


def refresh(session: Session, site_id: uuid.UUID, days: Iterable[date]) -> None:
    """Make the rows of the months of ``days`` at a site again from its incidents and their exclusions."""
    session.flush()
    run = session.connection().execute
    dialect = session.get_bind().dialect.name
    for month in sorted({month_of(day) for day in days}):
        run(delete(ChildMonth).where(col(ChildMonth.site_id) == site_id, col(ChildMonth.month) == month))
        run(insert(ChildMonth).from_select(list(COLUMNS), recounted(dialect, site_id, month)))


def rebuild(session: Session) -> None:
    """Make all rows again in two statements, inside the caller's transaction."""
    session.flush()
    run = session.connection().execute
    run(delete(ChildMonth))
    run(insert(ChildMonth).from_select(list(COLUMNS), recounted(session.get_bind().dialect.name)))


def recounted(dialect: str, site_id: uuid.UUID | None = None, month: date | None = None) -> Select[Any]:
    """Give the query that counts children's months from the rows: all, or those of one site's one month."""
    rows = _happened(dialect, site_id, month).subquery("happened")
    place = (rows.c.site_id, rows.c.month, rows.c.child_key, rows.c.region_id)
    answers = [agreed(rows.c[name]).label(name) for name in ("race", "sex", "iep", "dll")]
    sums = [func.sum(rows.c[name]).label(name) for name in ("incidents", "exclusions", "supported")]
    return select(*place, *answers, *sums).group_by(*place)


def agreed(answer: Any) -> ColumnElement[Any]:
    """Give the SQL of the one answer that all rows of a group give; nothing told leaves it open."""
    return case((func.min(answer) == func.max(answer), func.min(answer)), (func.count(answer) > 0, DIFFERS))


def _happened(dialect: str, site_id: uuid.UUID | None, month: date | None) -> CompoundSelect[Any]:
    """Give one row per incident and one per exclusion that followed an incident, each with the child's groups."""
    child = (
        col(Incident.child_key),
        col(Incident.region_id),
        _race().label("race"),
        *(
            case((getattr(Incident, f"child_{name}").not_in(UNTOLD), getattr(Incident, f"child_{name}"))).label(name)
            for name in ("sex", "iep", "dll")
        ),
    )
    known = (col(Incident.child_key).is_not(None), col(Incident.deleted_at).is_(None))
    incidents = select(
        col(Incident.site_id), first_of_month(dialect, col(Incident.occurred_on)).label("month"), *child,
        literal(1).label("incidents"), literal(0).label("exclusions"),
        case((_ticked("admin_followup", SUPPORT).exists(), 1), else_=0).label("supported"),
    ).where(*known, *_there(Incident, Incident.occurred_on, site_id, month))  # fmt: skip
    exclusions = (
        select(
            col(Incident.site_id), first_of_month(dialect, col(Exclusion.started_on)).label("month"), *child,
            literal(0).label("incidents"), literal(1).label("exclusions"), literal(0).label("supported"),
        )
        .join(Incident, (col(Incident.id) == col(Exclusion.incident_id)) & same_region(Incident, Exclusion))
        .where(
            *known, col(Exclusion.deleted_at).is_(None), *_there(Exclusion, Exclusion.started_on, site_id, month)
        )
    )  # fmt: skip
    return union_all(incidents, exclusions)


def _there(table: Any, day: Any, site_id: uuid.UUID | None, month: date | None) -> tuple[Any, ...]:
    if site_id is None or month is None:
        return ()
    return (table.site_id == site_id, day >= month, day < month_after(month))


def _race() -> Any:
    """Give the SQL of the one group in which a child's race categories are counted.

    Hispanic with any other is Hispanic (as the U.S. Department of Education reports it, 72 FR 59266); other
    combinations are ``several``.
    """
    code = col(IncidentChoice.code)
    told = func.count(code)
    return (
        select(
            case(
                (func.max(case((code == HISPANIC, 1), else_=0)) == 1, HISPANIC),
                (told == 1, func.min(code)),
                (told > 1, SEVERAL),
            )
        )
        .where(
            col(IncidentChoice.incident_id) == col(Incident.id),
            same_region(IncidentChoice, Incident),
            col(IncidentChoice.list) == "race",
            code.not_in(UNTOLD),
        )
        .correlate(Incident)
        .scalar_subquery()
    )


def _ticked(option_list: str, codes: tuple[str, ...]) -> Any:
    return (
        select(literal(1))
        .where(
            col(IncidentChoice.incident_id) == col(Incident.id),
            same_region(IncidentChoice, Incident),
            col(IncidentChoice.list) == option_list,
            col(IncidentChoice.code).in_(codes),
        )
        .correlate(Incident)
    )
