"""Reads what waves came to, with everything that decides what may be shown of them. Gives only what may be shown."""

import uuid
from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlmodel import Session, col

from db.acting import whole_reach
from db.models.instruments import SurveyResult, SurveyWave
from db.regions import same_region
from db.survey_box import PHONES
from db.survey_disclosure import NEAR, REST, KnownWave, ShownResult, ShownWave, Total, shown_waves

NOBODY = uuid.UUID(int=0)
"""Stands for who typed totals where that is not known."""


def results_of(session: Session, wave_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, ShownWave]:
    """Give what may be shown of these waves; those without totals, or still open, are left out.

    Other waves of the same surveys and regions are read as well, whoever asks: what may be shown of one depends on
    them, and is the same for everybody.
    """
    asked = session.connection().execute(
        select(col(SurveyWave.region_id), col(SurveyWave.instrument_code), col(SurveyWave.closed_on)).where(
            col(SurveyWave.id).in_(list(wave_ids))
        )
    )
    rows = asked.all()
    if not rows:
        return {}
    regions, instruments = {row.region_id for row in rows}, {row.instrument_code for row in rows}
    first = _quarter(min(row.closed_on for row in rows))
    after = _quarter(_quarter(max(row.closed_on for row in rows)) + timedelta(days=100))
    surveys = (col(SurveyWave.region_id).in_(regions), col(SurveyWave.instrument_code).in_(instruments))
    begun = select(func.min(col(SurveyWave.opened_on))).where(
        *surveys, col(SurveyWave.closed_on) >= first, col(SurveyWave.closed_on) < after
    )
    waves: dict[uuid.UUID, KnownWave] = {}
    totals: dict[uuid.UUID, dict[str, Total]] = {}
    with whole_reach():  # what may be shown of one site's wave depends on those of its whole region
        earliest = session.connection().execute(begun).scalar_one()
        found = session.connection().execute(_totals(surveys, earliest, after)).all()
    for row in found:
        by_scale = totals.setdefault(row.id, {})
        by_scale[row.scale_code] = Total(row.respondents, row.mean, row.sd)
        waves[row.id] = KnownWave(
            row.id, row.site_id, row.region_id, row.instrument_code, row.opened_on, row.closed_on, row.invited,
            row.counted_at or row.created_at, row.deleted_at is not None,
            None if row.collected == PHONES else row.created_by or NOBODY, by_scale,
        )  # fmt: skip
    asked_for = set(wave_ids)
    return {key: shown for key, shown in shown_waves(waves.values()).items() if key in asked_for}


def told_of_others(session: Session, wave: SurveyWave, days: Collection[date]) -> dict[uuid.UUID, object]:
    """Give how the other waves that this one could touch are told, hidden or not and in which group, without the means.

    ``days``: when this wave began and ended, as it was and as it will be.
    """
    begin, end = _quarter(min(days)), _quarter(_quarter(max(days)) + timedelta(days=100))
    touched = select(col(SurveyWave.id)).where(
        col(SurveyWave.instrument_code) == wave.instrument_code,
        col(SurveyWave.region_id) == wave.region_id,
        col(SurveyWave.id) != wave.id,
        or_(
            col(SurveyWave.closed_on).between(begin, end),
            and_(col(SurveyWave.site_id) == wave.site_id, col(SurveyWave.closed_on) > begin - timedelta(days=400)),
        ),
    )
    with whole_reach():
        ids = session.connection().execute(touched).scalars().all()
    told = results_of(session, ids)
    return {key: [_without_means(result) for result in shown.results] for key, shown in told.items()}


def _without_means(result: ShownResult) -> ShownResult:
    group = result.group._replace(mean=0.0) if result.group else None
    return result._replace(mean=None, sd=None, group=group)


def _totals(surveys: tuple[Any, ...], earliest: date, after: date) -> Any:
    return (
        select(
            col(SurveyWave.id), col(SurveyWave.site_id), col(SurveyWave.region_id), col(SurveyWave.instrument_code),
            col(SurveyWave.opened_on), col(SurveyWave.closed_on), col(SurveyWave.invited), col(SurveyWave.created_at),
            col(SurveyWave.created_by), col(SurveyWave.counted_at), col(SurveyWave.deleted_at),
            col(SurveyWave.collected),
            col(SurveyResult.scale_code), col(SurveyResult.respondents), col(SurveyResult.mean), col(SurveyResult.sd),
        )
        .join(SurveyResult, (col(SurveyResult.wave_id) == col(SurveyWave.id)) & same_region(SurveyResult, SurveyWave))
        .where(
            *surveys,
            col(SurveyWave.closed_on) > earliest - NEAR,
            or_(col(SurveyWave.closed_on) < after + NEAR, col(SurveyWave.opened_on) < after + REST),
            or_(col(SurveyWave.collected) != PHONES, col(SurveyWave.counted_at).is_not(None)),
        )
    )  # fmt: skip


def _quarter(day: date) -> date:
    """Give the first day of the calendar quarter."""
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
