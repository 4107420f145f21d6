"""Sites side by side: sums over a period, classroom quality and staff stress, each in one statement.

No totals over sites are given, so that a hidden count cannot be worked out by taking the shown ones away.
"""

import uuid
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, or_, select, union_all
from sqlmodel import Session, col

from analytics.suppression import Tally
from db import access
from db.actor import Actor
from db.models.instruments import Observation, SurveyWave
from db.models.organisation import Program, Region, Site
from db.models.records import SiteMonth
from db.period import Period
from db.quality_rounds import FEWEST_ROOMS, round_means, whole_quarters
from db.site_choice import active_sites
from db.small_numbers import Counts, is_small, offered_starts, told_starts
from db.survey_results import results_of


@dataclass(frozen=True)
class SiteSums:
    """A site's sums over a period. A count that is None is hidden.

    ``incidents`` are all; ``in_child_days`` and ``in_enrolled`` those that belong to the denominator: in
    rooms with enrolment, in months where it is known (``incidents`` is None for who may not read the rows where some
    have a denominator and others have none). ``enrolled`` are child-months (average children, summed
    over months); ``child_days`` and ``enrolled`` are None where no month has them. ``months_missing`` counts
    the months with incidents or visits but no enrolment.
    """

    site_id: uuid.UUID
    name: str
    program: str
    region: str
    visits: int
    minutes: int
    incidents: int | None
    in_child_days: int | None
    in_enrolled: int | None
    child_days: float | None
    enrolled: float | None
    exclusions: int | None
    hours_lost: float | None
    months_missing: int
    incidents_hidden: bool = False
    exclusions_hidden: bool = False


class SiteScore(NamedTuple):
    """A site's latest mean and what it rests on: rooms observed, or people who answered.

    ``rounded``: their number is hidden and that of the people invited stands here. ``sd``: the spread between
    people, None for rooms.
    """

    site_id: uuid.UUID
    on: date
    value: float
    size: int
    sd: float | None = None
    rounded: bool = False


def site_sums(
    session: Session,
    actor: Actor,
    period: Period,
    region_id: uuid.UUID | None = None,
    program_id: uuid.UUID | None = None,
) -> list[SiteSums]:
    """Give every active site of the actor by name with its sums, in two statements at most.

    Where the actor may not read the rows, sums that would tell a small number stay hidden, also those that tell one
    beside the sum over another period.
    """
    month = SiteMonth
    knows = col(month.child_days) > 0
    enrolled = col(month.enrolled) > 0
    busy = (col(month.incidents) > 0) | (col(month.visits) > 0)
    statement = (
        select(
            access.sites(actor, "incident").label("opens_incidents"),
            access.sites(actor, "exclusion").label("opens_exclusions"),
            col(Site.id), col(Site.name), col(Program.name), col(Region.name),
            _sum(col(month.visits)), _sum(col(month.minutes)), _sum(col(month.incidents)),
            _sum(case((knows, col(month.incidents_covered)), else_=0)),
            _sum(case((enrolled, col(month.incidents_covered)), else_=0)),
            func.sum(case((knows, col(month.child_days)))), func.sum(case((enrolled, col(month.enrolled)))),
            _sum(col(month.exclusions)), _sum(col(month.hours_lost)),
            _sum(case((busy & (col(month.classrooms_enrolled) == 0), 1), else_=0)),
        )
        .join(Program, col(Program.id) == col(Site.program_id))
        .join(Region, col(Region.id) == col(Site.region_id))
        .outerjoin(
            month,
            (col(month.site_id) == col(Site.id))
            & (col(month.month) >= period.start)
            & (col(month.month) < period.end),
        )
        .where(*active_sites(actor, region_id, program_id))
        .group_by(col(Site.id), col(Site.name), col(Program.name), col(Region.name))
        .order_by(col(Site.name), col(Site.id))
    )  # fmt: skip
    rows = session.connection().execute(statement).all()
    if all(row.opens_incidents and row.opens_exclusions for row in rows):
        return [SiteSums(*row[2:]) for row in rows]
    told = _told(session, period, active_sites(actor, region_id, program_id))
    return [_sums(told.get(row[2], (True, True, True)), *row) for row in rows]


def quality_scores(
    session: Session,
    actor: Actor,
    period: Period,
    instrument_code: str,
    code: str,
    region_id: uuid.UUID | None = None,
    program_id: uuid.UUID | None = None,
) -> list[SiteScore]:
    """Give each site's latest quarterly mean of one domain (or scale) of one instrument edition.

    A quarter in which only one room was observed counts only for an actor who may read observations.
    """
    chosen = col(Observation.site_id).in_(select(col(Site.id)).where(*active_sites(actor, region_id, program_id)))
    rounds = round_means(actor, whole_quarters(period), chosen, col(Observation.instrument_code) == instrument_code)
    statement = select(
        rounds.c.site_id, rounds.c.last_on, rounds.c.value, rounds.c.rooms
    ).where(rounds.c.code == code, rounds.c.opens | (rounds.c.rooms >= FEWEST_ROOMS))  # fmt: skip
    latest: dict[uuid.UUID, SiteScore] = {}
    for site_id, last_on, value, rooms in session.connection().execute(statement.order_by(rounds.c.last_on)):
        latest[site_id] = SiteScore(site_id, last_on, float(value), rooms)
    return list(latest.values())


def stress_scores(
    session: Session,
    actor: Actor,
    period: Period,
    instrument_code: str,
    scale_code: str,
    region_id: uuid.UUID | None = None,
    program_id: uuid.UUID | None = None,
) -> list[SiteScore]:
    """Give each site's mean on one scale from its latest wave that may be shown.

    Where the number of people must stay hidden, the number invited stands in for it (``rounded``).
    """
    statement = (
        select(col(SurveyWave.id), col(SurveyWave.site_id), col(SurveyWave.closed_on), col(SurveyWave.invited))
        .join(Site, col(Site.id) == col(SurveyWave.site_id))
        .where(
            *active_sites(actor, region_id, program_id),
            _within(actor, SurveyWave, "survey_wave"),
            col(SurveyWave.instrument_code) == instrument_code,
            col(SurveyWave.closed_on) >= period.start,
            col(SurveyWave.closed_on) < period.end,
            col(SurveyWave.deleted_at).is_(None),
        )
        .order_by(col(SurveyWave.closed_on), col(SurveyWave.id))
    )
    waves = session.connection().execute(statement).all()
    shown = results_of(session, [wave.id for wave in waves])
    latest: dict[uuid.UUID, SiteScore] = {}
    for wave in waves:
        for result in shown[wave.id].results if wave.id in shown else ():
            if result.scale_code == scale_code and result.mean is not None:
                size, few_silent = result.respondents or wave.invited, result.respondents is None
                latest[wave.site_id] = SiteScore(
                    wave.site_id, wave.closed_on, result.mean, size, result.sd, few_silent
                )  # fmt: skip
    return list(latest.values())


def instruments_used(session: Session, actor: Actor, period: Period) -> list[str]:
    """Give the codes of the observation tools and surveys that the actor's sites used, most used first."""
    observed = select(col(Observation.instrument_code), func.count()).where(
        _within(actor, Observation, "aggregates"),
        col(Observation.observed_on) >= whole_quarters(period).start,
        col(Observation.observed_on) < period.end,
        col(Observation.deleted_at).is_(None),
    )
    surveyed = select(col(SurveyWave.instrument_code), func.count()).where(
        _within(actor, SurveyWave, "survey_wave"),
        col(SurveyWave.closed_on) >= period.start,
        col(SurveyWave.closed_on) < period.end,
        col(SurveyWave.deleted_at).is_(None),
    )
    by_code = (
        observed.group_by(col(Observation.instrument_code)),
        surveyed.group_by(col(SurveyWave.instrument_code)),
    )
    used = session.connection().execute(union_all(*by_code))
    return [code for code, _count in sorted(used, key=lambda row: (-row[1], row[0]))]


def _within(actor: Actor, table: Any, thing: Any) -> ColumnElement[bool]:
    return access.within(actor, thing, "see", site_id=col(table.site_id), region_id=col(table.region_id))


def _sum(column: Any) -> Any:
    return func.coalesce(func.sum(column), 0)


def _told(session: Session, period: Period, chosen: list[Any]) -> dict[uuid.UUID, tuple[bool, bool, bool]]:
    """Give per site what may be told over the period beside other periods.

    The incidents by their denominators, all incidents (not where some lack a denominator that others have), exclusions.
    A period that no screen offers is not told at all: it was not held against the others.
    """
    starts = offered_starts(period.end)
    stretch = case(*((col(SiteMonth.month) >= start, at) for at, start in reversed(list(enumerate(starts)))))
    days, enrolled = col(SiteMonth.child_days) > 0, col(SiteMonth.enrolled) > 0
    covered, all_of_them = col(SiteMonth.incidents_covered), col(SiteMonth.incidents)
    kinds = (
        *_tally(case((days, covered), else_=0)),
        *_tally(case((and_(enrolled, days.is_not(True)), covered), else_=0)),
        *_tally(case((and_(days.is_not(True), enrolled.is_not(True)), all_of_them), else_=0)),
        *_tally(col(SiteMonth.exclusions)),
    )
    rest = _sum(case((or_(days, enrolled), all_of_them - covered), else_=0))
    statement = (
        select(col(Site.id), stretch.label("stretch"), *kinds, rest)
        .join(SiteMonth, col(SiteMonth.site_id) == col(Site.id))
        .where(*chosen, col(SiteMonth.month) >= starts[0], col(SiteMonth.month) < period.end)
        .group_by(col(Site.id), stretch)
    )
    incidents: dict[uuid.UUID, dict[date, Counts]] = defaultdict(dict)
    exclusions: dict[uuid.UUID, dict[date, Counts]] = defaultdict(dict)
    mixed: set[uuid.UUID] = set()
    for site_id, at, *sums, left_over in session.connection().execute(statement):
        by_kind = tuple(Tally(*sums[place : place + 3]) for place in (0, 3, 6, 9))
        incidents[site_id][starts[at]], exclusions[site_id][starts[at]] = by_kind[:3], by_kind[3:]
        if left_over and starts[at] >= period.start:
            mixed.add(site_id)
    return {
        site_id: (
            period.start in told_starts(starts, incidents[site_id]),
            site_id not in mixed,
            period.start in told_starts(starts, exclusions[site_id]),
        )
        for site_id in incidents
    }


def _tally(count: Any) -> tuple[Any, Any, Any]:
    """Give the columns of a ``Tally`` over a site's months."""
    small = case((and_(count > 0, is_small(count)), 1), else_=0)
    return _sum(count), _sum(case((count > 0, 1), else_=0)), _sum(small)


def _sums(told: tuple[bool, bool, bool], opens_incidents: Any, opens_exclusions: Any, *values: Any) -> SiteSums:
    found = SiteSums(*values)
    by_denominator, unmixed, excluded = told
    if not opens_incidents and not by_denominator:
        found = replace(found, incidents=None, in_child_days=None, in_enrolled=None, incidents_hidden=True)
    elif not opens_incidents and not unmixed:
        found = replace(found, incidents=None)
    if not opens_exclusions and not excluded:
        found = replace(found, exclusions=None, hours_lost=None, exclusions_hidden=True)
    return found
