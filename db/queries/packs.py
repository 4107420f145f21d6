"""The instrument packs that were added."""

import uuid
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlmodel import Session, col

from db import access
from db.actor import Actor
from db.models.instruments import InstrumentPack
from db.models.organisation import Program


class PackRow(NamedTuple):
    """One pack without its content. ``program`` is None for an instrument of all programs."""

    id: uuid.UUID
    version: int
    code: str
    kind: str
    licence_note: str
    program: str | None
    added_at: datetime


def packs(session: Session, actor: Actor) -> list[PackRow]:
    """Give the packs in use, the newest first; none to whoever may not arrange them."""
    if not access.may(actor, "instrument_pack", "see"):
        return []
    statement = (
        select(
            col(InstrumentPack.id), col(InstrumentPack.version), col(InstrumentPack.code), col(InstrumentPack.kind),
            col(InstrumentPack.licence_note), col(Program.name), col(InstrumentPack.created_at),
        )
        .outerjoin(Program, col(Program.id) == col(InstrumentPack.program_id))
        .where(col(InstrumentPack.deleted_at).is_(None))
        .order_by(col(InstrumentPack.created_at).desc(), col(InstrumentPack.id))
    )  # fmt: skip
    return [PackRow(*row) for row in session.connection().execute(statement)]
