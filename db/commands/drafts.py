"""Keeping what somebody has typed until it is saved. Drafts are no records: they leave no audit event."""

import json
import uuid
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import delete
from sqlmodel import Session, col

from db import access
from db.actor import Actor
from db.commands.command import command
from db.errors import AccessDenied, InvalidInput, Problem
from db.models.base import utc_now
from db.models.drafts import Draft

FormName = Literal["visit", "incident"]
LONGEST = 60_000
KEPT_FOR = timedelta(days=30)


@command
def keep_draft(session: Session, actor: Actor, client_uuid: uuid.UUID, form: FormName, content: dict[str, Any]) -> None:
    """Keep what a form says, in place of what was kept before under the same key. Drafts older than 30 days go.

    Raises:
        NotFound: the actor may not fill this form, or the key is somebody else's.
        InvalidInput: it is too long to be a form.
    """
    access.require(actor, form, "add")
    if len(json.dumps(content)) > LONGEST:
        raise InvalidInput([Problem("content", "too_long", {"max_length": LONGEST})])
    run = session.connection().execute
    run(delete(Draft).where(col(Draft.person_id) == actor.person_id, col(Draft.saved_at) < utc_now() - KEPT_FOR))
    draft = session.get(Draft, client_uuid)
    if draft is None:
        draft = Draft(
            client_uuid=client_uuid, person_id=actor.person_id, form=form, content=content, saved_at=utc_now()
        )
        session.add(draft)
    elif draft.person_id != actor.person_id:
        raise AccessDenied("draft", "change", entity_id=client_uuid)
    draft.content, draft.saved_at = content, utc_now()


@command
def drop_draft(session: Session, actor: Actor, client_uuid: uuid.UUID) -> None:
    """Let a draft go; nothing happens when it has gone already, with the record that it became.

    Raises:
        NotFound: it is somebody else's.
    """
    draft = session.get(Draft, client_uuid)
    if draft is None:
        return
    if draft.person_id != actor.person_id:
        raise AccessDenied("draft", "remove", entity_id=client_uuid)
    session.delete(draft)
