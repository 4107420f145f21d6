"""Staff survey waves that an actor may see. Numbers that could tell one person's answer never leave here."""

import uuid
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import and_, or_, select
from sqlmodel import Session, col

from db import survey_box
from db.actor import Actor
from db.errors import AccessDenied
from db.listed_records import ListedRecords
from db.models.instruments import SurveyWave
from db.models.organisation import Site
from db.period import Period
from db.queries.query import single
from db.survey_disclosure import Progress, ResponseBand, ShownResult, ShownWave, progress
from db.survey_results import results_of

LIST_LIMIT = 50
_RECORDS = ListedRecords(SurveyWave, "survey_wave", writer=SurveyWave.created_by, day=SurveyWave.closed_on)


class WaveRow(NamedTuple):
    """A wave as a list shows it.

    ``response``: about how many answered; None when hidden. ``open``: staff can still answer, or did and nobody has
    counted; then ``progress`` says about how many did so far, and there are no results. ``counted_here``: staff answer
    it on phones, so that nobody knows better numbers than those that were counted.
    """

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
    open: bool = False
    languages: tuple[str, ...] = ()
    counted_here: bool = False
    progress: Progress | None = None
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

    Those that are still open are among them, whatever the period. ``removed`` gives the removed ones instead, of those
    that the actor may restore.
    """
    statement = _select(actor).where(
        *_RECORDS.listed(actor, None, site_id, removed=removed),
        or_(_open(), and_(col(SurveyWave.closed_on) >= period.start, col(SurveyWave.closed_on) < period.end)),
    )
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
        session.connection()
        .execute(_select(actor).where(col(SurveyWave.id) == wave_id, _RECORDS.within(actor, "see")))
        .first()
    )
    if found is None or (found.removed and not found.may_restore):
        raise AccessDenied("survey_wave", "see", entity_id=wave_id)
    return _with_results(session, [WaveRow(*found)])[0]


def _select(actor: Actor) -> Any:
    return select(
        col(SurveyWave.id), col(SurveyWave.version), col(SurveyWave.site_id), col(Site.name),
        col(SurveyWave.instrument_code), col(SurveyWave.opened_on), col(SurveyWave.closed_on),
        col(SurveyWave.invited),
        *_RECORDS.rights(actor),
        _open().label("open"), col(SurveyWave.languages),
        (col(SurveyWave.collected) == survey_box.PHONES).label("counted_here"),
    ).join(Site, col(Site.id) == col(SurveyWave.site_id))  # fmt: skip


def _open() -> Any:
    return (col(SurveyWave.collected) == survey_box.PHONES) & col(SurveyWave.counted_at).is_(None)


def _with_results(session: Session, rows: list[WaveRow]) -> list[WaveRow]:
    used = survey_box.used(session, {row.id: row.invited for row in rows if row.open})
    shown = results_of(session, [row.id for row in rows if not row.open])
    return [
        row._replace(progress=progress(used.get(row.id, 0), row.invited))
        if row.open
        else row._replace(**shown.get(row.id, ShownWave())._asdict())
        for row in rows
    ]
