"""Keeping what somebody has typed until it is saved. Drafts are no records: they leave no audit event."""

import json
import uuid
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from sqlalchemy import delete, select
from sqlmodel import Session, col

from db import access
from db.acting import whole_reach
from db.actor import Actor
from db.commands.command import command, draft_command, locked
from db.errors import AccessDenied, InvalidInput, Problem
from db.models.base import new_id, utc_now
from db.models.children import ChildMeasure
from db.models.drafts import Draft
from db.models.incidents import Incident
from db.models.instruments import Observation
from db.models.visits import Visit

FormName = Literal["visit", "incident", "observation", "child_measure"]
TABLES: dict[str, Any] = {
    "visit": Visit, "incident": Incident, "observation": Observation, "child_measure": ChildMeasure,
}  # fmt: skip
LONGEST = 60_000
KEPT_FOR = timedelta(days=30)
UNDO_FOR = timedelta(hours=24)
"""How long a discarded draft can be taken back."""


class Corrects(NamedTuple):
    """The record that a draft corrects, and the version of it that the person saw."""

    record_id: uuid.UUID
    version: int


class Kept(NamedTuple):
    """Where a draft lies now. ``elsewhere`` tells why, when it is not under the key that the form named.

    ``newer``: another device had kept something newer there (``at``), which stays; what was sent has a key of its own.
    ``saved``: the record of this key is stored already; what was sent is a draft of its correction.
    """

    client_uuid: uuid.UUID
    version: int
    elsewhere: Literal["newer", "saved"] | None = None
    at: datetime | None = None


@draft_command
def keep_draft(
    session: Session,
    actor: Actor,
    client_uuid: uuid.UUID,
    form: FormName,
    content: dict[str, Any],
    seen_version: int = 0,
    corrects: Corrects | None = None,
) -> Kept:
    """Keep what a form says, in place of what it kept before. What is too old goes: discarded drafts after a day.

    Args:
        session: the database session.
        actor: whose draft it is.
        client_uuid: the key that the record will be sent with, or that the last call gave.
        form: which form it is.
        content: its fields, as JSON holds them.
        seen_version: the draft's version that this form kept or read last; 0 for none.
        corrects: the record that it corrects.

    Raises:
        NotFound: the actor may not fill this form, or the key is somebody else's.
        InvalidInput: it is too long to be a form.
    """
    access.require(actor, form, "change" if corrects else "add")
    if len(json.dumps(content)) > LONGEST:
        raise InvalidInput([Problem("content", "too_long", {"max_length": LONGEST})])
    _let_old_ones_go(session)
    elsewhere: Literal["newer", "saved"] | None = None
    at: datetime | None = None
    stored = None if corrects else _stored_under(session, actor, form, client_uuid)
    if stored is not None:
        corrects, client_uuid, elsewhere = stored, new_id(), "saved"
    draft = _own(session, actor, client_uuid, "change")
    if draft is not None and draft.version > seen_version and draft.content != content:
        if draft.dropped_at is None:
            elsewhere, at = "newer", draft.saved_at
        client_uuid, draft = new_id(), None
    if draft is None:
        draft = Draft(client_uuid=client_uuid, person_id=actor.person_id, form=form, content={}, saved_at=utc_now())
        draft.version = 0
        session.add(draft)
    draft.content, draft.saved_at, draft.dropped_at = content, utc_now(), None
    if corrects is not None:
        draft.entity_id, draft.base_version = corrects
    draft.version += 1
    return Kept(client_uuid, draft.version, elsewhere, at)


@command
def drop_draft(session: Session, actor: Actor, client_uuid: uuid.UUID) -> None:
    """Discard a draft; for a day that can be undone. Nothing happens when it has gone already, with its record.

    Raises:
        NotFound: it is somebody else's.
    """
    draft = _own(session, actor, client_uuid, "remove")
    if draft is not None and draft.dropped_at is None:
        draft.dropped_at = utc_now()


@command
def restore_draft(session: Session, actor: Actor, client_uuid: uuid.UUID) -> None:
    """Take a discarded draft back. Nothing happens when it has gone for good.

    Raises:
        NotFound: it is somebody else's.
    """
    draft = _own(session, actor, client_uuid, "restore")
    if draft is not None:
        draft.dropped_at = None


def _own(session: Session, actor: Actor, client_uuid: uuid.UUID, verb: str) -> Draft | None:
    with whole_reach():  # to refuse somebody else's key instead of failing on it
        draft = locked(session, Draft, col(Draft.client_uuid) == client_uuid)
    if draft is not None and draft.person_id != actor.person_id:
        raise AccessDenied("draft", verb, entity_id=client_uuid)
    return draft


def _let_old_ones_go(session: Session) -> None:
    """Delete what is too old, whoever wrote it: somebody who left does not come back to do it."""
    now = utc_now()
    old = (col(Draft.saved_at) < now - KEPT_FOR) | (col(Draft.dropped_at) < now - UNDO_FOR)
    with whole_reach():
        session.connection().execute(delete(Draft).where(old))


def _stored_under(session: Session, actor: Actor, form: FormName, client_uuid: uuid.UUID) -> Corrects | None:
    """Give the actor's own record of this key: what comes in late must not look like an unfinished one."""
    table = TABLES[form]
    statement = select(table.id, table.version).where(
        table.client_uuid == client_uuid, table.created_by == actor.person_id
    )
    with whole_reach():  # one's own, also at a site that is not one's own any more
        found = session.connection().execute(statement).first()
    return Corrects(*found) if found else None
