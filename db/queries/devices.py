"""The tablets that somebody set up for capture."""

import uuid
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlmodel import Session, col

from db import access
from db.actor import Actor
from db.models.devices import CaptureDevice


class Tablet(NamedTuple):
    """A browser in which the capture app was set up and is not ended."""

    id: uuid.UUID
    name: str
    set_up_at: datetime
    last_contact_at: datetime


def devices_of(session: Session, actor: Actor, person_id: uuid.UUID) -> list[Tablet]:
    """Give a person's active tablets, the one last heard of first: one's own, an administrator anybody's."""
    statement = (
        select(
            col(CaptureDevice.id),
            col(CaptureDevice.name),
            col(CaptureDevice.set_up_at),
            col(CaptureDevice.last_contact_at),
        )
        .where(
            col(CaptureDevice.person_id) == person_id,
            col(CaptureDevice.ended_at).is_(None),
            access.owned(actor, "capture_device", "see", owner_id=col(CaptureDevice.person_id)),
        )
        .order_by(col(CaptureDevice.last_contact_at).desc(), col(CaptureDevice.id))
    )
    return [Tablet(*row) for row in session.connection().execute(statement)]
