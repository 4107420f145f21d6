"""What is done alike to every record that people keep: find it within reach, store it, change it, take it out.

A command on a kind of record says for itself what belongs to it, which rules hold, and which sums change with it.
"""

import uuid
from typing import Any, TypeVar

from sqlmodel import Session, col

from db import access
from db.access_matrix import Thing, Verb
from db.actor import Actor
from db.commands.command import (
    Saved,
    changes,
    content,
    locked,
    mark_changed,
    require_version,
    set_removed,
    stated,
    write_event,
)
from db.errors import AccessDenied
from db.models.base import Base
from db.models.organisation import Site

Row = TypeVar("Row", bound=Base)


def require_row(
    session: Session,
    actor: Actor,
    table: type[Row],
    thing: Thing,
    verb: Verb,
    key: uuid.UUID,
    *,
    writer: str | None = None,
    removed_too: bool = True,
) -> Row:
    """Give the row of a key, locked, if the actor may do ``verb`` to it.

    Args:
        session: in a writing transaction.
        actor: who asks.
        table: where the row is; it has ``site_id`` and ``region_id``.
        thing: what the access matrix calls it.
        verb: what is to be done to it.
        key: which row.
        writer: the column that names who wrote it; needed where a right reaches only one's own.
        removed_too: False where a removed row counts as one that is not there.

    Raises:
        AccessDenied: it does not exist, or is outside the actor's reach.
    """
    rows: Any = table
    inside = access.within(
        actor, thing, verb, site_id=col(rows.site_id), region_id=col(rows.region_id),
        owner_id=col(getattr(rows, writer)) if writer else None,
    )  # fmt: skip
    row: Any = locked(session, table, (col(rows.id) == key) & inside)
    if row is None or (row.deleted_at is not None and not removed_too):
        raise AccessDenied(thing, verb, entity_id=key)
    found: Row = row
    return found


def require_record(
    session: Session, actor: Actor, table: type[Row], thing: Thing, verb: Verb, key: uuid.UUID, writer: str
) -> Row:
    """Give a record that can be removed and restored, as ``require_row`` does; a removed one cannot be changed.

    Raises:
        AccessDenied: it does not exist, is outside the actor's reach, or is removed and is to be changed.
    """
    return require_row(session, actor, table, thing, verb, key, writer=writer, removed_too=verb != "change")


def add_row(session: Session, actor: Actor, action: str, row: Any, *, reason: str | None = None) -> Saved:
    """Store a new row that is whole by itself, with its audit event."""
    session.add(row)
    session.flush()
    write_event(session, actor, action, row, after=content(row), reason=reason)
    return Saved(row.id, row.version)


def change_row(
    session: Session, actor: Actor, action: str, row: Any, values: dict[str, Any], base_version: int | None = None
) -> Saved:
    """Let a row say ``values``, with an audit event of what differs. Saying the same once more changes nothing.

    Raises:
        Conflict: ``newer_version`` when something differs and ``base_version`` is not the row's version.
    """
    before = content(row)
    was, now = changes(before, {name: values.get(name, value) for name, value in before.items()})
    if now:
        if base_version is not None:
            require_version(row, base_version)
        for name, value in now.items():
            setattr(row, name, value)
        mark_changed(row, actor)
        write_event(session, actor, action, row, before=was, after=now)
    return Saved(row.id, row.version, created=False)


def remove_row(session: Session, actor: Actor, action: str, row: Any, *, reason: str | None = None) -> Saved:
    """Take a row out for good, as far as people see, with an audit event of what it said.

    Raises:
        Conflict: ``removed`` when it is out already.
    """
    set_removed(row, actor, removed=True)
    write_event(session, actor, action, row, before=content(row), reason=reason)
    return Saved(row.id, row.version, created=False)


def begin_correction(
    session: Session, actor: Actor, thing: Thing, row: Any, base_version: int, site_id: uuid.UUID, reason: str
) -> tuple[Site, str]:
    """Give the site that a record belongs to from now on, and the reason why it is corrected, as the audit keeps it.

    Raises:
        AccessDenied: the record goes to another site, and the actor may not add such records there.
        Conflict: ``newer_version`` when someone changed it meanwhile.
        InvalidInput: no reason is given.
    """
    if row.site_id != site_id:
        access.require_site(session, actor, thing, "add", site_id)
    require_version(row, base_version)
    kept_reason = stated(reason)
    return session.get_one(Site, site_id), kept_reason


def rewrite(session: Session, actor: Actor, row: Any, site: Site, values: dict[str, Any]) -> None:
    """Let a record say other things, at the site that it belongs to from now on."""
    for name, value in values.items():
        setattr(row, name, value)
    row.site_id, row.region_id = site.id, site.region_id
    mark_changed(row, actor)
    session.flush()


def finish_correction(
    session: Session, actor: Actor, action: str, row: Any, before: dict[str, Any], after: dict[str, Any], reason: str
) -> Saved:
    """Write the audit event of a correction: only the fields that differ, as they were and as they are."""
    was, now = changes(before, after)
    write_event(session, actor, action, row, before=was, after=now, reason=reason)
    return Saved(row.id, row.version, created=False)
