"""What the commands about survey waves share: the row of one, locked, and that a day has one wave of a survey."""

import uuid
from collections.abc import Iterator

from sqlmodel import Session, col, select

from db.access_matrix import Verb
from db.actor import Actor
from db.commands.kept_record import require_record
from db.errors import Problem
from db.models.instruments import SurveyWave
from db.models.survey_input import SurveyInput
from db.models.wave_input import WaveInput


def require_wave(session: Session, actor: Actor, verb: Verb, wave_id: uuid.UUID) -> SurveyWave:
    """Give a wave's row, locked, if the actor may do this with it; a removed one cannot be changed.

    Raises:
        AccessDenied: it does not exist, or is outside the actor's reach.
    """
    return require_record(session, actor, SurveyWave, "survey_wave", verb, wave_id, "created_by")


def require_one_a_day(
    session: Session, site_id: uuid.UUID, wave: WaveInput | SurveyInput, own_id: uuid.UUID | None = None
) -> Iterator[Problem]:
    """Give a problem when a site has a wave of this survey from that day already, other than ``own_id``."""
    found = session.exec(
        select(SurveyWave).where(
            SurveyWave.site_id == site_id,
            SurveyWave.instrument_code == wave.instrument_code,
            SurveyWave.opened_on == wave.opened_on,
            col(SurveyWave.id) != own_id,
        )
    ).first()
    if found is not None:
        yield Problem("opened_on", "already_there" if found.deleted_at is None else "removed_one_there")
