"""What people see about their own account: where they are signed in, and how."""

import uuid
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select
from sqlmodel import Session, col

from db import second_factor
from db.actor import Actor
from db.models.base import utc_now
from db.models.people import Person, PersonIdentity, RecoveryCode, SignInSession
from db.settings import settings


class OwnSession(NamedTuple):
    """A browser in which the actor is signed in. ``here`` is the one that asks."""

    id: uuid.UUID
    browser: str | None
    method: str | None
    started_at: datetime
    last_seen_at: datetime
    here: bool


class OwnAccount(NamedTuple):
    """How the actor signs in. ``codes_left`` are recovery codes that were not used yet."""

    name: str
    has_password: bool
    second_factor: bool
    required: bool
    codes_left: int
    issuers: tuple[str, ...]


def own_sessions(session: Session, actor: Actor) -> list[OwnSession]:
    """Give the actor's sessions that stand, the one seen last first."""
    now = utc_now()
    rows = session.connection().execute(
        select(
            col(SignInSession.id), col(SignInSession.browser), col(SignInSession.method),
            col(SignInSession.started_at), col(SignInSession.last_seen_at),
        )
        .where(
            col(SignInSession.person_id) == actor.person_id,
            col(SignInSession.ended_at).is_(None),
            col(SignInSession.ends_at) > now,
            col(SignInSession.last_seen_at) > now - timedelta(minutes=settings().idle_minutes),
        )
        .order_by(col(SignInSession.last_seen_at).desc())
    )  # fmt: skip
    return [OwnSession(*row, here=row.id == actor.session_id) for row in rows]


def own_account(session: Session, actor: Actor) -> OwnAccount:
    """Give how the actor signs in."""
    run = session.connection().execute
    row = run(
        select(
            col(Person.sign_in_name), col(Person.password_hash).is_not(None), col(Person.totp_confirmed_at).is_not(None)
        ).where(col(Person.id) == actor.person_id)
    ).one()
    left = run(
        select(func.count()).where(col(RecoveryCode.person_id) == actor.person_id, col(RecoveryCode.used_at).is_(None))
    ).scalar_one()
    issuers = run(select(col(PersonIdentity.issuer)).where(col(PersonIdentity.person_id) == actor.person_id)).scalars()
    return OwnAccount(*row, second_factor.is_required(actor.role), left, tuple(sorted(issuers)))
