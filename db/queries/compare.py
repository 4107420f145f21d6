"""Sites side by side: sums over a period, classroom quality and staff stress, each in one statement.

No totals over sites are given, so that a hidden count cannot be worked out by taking the shown ones away.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import ColumnElement, and_, case, func, or_, select, union_all
from sqlmodel import Session, col

from db import access, kept_briefly, recording_effort, site_stretches
from db.actor import Actor
from db.models.instruments import Observation, SurveyWave
from db.models.organisation import Program, Region, Site
from db.models.records import SiteMonth
from db.period import Period
from db.quality_rounds import FEWEST_ROOMS, round_means, whole_quarters
from db.recording_effort import Effort, efforts
from db.settings import settings
from db.site_choice import active_sites
from db.site_stretches import Stretches
from db.small_numbers import offered_starts
from db.survey_results import results_of

Told = tuple[bool, bool, bool]


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
    """Give every active site of the actor by name with its sums, in two statements.

    Where the actor may not read the rows, sums that would tell a small number stay hidden, also those that tell one
    beside the sum over another period.
    """
    (found,) = sums_since(session, actor, [period.start], period.end, region_id, program_id)
    return found


def sums_since(
    session: Session,
    actor: Actor,
    starts: Sequence[date],
    end: date,
    region_id: uuid.UUID | None = None,
    program_id: uuid.UUID | None = None,
) -> list[list[SiteSums]]:
    """Give ``site_sums`` for several periods that end together, one list for each start, read at once."""
    read = _kept(session, actor, starts, end, (region_id, program_id), further=False)
    return _sums_of(read, starts)


def compared_sites(
    session: Session,
    actor: Actor,
    period: Period,
    region_id: uuid.UUID | None = None,
    program_id: uuid.UUID | None = None,
) -> tuple[list[SiteSums], list[Effort]]:
    """Give ``site_sums`` and how each of the sites records, in the same two statements."""
    read = _kept(session, actor, [period.start], period.end, (region_id, program_id), further=True)
    opens = np.array([site.opens_incidents for site in read.sites], dtype=np.bool_)
    sites = [site.id for site in read.sites]
    (sums,) = _sums_of(read, [period.start])
    return sums, efforts(sites, opens, read.found, period.start, read.offered)


class _Site(NamedTuple):
    """A site by its names, and whether the actor may read its incidents and exclusions."""

    opens_incidents: bool
    opens_exclusions: bool
    id: uuid.UUID
    name: str
    program: str
    region: str


class _Read(NamedTuple):
    """Sites by name with the sums of their months, and the first months of all periods that screens offer.

    Nothing is ``offered`` where the actor may read the rows of all of them.
    """

    sites: Sequence[_Site]
    found: Stretches
    offered: list[date]


def _kept(
    session: Session, actor: Actor, starts: Sequence[date], end: date, place: tuple[Any, Any], *, further: bool
) -> _Read:
    """Give what was read for many sites a moment ago, or read it; ``further``: with how each of them records."""
    read = partial(
        _read, session, actor, starts, end, active_sites(actor, *place), recording_effort.columns() if further else {}
    )
    key = (
        str(session.get_bind().engine.url),
        actor.scope_key,
        place,
        tuple(starts),
        end,
        further,
        settings().children_minimum,
    )
    return kept_briefly.kept(key, read, lambda found: found.sites)


def _read(
    session: Session, actor: Actor, starts: Sequence[date], end: date, chosen: list[Any], further: Mapping[str, Any]
) -> _Read:
    """Read sites and their sums in two statements; ``further`` are columns beside those of ``SiteSums``."""
    statement: Any = (
        select(
            access.sites(actor, "incident").label("opens_incidents"),
            access.sites(actor, "exclusion").label("opens_exclusions"),
            col(Site.id), col(Site.name), col(Program.name).label("program"), col(Region.name).label("region"),
        )
        .join(Program, col(Program.id) == col(Site.program_id))
        .join(Region, col(Region.id) == col(Site.region_id))
        .where(*chosen)
        .order_by(col(Site.name), col(Site.id))
    )  # fmt: skip
    sites = [_Site(*row) for row in session.connection().execute(statement)]
    hides = not all(site.opens_incidents and site.opens_exclusions for site in sites)
    offered = offered_starts(end) if hides else []
    columns = {**_columns(hides=hides), **further}
    found = site_stretches.read(session, chosen, [site.id for site in sites], [*starts, *offered], end, columns)
    return _Read(sites, found, offered)


def _sums_of(read: _Read, starts: Sequence[date]) -> list[list[SiteSums]]:
    """Give the sums from each start as they may be told."""
    every = [(True, True, True)] * len(read.sites)
    told = _told(read.found, starts, read.offered) if read.offered else [every] * len(starts)
    return [
        [_sums(*each) for each in zip(read.sites, told[at], _by_site(read.found.since(start)), strict=True)]
        for at, start in enumerate(starts)
    ]


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


def _columns(*, hides: bool) -> dict[str, Any]:
    """Give what is summed over a site's months; where some is hidden also what decides that."""
    month, days, enrolled = SiteMonth, site_stretches.knows_days(), site_stretches.knows_enrolment()
    busy = or_(col(month.incidents) > 0, col(month.visits) > 0)
    found = {
        "visits": col(month.visits),
        "minutes": col(month.minutes),
        "incidents": col(month.incidents),
        "in_child_days": case((days, col(month.incidents_covered)), else_=0),
        "in_enrolled": case((enrolled, col(month.incidents_covered)), else_=0),
        "child_days": case((days, col(month.child_days)), else_=0),
        "enrolled": case((enrolled, col(month.enrolled)), else_=0),
        "exclusions": col(month.exclusions),
        "hours_lost": col(month.hours_lost),
        "months_missing": case((and_(busy, col(month.classrooms_enrolled) == 0), 1), else_=0),
    }
    if hides:
        found |= site_stretches.incident_tallies()
        found |= dict(site_stretches.tallies("exclusions", col(month.exclusions)))
        found["rest"] = site_stretches.without_denominator()
    return found


def _told(found: Stretches, starts: Sequence[date], offered: Sequence[date]) -> list[list[Told]]:
    """Give per start and site what may be told beside other periods.

    The incidents by their denominators, all incidents (not where some lack a denominator that others have), exclusions.
    A period that no screen offers is not told at all: it was not held against the others.
    """
    nothing = found.nothing_since(offered[0])
    incidents = found.told(site_stretches.TOLD_KINDS, offered)
    exclusions = found.told(("exclusions",), offered)
    flags = []
    for start in starts:
        unmixed = ~found.sums["rest"][:, found.begins.index(start) :].any(axis=1)
        parts = (incidents.get(start, False), unmixed, exclusions.get(start, False))
        flags.append(list(zip(*((nothing | part).tolist() for part in parts), strict=True)))
    return flags


def _by_site(columns: Mapping[str, list[float]]) -> Iterator[dict[str, float]]:
    return (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))


def _sums(site: Any, told: Told, sums: Mapping[str, float]) -> SiteSums:
    by_denominator, unmixed, excluded = told
    opened, shows = site.opens_incidents or by_denominator, site.opens_exclusions or excluded
    return SiteSums(
        site.id, site.name, site.program, site.region,
        visits=int(sums["visits"]),
        minutes=int(sums["minutes"]),
        incidents=int(sums["incidents"]) if site.opens_incidents or (by_denominator and unmixed) else None,
        in_child_days=int(sums["in_child_days"]) if opened else None,
        in_enrolled=int(sums["in_enrolled"]) if opened else None,
        child_days=sums["child_days"] or None,
        enrolled=sums["enrolled"] or None,
        exclusions=int(sums["exclusions"]) if shows else None,
        hours_lost=sums["hours_lost"] if shows else None,
        months_missing=int(sums["months_missing"]),
        incidents_hidden=not opened,
        exclusions_hidden=not shows,
    )  # fmt: skip
