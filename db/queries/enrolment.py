"""Reading a site's enrollment: the grid of a month, what may be carried over, which months are missing."""

import uuid
from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import Session, col

from db import access
from db.actor import Actor
from db.models.organisation import Classroom, Closure, Enrolment, EnrolmentGroup, Site
from db.regions import same_region
from db.rollups import month_after, month_of

SATURDAY = 5


class RoomRow(NamedTuple):
    """One classroom in the grid of a month. ``version`` is None where nothing was entered yet.

    ``last_enrolled`` is the figure of the latest month before (``last_month``), to carry over; None when there is none.
    """

    classroom_id: uuid.UUID
    name: str
    capacity: int | None
    version: int | None
    enrolled_average: float | None
    open_days: int | None
    attended_child_days: float | None
    last_enrolled: float | None
    last_month: date | None


class MonthGrid(NamedTuple):
    """The grid of a month, with the open days that its weekdays and closures come to."""

    rows: list[RoomRow]
    weekdays_open: int


class MonthsMissing(NamedTuple):
    """How many of the months looked at lack the enrollment of a classroom, which, and of which ``rooms`` in each."""

    months: tuple[date, ...]
    of: int
    rooms: tuple[tuple[str, ...], ...]


class SiteMissing(NamedTuple):
    """An active site whose enrollment is to be entered, with its months and their rooms."""

    site_id: uuid.UUID
    site: str
    missing: MonthsMissing


class LastGroups(NamedTuple):
    """How a classroom's children divided in the latest month before, per dimension."""

    month: date
    rows: list["GroupRow"]


class GroupRow(NamedTuple):
    """How many children of a classroom belong to one group in a month."""

    dimension: str
    category: str
    children: int
    version: int


def month_grid(session: Session, actor: Actor, site_id: uuid.UUID, month: date) -> MonthGrid:
    """Give the rows of the classrooms that were open in a month; none when the actor may not see the site."""
    end = month_after(month)
    inside = access.within(
        actor, "enrolment", "see", site_id=col(Classroom.site_id), region_id=col(Classroom.region_id)
    )
    earlier = (
        select(
            col(Enrolment.region_id),
            col(Enrolment.classroom_id).label("classroom_id"),
            col(Enrolment.enrolled_average).label("enrolled"),
            col(Enrolment.month).label("month"),
            func.row_number()
            .over(partition_by=col(Enrolment.classroom_id), order_by=col(Enrolment.month).desc())
            .label("place"),
        )
        .where(
            col(Enrolment.site_id) == site_id,
            col(Enrolment.month) < month,
            col(Enrolment.deleted_at).is_(None),
        )
        .subquery()
    )
    this_month = (
        (col(Enrolment.classroom_id) == col(Classroom.id))
        & same_region(Enrolment, Classroom)
        & (col(Enrolment.month) == month)
        & col(Enrolment.deleted_at).is_(None)
    )
    rows = session.connection().execute(
        select(
            col(Classroom.id),
            col(Classroom.name),
            col(Classroom.capacity),
            col(Enrolment.version),
            col(Enrolment.enrolled_average),
            col(Enrolment.open_days),
            col(Enrolment.attended_child_days),
            earlier.c.enrolled,
            earlier.c.month,
        )
        .select_from(Classroom)
        .outerjoin(Enrolment, this_month)
        .outerjoin(
            earlier,
            (earlier.c.classroom_id == col(Classroom.id)) & same_region(earlier, Classroom) & (earlier.c.place == 1),
        )
        .where(
            col(Classroom.site_id) == site_id,
            col(Classroom.deleted_at).is_(None),
            or_(col(Classroom.open_from).is_(None), col(Classroom.open_from) < end),
            or_(col(Classroom.open_to).is_(None), col(Classroom.open_to) >= month),
            inside,
        )
        .order_by(col(Classroom.name))
    )
    return MonthGrid([RoomRow(*row) for row in rows], _weekdays_open(session, actor, site_id, month))


def reads_groups(session: Session, actor: Actor, site_id: uuid.UUID) -> bool:
    """Tell whether the actor may see how a site's children divide into groups, which can be one child each."""
    statement = select(col(Site.id)).where(col(Site.id) == site_id, access.sites(actor, "enrolment_group"))
    return session.connection().execute(statement).first() is not None


def groups(session: Session, actor: Actor, site_id: uuid.UUID, classroom_id: uuid.UUID, month: date) -> list[GroupRow]:
    """Give how a classroom's children divide into groups in a month; none where the actor may not see single counts."""
    rows = session.connection().execute(
        select(
            col(EnrolmentGroup.dimension),
            col(EnrolmentGroup.category),
            col(EnrolmentGroup.children),
            col(EnrolmentGroup.version),
        ).where(
            col(EnrolmentGroup.site_id) == site_id,
            col(EnrolmentGroup.classroom_id) == classroom_id,
            col(EnrolmentGroup.month) == month,
            col(EnrolmentGroup.deleted_at).is_(None),
            _may_see_groups(actor),
        )
    )
    return [GroupRow(*row) for row in rows]


def _may_see_groups(actor: Actor) -> ColumnElement[bool]:
    return access.within(
        actor,
        "enrolment_group",
        "see",
        site_id=col(EnrolmentGroup.site_id),
        region_id=col(EnrolmentGroup.region_id),
    )


def last_groups(
    session: Session, actor: Actor, site_id: uuid.UUID, classroom_id: uuid.UUID, month: date
) -> LastGroups | None:
    """Give how a classroom's children divided in the latest month before ``month``; None when nobody entered it."""
    latest = session.connection().execute(
        select(func.max(col(EnrolmentGroup.month))).where(
            col(EnrolmentGroup.site_id) == site_id,
            col(EnrolmentGroup.classroom_id) == classroom_id,
            col(EnrolmentGroup.month) < month,
            col(EnrolmentGroup.deleted_at).is_(None),
            _may_see_groups(actor),
        )
    )
    found = latest.scalar()
    if found is None:
        return None
    rows = groups(session, actor, site_id, classroom_id, found)
    return LastGroups(found, rows) if rows else None


def months_missing(
    session: Session, actor: Actor, site_ids: Collection[uuid.UUID], today: date
) -> dict[uuid.UUID, MonthsMissing]:
    """Give, per site with classrooms, which of its last twelve whole months lack a classroom's enrollment.

    A month counts from the start of service at the site, and for the classrooms that were open in it. Sites
    outside the actor's reach are left out.
    """
    end = month_of(today)
    start = date(end.year - 1, end.month, 1)
    rooms = session.connection().execute(
        select(
            col(Classroom.id),
            col(Classroom.name),
            col(Classroom.site_id),
            col(Classroom.open_from),
            col(Classroom.open_to),
            col(Site.service_start),
            col(Site.service_end),
        )
        .join(Site, col(Site.id) == col(Classroom.site_id))
        .where(
            col(Site.id).in_(site_ids),
            access.sites(actor, "enrolment", "see"),
            col(Classroom.deleted_at).is_(None),
        )
        .order_by(col(Classroom.name))
    )
    entered = {
        (row[0], row[1])
        for row in session.connection().execute(
            select(col(Enrolment.classroom_id), col(Enrolment.month)).where(
                col(Enrolment.site_id).in_(site_ids),
                col(Enrolment.month) >= start,
                col(Enrolment.month) < end,
                col(Enrolment.deleted_at).is_(None),
            )
        )
    }
    looked_at: dict[uuid.UUID, set[date]] = defaultdict(set)
    missing: dict[uuid.UUID, dict[date, list[str]]] = defaultdict(lambda: defaultdict(list))
    for room in rooms:
        for month in _months(start, end):
            opened = max(room.open_from or date.min, room.service_start or date.min)
            closed = min(room.open_to or date.max, room.service_end or date.max)
            if opened < month_after(month) and closed >= month:
                looked_at[room.site_id].add(month)
                if (room.id, month) not in entered:
                    missing[room.site_id][month].append(room.name)
    return {site_id: _months_missing(missing[site_id], len(months)) for site_id, months in looked_at.items()}


def _months_missing(rooms: dict[date, list[str]], of: int) -> MonthsMissing:
    months = tuple(sorted(rooms))
    return MonthsMissing(months, of, tuple(tuple(rooms[month]) for month in months))


def sites_missing(session: Session, actor: Actor, today: date) -> list[SiteMissing]:
    """Give the active sites whose enrollment the actor may enter and whose last twelve whole months lack some."""
    statement = (
        select(col(Site.id), col(Site.name))
        .where(access.sites(actor, "enrolment", "add"), col(Site.active), col(Site.deleted_at).is_(None))
        .order_by(col(Site.name))
    )
    names = {row.id: row.name for row in session.connection().execute(statement)}
    missing = months_missing(session, actor, list(names), today) if names else {}
    return [
        SiteMissing(site_id, name, missing[site_id])
        for site_id, name in names.items()
        if site_id in missing and missing[site_id].months
    ]


def _weekdays_open(session: Session, actor: Actor, site_id: uuid.UUID, month: date) -> int:
    """Give the month's days from Monday to Friday without the site's closures: a proposal, not a fact."""
    end = month_after(month)
    inside = access.within(actor, "closure", "see", site_id=col(Closure.site_id), region_id=col(Closure.region_id))
    closed = set(
        session.connection()
        .execute(
            select(col(Closure.closed_on)).where(
                col(Closure.site_id) == site_id,
                col(Closure.closed_on) >= month,
                col(Closure.closed_on) < end,
                col(Closure.deleted_at).is_(None),
                inside,
            )
        )
        .scalars()
    )
    days = (month + timedelta(days=number) for number in range((end - month).days))
    return sum(day.weekday() < SATURDAY and day not in closed for day in days)


def _months(start: date, end: date) -> list[date]:
    months = []
    while start < end:
        months.append(start)
        start = month_after(start)
    return months
