"""Counting children by group: distinct children with an outcome and their reports, and the children enrolled.

Everything is grouped in SQL by program and group, from the roll-up of children's months: what a page reads grows with
programs and groups, not with incidents.
"""

import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlmodel import Session, col

from db.child_rollups import DIFFERS, SEVERAL, agreed
from db.models.organisation import Enrolment, EnrolmentGroup, Site
from db.models.records import ChildMonth, SiteMonth
from db.period import Period
from db.regions import same_region

DIMENSIONS = ("race", "sex", "iep", "dll")
OUTCOMES = ("incidents", "exclusions", "supported")
UNPLACED = ""
"""Stands for the children who are in no group: not asked, declined, answers that differ, or several at once."""
IN_NO_GROUP = ("unknown", "declined")


class Counted(NamedTuple):
    """The children of one program in one group. ``without``: with incidents, but without the outcome."""

    program_id: Any
    code: str
    met: int
    children: int
    without: int
    reports: int
    squares: int
    most: int


class SiteLooked(NamedTuple):
    """A site: its program, whether its children were counted by the groups in the period, and have any records."""

    site_id: Any
    site: str
    program_id: Any
    counted: bool
    met: bool


class Enrolled(NamedTuple):
    """The average number of children by program and group, and how many rooms they come from."""

    children: dict[tuple[Any, str], float]
    rooms: int


def sites_looked_at(
    session: Session, conditions: Sequence[ColumnElement[bool]], dimensions: Sequence[str], period: Period
) -> list[SiteLooked]:
    """Give the sites under the conditions by name; they are counted if they are by every one of the dimensions."""
    counted = and_(
        *(
            exists().where(
                col(EnrolmentGroup.site_id) == col(Site.id),
                *_within(EnrolmentGroup, period),
                col(EnrolmentGroup.dimension) == dimension,
                col(EnrolmentGroup.deleted_at).is_(None),
            )
            for dimension in dimensions
        )
    )
    met = exists().where(col(ChildMonth.site_id) == col(Site.id), *_within(ChildMonth, period))
    statement = (
        select(col(Site.id), col(Site.name), col(Site.program_id), counted, met)
        .where(*conditions)
        .order_by(col(Site.name), col(Site.id))
    )
    return [
        SiteLooked(row[0], row[1], row[2], bool(row[3]), bool(row[4]))
        for row in session.connection().execute(statement)
    ]


def children(
    session: Session, sites: Sequence[uuid.UUID], dimension: str, outcome: str, period: Period
) -> list[Counted]:
    """Give the children with incidents or exclusions by program and group, each child once, in one statement."""
    had = getattr(ChildMonth, outcome)
    one = (
        select(
            col(ChildMonth.site_id),
            _group(getattr(ChildMonth, dimension)).label("code"),
            func.sum(ChildMonth.incidents).label("incidents"),
            func.sum(had).label("had"),
        )
        .where(col(ChildMonth.site_id).in_(sites), *_within(ChildMonth, period))
        .group_by(col(ChildMonth.site_id), col(ChildMonth.child_key))
        .subquery("one")
    )
    statement = (
        select(
            col(Site.program_id), one.c.code,
            _number(one.c.incidents > 0), _number(one.c.had > 0),
            _number(and_(one.c.had == 0, one.c.incidents > 0)),
            func.sum(one.c.had), func.sum(one.c.had * one.c.had), func.max(one.c.had),
        )
        .join(Site, col(Site.id) == one.c.site_id)
        .group_by(col(Site.program_id), one.c.code)
    )  # fmt: skip
    return [
        Counted(row[0], row[1], *(int(number) for number in row[2:])) for row in session.connection().execute(statement)
    ]


def enrolled(session: Session, sites: Sequence[uuid.UUID], dimension: str, period: Period) -> Enrolled:
    """Give the average children enrolled by program and group: each room's average over the months it was counted."""
    table = EnrolmentGroup
    row = (
        select(
            col(table.site_id), col(table.region_id), col(table.classroom_id), col(table.month), col(table.category),
            col(table.children),
        )
        .where(
            col(table.site_id).in_(sites),
            *_within(table, period),
            col(table.dimension) == dimension,
            col(table.deleted_at).is_(None),
        )
        .cte("counted_row")
    )  # fmt: skip
    room = (
        select(row.c.region_id, row.c.classroom_id, func.count(func.distinct(row.c.month)).label("months"))
        .group_by(row.c.classroom_id, row.c.region_id)
        .cte("room")
    )
    code = case((row.c.category.in_(IN_NO_GROUP), UNPLACED), else_=row.c.category)
    statement = (
        select(
            col(Site.program_id), code, func.sum(row.c.children * 1.0 / room.c.months),
            select(func.count()).select_from(room).scalar_subquery(),
        )
        .select_from(row)
        .join(room, (room.c.classroom_id == row.c.classroom_id) & same_region(room, row))
        .join(Site, col(Site.id) == row.c.site_id)
        .group_by(col(Site.program_id), code)
    )  # fmt: skip
    rows = session.connection().execute(statement).all()
    return Enrolled(
        {(program, group): float(number) for program, group, number, _rooms in rows}, rows[0][3] if rows else 0
    )


def all_reports(session: Session, sites: Sequence[uuid.UUID], outcome: str, period: Period) -> dict[Any, int]:
    """Give all incidents (or exclusions) by program, with and without a child's key."""
    statement = (
        select(col(Site.program_id), func.sum(getattr(SiteMonth, outcome)))
        .join(Site, col(Site.id) == col(SiteMonth.site_id))
        .where(col(SiteMonth.site_id).in_(sites), *_within(SiteMonth, period))
        .group_by(col(Site.program_id))
    )
    return {program: int(number) for program, number in session.connection().execute(statement)}


def rooms_enrolled(session: Session, sites: Sequence[uuid.UUID], period: Period) -> int:
    """Give how many rooms have an enrolment in the period, by group or not."""
    statement = select(func.count(func.distinct(col(Enrolment.classroom_id)))).where(
        col(Enrolment.site_id).in_(sites), *_within(Enrolment, period), col(Enrolment.deleted_at).is_(None)
    )
    return int(session.connection().execute(statement).scalar_one())


def _group(answer: Any) -> ColumnElement[str]:
    """Give the SQL of the one group of a child, over all of the child's months."""
    one = agreed(answer)
    return case((or_(one.is_(None), one.in_((DIFFERS, SEVERAL))), UNPLACED), else_=one)


def _number(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))


def _within(table: Any, period: Period) -> tuple[Any, ...]:
    return (table.month >= period.start, table.month < period.end)
