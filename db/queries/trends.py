"""What happened at one site over time: months, patterns of incidents, event marks, missing denominators.

Small counts are hidden here, so that they never leave the database layer, for whoever may not read the rows
behind them (domain.md 5.2). Classroom quality stands in ``quality``, staff surveys in ``waves``.
"""

import uuid
from collections import defaultdict
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, String, cast, func, literal, select, union_all
from sqlmodel import Session, col

from db import access
from db.access_matrix import Thing
from db.actor import Actor
from db.models.base import utc_now
from db.models.incidents import Incident, IncidentChoice
from db.models.organisation import Classroom, Closure, Enrolment, Program, Region, Site, SiteEvent
from db.period import Period
from db.queries.query import single
from db.regions import same_region
from db.rollups import month_of
from db.small_numbers import pattern_period
from db.told_at_site import (
    Breakdowns,
    JoinedMonths,
    SiteMonthRow,
    joined_at,
    read_months,
    shown,
    shown_without_small,
    total_told,
    without_small_exclusions,
    without_small_incidents,
)

BREAKDOWNS = ("behaviour", "activity", "hour", "weekday", "response")
"""What incidents are broken down by; an incident can have several responses, and one of each other."""


class SiteHead(NamedTuple):
    """A site as the head of its trends shows it. ``opens_incidents``: the actor may read their rows."""

    id: uuid.UUID
    name: str
    setting: str
    program: str
    region: str
    service_start: date | None
    opens_incidents: bool


class Mark(NamedTuple):
    """An event on a day, or (kind ``closed_days``) how many days the site was closed in a month."""

    kind: str
    on: date
    days: int


class MissingMonth(NamedTuple):
    """A month for which classrooms that were open have no enrolment."""

    month: date
    rooms: tuple[str, ...]


@single
def site_head(session: Session, actor: Actor, site_id: uuid.UUID) -> SiteHead:
    """Give the site and what the actor may open there.

    Raises:
        NotFound: the site is outside the actor's reach, or does not exist.
    """
    access.require_site(session, actor, "aggregates", "see", site_id)
    statement = (
        select(
            col(Site.id), col(Site.name), col(Site.setting), col(Program.name), col(Region.name),
            col(Site.service_start),
            access.sites(actor, "incident").label("opens_incidents"),
        )
        .join(Program, col(Program.id) == col(Site.program_id))
        .join(Region, col(Region.id) == col(Site.region_id))
        .where(col(Site.id) == site_id)
    )  # fmt: skip
    row = session.connection().execute(statement).one()
    return SiteHead(*row[:6], bool(row[6]))


def site_months(session: Session, actor: Actor, period: Period, site_id: uuid.UUID) -> list[SiteMonthRow]:
    """Give every month of the period, also the empty ones; nothing when the actor may not see the site.

    What is hidden does not depend on where the period starts: two periods side by side tell no more than one.
    """
    read = read_months(session, actor, period, site_id)
    if read is None:
        return []
    found = read.months
    if not read.opens_incidents:
        found = without_small_incidents(found)
    if not read.opens_exclusions:
        found = without_small_exclusions(found)
    return [month for month in found if period.start <= month.month < period.end]


def joined_months(session: Session, actor: Actor, period: Period, site_id: uuid.UUID) -> list[JoinedMonths]:
    """Give the sums over hidden months of the period that may be told, the earliest first.

    Only runs that lie in the period as a whole; nothing for who may read the rows, from whom nothing is hidden.
    """
    read = read_months(session, actor, period, site_id)
    if read is None:
        return []
    return list(joined_at(read, period))


def incident_breakdowns(session: Session, actor: Actor, period: Period, site_id: uuid.UUID) -> Breakdowns:
    """Give the period's incidents by behaviour, activity, hour, weekday and response, in one statement.

    Who may not read the records gets them over one period only (``pattern_period``), whatever is asked for: the parts
    of two periods would be subtracted from each other.
    """
    fixed = pattern_period(month_of(utc_now().date()))
    read = read_months(session, actor, fixed, site_id)
    opens_rows = read is not None and read.opens_incidents
    counts = _broken_down(session, actor, period if opens_rows else fixed, site_id)
    if read is None or opens_rows:
        return shown(counts, period)
    return shown_without_small(counts, fixed, total_told=total_told(read.months, fixed))


def _broken_down(session: Session, actor: Actor, period: Period, site_id: uuid.UUID) -> dict[str, dict[str, int]]:
    there = (
        select(
            col(Incident.id).label("id"), col(Incident.region_id), col(Incident.primary_behaviour),
            col(Incident.activity), col(Incident.hour), col(Incident.weekday),
        )
        .where(
            col(Incident.site_id) == site_id,
            col(Incident.occurred_on) >= period.start,
            col(Incident.occurred_on) < period.end,
            col(Incident.deleted_at).is_(None),
            _opens(actor, "aggregates", Incident),
        )
        .cte("there")
    )  # fmt: skip
    columns = {
        "behaviour": there.c.primary_behaviour,
        "activity": there.c.activity,
        "hour": cast(there.c.hour, String),
        "weekday": cast(there.c.weekday, String),
    }
    parts = [
        select(literal(name).label("by"), code.label("code"), func.count().label("count"))
        .select_from(there)
        .group_by(code)
        for name, code in columns.items()
    ]
    parts.append(
        select(literal("response"), col(IncidentChoice.code), func.count())
        .join(there, (there.c.id == col(IncidentChoice.incident_id)) & same_region(there, IncidentChoice))
        .where(col(IncidentChoice.list) == "response")
        .group_by(col(IncidentChoice.code))
    )
    counts: dict[str, dict[str, int]] = {name: {} for name in BREAKDOWNS}
    for by, code, count in session.connection().execute(union_all(*parts)):
        counts[by][code] = count
    return counts


def marks(session: Session, actor: Actor, period: Period, site_id: uuid.UUID) -> list[Mark]:
    """Give the events at a site in the period and the days it was closed per month, by date."""
    events: Any = select(col(SiteEvent.kind), col(SiteEvent.happened_on).label("day")).where(
        col(SiteEvent.site_id) == site_id,
        col(SiteEvent.happened_on) >= period.start,
        col(SiteEvent.happened_on) < period.end,
        col(SiteEvent.deleted_at).is_(None),
        _opens(actor, "site_event", SiteEvent),
    )
    closures = select(literal("closed_days"), col(Closure.closed_on)).where(
        col(Closure.site_id) == site_id,
        col(Closure.closed_on) >= period.start,
        col(Closure.closed_on) < period.end,
        col(Closure.deleted_at).is_(None),
        _opens(actor, "closure", Closure),
    )
    found: list[Mark] = []
    closed: dict[date, int] = defaultdict(int)
    for kind, day in session.connection().execute(union_all(events, closures)):
        if kind == "closed_days":
            closed[month_of(day)] += 1
        else:
            found.append(Mark(kind, day, 0))
    found += [Mark("closed_days", month, days) for month, days in closed.items()]
    return sorted(found, key=lambda mark: (mark.on, mark.kind))


def missing_enrolment(
    session: Session, actor: Actor, period: Period, site_id: uuid.UUID, until: date
) -> list[MissingMonth]:
    """Give the months before that of ``until`` in which an open classroom has no enrolment, newest first.

    Months before the service at the site began are not asked for.
    """
    entered = (
        select(col(Enrolment.region_id), col(Enrolment.classroom_id), col(Enrolment.month))
        .where(
            col(Enrolment.site_id) == site_id,
            col(Enrolment.month) >= period.start,
            col(Enrolment.month) < period.end,
            col(Enrolment.deleted_at).is_(None),
        )
        .subquery()
    )
    statement = (
        select(
            col(Classroom.id), col(Classroom.name), col(Classroom.open_from), col(Classroom.open_to),
            col(Site.service_start), entered.c.month,
        )
        .join(Site, col(Site.id) == col(Classroom.site_id))
        .outerjoin(entered, (entered.c.classroom_id == col(Classroom.id)) & same_region(entered, Classroom))
        .where(
            col(Classroom.site_id) == site_id,
            col(Classroom.deleted_at).is_(None),
            _opens(actor, "enrolment", Classroom),
        )
        .order_by(col(Classroom.name), col(Classroom.id))
    )  # fmt: skip
    has: dict[Any, set[date]] = defaultdict(set)
    rooms: dict[Any, Any] = {}
    for row in session.connection().execute(statement):
        rooms[row[0]] = row
        has[row[0]].add(row[5])
    last = month_of(until)
    missing = []
    for month in reversed([month for month in period.months() if month < last]):
        names = tuple(row[1] for key, row in rooms.items() if _was_open(row, month) and month not in has[key])
        if names:
            missing.append(MissingMonth(month, names))
    return missing


def _was_open(row: Any, month: date) -> bool:
    _key, _name, opened, closed, service_start, _month = row
    starts = [month_of(day) for day in (opened, service_start) if day]
    return all(month >= start for start in starts) and (closed is None or month <= closed)


def _opens(actor: Actor, thing: Thing, table: Any) -> ColumnElement[bool]:
    return access.within(actor, thing, "see", site_id=col(table.site_id), region_id=col(table.region_id))
