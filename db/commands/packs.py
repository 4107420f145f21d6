"""Adding an instrument pack, and taking it out again."""

import hashlib
import uuid

from sqlmodel import Session, col, select

from db import access
from db.actor import Actor
from db.commands.command import Saved, change_removal, command, locked, mark_changed, write_event
from db.errors import AccessDenied, InvalidInput, Problem
from db.instruments import INSTRUMENTS, Instrument
from db.instruments.packs import PackRefused, read_pack
from db.models.base import utc_now
from db.models.instruments import InstrumentPack, InstrumentRow, ScaleRow
from db.models.organisation import Program


@command
def add_pack(session: Session, actor: Actor, content: bytes, program_id: uuid.UUID | None = None) -> Saved:
    """Store a pack. The screens know it as soon as their process refreshes its registry (``db.pack_registry``).

    Wording belongs to one program; a new wording takes the place of the one before. An own instrument may belong to
    one program or to all (None). The audit keeps a digest of the content, never the wording.

    Raises:
        NotFound: the actor may not add packs, or there is no such program.
        InvalidInput: the pack breaks a rule (field ``pack``), or names no program (field ``program_id``).
    """
    access.require(actor, "instrument_pack", "add")
    if program_id is not None and session.get(Program, program_id) is None:
        raise AccessDenied("instrument_pack", "add", entity_id=program_id)
    try:
        pack = read_pack(content, INSTRUMENTS.shipped)
    except PackRefused as refused:
        raise InvalidInput([Problem("pack", refused.code, refused.context)]) from None
    if pack.kind == "wording" and program_id is None:
        raise InvalidInput([Problem("program_id", "pack_program_needed")])
    if pack.kind == "instrument":
        _register(session, pack.instrument)
    else:
        _replace_wording(session, actor, pack.instrument.code, program_id)
    row = InstrumentPack(
        code=pack.instrument.code, kind=pack.kind, content=content.decode("utf-8-sig"), licence_note=pack.licence_note,
        program_id=program_id, created_by=actor.person_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    write_event(session, actor, "add_pack", row, after=_facts(row))
    return Saved(row.id, row.version)


@command
def remove_pack(session: Session, actor: Actor, pack_id: uuid.UUID, base_version: int, reason: str) -> Saved:
    """Take a pack out of the choices. Scores that were stored with an own instrument keep their names.

    Raises:
        NotFound: the actor may not remove packs, or there is no such one.
        InvalidInput: the reason is empty.
        Conflict: ``newer_version`` or ``removed``.
    """
    access.require(actor, "instrument_pack", "remove")
    row = locked(session, InstrumentPack, col(InstrumentPack.id) == pack_id)
    if row is None:
        raise AccessDenied("instrument_pack", "remove", entity_id=pack_id)
    return change_removal(session, actor, row, "pack", base_version, reason, removed=True)


def _facts(row: InstrumentPack) -> dict[str, object]:
    digest = hashlib.sha256(row.content.encode()).hexdigest()
    return {
        "code": row.code,
        "kind": row.kind,
        "licence_note": row.licence_note,
        "program_id": row.program_id,
        "digest": digest,
    }


def _register(session: Session, added: Instrument) -> None:
    """Let the database know the instrument and its scales: it refuses scores of what it does not know."""
    if session.get(InstrumentRow, added.code) is not None:
        raise InvalidInput([Problem("pack", "pack_code_used")])
    session.add(InstrumentRow(code=added.code, name=added.name, edition=added.edition, kind=added.kind))
    session.flush()
    session.add_all(
        ScaleRow(
            instrument_code=added.code, code=scale.code, minimum=scale.minimum, maximum=scale.maximum,
            step=scale.step, direction=scale.direction,
        )
        for scale in added.scales
    )  # fmt: skip


def _replace_wording(session: Session, actor: Actor, code: str, program_id: uuid.UUID | None) -> None:
    standing = select(InstrumentPack).where(
        InstrumentPack.kind == "wording",
        InstrumentPack.code == code,
        InstrumentPack.program_id == program_id,
        col(InstrumentPack.deleted_at).is_(None),
    )
    for row in session.exec(standing):
        row.deleted_at, row.deleted_by = utc_now(), actor.person_id
        mark_changed(row, actor)
        write_event(session, actor, "remove_pack", row, reason="replaced")
