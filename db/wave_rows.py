"""What the commands about survey waves share: the row of one, locked, if the actor may do something with it."""

import uuid

from sqlmodel import Session, col

from db import access
from db.access_matrix import Verb
from db.actor import Actor
from db.commands.command import locked
from db.errors import AccessDenied
from db.models.instruments import SurveyWave


def require_wave(session: Session, actor: Actor, verb: Verb, wave_id: uuid.UUID) -> SurveyWave:
    """Give a wave's row, locked, if the actor may do this with it; a removed one cannot be changed.

    Raises:
        AccessDenied: it does not exist, or is outside the actor's reach.
    """
    condition = access.within(
        actor, "survey_wave", verb, site_id=col(SurveyWave.site_id), region_id=col(SurveyWave.region_id),
        owner_id=col(SurveyWave.created_by),
    )  # fmt: skip
    row = locked(session, SurveyWave, (col(SurveyWave.id) == wave_id) & condition)
    if row is None or (row.deleted_at is not None and verb == "change"):
        raise AccessDenied("survey_wave", verb, entity_id=wave_id)
    return row
