"""Setting up a tablet for capture, and ending what it may keep."""

import uuid

from sqlmodel import Session, col

from db import access, audit
from db.actor import Actor
from db.commands.command import command, locked
from db.errors import AccessDenied, Conflict
from db.models.base import utc_now
from db.models.devices import CaptureDevice

LONGEST_NAME = 60


@command
def register_device(session: Session, actor: Actor, device_id: uuid.UUID, name: str = "") -> None:
    """Note that the actor uses a browser for capture; again after signing out, the same one is active again.

    Args:
        session: the database session.
        actor: whose tablet it is.
        device_id: the key that the browser made for itself.
        name: what the tablet is called in a list; an empty one keeps the name it had.

    Raises:
        NotFound: it is somebody else's.
        Conflict: ``removed`` when it was revoked: such a browser begins anew, under a new key.
    """
    access.require(actor, "capture_device", "add")
    now, name = utc_now(), " ".join(name.split())[:LONGEST_NAME]
    row = locked(session, CaptureDevice, col(CaptureDevice.id) == device_id)
    if row is None:
        row = CaptureDevice(id=device_id, person_id=actor.person_id, set_up_at=now, last_contact_at=now)
        session.add(row)
        _write_event(session, actor, "register_device", row)
    elif row.person_id != actor.person_id:
        raise AccessDenied("capture_device", "add", entity_id=device_id)
    elif row.end_reason == "revoked":
        raise Conflict("removed")
    elif row.ended_at is not None:
        row.ended_at = row.end_reason = None
        _write_event(session, actor, "register_device", row)
    row.name, row.last_contact_at, row.session_id = name or row.name, now, actor.session_id


@command
def revoke_device(session: Session, actor: Actor, device_id: uuid.UUID) -> None:
    """End a tablet for good: it forgets what it was given as soon as it reaches the server. Twice is like once.

    Raises:
        NotFound: it is neither the actor's own nor theirs to end.
    """
    condition = access.owned(actor, "capture_device", "remove", owner_id=col(CaptureDevice.person_id))
    row = locked(session, CaptureDevice, (col(CaptureDevice.id) == device_id) & condition)
    if row is None:
        raise AccessDenied("capture_device", "remove", entity_id=device_id)
    if row.end_reason != "revoked":
        row.ended_at, row.end_reason = utc_now(), "revoked"
        _write_event(session, actor, "revoke_device", row)


def _write_event(session: Session, actor: Actor, action: str, row: CaptureDevice) -> None:
    audit.append(
        session,
        actor_id=actor.person_id,
        actor_role=actor.role,
        action=action,
        entity=row.__tablename__,
        entity_id=row.id,
        after={"person_id": row.person_id},
    )
