"""The database is opened as it has to be: safe release, safe settings, encrypted with a key, closed to others."""

import stat
import time
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from db import migrate
from db.engine import OLDEST_SAFE_SQLITE, make_engine, session, writing


def pragma(engine, name: str):
    with engine.connect() as connection:
        return connection.execute(text(f"PRAGMA {name}")).scalar()


def test_the_bundled_sqlite_has_no_wal_bug():
    assert sqlcipher.sqlite_version_info >= OLDEST_SAFE_SQLITE


def test_an_unsafe_release_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(sqlcipher, "sqlite_version_info", (3, 51, 2))
    with pytest.raises(RuntimeError, match=r"3\.51\.3 or later"):
        make_engine(f"sqlite:///{tmp_path / 'x.db'}")


def test_every_connection_has_the_safe_settings(tmp_path: Path):
    engine = make_engine(f"sqlite:///{tmp_path / 'x.db'}")
    assert pragma(engine, "journal_mode") == "wal"
    assert pragma(engine, "foreign_keys") == 1
    assert pragma(engine, "synchronous") == 2
    assert pragma(engine, "busy_timeout") == 30_000


def test_a_new_file_and_its_companions_are_closed_to_others(tmp_path: Path):
    engine = make_engine(f"sqlite:///{tmp_path / 'new' / 'x.db'}")
    migrate.upgrade(engine)
    with engine.connect():
        files = sorted((tmp_path / "new").iterdir())
        assert [file.name for file in files] == ["x.db", "x.db-shm", "x.db-wal"]
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    engine.dispose()


def test_with_a_key_the_file_is_unreadable_without_it(tmp_path: Path):
    path = tmp_path / "secret.db"
    engine = make_engine(f"sqlite:///{path}", "a key with 'quotes'")
    migrate.upgrade(engine)
    engine.dispose()
    assert b"SQLite format 3" not in path.read_bytes()
    assert b"visit" not in path.read_bytes()
    for wrong in (None, "another key"):
        other = make_engine(f"sqlite:///{path}", wrong)
        with pytest.raises((DatabaseError, sqlcipher.DatabaseError)), other.connect() as connection:
            connection.execute(text("SELECT count(*) FROM visit"))
        other.dispose()
    again = make_engine(f"sqlite:///{path}", "a key with 'quotes'")
    with again.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM visit")).scalar() == 0
    again.dispose()


def test_what_did_not_wait_for_the_disk_is_there_within_a_second(tmp_path):
    """The file beside SQLite's log is written only after the log itself is on the disk."""
    path = tmp_path / "soon.db"
    made = make_engine(f"sqlite:///{path}")
    with session(made) as opened, writing(opened):
        opened.connection().exec_driver_sql("CREATE TABLE note (text TEXT)")
    with session(made) as opened, writing(opened, soon=True):
        opened.connection().exec_driver_sql("INSERT INTO note VALUES ('half a sentence')")
        assert opened.connection().exec_driver_sql("PRAGMA synchronous").scalar_one() == 1
    ends = time.monotonic() + 60
    while b"half a sentence" not in path.read_bytes():
        assert time.monotonic() < ends, "nobody brought it to the disk"
    with session(made) as opened, writing(opened):
        assert opened.connection().exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
    made.dispose()
