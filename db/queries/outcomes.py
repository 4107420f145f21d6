"""What the outcome scorecard is judged from besides incidents: staff, surveys, rooms, and consultation."""

import uuid
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, null, select
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
from db.regions import same_region
from db.settings import settings
from db.site_choice import active_sites
from db.survey_results import results_of


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
            *active_sites(actor, region_id, program_id, site_id), access.sites(actor, "visit"),
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
        select(col(SiteMonth.region_id), col(SiteMonth.site_id), func.min(col(SiteMonth.month)).label("since"))
        .group_by(col(SiteMonth.site_id), col(SiteMonth.region_id))
        .subquery()
    )
    statement = (
        select(col(Staff.hire_date), left, begun.c.since, func.count())
        .join(Site, col(Site.id) == col(Staff.site_id))
        .join(begun, (begun.c.site_id == col(Staff.site_id)) & same_region(begun, Staff))
        .where(
            *active_sites(actor, region_id, program_id, site_id), access.sites(actor, "staff"),
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
            *active_sites(actor, region_id, program_id, site_id), access.sites(actor, "survey_wave"),
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
    chosen = col(Observation.site_id).in_(
        select(col(Site.id)).where(*active_sites(actor, region_id, program_id, site_id))
    )
    tools = instruments_for("relationships", "classroom_quality")
    rounds = round_means(actor, comparison.scores(), chosen, col(Observation.instrument_code).in_(tools)).c
    statement = select(
        rounds.site_id, rounds.instrument_code, rounds.code, rounds.first_on, rounds.last_on, rounds.value,
        rounds.rooms, null(),
    ).where(rounds.rooms >= FEWEST_ROOMS).order_by(rounds.last_on, rounds.site_id)  # fmt: skip
    return [SiteScore(*row) for row in session.connection().execute(statement)]


def _fewest(invited: int, spread_told: bool) -> int:
    """Give how many must have answered where their number is hidden because only a few did not."""
    least = settings().staff_minimum
    return max(invited - least + 1, 2 * least if spread_told else least)
