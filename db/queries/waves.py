"""Staff survey waves that an actor may see. Numbers that could tell one person's answer never leave here."""

import uuid
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlmodel import Session, col

from db import access
from db.actor import Actor
from db.errors import AccessDenied
from db.instruments import instrument
from db.models.instruments import SurveyResult, SurveyWave
from db.models.organisation import Site
from db.period import Period
from db.queries.query import single
from db.survey_disclosure import ResponseBand, ShownResult, response_band, shown_result

LIST_LIMIT = 50


class WaveRow(NamedTuple):
    """A wave as a list shows it. ``response``: about how many answered; None when hidden."""

    id: uuid.UUID
    version: int
    site_id: uuid.UUID
    site: str
    instrument_code: str
    opened_on: date
    closed_on: date
    invited: int
    removed: bool
    may_change: bool
    may_remove: bool
    may_restore: bool
    response: ResponseBand | None = None
    results: tuple[ShownResult, ...] = ()


def waves(
    session: Session,
    actor: Actor,
    period: Period,
    site_id: uuid.UUID | None = None,
    *,
    removed: bool = False,
    limit: int = LIST_LIMIT,
) -> list[WaveRow]:
    """Give the latest waves that closed in a period, newest first, with what may be shown of their results.

    ``removed`` gives the removed ones instead, of those that the actor may restore.
    """
    statement = _select(actor).where(
        _within(actor, "restore" if removed else "see"),
        col(SurveyWave.deleted_at).is_not(None) if removed else col(SurveyWave.deleted_at).is_(None),
        col(SurveyWave.closed_on) >= period.start,
        col(SurveyWave.closed_on) < period.end,
    )
    if site_id is not None:
        statement = statement.where(col(SurveyWave.site_id) == site_id)
    statement = statement.order_by(col(SurveyWave.closed_on).desc(), col(SurveyWave.id).desc()).limit(limit)
    rows = [WaveRow(*row) for row in session.connection().execute(statement)]
    return _with_results(session, rows)


@single
def open_wave(session: Session, actor: Actor, wave_id: uuid.UUID) -> WaveRow:
    """Give one wave, with what may be shown of its results: hidden numbers stay hidden here, too.

    Raises:
        NotFound: it is outside the actor's reach, or removed and not theirs to restore.
    """
    found = (
        session.connection().execute(_select(actor).where(col(SurveyWave.id) == wave_id, _within(actor, "see"))).first()
    )
    if found is None or (found.removed and not found.may_restore):
        raise AccessDenied("survey_wave", "see", entity_id=wave_id)
    return _with_results(session, [WaveRow(*found)])[0]


def _select(actor: Actor) -> Any:
    return select(
        col(SurveyWave.id), col(SurveyWave.version), col(SurveyWave.site_id), col(Site.name),
        col(SurveyWave.instrument_code), col(SurveyWave.opened_on), col(SurveyWave.closed_on),
        col(SurveyWave.invited),
        col(SurveyWave.deleted_at).is_not(None).label("removed"),
        _within(actor, "change").label("may_change"),
        _within(actor, "remove").label("may_remove"),
        _within(actor, "restore").label("may_restore"),
    ).join(Site, col(Site.id) == col(SurveyWave.site_id))  # fmt: skip


def _within(actor: Actor, verb: Any) -> Any:
    return access.within(
        actor, "survey_wave", verb, site_id=col(SurveyWave.site_id), region_id=col(SurveyWave.region_id),
        owner_id=col(SurveyWave.created_by),
    )  # fmt: skip


def _with_results(session: Session, rows: list[WaveRow]) -> list[WaveRow]:
    if not rows:
        return []
    stored: dict[uuid.UUID, list[Any]] = {}
    for result in session.connection().execute(
        select(
            col(SurveyResult.wave_id), col(SurveyResult.scale_code), col(SurveyResult.respondents),
            col(SurveyResult.mean), col(SurveyResult.sd),
        ).where(col(SurveyResult.wave_id).in_([row.id for row in rows]))
    ):  # fmt: skip
        stored.setdefault(result.wave_id, []).append(result)
    return [_shown(row, stored.get(row.id, [])) for row in rows]


def _shown(row: WaveRow, stored: list[Any]) -> WaveRow:
    order = [scale.code for scale in instrument(row.instrument_code).scales]
    results = tuple(
        shown_result(row.instrument_code, result.scale_code, result.respondents, row.invited, result.mean, result.sd)
        for result in sorted(stored, key=lambda result: order.index(result.scale_code))
    )
    anyone_hidden = not results or any(result.hidden for result in results)
    most = max((result.respondents for result in stored), default=0)
    return row._replace(results=results, response=None if anyone_hidden else response_band(most, row.invited))
