"""The audit chain: every write leaves one event that nobody can change unnoticed."""

import hashlib
import json
import uuid
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple

from sqlalchemy import select, text
from sqlmodel import Session, col

from db.models.base import utc_now
from db.models.records import AuditContent, AuditEvent

START = "0" * 64
ADVISORY_LOCK = 4_172_019


def plain(value: Any) -> Any:
    """Give ``value`` as JSON can hold it."""
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(inner) for inner in value]
    return value


def digest(value: Any) -> str:
    """Give the SHA-256 of ``value`` written as JSON with sorted keys."""
    written = json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()


def event_hash(event: AuditEvent) -> str:
    """Give the hash that an event must carry: over its own columns and the hash of the event before."""
    return digest(
        [
            event.seq,
            event.at.isoformat(),
            event.actor_id,
            event.actor_role,
            event.action,
            event.entity,
            event.entity_id,
            event.entity_version,
            event.site_id,
            event.rows,
            event.reason,
            event.content_digest,
            event.previous_hash,
        ]
    )


class Draft(NamedTuple):
    """An event that is to be added to the chain."""

    actor_id: uuid.UUID | None
    actor_role: str
    action: str
    entity: str
    entity_id: uuid.UUID | None = None
    entity_version: int | None = None
    site_id: uuid.UUID | None = None
    rows: int | None = None
    reason: str | None = None
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None


def append(
    session: Session,
    *,
    actor_id: uuid.UUID | None,
    actor_role: str,
    action: str,
    entity: str,
    entity_id: uuid.UUID | None = None,
    entity_version: int | None = None,
    site_id: uuid.UUID | None = None,
    rows: int | None = None,
    reason: str | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> AuditEvent:
    """Add one event to the chain, inside the caller's transaction."""
    draft = Draft(actor_id, actor_role, action, entity, entity_id, entity_version, site_id, rows, reason, before, after)
    return append_all(session, [draft])[0]


def append_all(session: Session, drafts: Sequence[Draft]) -> list[AuditEvent]:
    """Add events to the chain in their order, inside the caller's transaction, in as few statements as there can be.

    On PostgreSQL an advisory lock puts writers in line; it is the last lock that a command takes, so that two commands
    cannot wait for each other. On SQLite there is one writer anyway.
    """
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
    last = (
        session.connection()
        .execute(select(col(AuditEvent.seq), col(AuditEvent.hash)).order_by(col(AuditEvent.seq).desc()).limit(1))
        .first()
    )
    seq, previous = (last[0], last[1]) if last else (0, START)
    events: list[AuditEvent] = []
    contents: list[AuditContent] = []
    for draft in drafts:
        before, after = plain(draft.before), plain(draft.after)
        seq += 1
        event = AuditEvent(
            seq=seq,
            at=utc_now(),
            actor_id=draft.actor_id,
            actor_role=draft.actor_role,
            action=draft.action,
            entity=draft.entity,
            entity_id=draft.entity_id,
            entity_version=draft.entity_version,
            site_id=draft.site_id,
            rows=draft.rows,
            reason=draft.reason,
            content_digest=digest({"before": before, "after": after}),
            previous_hash=previous,
            hash="",
        )
        event.hash = previous = event_hash(event)
        events.append(event)
        if before is not None or after is not None:
            contents.append(AuditContent(seq=seq, before=before, after=after))
    session.add_all(events)
    session.flush()
    session.add_all(contents)
    session.flush()
    return events
