"""The figures that a decision is about: counted before the meeting, and counted again in the time since.

Counts per open day (Monday to Friday without the site's closures): exact days, so that the time since a meeting in the
middle of a month is not mixed with the time before it.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, literal, select, union_all
from sqlmodel import Session, col

from db import incident_cuts
from db.incident_cuts import Cut
from db.models.incidents import Exclusion, Incident
from db.models.organisation import Closure
from db.models.visit_input import HELD
from db.models.visits import Visit

FIGURES = ("incidents", "pattern", "exclusions", "visits")
THEN_DAYS = 91
"""What a figure is held against: the 13 weeks before the meeting."""


class Stretch(NamedTuple):
    """A figure to count, from a day up to, not including, another. ``key`` tells several apart."""

    key: str
    figure: str
    cut: Cut
    since: date
    until: date


class Counted(NamedTuple):
    """A stretch week by week from its first day on: events and open days of each."""

    weeks: tuple[tuple[int, int], ...]

    @property
    def events(self) -> int:
        """Give the events of all weeks."""
        return sum(events for events, _days in self.weeks)

    @property
    def open_days(self) -> int:
        """Give the open days of all weeks."""
        return sum(days for _events, days in self.weeks)


def before(meeting_on: date, figure: str, cut: Cut) -> Stretch:
    """Give the stretch that a decision's figure is held against."""
    return Stretch("", figure, cut, meeting_on - timedelta(days=THEN_DAYS), meeting_on)


def count(session: Session, site_id: uuid.UUID, stretches: Sequence[Stretch]) -> dict[str, Counted]:
    """Count several stretches at a site, by their keys, in two statements."""
    if not stretches:
        return {}
    closed = _closures(session, site_id, stretches)
    events: dict[str, Counter[date]] = {one.key: Counter() for one in stretches}
    for key, day, number in session.connection().execute(union_all(*(_counting(site_id, one) for one in stretches))):
        events[key][day] += int(number)
    return {one.key: Counted(_weeks(one, events[one.key], closed)) for one in stretches}


def _weeks(one: Stretch, events: Mapping[date, int], closed: Iterable[date]) -> tuple[tuple[int, int], ...]:
    starts = range(0, max(0, (one.until - one.since).days), 7)
    spans = [(one.since + timedelta(days=at), min(one.until, one.since + timedelta(days=at + 7))) for at in starts]
    return tuple(
        (sum(number for day, number in events.items() if start <= day < end), open_days(start, end, closed))
        for start, end in spans
    )


def open_days(since: date, until: date, closed: Iterable[date]) -> int:
    """Give the days from Monday to Friday in a stretch of time on which the site was not closed."""
    shut = set(closed)
    days = (since + timedelta(days=one) for one in range(max(0, (until - since).days)))
    return sum(day.weekday() < 5 and day not in shut for day in days)


def _counting(site_id: uuid.UUID, one: Stretch) -> Any:
    table, day, more = _TABLES[one.figure]
    conditions = [table.site_id == site_id, day >= one.since, day < one.until, table.deleted_at.is_(None), *more]
    if one.figure == "pattern":
        conditions.append(incident_cuts.condition(one.cut))
    return select(literal(one.key), day, func.count()).select_from(table).where(*conditions).group_by(day)


_TABLES: dict[str, tuple[Any, Any, tuple[Any, ...]]] = {
    "incidents": (Incident, col(Incident.occurred_on), ()),
    "pattern": (Incident, col(Incident.occurred_on), ()),
    "exclusions": (Exclusion, col(Exclusion.started_on), ()),
    "visits": (Visit, col(Visit.visited_on), (col(Visit.outcome).in_(HELD),)),
}


def _closures(session: Session, site_id: uuid.UUID, stretches: Sequence[Stretch]) -> list[date]:
    statement = select(col(Closure.closed_on)).where(
        col(Closure.site_id) == site_id,
        col(Closure.closed_on) >= min(one.since for one in stretches),
        col(Closure.closed_on) < max(one.until for one in stretches),
        col(Closure.deleted_at).is_(None),
    )
    return list(session.connection().execute(statement).scalars())
