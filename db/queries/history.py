"""Every version of a visit, an incident or a child's measure: who changed what, when and why."""

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlmodel import Session, col

from db.actor import Actor
from db.audit import plain
from db.models.children import ChildMeasure
from db.models.people import Person
from db.models.records import AuditContent, AuditEvent
from db.queries.child_measures import open_child_measure
from db.queries.opened import INCIDENT_FIELDS, VISIT_FIELDS, OpenRecord, open_incident, open_visit
from db.queries.records import RecordKind


class Change(NamedTuple):
    """A field that changed: what it was and became (plain JSON). ``hidden``: the actor may not read it."""

    field: str
    before: Any
    after: Any
    hidden: bool = False


class VersionEntry(NamedTuple):
    """One version of a record. ``action`` is the audit's word, such as ``correct_visit``."""

    version: int
    at: datetime
    person: str
    action: str
    reason: str | None
    changes: tuple[Change, ...]


def history(session: Session, actor: Actor, kind: RecordKind, record_id: uuid.UUID) -> list[VersionEntry]:
    """Give every version of a record that the actor may read, newest first.

    The reason for a change is left out with what it speaks of: the text, or a change that the actor may not read.

    Raises:
        NotFound: it is outside the actor's reach, or removed and not theirs to restore.
    """
    record = _open(session, actor, kind, record_id)
    return [_entry(record, event) for event in _events(session, record.kind, record.id)]


def content_at(session: Session, actor: Actor, kind: RecordKind, record_id: uuid.UUID, version: int) -> dict[str, Any]:
    """Give what a record said at an earlier version: the changes since then undone, newest first.

    Values are plain JSON values; fields that the actor may not read are left out.

    Raises:
        NotFound: it is outside the actor's reach, or removed and not theirs to restore.
    """
    record = _open(session, actor, kind, record_id)
    content: dict[str, Any] = plain(record.content)
    for event in _events(session, record.kind, record.id):
        if event.entity_version > version and event.before:
            content.update({name: value for name, value in event.before.items() if name in content})
    return content


def _open(session: Session, actor: Actor, kind: RecordKind, record_id: uuid.UUID) -> OpenRecord:
    return open_visit(session, actor, record_id) if kind == "visit" else open_incident(session, actor, record_id)


def child_measure_history(session: Session, actor: Actor, measure_id: uuid.UUID) -> list[VersionEntry]:
    """Give every version of a child's measure, newest first; a score is told as ``scores.`` and the scale's code.

    Raises:
        NotFound: it is outside the actor's reach, or removed and not theirs to restore.
    """
    key = open_child_measure(session, actor, measure_id).row.id
    return [
        VersionEntry(
            event.entity_version, event.at, event.display_name or "", event.action, event.reason,
            tuple(_differing(event.before or {}, event.after or {})),
        )
        for event in _events(session, ChildMeasure.__tablename__, key)
    ]  # fmt: skip


def _differing(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Change]:
    for name, was in before.items():
        now = after.get(name)
        if isinstance(was, dict):
            now = now or {}
            for part in sorted({**was, **now}):
                if was.get(part) != now.get(part):
                    yield Change(f"{name}.{part}", was.get(part), now.get(part))
        else:
            yield Change(name, was, now)


def _events(session: Session, entity: str, key: uuid.UUID) -> list[Any]:
    statement = (
        select(
            col(AuditEvent.entity_version), col(AuditEvent.at), col(AuditEvent.action),
            col(AuditEvent.reason), col(Person.display_name), col(AuditContent.before),
            col(AuditContent.after),
        )
        .outerjoin(AuditContent, col(AuditContent.seq) == col(AuditEvent.seq))
        .outerjoin(Person, col(Person.id) == col(AuditEvent.actor_id))
        .where(
            col(AuditEvent.entity) == entity,
            col(AuditEvent.entity_id) == key,
            col(AuditEvent.entity_version).is_not(None),
        )
        .order_by(col(AuditEvent.seq).desc())
    )  # fmt: skip
    return list(session.connection().execute(statement))


def _entry(record: OpenRecord, event: Any) -> VersionEntry:
    found = _changes(record, event.before, event.after)
    untold = "summary" in record.withheld or any(change.hidden for change in found)
    reason = None if untold else event.reason
    return VersionEntry(event.entity_version, event.at, event.display_name or "", event.action, reason, found)


def _changes(record: OpenRecord, before: Any, after: Any) -> tuple[Change, ...]:
    """Give the changes of one version in the order of the form; the first version has none."""
    if not before:
        return ()
    found: list[Change] = []
    for name in VISIT_FIELDS if record.kind == "visit" else INCIDENT_FIELDS:
        if name not in before:
            continue
        was, now = before[name], (after or {}).get(name)
        if name in record.withheld:
            found.append(Change(name, None, None, hidden=True))
        elif isinstance(was, dict) and isinstance(now, dict):
            found += [
                Change(f"{name}.{part}", was.get(part), now.get(part))
                for part in {**was, **now}
                if was.get(part) != now.get(part)
            ]
        else:
            found.append(Change(name, was, now))
    return tuple(found)
