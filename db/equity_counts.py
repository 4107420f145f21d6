"""Counting children by group: distinct children with an outcome and their reports, and the children enrolled.

Everything is grouped in SQL by program and group, from the roll-up of children's months: what a page reads grows with
programs and groups, not with incidents.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlmodel import Session, col

from db.child_rollups import DIFFERS, SEVERAL, agreed
from db.models.organisation import Enrolment, EnrolmentGroup, Site
from db.models.records import ChildMonth, SiteMonth
from db.period import Period

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


class Missing(NamedTuple):
    """A site that is left out: its children were never counted by this group in the period."""

    site_id: Any
    site: str


def counted_sites(dimensions: Sequence[str], period: Period) -> Select[Any]:
    """Give the query of the sites that counted their children by all of these dimensions in the period."""
    return (
        select(col(EnrolmentGroup.site_id))
        .where(
            col(EnrolmentGroup.dimension).in_(dimensions),
            *_within(EnrolmentGroup, period),
            col(EnrolmentGroup.deleted_at).is_(None),
        )
        .group_by(col(EnrolmentGroup.site_id))
        .having(func.count(func.distinct(col(EnrolmentGroup.dimension))) == len(dimensions))
    )


def children(
    session: Session, sites: Sequence[ColumnElement[bool]], dimension: str, outcome: str, period: Period
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
        .where(col(ChildMonth.site_id).in_(select(col(Site.id)).where(*sites)), *_within(ChildMonth, period))
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


def enrolled(
    session: Session, sites: Sequence[ColumnElement[bool]], dimension: str, period: Period
) -> dict[tuple[Any, str], float]:
    """Give the average children enrolled by program and group: each room's average over the months it was counted."""
    table = EnrolmentGroup
    there = (
        col(table.dimension) == dimension,
        *_within(table, period),
        col(table.deleted_at).is_(None),
        col(table.site_id).in_(select(col(Site.id)).where(*sites)),
    )
    room = (
        select(
            col(table.classroom_id), col(table.site_id), func.count(func.distinct(col(table.month))).label("months")
        )
        .where(*there)
        .group_by(col(table.classroom_id), col(table.site_id))
        .subquery("room")
    )  # fmt: skip
    code = case((col(table.category).in_(IN_NO_GROUP), UNPLACED), else_=col(table.category))
    statement = (
        select(col(Site.program_id), code.label("code"), func.sum(col(table.children) * 1.0 / room.c.months))
        .select_from(table)
        .join(room, room.c.classroom_id == col(table.classroom_id))
        .join(Site, col(Site.id) == col(table.site_id))
        .where(*there)
        .group_by(col(Site.program_id), code)
    )
    return {(program, group): float(number) for program, group, number in session.connection().execute(statement)}


def all_reports(session: Session, sites: Sequence[ColumnElement[bool]], outcome: str, period: Period) -> dict[Any, int]:
    """Give all incidents (or exclusions) by program, with and without a child's key."""
    statement = (
        select(col(Site.program_id), func.sum(getattr(SiteMonth, outcome)))
        .join(Site, col(Site.id) == col(SiteMonth.site_id))
        .where(*sites, *_within(SiteMonth, period))
        .group_by(col(Site.program_id))
    )
    return {program: int(number) for program, number in session.connection().execute(statement)}


def uncounted_rooms(
    session: Session, sites: Sequence[ColumnElement[bool]], dimension: str, period: Period
) -> int:  # fmt: skip
    """Give how many rooms have an enrolment in the period, but none by this group."""
    counted = select(col(EnrolmentGroup.classroom_id)).where(
        col(EnrolmentGroup.dimension) == dimension,
        *_within(EnrolmentGroup, period),
        col(EnrolmentGroup.deleted_at).is_(None),
    )
    statement = select(func.count(func.distinct(col(Enrolment.classroom_id)))).where(
        col(Enrolment.site_id).in_(select(col(Site.id)).where(*sites)),
        *_within(Enrolment, period),
        col(Enrolment.deleted_at).is_(None),
        col(Enrolment.classroom_id).not_in(counted),
    )
    return int(session.connection().execute(statement).scalar_one())


def left_out(
    session: Session, sites: Sequence[ColumnElement[bool]], counted: ColumnElement[bool], period: Period
) -> list[Missing]:
    """Give the sites, by name, whose children have records in the period but are not counted by group."""
    met = select(col(ChildMonth.site_id)).where(*_within(ChildMonth, period))
    statement = (
        select(col(Site.id), col(Site.name))
        .where(*sites, ~counted, col(Site.id).in_(met))
        .order_by(col(Site.name), col(Site.id))
    )
    return [Missing(*row) for row in session.connection().execute(statement)]


def _group(answer: Any) -> ColumnElement[str]:
    """Give the SQL of the one group of a child, over all of the child's months."""
    one = agreed(answer)
    return case((or_(one.is_(None), one.in_((DIFFERS, SEVERAL))), UNPLACED), else_=one)


def _number(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))


def _within(table: Any, period: Period) -> tuple[Any, ...]:
    return (table.month >= period.start, table.month < period.end)
