"""What happened at one site over time: months, patterns of incidents, event marks, missing denominators.

Small counts are hidden here, so that they never leave the database layer, for whoever may not read the rows
behind them (domain.md 5.2). Classroom quality stands in ``quality``, staff surveys in ``waves``.
"""

import uuid
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, String, cast, func, literal, or_, select, union_all
from sqlmodel import Session, col

from analytics.suppression import suppress_row
from db import access
from db.access_matrix import Thing
from db.actor import Actor
from db.models.base import utc_now
from db.models.incidents import Incident, IncidentChoice
from db.models.organisation import Classroom, Closure, Enrolment, Program, Region, Site, SiteEvent
from db.models.records import SiteMonth
from db.period import Period
from db.period_disclosure import Counts, incident_counts, offered_starts, told_starts
from db.queries.query import single
from db.rollups import month_of
from db.settings import settings

BREAKDOWNS = ("behaviour", "activity", "hour", "weekday", "response")
"""What incidents are broken down by; an incident can have several responses, and one of each other."""


class SiteHead(NamedTuple):
    """A site as the head of its trends shows it. ``opens_…`` tells whether the actor may read those rows."""

    id: uuid.UUID
    name: str
    setting: str
    program: str
    region: str
    service_start: date | None
    opens_incidents: bool
    opens_observations: bool


@dataclass(frozen=True)
class SiteMonthRow:
    """One month of a site. A count that is None was hidden (``incidents_hidden``, ``exclusions_hidden``).

    ``covered`` are the incidents in rooms with an enrolment for that month, ``child_days`` (None: unknown)
    and ``enrolled`` the child-days and the average number of children of those classrooms.
    """

    month: date
    visits: int = 0
    visits_not_held: int = 0
    minutes_program: int = 0
    minutes_classroom: int = 0
    minutes_child_family: int = 0
    incidents: int | None = 0
    covered: int | None = 0
    child_days: float | None = None
    enrolled: float = 0
    exclusions: int | None = 0
    hours_lost: float | None = 0
    incidents_hidden: bool = False
    exclusions_hidden: bool = False

    @property
    def minutes(self) -> int:
        """Give the minutes of all levels together."""
        return self.minutes_program + self.minutes_classroom + self.minutes_child_family


@dataclass(frozen=True)
class Part:
    """One bar of a breakdown: an option's code, an hour or a weekday. ``count`` is None when hidden."""

    code: str
    count: int | None
    hidden: bool


@dataclass(frozen=True)
class Breakdowns:
    """Incidents by each of ``BREAKDOWNS``, and their number (None when hidden)."""

    parts: dict[str, list[Part]]
    total: int | None
    some_hidden: bool


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
            access.sites(actor, "observation").label("opens_observations"),
        )
        .join(Program, col(Program.id) == col(Site.program_id))
        .join(Region, col(Region.id) == col(Site.region_id))
        .where(col(Site.id) == site_id)
    )  # fmt: skip
    row = session.connection().execute(statement).one()
    return SiteHead(*row[:6], bool(row[6]), bool(row[7]))


def site_months(session: Session, actor: Actor, period: Period, site_id: uuid.UUID) -> list[SiteMonthRow]:
    """Give every month of the period, also the empty ones; nothing when the actor may not see the site.

    What is hidden does not depend on where the period starts: two periods side by side tell no more than one.
    """
    looked_at = Period(min(period.start, offered_starts(_last_month(period))[0]), period.end)
    site = select(
        access.sites(actor, "incident").label("opens_incidents"),
        access.sites(actor, "exclusion").label("opens_exclusions"),
    ).where(col(Site.id) == site_id, col(Site.deleted_at).is_(None), access.sites(actor, "aggregates"))
    opens = site.subquery()
    months = SiteMonth.__table__  # type: ignore[attr-defined]
    statement = select(opens.c.opens_incidents, opens.c.opens_exclusions, months).select_from(
        opens.outerjoin(
            months,
            (months.c.site_id == site_id) & (months.c.month >= looked_at.start) & (months.c.month < period.end),
        )
    )
    rows = session.connection().execute(statement).all()
    if not rows:
        return []
    known = {row.month: _month(row) for row in rows if row.month is not None}
    found = [known.get(month, SiteMonthRow(month)) for month in looked_at.months()]
    if not rows[0][0]:
        found = _without_small_incidents(found)
    if not rows[0][1]:
        found = _without_small_exclusions(found)
    return [month for month in found if month.month >= period.start]


def incident_breakdowns(session: Session, actor: Actor, period: Period, site_id: uuid.UUID) -> Breakdowns:
    """Give the period's incidents by behaviour, activity, hour, weekday and response, in one statement."""
    opens = _opens(actor, "incident", Incident)
    there = (
        select(
            col(Incident.id).label("id"), col(Incident.primary_behaviour), col(Incident.activity),
            col(Incident.hour), col(Incident.weekday), opens.label("opens"),
        )
        .where(
            col(Incident.site_id) == site_id,
            col(Incident.occurred_on) >= period.start,
            col(Incident.occurred_on) < period.end,
            col(Incident.deleted_at).is_(None),
            _opens(actor, "aggregates", Incident),
            # Who may not read the records gets full months only, as on every other screen: the running month would be
            # what is left when the full ones are subtracted.
            or_(opens, col(Incident.occurred_on) < month_of(utc_now().date())),
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
        select(literal(name).label("by"), code.label("code"), func.count().label("count"), _any(there.c.opens))
        .select_from(there)
        .group_by(code)
        for name, code in columns.items()
    ]
    parts.append(
        select(literal("response"), col(IncidentChoice.code), func.count(), _any(there.c.opens))
        .join(there, there.c.id == col(IncidentChoice.incident_id))
        .where(col(IncidentChoice.list) == "response")
        .group_by(col(IncidentChoice.code))
    )
    counts: dict[str, dict[str, int]] = {name: {} for name in BREAKDOWNS}
    opened = True
    for by, code, count, rows_open in session.connection().execute(union_all(*parts)):
        counts[by][code] = count
        opened = opened and bool(rows_open)
    return _shown(counts) if opened else _shown_without_small(counts)


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
        select(col(Enrolment.classroom_id), col(Enrolment.month))
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
        .outerjoin(entered, entered.c.classroom_id == col(Classroom.id))
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


def _any(flag: Any) -> Any:
    # min() of a boolean does not exist in PostgreSQL.
    return func.min(cast(flag, String)).in_(("1", "true", "t"))


def _month(row: Any) -> SiteMonthRow:
    return SiteMonthRow(
        month=row.month,
        visits=row.visits,
        visits_not_held=row.visits_not_held,
        minutes_program=row.minutes_program,
        minutes_classroom=row.minutes_classroom,
        minutes_child_family=row.minutes_child_family,
        incidents=row.incidents,
        covered=row.incidents_covered,
        child_days=row.child_days,
        enrolled=row.enrolled,
        exclusions=row.exclusions,
        hours_lost=row.hours_lost,
    )


def _without_small_incidents(months: list[SiteMonthRow]) -> list[SiteMonthRow]:
    """Hide small months, and the rate of a month whose rest (in rooms without enrolment) is small."""
    smallest = settings().children_minimum
    counts = {month.month: _incident_counts(month) for month in months}
    small = _small_months(counts)
    hidden = []
    for month in months:
        covered, rest = month.covered or 0, (month.incidents or 0) - (month.covered or 0)
        is_hidden = month.month in small
        rate_hidden = is_hidden or 0 < covered < smallest or 0 < rest < smallest
        hidden.append(
            replace(
                month,
                incidents=None if is_hidden else month.incidents,
                covered=None if rate_hidden else month.covered,
                incidents_hidden=rate_hidden,
            )
        )
    return hidden


def _without_small_exclusions(months: list[SiteMonthRow]) -> list[SiteMonthRow]:
    small = _small_months({month.month: (month.exclusions or 0,) for month in months})
    return [
        replace(month, exclusions=None, hours_lost=None, exclusions_hidden=True) if month.month in small else month
        for month in months
    ]


def _incident_counts(month: SiteMonthRow) -> Counts:
    covered = month.covered or 0
    return incident_counts(month.incidents or 0, covered if month.child_days else 0, covered if month.enrolled else 0)


def _small_months(counts: dict[date, Counts]) -> set[date]:
    """Give the months to hide: small ones, and others of the same stretch between two sums that are told elsewhere."""
    present = max(counts)
    before = {month: found for month, found in counts.items() if month < present}
    edges = [*told_starts(offered_starts(present), before), present]
    stretches: dict[int, dict[str, int]] = defaultdict(dict)
    for month, found in counts.items():
        stretches[sum(month >= edge for edge in edges)][month.isoformat()] = found[0]
    hidden: set[date] = set()
    for stretch in stretches.values():
        cells = suppress_row(stretch, settings().children_minimum).by_key()
        hidden |= {date.fromisoformat(key) for key, cell in cells.items() if cell.hidden}
    return hidden


def _last_month(period: Period) -> date:
    return period.months()[-1]


def _shown(counts: dict[str, dict[str, int]]) -> Breakdowns:
    parts = {by: [Part(code, count, False) for code, count in sorted(found.items())] for by, found in counts.items()}
    return Breakdowns(parts, sum(counts["behaviour"].values()), False)


def _shown_without_small(counts: dict[str, dict[str, int]]) -> Breakdowns:
    """Hide small parts and their complement. The total stands only where every breakdown can bear it."""
    rows = {
        by: suppress_row(found, settings().children_minimum, total_shown=by != "response")
        for by, found in counts.items()
    }
    parts = {
        by: [
            Part(code, None if cell.hidden else counts[by][code], cell.hidden)
            for code, cell in sorted(row.by_key().items(), key=lambda item: item[0])
        ]
        for by, row in rows.items()
    }
    bears = all(row.total is None or not row.total.hidden for row in rows.values())
    total = sum(counts["behaviour"].values()) if bears else None
    return Breakdowns(parts, total, any(part.hidden for found in parts.values() for part in found))
