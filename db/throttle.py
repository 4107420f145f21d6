"""Slows down guessing: per account and for the whole server, by counts that melt away.

A leaky bucket: each attempt counts one before its password is looked at (so that a burst cannot slip
through), a right password takes it back, and a full count melts in fifteen minutes. Nobody is locked out for
good. The account's name is kept as its hash, whether there is such an account or not.
"""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, text
from sqlmodel import Session, col

from db.engine import writing
from db.models.people import SignInThrottle
from db.settings import settings

WINDOW = timedelta(minutes=15)
SERVER = "*"
ADVISORY_LOCK = 4_172_020


def admit(session: Session, name: str, now: datetime) -> bool:
    """Count an attempt to sign in as ``name``; tell whether it may go on, or comes after too many."""
    limits = {SERVER: settings().throttle_server, _key(name): settings().throttle_account}
    with writing(session):
        _queue(session)
        session.connection().execute(delete(SignInThrottle).where(col(SignInThrottle.counted_at) < now - WINDOW))
        counts = {key: _melted(session, key, limit, now) for key, limit in limits.items()}
        if any(counts[key].failures + 1 > limit for key, limit in limits.items()):
            return False
        for count in counts.values():
            count.failures += 1
            session.add(count)
        return True


def forgive(session: Session, name: str) -> None:
    """Take back what was counted for an attempt that was right, inside the caller's transaction.

    The account's count starts anew; the server's loses this one attempt.
    """
    _queue(session)
    session.connection().execute(delete(SignInThrottle).where(col(SignInThrottle.key) == _key(name)))
    whole = session.get(SignInThrottle, SERVER, populate_existing=True)
    if whole:
        whole.failures = max(0.0, whole.failures - 1)


def _key(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def _melted(session: Session, key: str, limit: int, now: datetime) -> SignInThrottle:
    """Give the count as it is by now. A clock that was set back melts nothing and adds nothing."""
    row = session.get(SignInThrottle, key, populate_existing=True) or SignInThrottle(
        key=key, failures=0, counted_at=now
    )
    passed = max(timedelta(0), now - row.counted_at)
    row.failures = max(0.0, row.failures - limit * (passed / WINDOW))
    row.counted_at = now
    return row


def _queue(session: Session) -> None:
    """Let attempts through one by one on PostgreSQL; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})


def is_full(session: Session, name: str, limit: int, now: datetime) -> bool:
    """Tell whether ``limit`` of what is counted under ``name`` came in the last minutes. Writes nothing."""
    row = session.get(SignInThrottle, _key(name), populate_existing=True)
    if row is None:
        return False
    return row.failures - limit * (max(timedelta(0), now - row.counted_at) / WINDOW) + 1 > limit


def is_new(session: Session, name: str, now: datetime) -> bool:
    """Tell whether ``name`` comes for the first time in the last minutes, and note it, in the caller's transaction."""
    _queue(session)
    row = _melted(session, _key(name), 1, now)
    if row.failures > 0:
        return False
    row.failures = 1
    session.add(row)
    return True


def count(session: Session, name: str, limit: int, now: datetime) -> None:
    """Count one under ``name``, in a transaction of its own."""
    with writing(session):
        _queue(session)
        row = _melted(session, _key(name), limit, now)
        row.failures += 1
        session.add(row)
