"""The audit chain: every write leaves one event that nobody can change unnoticed."""

import hashlib
import json
import uuid
from datetime import date, datetime, time
from typing import Any

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
    """Add one event to the chain, inside the caller's transaction.

    On PostgreSQL an advisory lock puts writers in line; it is the last lock that a command takes, so that two commands
    cannot wait for each other. On SQLite there is one writer anyway.
    """
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
    last = session.connection().execute(
        select(col(AuditEvent.seq), col(AuditEvent.hash)).order_by(col(AuditEvent.seq).desc()).limit(1)
    ).first()
    before, after = plain(before), plain(after)
    event = AuditEvent(
        seq=(last[0] if last else 0) + 1,
        at=utc_now(),
        actor_id=actor_id,
        actor_role=actor_role,
        action=action,
        entity=entity,
        entity_id=entity_id,
        entity_version=entity_version,
        site_id=site_id,
        rows=rows,
        reason=reason,
        content_digest=digest({"before": before, "after": after}),
        previous_hash=last[1] if last else START,
        hash="",
    )
    event.hash = event_hash(event)
    session.add(event)
    session.flush()
    if before is not None or after is not None:
        session.add(AuditContent(seq=event.seq, before=before, after=after))
        session.flush()
    return event
