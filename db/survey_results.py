"""Reads what waves came to, with everything that decides what may be shown of them. Gives only what may be shown."""

import uuid
from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlmodel import Session, col

from db.models.instruments import SurveyResult, SurveyWave
from db.survey_box import PHONES
from db.survey_disclosure import NEAR, KnownWave, ShownWave, Total, shown_waves


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
    first, last = min(row.closed_on for row in rows), max(row.closed_on for row in rows)
    statement = (
        select(
            col(SurveyWave.id), col(SurveyWave.site_id), col(SurveyWave.region_id), col(SurveyWave.instrument_code),
            col(SurveyWave.closed_on), col(SurveyWave.invited), col(SurveyWave.created_at),
            col(SurveyWave.counted_at), col(SurveyWave.deleted_at), col(SurveyWave.collected),
            col(SurveyResult.scale_code), col(SurveyResult.respondents), col(SurveyResult.mean), col(SurveyResult.sd),
        )
        .join(SurveyResult, col(SurveyResult.wave_id) == col(SurveyWave.id))
        .where(
            col(SurveyWave.region_id).in_({row.region_id for row in rows}),
            col(SurveyWave.instrument_code).in_({row.instrument_code for row in rows}),
            col(SurveyWave.closed_on) > _quarter(first) - NEAR,
            col(SurveyWave.closed_on) < _quarter(_quarter(last) + timedelta(days=100)) + NEAR,
            or_(col(SurveyWave.collected) != PHONES, col(SurveyWave.counted_at).is_not(None)),
        )
    )  # fmt: skip
    waves: dict[uuid.UUID, KnownWave] = {}
    totals: dict[uuid.UUID, dict[str, Total]] = {}
    for row in session.connection().execute(statement):
        by_scale = totals.setdefault(row.id, {})
        by_scale[row.scale_code] = Total(row.respondents, row.mean, row.sd)
        waves[row.id] = KnownWave(
            row.id, row.site_id, row.region_id, row.instrument_code, row.closed_on, row.invited,
            row.counted_at or row.created_at, row.deleted_at is not None, row.collected != PHONES, by_scale,
        )  # fmt: skip
    return {key: shown for key, shown in shown_waves(waves.values()).items() if key in set(wave_ids)}


def _quarter(day: date) -> date:
    """Give the first day of the calendar quarter."""
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
