"""What the outcome scorecard is judged from: months side by side, told sums, staff, surveys, rooms, consultation.

Incidents are read from the monthly roll-ups, never one by one. Who may not read the incidents of a site gets only sums
that other screens tell as well (``told_sums``), and a verdict that rests on these two numbers alone.
"""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Integer, case, func, literal, null, select
from sqlmodel import Session, col

from db import access
from db.actor import Actor
from db.comparison import Comparison
from db.models.instruments import Observation, SurveyWave
from db.models.organisation import Site, Staff
from db.models.records import SiteMonth
from db.outcome_measures import instruments_for
from db.period import Period
from db.quality_rounds import FEWEST_ROOMS, round_means
from db.queries import compare
from db.settings import settings
from db.survey_results import results_of


class Stretch(NamedTuple):
    """Events and exposures of a month, or of several: now or before.

    ``by_days`` are the incidents that ``child_days`` belong to, ``by_enrolled`` those of ``enrolled`` (child-months).
    """

    by_days: float = 0
    child_days: float = 0
    by_enrolled: float = 0
    enrolled: float = 0
    exclusions: float = 0


class Months(NamedTuple):
    """A month beside its partner before, summed over the sites that know the children of both.

    ``at`` is the place of the pair in ``Comparison.pairs()``; ``known_before`` and ``known_now`` are the children that
    are known at all, also where the partner is missing.
    """

    at: int
    before: Stretch
    now: Stretch
    known_before: float = 0
    known_now: float = 0


class ToldSums(NamedTuple):
    """Sums that everybody may be told: over ``incident_sites`` and ``exclusion_sites`` of ``sites``."""

    before: Stretch
    now: Stretch
    sites: int
    incident_sites: int
    exclusion_sites: int


class Dose(NamedTuple):
    """Consultation that took place: visits, and minutes by level."""

    visits: int = 0
    program: int = 0
    classroom: int = 0
    child_family: int = 0


class StaffTime(NamedTuple):
    """How many were hired and left on the same days, at sites whose records begin in the same month (``since``)."""

    hired: date
    left: date | None
    since: date
    people: int


class SiteScore(NamedTuple):
    """A mean of one scale at one site: of rooms, or (with ``sd`` where it may be told) of people.

    ``at_least``: how many people must stay hidden, and ``size`` is the fewest they can be.
    """

    site_id: uuid.UUID
    instrument_code: str
    code: str
    first_on: date
    last_on: date
    value: float
    size: int
    sd: float | None = None
    at_least: bool = False


class Surveyed(NamedTuple):
    """What staff surveys may be shown, oldest first, and the instruments of those that may not."""

    scores: list[SiteScore]
    hidden: frozenset[str]


def month_pairs(
    session: Session,
    actor: Actor,
    comparison: Comparison,
    site_id: uuid.UUID | None = None,
    region_id: uuid.UUID | None = None,
    program_id: uuid.UUID | None = None,
) -> list[Months]:
    """Give the months side by side at the sites whose incidents the actor may read, oldest first, in one statement.

    A site counts in a month only where it knows its children in that month and in its partner: others would change
    who is compared.
    """
    pairs = comparison.pairs()
    month = col(SiteMonth.month)
    place = case(*((month.in_(both), at) for at, both in enumerate(pairs)), else_=literal(-1, Integer))
    is_now = month >= comparison.now.start
    columns = (SiteMonth.incidents_covered, SiteMonth.child_days, SiteMonth.enrolled, SiteMonth.exclusions)
    covered, child_days, enrolled, exclusions = (col(column) for column in columns)
    per_site = (
        select(
            place.label("place"),
            *(
                func.coalesce(func.sum(case((side, column))), 0).label(f"{name}_{when}")
                for when, side in (("before", ~is_now), ("now", is_now))
                for name, column in (
                    ("covered", covered), ("child_days", child_days), ("enrolled", enrolled),
                    ("exclusions", exclusions),
                )
            ),
        )
        .join(Site, col(Site.id) == col(SiteMonth.site_id))
        .where(
            *_chosen(actor, site_id, region_id, program_id),
            access.sites(actor, "incident"), access.sites(actor, "exclusion"),
            month >= comparison.before.start, month < comparison.now.end,
        )
        .group_by(col(SiteMonth.site_id), place)
        .subquery()
    )  # fmt: skip
    one = per_site.c
    days, children = (
        (one.child_days_before > 0) & (one.child_days_now > 0),
        (one.enrolled_before > 0) & (one.enrolled_now > 0),
    )
    sums = [
        func.sum(case((both, one[f"{name}_{when}"]), else_=0))
        for when in ("before", "now")
        for name, both in (
            ("covered", days), ("child_days", days), ("covered", children), ("enrolled", children),
            ("exclusions", children),
        )
    ]  # fmt: skip
    known = (func.sum(one.enrolled_before), func.sum(one.enrolled_now))
    statement = select(one.place, *sums, *known).where(one.place >= 0).group_by(one.place).order_by(one.place)
    rows = session.connection().execute(statement)
    return [Months(row[0], Stretch(*row[1:6]), Stretch(*row[6:11]), row[11], row[12]) for row in rows]


def told_sums(
    session: Session,
    actor: Actor,
    comparison: Comparison,
    site_id: uuid.UUID | None = None,
    region_id: uuid.UUID | None = None,
    program_id: uuid.UUID | None = None,
) -> ToldSums:
    """Give the sums now and before over the sites of which both may be told.

    The sum of before is what an offered period has more than the one of half its length (``comparison.told_sums``):
    whoever may be told both could subtract them. Over several sites only told sums are added up, so that no hidden one
    can be worked out by taking the others away.
    """
    told = []
    for start in (comparison.before.start, comparison.now.start):
        period = Period(start, comparison.now.end)
        found = compare.site_sums(session, actor, period, region_id, program_id)
        told.append({one.site_id: one for one in found if site_id in (None, one.site_id)})
    both = [(told[0][key], one) for key, one in told[1].items() if key in told[0]]
    incidents = [pair for pair in both if not any(one.incidents_hidden for one in pair)]
    exclusions = [pair for pair in both if not any(one.exclusions_hidden for one in pair)]
    before, now = (
        Stretch(
            *_summed(incidents, side, "in_child_days", "child_days"),
            *_summed(incidents, side, "in_enrolled", "enrolled"),
            _summed(exclusions, side, "exclusions", "enrolled")[0],
        )
        for side in ("before", "now")
    )
    return ToldSums(before, now, len(both), len(incidents), len(exclusions))


def dose(
    session: Session,
    actor: Actor,
    period: Period,
    site_id: uuid.UUID | None = None,
    region_id: uuid.UUID | None = None,
    program_id: uuid.UUID | None = None,
) -> Dose:
    """Give the visits and the minutes by level that took place in a period, in one statement."""
    columns = (
        SiteMonth.visits, SiteMonth.minutes_program, SiteMonth.minutes_classroom, SiteMonth.minutes_child_family,
    )  # fmt: skip
    statement = (
        select(*(func.coalesce(func.sum(col(column)), 0) for column in columns))
        .join(Site, col(Site.id) == col(SiteMonth.site_id))
        .where(
            *_chosen(actor, site_id, region_id, program_id), access.sites(actor, "visit"),
            col(SiteMonth.month) >= period.start, col(SiteMonth.month) < period.end,
        )
    )  # fmt: skip
    row = session.connection().execute(statement).one()
    return Dose(row[0], row[1], row[2], row[3])


def staff_times(
    session: Session,
    actor: Actor,
    comparison: Comparison,
    site_id: uuid.UUID | None = None,
    region_id: uuid.UUID | None = None,
    program_id: uuid.UUID | None = None,
) -> list[StaffTime]:
    """Give how long staff worked who were there now or before, counted together where their days are the same.

    A site's records begin with its first month in the roll-ups: nobody wrote down who left before.
    """
    left = col(Staff.leave_date)
    begun = (
        select(col(SiteMonth.site_id).label("site_id"), func.min(col(SiteMonth.month)).label("since"))
        .group_by(col(SiteMonth.site_id))
        .subquery()
    )
    statement = (
        select(col(Staff.hire_date), left, begun.c.since, func.count())
        .join(Site, col(Site.id) == col(Staff.site_id))
        .join(begun, begun.c.site_id == col(Staff.site_id))
        .where(
            *_chosen(actor, site_id, region_id, program_id), access.sites(actor, "staff"),
            col(Staff.deleted_at).is_(None), col(Staff.hire_date) < comparison.now.end,
            left.is_(None) | (left >= comparison.before.start),
        )
        .group_by(col(Staff.hire_date), left, begun.c.since)
    )  # fmt: skip
    return [StaffTime(*row) for row in session.connection().execute(statement)]


def survey_scores(
    session: Session,
    actor: Actor,
    comparison: Comparison,
    site_id: uuid.UUID | None = None,
    region_id: uuid.UUID | None = None,
    program_id: uuid.UUID | None = None,
) -> Surveyed:
    """Give what may be shown of the staff surveys that closed now or in the 400 days before, oldest first."""
    statement = (
        select(
            col(SurveyWave.id), col(SurveyWave.site_id), col(SurveyWave.instrument_code), col(SurveyWave.closed_on),
            col(SurveyWave.invited),
        )
        .join(Site, col(Site.id) == col(SurveyWave.site_id))
        .where(
            *_chosen(actor, site_id, region_id, program_id), access.sites(actor, "survey_wave"),
            col(SurveyWave.instrument_code).in_(instruments_for("stress", "burnout")),
            col(SurveyWave.closed_on) >= comparison.scores().start,
            col(SurveyWave.closed_on) < comparison.scores().end, col(SurveyWave.deleted_at).is_(None),
        )
        .order_by(col(SurveyWave.closed_on), col(SurveyWave.id))
    )  # fmt: skip
    waves = session.connection().execute(statement).all()
    shown = results_of(session, [wave.id for wave in waves])
    scores, hidden = [], set()
    for wave in waves:
        for result in shown[wave.id].results if wave.id in shown else ():
            if result.mean is None:
                hidden.add(wave.instrument_code)
                continue
            size = result.respondents or _fewest(wave.invited, result.sd is not None)
            scores.append(
                SiteScore(
                    wave.site_id, wave.instrument_code, result.scale_code, wave.closed_on, wave.closed_on, result.mean,
                    size, result.sd, result.respondents is None,
                )
            )  # fmt: skip
    return Surveyed(scores, frozenset(hidden))


def room_means(
    session: Session,
    actor: Actor,
    comparison: Comparison,
    site_id: uuid.UUID | None = None,
    region_id: uuid.UUID | None = None,
    program_id: uuid.UUID | None = None,
) -> list[SiteScore]:
    """Give sites' quarterly means of two rooms or more, now and in the 400 days before, oldest first.

    For those who may not see single observations; the others compare rooms (``quality_change.phase_scores``).
    """
    chosen = col(Observation.site_id).in_(select(col(Site.id)).where(*_chosen(actor, site_id, region_id, program_id)))
    tools = instruments_for("relationships", "classroom_quality")
    rounds = round_means(actor, comparison.scores(), chosen, col(Observation.instrument_code).in_(tools)).c
    statement = select(
        rounds.site_id, rounds.instrument_code, rounds.code, rounds.first_on, rounds.last_on, rounds.value,
        rounds.rooms, null(),
    ).where(rounds.rooms >= FEWEST_ROOMS).order_by(rounds.last_on, rounds.site_id)  # fmt: skip
    return [SiteScore(*row) for row in session.connection().execute(statement)]


def _chosen(
    actor: Actor, site_id: uuid.UUID | None, region_id: uuid.UUID | None, program_id: uuid.UUID | None
) -> list[Any]:
    conditions: list[Any] = [
        access.sites(actor, "aggregates"),
        col(Site.active),
        col(Site.deleted_at).is_(None),
    ]
    asked = ((col(Site.id), site_id), (col(Site.region_id), region_id), (col(Site.program_id), program_id))
    return [*conditions, *(column == key for column, key in asked if key is not None)]


def _fewest(invited: int, spread_told: bool) -> int:
    """Give how many must have answered where their number is hidden because only a few did not."""
    least = settings().staff_minimum
    return max(invited - least + 1, 2 * least if spread_told else least)


def _summed(pairs: Iterable[tuple[Any, Any]], side: str, counted: str, exposed: str) -> tuple[float, float]:
    """Give the events and the exposure now or before, of the sites that know both; ``pairs``: (longer, now)."""
    events = exposure = 0.0
    for longer, now in pairs:
        whole, part = getattr(longer, exposed) or 0, getattr(now, exposed) or 0
        if not 0 < part < whole:
            continue
        if side == "now":
            events, exposure = events + getattr(now, counted), exposure + part
        else:
            events += getattr(longer, counted) - getattr(now, counted)
            exposure += whole - part
    return events, exposure
