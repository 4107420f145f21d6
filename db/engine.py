"""The one engine of a process, its sessions, and the only way to write: one writer at a time."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from db import acting, meters
from db.settings import settings

OLDEST_SAFE_SQLITE = (3, 51, 3)
BUSY_MILLISECONDS = 30_000
POOL_SECONDS, CONNECT_SECONDS = 20, 5

_limits = {
    "statement_timeout": 30_000, "lock_timeout": 15_000, "idle_in_transaction_session_timeout": 60_000,
}  # fmt: skip
"""What PostgreSQL ends for us, in milliseconds."""

_writing = threading.Lock()


@lru_cache(maxsize=1)
def engine() -> Engine:
    """Give the process's engine, made from the settings at first use."""
    key = settings().database_key
    return make_engine(settings().database_url, key.get_secret_value() if key else None)


def make_engine(url: str, key: str | None = None) -> Engine:
    """Make an engine for ``url``: SQLite through SQLCipher's driver, or PostgreSQL through psycopg 3.

    Raises:
        RuntimeError: the bundled SQLite is one of the releases that can corrupt a database in WAL mode.
    """
    parsed = make_url(url)
    made = _sqlite_engine(url, key) if parsed.get_backend_name() == "sqlite" else _postgres_engine(parsed)
    if made.dialect.name == "postgresql":
        acting.tell_postgres(made)  # before the clock of the statement itself starts
    event.listen(made, "before_cursor_execute", _statement_begins)
    event.listen(made, "after_cursor_execute", _statement_ended)
    return made


def _statement_begins(connection: Connection, *_told: Any) -> None:
    connection.info["began"] = time.perf_counter()


def _statement_ended(connection: Connection, *_told: Any) -> None:
    meters.SQL_SECONDS.observe(time.perf_counter() - connection.info["began"])


def take_your_time() -> None:
    """Let this process's statements run as long as they need: for the operator's commands, before the first use."""
    _limits.clear()


def _postgres_engine(parsed: URL) -> Engine:
    """Connections that nothing holds up for good: no statement, no lock, no transaction that was left open."""
    limits = " ".join(f"-c {name}={milliseconds}" for name, milliseconds in _limits.items())
    return create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        hide_parameters=True,
        pool_size=settings().database_pool,
        max_overflow=0,
        pool_timeout=POOL_SECONDS,
        pool_pre_ping=True,
        pool_recycle=1800,
        connect_args={
            "connect_timeout": CONNECT_SECONDS, "options": limits, "application_name": "attune",
            "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3,
        },
    )  # fmt: skip


def _sqlite_engine(url: str, key: str | None) -> Engine:
    if sqlcipher.sqlite_version_info < OLDEST_SAFE_SQLITE:
        raise RuntimeError(
            f"SQLite {sqlcipher.sqlite_version} can corrupt a database that several writers use;"
            " Attune needs 3.51.3 or later."
        )
    path = make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).touch(mode=0o600)  # nobody else on the machine reads it; SQLite's other files follow its mode
    made = create_engine(
        url,
        module=sqlcipher,
        hide_parameters=True,
        pool_size=20,
        max_overflow=40,
        connect_args={"check_same_thread": False, "timeout": BUSY_MILLISECONDS / 1000, "isolation_level": None},
    )

    @event.listens_for(made, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        if key:
            cursor.execute("PRAGMA key = '{}'".format(key.replace("'", "''")))
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            f"busy_timeout = {BUSY_MILLISECONDS}",
            "temp_store = MEMORY",
            "secure_delete = ON",  # what was removed, such as a used survey code, is overwritten in the file
            "cache_size = -32000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(made, "begin")
    def begin(connection: Connection) -> None:
        """Writers take the lock at once: a deferred transaction that reads and then writes can lose an update."""
        options = connection.get_execution_options()
        immediate = options.get("attune_writes", False)
        wanted = "NORMAL" if options.get("attune_soon", False) else "FULL"
        if connection.info.get("synchronous", "FULL") != wanted:
            connection.exec_driver_sql(f"PRAGMA synchronous = {wanted}")
            connection.info["synchronous"] = wanted
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return made


@contextmanager
def session(bind: Engine | None = None) -> Iterator[Session]:
    """Open one short session for one action; what was not committed by a command is rolled back."""
    with Session(bind or engine(), expire_on_commit=False) as opened:
        yield opened


@contextmanager
def writing(opened: Session, *, soon: bool = False) -> Iterator[None]:
    """Run one writing transaction: committed at the end, rolled back on any error.

    On SQLite the writers of this process queue on a lock of our own, because SQLite's own waiting is a lottery (32
    writers: single waits of 4 seconds).

    With ``soon`` the commit does not wait for the disk: it outlives this process at once, and a power cut within a
    second. For drafts, which are written at every tap; never for a record.
    """
    on_sqlite = opened.get_bind().dialect.name == "sqlite"
    if on_sqlite:
        _writing.acquire()
    try:
        opened.rollback()
        opened.connection(execution_options={"attune_writes": True, "attune_soon": soon})
        if soon and not on_sqlite:
            opened.connection().exec_driver_sql("SET LOCAL synchronous_commit = off")
        try:
            yield
            opened.commit()
        except BaseException:
            opened.rollback()
            raise
    finally:
        if on_sqlite:
            _writing.release()
    if soon and on_sqlite:
        _to_disk.within_a_second(opened.get_bind())  # type: ignore[arg-type]


class _ToDisk:
    """Brings to the disk what was committed without waiting for it, once for all commits of half a second."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: set[Engine] = set()

    def within_a_second(self, bind: Engine) -> None:
        with self._lock:
            if bind in self._waiting:
                return
            self._waiting.add(bind)
        timer = threading.Timer(0.5, self._write, [bind])
        timer.daemon = True
        timer.start()

    def _write(self, bind: Engine) -> None:
        with self._lock:
            self._waiting.discard(bind)
        with suppress(SQLAlchemyError, sqlcipher.Error), closing(bind.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")


_to_disk = _ToDisk()
