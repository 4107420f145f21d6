"""Ends a survey on phones: its sheets become totals and are destroyed, by hand or when its last day is over."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from db import survey_box
from db.commands.command import locked
from db.errors import Conflict
from db.instruments import instrument_for
from db.local_time import local_now
from db.models.base import utc_now
from db.models.instruments import SurveyResult, SurveyWave
from db.models.organisation import Region, Site


def count(session: Session, row: SurveyWave) -> None:
    """Count a wave's sheets into totals per scale, in the caller's transaction, and destroy the sheets and the codes.

    Raises:
        Conflict: ``not_begun`` before its first day, or ``not_scored`` when the pack that says how was removed since.
    """
    today = local_now(session, row.region_id).date()
    if today < row.opened_on:
        raise Conflict("not_begun")
    asked = instrument_for(row.instrument_code, session.get_one(Site, row.site_id).program_id)
    try:
        totals = survey_box.count_and_destroy(session, row, asked)
    except ValueError:
        raise Conflict("not_scored") from None
    session.add_all(
        SurveyResult(wave_id=row.id, region_id=row.region_id, instrument_code=row.instrument_code, **total._asdict())
        for total in totals
    )
    row.closed_on, row.counted_at = min(today, row.closed_on), utc_now()


def count_ended(session: Session, within: Any, note: Callable[[SurveyWave], None], now: datetime | None = None) -> int:
    """Count every wave under the condition ``within`` whose last day is over where it is; gives how many.

    ``note`` marks a counted row and leaves its audit event. Those that nobody can score now stay as they are.
    """
    now = now or utc_now()
    waiting = (
        within
        & (col(SurveyWave.collected) == survey_box.PHONES)
        & col(SurveyWave.counted_at).is_(None)
        & col(SurveyWave.deleted_at).is_(None)
    )
    found = session.connection().execute(
        select(col(SurveyWave.id), col(SurveyWave.closed_on), col(Region.timezone))
        .join(Region, col(Region.id) == col(SurveyWave.region_id))
        .where(waiting, col(SurveyWave.closed_on) <= now.date())
        .order_by(col(SurveyWave.closed_on), col(SurveyWave.id))
    )
    over: list[uuid.UUID] = [
        row.id for row in found.all() if row.closed_on < now.astimezone(ZoneInfo(row.timezone)).date()
    ]
    counted = 0
    for key in over:
        row = locked(session, SurveyWave, (col(SurveyWave.id) == key) & waiting)
        if row is None:
            continue
        try:
            count(session, row)
        except Conflict:
            continue
        note(row)
        session.flush()
        counted += 1
    return counted
