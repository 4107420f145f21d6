"""What the commands about survey waves share: the row of one, locked, if the actor may do something with it."""

import uuid

from sqlmodel import Session

from db.access_matrix import Verb
from db.actor import Actor
from db.commands.kept_record import require_record
from db.models.instruments import SurveyWave


def require_wave(session: Session, actor: Actor, verb: Verb, wave_id: uuid.UUID) -> SurveyWave:
    """Give a wave's row, locked, if the actor may do this with it; a removed one cannot be changed.

    Raises:
        AccessDenied: it does not exist, or is outside the actor's reach.
    """
    return require_record(session, actor, SurveyWave, "survey_wave", verb, wave_id, "created_by")
