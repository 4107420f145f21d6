"""Tablets with the capture app: their state, which they may ask without being signed in, and when they were heard of.

Not commands: the app asks exactly when nobody is signed in. A device's key is known to its browser only.
"""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import or_, true, update
from sqlmodel import Session, col, select

from db.engine import session as open_session
from db.engine import writing
from db.models.devices import CaptureDevice
from db.models.people import Person, SignInSession

State = Literal["active", "signed_out", "revoked", "account", "unknown"]
NOTED_EVERY = timedelta(minutes=1)


def device_state(session: Session, device_id: uuid.UUID) -> State:
    """Tell how a device stands: anything but ``active`` means that it has to forget what it was given.

    ``account``: its person may not sign in any more.
    """
    found = session.exec(
        select(CaptureDevice, Person)
        .join(Person, col(Person.id) == col(CaptureDevice.person_id))
        .where(CaptureDevice.id == device_id)
    ).first()
    if found is None:
        return "unknown"
    device, person = found
    if device.end_reason == "revoked":
        return "revoked"
    if person.disabled_at is not None or person.deleted_at is not None:
        return "account"
    return "active" if device.ended_at is None else "signed_out"


def why_refused(
    session: Session, device_id: uuid.UUID, person_id: uuid.UUID
) -> Literal["revoked", "other_person"] | None:
    """Tell why somebody's device is not served, or None: one that was signed out or never set up is."""
    found = session.exec(
        select(CaptureDevice.person_id, CaptureDevice.end_reason).where(CaptureDevice.id == device_id)
    ).first()
    if found is None:
        return None
    if found[0] != person_id:
        return "other_person"
    return "revoked" if found[1] == "revoked" else None


def note_contact(session: Session, device_id: uuid.UUID, session_id: uuid.UUID | None, now: datetime) -> None:
    """Mark an active device as heard of now in a sign-in session, unless that was noted within the last minute."""
    mine = (
        (col(CaptureDevice.id) == device_id)
        & col(CaptureDevice.ended_at).is_(None)
        & or_(
            col(CaptureDevice.last_contact_at) <= now - NOTED_EVERY,
            col(CaptureDevice.session_id).is_distinct_from(session_id),
        )
    )
    if session.exec(select(CaptureDevice.id).where(mine)).first() is None:
        return
    with open_session(session.get_bind()) as own, writing(own):  # type: ignore[arg-type]
        own.connection().execute(update(CaptureDevice).where(mine).values(last_contact_at=now, session_id=session_id))


def carry_over(session: Session, replaced_hash: str, person_id: uuid.UUID, session_id: uuid.UUID) -> None:
    """Let, inside the caller's transaction, a person's devices of one session belong to the one that replaced it."""
    replaced = select(SignInSession.id).where(SignInSession.token_hash == replaced_hash)
    session.connection().execute(
        update(CaptureDevice)
        .where(col(CaptureDevice.person_id) == person_id, col(CaptureDevice.session_id).in_(replaced))
        .values(session_id=session_id)
    )


def take_along(
    session: Session, device_ids: Collection[uuid.UUID], person_id: uuid.UUID, session_id: uuid.UUID
) -> None:
    """Let, inside the caller's transaction, a person's active devices among these belong to a sign-in session.

    They are those of the browser that signs in, whether or not it still knew an earlier session: signing out of this
    one ends them.
    """
    if not device_ids:
        return
    session.connection().execute(
        update(CaptureDevice)
        .where(
            col(CaptureDevice.id).in_(device_ids),
            col(CaptureDevice.person_id) == person_id,
            col(CaptureDevice.ended_at).is_(None),
        )
        .values(session_id=session_id)
    )


def end_devices_of_session(session: Session, session_id: uuid.UUID, now: datetime) -> None:
    """End, inside the caller's transaction, the devices that were last heard of in a sign-in session: it was left."""
    session.connection().execute(
        update(CaptureDevice)
        .where(col(CaptureDevice.session_id) == session_id, col(CaptureDevice.ended_at).is_(None))
        .values(ended_at=now, end_reason="signed_out")
    )


def end_devices_of(session: Session, person_id: uuid.UUID, now: datetime, but: uuid.UUID | None = None) -> None:
    """End, inside the caller's transaction, every device of a person, except those of the session ``but``.

    What was given to them is not theirs by now.
    """
    session.connection().execute(
        update(CaptureDevice)
        .where(
            col(CaptureDevice.person_id) == person_id,
            col(CaptureDevice.ended_at).is_(None),
            col(CaptureDevice.session_id).is_distinct_from(but) if but else true(),
        )
        .values(ended_at=now, end_reason="signed_out")
    )
