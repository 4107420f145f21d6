"""Bring the packs that stand in the database into this process's registry, when they changed."""

import logging
import time
import uuid
from dataclasses import replace

from sqlalchemy import func, select
from sqlmodel import Session, col

from db.instruments import INSTRUMENTS, Instrument
from db.instruments.packs import PackRefused, read_pack
from db.instruments.registry import without_words
from db.models.instruments import InstrumentPack

LOOK_AGAIN_AFTER = 5.0
"""Seconds: another process's new pack is known here after at most this time."""

_log = logging.getLogger(__name__)
_known: tuple[object, ...] | None = None
_looked_at = float("-inf")


def refresh(session: Session, *, at_once: bool = False) -> None:
    """Read the packs again when one was added or removed since; one short question at most every few seconds.

    Args:
        session: the database session.
        at_once: ask now, however short ago the last time was (after a pack was written).
    """
    global _known, _looked_at
    now = time.monotonic()
    if not at_once and now - _looked_at < LOOK_AGAIN_AFTER:
        return
    stamp = _stamp(session)
    if stamp != _known:
        _load(session)
        _known = stamp
    _looked_at = now


def _stamp(session: Session) -> tuple[object, ...]:
    versions = select(
        func.count(), func.sum(col(InstrumentPack.version)), func.max(col(InstrumentPack.created_at))
    ).select_from(InstrumentPack)
    return (str(session.get_bind().engine.url), *session.connection().execute(versions).one())


def _load(session: Session) -> None:
    added: list[Instrument] = []
    worded: dict[tuple[str, uuid.UUID], Instrument] = {}
    rows = session.connection().execute(
        select(
            col(InstrumentPack.id), col(InstrumentPack.content), col(InstrumentPack.program_id),
            col(InstrumentPack.deleted_at),
        ).order_by(col(InstrumentPack.created_at), col(InstrumentPack.id))
    )  # fmt: skip
    for key, content, program_id, removed in rows:
        try:
            pack = read_pack(content.encode(), INSTRUMENTS.shipped)
        except PackRefused as refused:  # stored by an older version of this program, with other rules
            _log.warning("instrument pack %s is left out: %s", key, refused.code)
            continue
        found = pack.instrument
        if pack.kind == "instrument":
            found = replace(found, program_id=program_id, retired=removed is not None)
            added.append(found if program_id is None else without_words(found))
        if program_id is not None and removed is None:
            worded[found.code, program_id] = found
    INSTRUMENTS.use_added(added, worded)
