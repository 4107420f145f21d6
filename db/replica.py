"""Reads for whole screens from a replica, where there is one: never older than stated, never without one's own writes.

A replica is asked only when it holds everything that this person ever wrote (their newest audit event, which every
command adds in its own transaction), and has the primary's state of a moment ago or heard from it within
``read_staleness_seconds``. Otherwise, and when it does not answer, the database itself is read: the screen is the same.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from db import meters
from db.actor import Actor
from db.engine import engine, make_engine
from db.engine import session as open_session
from db.settings import settings

LEFT_ALONE_SECONDS = 5.0
"""A replica that did not answer is not asked again for so long: nobody waits for it twice."""

_PRIMARY = text("SELECT (SELECT max(seq) FROM audit_event WHERE actor_id = :actor), pg_current_wal_lsn()::text")
_REPLICA = text(
    "SELECT (SELECT max(seq) FROM audit_event), pg_last_wal_replay_lsn() >= CAST(:lsn AS pg_lsn),"
    " extract(epoch FROM now() - pg_last_xact_replay_timestamp())"
)


class _Replica:
    """What this process knows about the replica."""

    def __init__(self) -> None:
        self.lock, self.silent_until = threading.Lock(), 0.0

    def may_be_asked(self) -> bool:
        with self.lock:
            return time.monotonic() >= self.silent_until

    def did_not_answer(self) -> None:
        with self.lock:
            self.silent_until = time.monotonic() + LEFT_ALONE_SECONDS


_replica = _Replica()


@lru_cache(maxsize=1)
def read_engine() -> Engine | None:
    """Give the replica's engine, or None when there is no replica."""
    url = settings().read_database_url
    return make_engine(url.get_secret_value()) if url else None


def where_to_write(session: Session) -> Engine:
    """Give the engine for what must be written beside a read: the database itself, also when a replica is read."""
    bind = session.get_bind()
    return engine() if bind is read_engine() else bind  # type: ignore[return-value]


@contextmanager
def reading(actor: Actor) -> Iterator[Session]:
    """Open a session for a screen that only reads, on the replica when that is fresh enough for ``actor``."""
    replica = read_engine()
    if replica is None or not _replica.may_be_asked() or not _fresh(replica, actor):
        with open_session() as opened:
            yield opened
        return
    with open_session(replica) as opened:
        yield opened


def _fresh(replica: Engine, actor: Actor) -> bool:
    with engine().connect() as connection:
        own, lsn = _told(connection, _PRIMARY, {"actor": actor.person_id})
    try:
        with replica.connect() as connection:
            held, caught_up, seconds = _told(connection, _REPLICA, {"lsn": lsn})
    except SQLAlchemyError:
        _replica.did_not_answer()
        meters.REPLICA.labels("no_answer").inc()
        return False
    in_time = caught_up or (seconds is not None and seconds <= settings().read_staleness_seconds)
    fresh = bool(in_time) and (own is None or (held is not None and held >= own))
    meters.REPLICA.labels("used" if fresh else "too_old").inc()
    return fresh


def _told(connection: Connection, statement: Any, values: dict[str, Any]) -> Any:
    return connection.execute(statement, values).one()
