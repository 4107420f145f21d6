"""The drafts of the person who asks."""

import uuid
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlmodel import Session, col

from db.actor import Actor
from db.commands.drafts import KEPT_FOR
from db.models.base import utc_now
from db.models.drafts import Draft


class KeptDraft(NamedTuple):
    """What somebody typed in a form and did not save, and when they last changed it."""

    client_uuid: uuid.UUID
    form: str
    content: dict[str, Any]
    saved_at: datetime


def my_drafts(session: Session, actor: Actor, form: str | None = None) -> list[KeptDraft]:
    """Give one's own drafts that are not older than 30 days, the latest first."""
    statement = (
        select(col(Draft.client_uuid), col(Draft.form), col(Draft.content), col(Draft.saved_at))
        .where(col(Draft.person_id) == actor.person_id, col(Draft.saved_at) >= utc_now() - KEPT_FOR)
        .order_by(col(Draft.saved_at).desc())
    )
    if form is not None:
        statement = statement.where(col(Draft.form) == form)
    return [KeptDraft(*row) for row in session.connection().execute(statement)]
