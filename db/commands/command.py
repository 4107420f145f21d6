"""What every command shares: one transaction, an access check that leaves a trace, an answer that is plain data."""

import functools
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from db import acting, audit, meters
from db.access_matrix import Thing
from db.actor import Actor, by_now
from db.engine import session as open_session
from db.engine import writing
from db.errors import AccessDenied, Conflict, InvalidInput, NotFound, Problem
from db.models.base import Base, utc_now
from db.models.drafts import Draft
from db.models.inputs import SubmittedInput
from db.models.organisation import Site
from db.models.records import Tombstone
from db.replica import where_to_write

P = ParamSpec("P")
T = TypeVar("T")
Row = TypeVar("Row", bound=Base)

MARKS = {
    "id", "version", "created_at", "created_by", "updated_at", "updated_by", "deleted_at", "deleted_by",
    "client_uuid", "content_digest", "region_id", "made_at", "clock_off_minutes",
}  # fmt: skip


@dataclass(frozen=True)
class Saved:
    """What a command stored: the row's key and version, and whether this call made it."""

    id: uuid.UUID
    version: int
    created: bool = True


def command(
    function: Callable[Concatenate[Session, Actor, P], T],
) -> Callable[Concatenate[Session, Actor, P], T]:
    """Make ``function(session, actor, …)`` a command.

    It runs in one writing transaction, with what the actor may reach by now: a part of an open page can run again with
    an actor from before an assignment ended. A refusal is rolled back, written to the audit as ``access_denied``, and
    told as ``NotFound``. When another server stored the same key in the same moment, the command runs once more and
    finds it.
    """
    return _command(function, soon=False)


def draft_command(
    function: Callable[Concatenate[Session, Actor, P], T],
) -> Callable[Concatenate[Session, Actor, P], T]:
    """Make ``function`` a command that does not wait for the disk (``db.engine.writing``): for drafts only."""
    return _command(function, soon=True)


def _command(
    function: Callable[Concatenate[Session, Actor, P], T], *, soon: bool
) -> Callable[Concatenate[Session, Actor, P], T]:
    def run(session: Session, actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> T:
        outcome = "failed"
        acting.note(actor.person_id)
        try:
            try:
                with writing(session, soon=soon):
                    given = function(session, _by_now(session, actor), *args, **kwargs)
            except IntegrityError:
                with writing(session, soon=soon):
                    given = function(session, _by_now(session, actor), *args, **kwargs)
            outcome = "done"
            return given
        except AccessDenied as denied:
            outcome = "refused"
            record_denied(session, actor, denied)
            raise NotFound("not found") from None
        except (InvalidInput, Conflict) as error:
            outcome = type(error).__name__.lower()
            raise
        finally:
            meters.SAVES.labels(function.__name__, outcome).inc()

    functools.update_wrapper(run, function)
    run.is_command = True  # type: ignore[attr-defined]
    return run


def _by_now(session: Session, actor: Actor) -> Actor:
    found = by_now(session, actor)
    if found is None:
        raise AccessDenied("person", "see", entity_id=actor.person_id)
    return found


def record_denied(session: Session, actor: Actor, denied: AccessDenied) -> None:
    """Leave the trace of a refusal, in a transaction of its own."""
    meters.REFUSED.labels(denied.thing, denied.verb).inc()
    with open_session(where_to_write(session)) as own, writing(own):
        audit.append(
            own,
            actor_id=actor.person_id,
            actor_role=actor.role,
            action="access_denied",
            entity=denied.thing,
            entity_id=denied.entity_id,
            site_id=denied.site_id,
            reason=denied.verb,
        )


def write_event(
    session: Session,
    actor: Actor,
    action: str,
    row: Any,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Add the audit event of a change to ``row``, in the command's own transaction."""
    audit.append(
        session,
        actor_id=actor.person_id,
        actor_role=actor.role,
        action=action,
        entity=row.__tablename__,
        entity_id=row.id,
        entity_version=row.version,
        site_id=getattr(row, "site_id", None),
        before=before,
        after=after,
        reason=reason,
    )


def content(row: Base, **lists: Any) -> dict[str, Any]:
    """Give what a row says, without its keys and marks, with its ``lists`` of choices: what an audit event keeps."""
    kept = {name: getattr(row, name) for name in type(row).model_fields if name not in MARKS}
    return {**kept, **lists}


def changes(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give only the fields that differ, as they were and as they are."""
    differing = [name for name in after if audit.plain(before.get(name)) != audit.plain(after[name])]
    return {name: before.get(name) for name in differing}, {name: after[name] for name in differing}


def earlier(session: Session, table: type[Any], sent: SubmittedInput) -> Saved | None:
    """Give what the same key stored before, or None when it is new.

    Raises:
        Conflict: ``other_content`` when something else came under this key before, ``removed`` when it was removed.
    """
    with acting.whole_reach():  # a key is used up wherever it was stored, also out of reach
        found = session.exec(select(table).where(table.client_uuid == sent.client_uuid)).first()
    if found is None:
        if session.exec(select(Tombstone.id).where(Tombstone.client_uuid == sent.client_uuid)).first() is not None:
            raise Conflict("removed")
        return None
    if found.deleted_at is not None:
        raise Conflict("removed")
    if found.content_digest != sent.content_digest():
        raise Conflict("other_content")
    return Saved(found.id, 1, created=False)


def marks_of(actor: Actor, site: Site, sent: SubmittedInput) -> dict[str, Any]:
    """Give the columns that every row has which a person sent in: where it belongs, who made it, and how it came."""
    return {"region_id": site.region_id, "site_id": site.id, "created_by": actor.person_id, **sent.marks()}


def made_before(session: Session, actor: Actor, table: Any, thing: Thing, key: uuid.UUID | None) -> Saved | None:
    """Give the row that a form stored under ``key`` before: a double click stores once.

    Raises:
        AccessDenied: someone else's row has this key.
    """
    with acting.whole_reach():  # to refuse somebody else's key instead of failing on it
        row = session.get(table, key) if key else None
    if row is None:
        return None
    if row.created_by != actor.person_id:
        raise AccessDenied(thing, "add", entity_id=key)
    return Saved(row.id, row.version, created=False)


def forget_draft(session: Session, actor: Actor, sent: SubmittedInput) -> None:
    """Let one's draft of a record go in the transaction that stores it: never a draft of what is saved."""
    own = (col(Draft.client_uuid) == sent.client_uuid) & (col(Draft.person_id) == actor.person_id)
    session.connection().execute(delete(Draft).where(own))


def locked(session: Session, table: type[Row], condition: Any) -> Row | None:
    """Give the one row under ``condition``, locked against other writers until the transaction ends."""
    statement = select(table).where(condition).with_for_update().execution_options(populate_existing=True)
    return session.exec(statement).first()


def require_version(row: Any, base_version: int) -> None:
    """Refuse a change that was made on an older version of the row.

    Raises:
        Conflict: ``newer_version``.
    """
    if row.version != base_version:
        raise Conflict("newer_version")


def mark_changed(row: Any, actor: Actor) -> None:
    """Raise the row's version and note who changed it."""
    row.version += 1
    row.updated_at, row.updated_by = utc_now(), actor.person_id


def set_removed(row: Any, actor: Actor, removed: bool) -> None:
    """Mark a row as removed, or as back.

    Raises:
        Conflict: ``removed`` or ``not_removed`` when it is so already.
    """
    if (row.deleted_at is not None) == removed:
        raise Conflict("removed" if removed else "not_removed")
    row.deleted_at = utc_now() if removed else None
    row.deleted_by = actor.person_id if removed else None
    mark_changed(row, actor)


def stated(reason: str) -> str:
    """Give the reason of a change, without outer spaces and not too long for the audit.

    Raises:
        InvalidInput: there is none.
    """
    if not reason.strip():
        raise InvalidInput([Problem("reason_for_change", "reason_needed")])
    return reason.strip()[:300]


def change_removal(
    session: Session, actor: Actor, row: Any, kind: str, base_version: int, reason: str, *, removed: bool
) -> Saved:
    """Mark a row as removed or as back, with its audit event (``remove_…`` or ``restore_…`` and the kind).

    Raises:
        InvalidInput: no reason is given.
        Conflict: ``newer_version``, or it is so already.
    """
    require_version(row, base_version)
    reason = stated(reason)
    set_removed(row, actor, removed)
    write_event(session, actor, f"{'remove' if removed else 'restore'}_{kind}", row, reason=reason)
    return Saved(row.id, row.version, created=False)
