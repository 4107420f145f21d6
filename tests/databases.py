"""PostgreSQL databases that tests use one after the other, and what the engines of all tests share.

A database made anew for each test took longer than most tests: its files, and a server process that knows nothing of
its tables yet. Here a test's rows are taken out again; the database is made anew where a test changed the schema.
"""

import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url

import db.engine

KEPT_CONNECTIONS = 1
MOST_MEGABYTES = 60
GONE_WITHIN_SECONDS = 30

CATALOGUES = (
    "pg_class", "pg_attribute", "pg_attrdef", "pg_constraint", "pg_index", "pg_namespace", "pg_policy", "pg_proc",
    "pg_trigger", "pg_type",
)  # fmt: skip
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
OTHERS = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid <> ALL (:kept)"""


class InTurn:
    """One database, empty and migrated at each ``take``."""

    def __init__(self, server_url: str, template: str) -> None:
        """Use the server at ``server_url``, and clone the database named ``template``."""
        self._url, self._template = make_url(server_url), template
        self._server = _without_transactions(server_url)
        self._engine: Engine | None = None

    def take(self) -> Engine:
        """Give an engine for the database. What a test listens to on it ends with the test."""
        if self._engine is None:
            self._make()
        assert self._engine is not None
        return self._engine.execution_options()

    def give_back(self) -> None:
        """Take out what a test left: rows, connections, settings of connections; or the whole database."""
        if self._engine is None:
            return
        pool: Any = self._engine.pool
        if pool.checkedout() or pool.checkedin() > KEPT_CONNECTIONS:
            self._engine.dispose()
            self._pids.clear()
        with self._inside.connect() as connection:
            self._end_others(connection)
            size = connection.execute(text("SELECT pg_database_size(current_database()) >> 20")).scalar_one()
            is_as_made = size < MOST_MEGABYTES and connection.exec_driver_sql(self._looked_at).one() == self._as_made
            if is_as_made:
                connection.exec_driver_sql(self._emptied)
        if not is_as_made:
            self.drop()
        elif self._pids:
            with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("RESET ALL")
                connection.exec_driver_sql("SELECT pg_advisory_unlock_all()")

    def drop(self) -> None:
        """Drop the database; the next ``take`` makes another."""
        if self._engine is None:
            return
        for engine in (self._engine, self._inside):
            engine.dispose()
        with self._server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {self._name} WITH (FORCE)"))
        self._engine = None

    def _make(self) -> None:
        self._name = f"attune_{uuid.uuid4().hex}"
        with self._server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {self._name} TEMPLATE {self._template}"))
        url = self._url.set(database=self._name).render_as_string(hide_password=False)
        self._engine, self._inside = db.engine.make_engine(url), _without_transactions(url)
        self._pids: set[int] = set()
        event.listen(self._engine, "connect", lambda opened, _record: self._pids.add(opened.info.backend_pid))
        with self._inside.connect() as connection:
            connection.exec_driver_sql(
                "SET session_replication_role = replica"
            )  # no trigger guards what is thrown away
            tables = connection.exec_driver_sql(TABLES).scalars().all()
            filled = [
                one for one in tables if connection.exec_driver_sql(f'SELECT EXISTS (TABLE "{one}")').scalar_one()
            ]
            empty = [one for one in tables if one not in filled]
            self._emptied = "DO $$ BEGIN " + " ".join(f'DELETE FROM "{one}";' for one in empty) + " END $$"
            # Other values tell that the schema was changed, even if it was changed back, or what stands from the start.
            values = [f"(SELECT count(*) || ':' || sum(xmin::text::bigint) FROM {name})" for name in CATALOGUES]
            values += [f'(SELECT sum(hashtext(one::text)) FROM "{name}" one)' for name in filled]
            self._looked_at = "SELECT " + ", ".join(values)
            self._as_made = connection.exec_driver_sql(self._looked_at).one()

    def _end_others(self, connection: Any) -> None:
        """End what else a test opened here, and wait until it is gone with its locks."""
        deadline = time.monotonic() + GONE_WITHIN_SECONDS
        while connection.execute(text(OTHERS), {"kept": list(self._pids)}).all():
            assert time.monotonic() < deadline, "a connection of a test does not end"


def _without_transactions(url: str) -> Engine:
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT", pool_size=1, max_overflow=0
    )


def share_what_is_compiled() -> None:
    """Let all engines of this process use one dialect and one store of compiled statements for each kind of database.

    Every engine starts with nothing compiled; with an engine for each test, each compiled every statement anew.
    """
    shared: dict[str, Engine] = {}

    def create(*given: Any, **options: Any) -> Engine:
        made = create_engine(*given, **options)
        first = shared.get(made.dialect.name)
        if first is None:
            # Only a dialect that has seen its database knows its version.
            event.listen(made, "connect", lambda *_told: shared.setdefault(made.dialect.name, made))
        else:
            made.dialect = made.pool._dialect = first.dialect
            made._compiled_cache = first._compiled_cache
        return made

    db.engine.create_engine = create  # type: ignore[assignment]


@contextmanager
def copy_of(url: URL, folder: Path) -> Iterator[Engine]:
    """Give a copy of the database at ``url``, which nobody has open: a file in ``folder``, or a clone beside it."""
    if url.get_backend_name() == "sqlite":
        path = folder / f"{uuid.uuid4().hex}.db"
        shutil.copy(str(url.database), path)
        engine = db.engine.make_engine(f"sqlite:///{path}")
        wait_for_no_disk(engine)
        yield engine
        engine.dispose()
        return
    name = f"attune_{uuid.uuid4().hex}"
    server = _without_transactions(url.set(database="postgres").render_as_string(hide_password=False))
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {url.database}"))
        engine = db.engine.make_engine(url.set(database=name).render_as_string(hide_password=False))
        yield engine
        engine.dispose()
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


def wait_for_no_disk(engine: Engine) -> None:
    """Let a SQLite database that is thrown away after its test not wait for the disk: no test here cuts its power."""
    event.listen(engine, "connect", lambda opened, _record: opened.execute("PRAGMA synchronous = OFF"))
