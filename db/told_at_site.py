"""What of a site's months and patterns may be told to someone who may not read the rows behind them."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlmodel import Session, col

from db import access
from db.actor import Actor
from db.models.base import utc_now
from db.models.organisation import Site
from db.models.records import SiteMonth
from db.options import codes
from db.period import Period
from db.rollups import month_after, month_of
from db.small_numbers import (
    KNOWN_MONTHS,
    KindCount,
    ToldMonths,
    kind_count,
    offered_starts,
    tally,
    told_months,
    told_row,
    told_starts,
)


@dataclass(frozen=True)
class SiteMonthRow:
    """One month of a site. A count that is None was hidden (``incidents_hidden``, ``exclusions_hidden``).

    ``covered`` are the incidents in rooms with an enrolment for that month, ``child_days`` (None: unknown)
    and ``enrolled`` the child-days and the average number of children of those classrooms. Who may not read the rows is
    told one of both: those in rooms with enrolment, or all where there is none; and nothing of the running month (None,
    but not ``…_hidden``).
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


class JoinedMonths(NamedTuple):
    """Months that are hidden one by one, with what may be told of them together.

    ``counted`` is ``incidents`` or ``exclusions``; ``child_days`` and ``enrolled`` (children, summed over the months)
    are what incidents can be divided by, None where it is unknown.
    """

    counted: str
    months: tuple[date, ...]
    number: int
    child_days: float | None
    enrolled: float | None


@dataclass(frozen=True)
class Breakdowns:
    """Incidents by each of ``BREAKDOWNS``, and their number (None when hidden).

    ``period`` is what they are counted over: for who may not read the rows it is always the same one. A breakdown that
    cannot bear the total beside it has every option as a hidden part, whether it happened or not.
    """

    parts: dict[str, list[Part]]
    total: int | None
    some_hidden: bool
    period: Period


class Known(NamedTuple):
    """All that is known of a site's months, and which of their rows the actor may read."""

    opens_incidents: bool
    opens_exclusions: bool
    months: list[SiteMonthRow]


def read_months(session: Session, actor: Actor, period: Period, site_id: uuid.UUID) -> Known | None:
    """Give all that is known of the site's months, the running one last; None when the actor may not see the site."""
    # Up to the running month, also when the period ends before it: the sums that others tell end there.
    end = max(period.end, month_after(month_of(utc_now().date())))
    looked_at = Period(min(period.start, Period.last_months(KNOWN_MONTHS, end - timedelta(days=1)).start), end)
    site = select(
        access.sites(actor, "incident").label("opens_incidents"),
        access.sites(actor, "exclusion").label("opens_exclusions"),
    ).where(col(Site.id) == site_id, col(Site.deleted_at).is_(None), access.sites(actor, "aggregates"))
    opens = site.subquery()
    months = SiteMonth.__table__  # type: ignore[attr-defined]
    statement = select(opens.c.opens_incidents, opens.c.opens_exclusions, months).select_from(
        opens.outerjoin(
            months,
            (months.c.site_id == site_id) & (months.c.month >= looked_at.start) & (months.c.month < end),
        )
    )
    rows = session.connection().execute(statement).all()
    if not rows:
        return None
    known = {row.month: _month(row) for row in rows if row.month is not None}
    found = [known.get(month, SiteMonthRow(month)) for month in looked_at.months()]
    return Known(bool(rows[0][0]), bool(rows[0][1]), found)


def without_small_incidents(months: list[SiteMonthRow]) -> list[SiteMonthRow]:
    """Tell the incidents of each full month that can be divided by something, or all where nothing is known."""
    hidden, running = _told(_incident_series(months)).hidden, months[-1].month
    told = []
    for month in months:
        rest = (month.incidents or 0) - (month.covered or 0)
        kept = month.month in hidden or month.month == running
        whole = month.incidents if not rest or _kind(month).kind == "none" else None
        told.append(
            replace(
                month,
                incidents=None if kept else whole,
                covered=None if kept else month.covered,
                incidents_hidden=month.month in hidden,
            )
        )
    return told


def without_small_exclusions(months: list[SiteMonthRow]) -> list[SiteMonthRow]:
    """Tell the exclusions of each full month with their hours, where the count may be told."""
    hidden, running = _told(_exclusion_series(months)).hidden, months[-1].month
    return [
        replace(month, exclusions=None, hours_lost=None, exclusions_hidden=month.month in hidden)
        if month.month in hidden or month.month == running
        else month
        for month in months
    ]


def joined_at(known: Known, period: Period) -> Iterator[JoinedMonths]:
    """Give the runs of hidden months in the period whose sums may be told to who may not read the rows."""
    by_day = {month.month: month for month in known.months}
    for counted, opens, series in (
        ("incidents", known.opens_incidents, _incident_series(known.months)),
        ("exclusions", known.opens_exclusions, _exclusion_series(known.months)),
    ):
        for run in () if opens else _told(series).joined:
            if run.months[0] >= period.start:
                days = [by_day[month].child_days for month in run.months]
                yield JoinedMonths(
                    counted, run.months, run.number,
                    sum(day for day in days if day) if all(days) else None,
                    sum(by_day[month].enrolled for month in run.months) or None,
                )  # fmt: skip


def _kind(month: SiteMonthRow) -> KindCount:
    return kind_count(month.incidents or 0, month.covered or 0, month.child_days, month.enrolled)


def _incident_series(months: list[SiteMonthRow]) -> dict[date, KindCount]:
    return {month.month: _kind(month) for month in months}


def _exclusion_series(months: list[SiteMonthRow]) -> dict[date, KindCount]:
    return {month.month: KindCount("all", month.exclusions or 0) for month in months}


def _told(series: dict[date, KindCount]) -> ToldMonths:
    """Give which of the months are hidden; the last one is running, and not looked at."""
    present = max(series)
    return told_months({month: found for month, found in series.items() if month < present}, present)


def total_told(months: list[SiteMonthRow], period: Period) -> bool:
    """Whether all incidents of a period may be told beside the sums of other periods, and those with a rate."""
    full = [month for month in months if month.month < period.end]
    if any(_kind(month).number != month.incidents for month in full if month.month >= period.start):
        return False
    series = _incident_series(full)
    kinds = sorted({found.kind for found in series.values()})
    tallies = {
        month: tuple(tally([found.number] if found.kind == kind else []) for kind in kinds)
        for month, found in series.items()
    }
    return period.start in told_starts(offered_starts(period.end), tallies)


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


def shown(counts: dict[str, dict[str, int]], period: Period) -> Breakdowns:
    """Tell all parts: to who may read the rows."""
    parts = {by: [Part(code, count, False) for code, count in sorted(found.items())] for by, found in counts.items()}
    return Breakdowns(parts, sum(counts["behaviour"].values()), False, period)


def shown_without_small(counts: dict[str, dict[str, int]], period: Period, *, total_told: bool) -> Breakdowns:
    """Hide small parts and their complement; all of a breakdown that cannot bear the total, which others tell."""
    total = sum(counts["behaviour"].values())
    if not total:
        return shown(counts, period)
    parts = {
        by: _told_parts(by, found, total_shown=by != "response") if total_told else _all_hidden(by)
        for by, found in counts.items()
    }
    return Breakdowns(
        parts,
        total if total_told else None,
        any(part.hidden for found in parts.values() for part in found),
        period,
    )


def _told_parts(by: str, counts: dict[str, int], *, total_shown: bool) -> list[Part]:
    row = told_row(counts, total_shown=total_shown)
    if row.total is not None and row.total.hidden:
        return _all_hidden(by)
    cells = sorted(row.by_key().items())
    return [Part(code, None if cell.hidden else counts[code], cell.hidden) for code, cell in cells]


def _all_hidden(by: str) -> list[Part]:
    possible = {"hour": map(str, range(24)), "weekday": map(str, range(7))}
    return [Part(code, None, True) for code in possible.get(by) or codes(by)]
