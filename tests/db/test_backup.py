"""A backup comes back whole, on either database and from one to the other; a bad one ends with its own exit code."""

import gzip
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyrage
import pytest
from sqlalchemy import Engine, make_url, text
from sqlmodel import Session, select

import manage
from db import engine as engines
from db import passwords, sign_in
from db import settings as configured
from db.backup import keys, switch
from db.backup.refusals import BackupDamaged, BackupNewer, KeyWrong, RestoreUnsound, TargetInUse
from db.backup.restore import restore
from db.backup.write import back_up, backups_in, keep_newest, manifest_of
from db.commands.incidents import record_incident
from db.commands.visits import log_visit
from db.engine import make_engine
from db.engine import session as open_session
from db.models import AuditEvent, Incident, IncidentChoice, Person, Visit
from db.models.base import utc_now
from tests.factories import Field


def silent(_share: float, _rows: int) -> None:
    """Nobody looks."""


@pytest.fixture
def key(tmp_path: Path) -> Path:
    keys.make_key(tmp_path / "backup.key")
    return tmp_path / "backup.key"


@pytest.fixture
def filled(engine: Engine, session: Session, field: Field) -> Engine:
    """A database with a visit, an incident with a quoted text, and their events."""
    log_visit(session, field.actor("consultant"), field.visit(summary="O'Brien’s room — “calm”\nat last ☂"))
    record_incident(session, field.actor("consultant"), field.incident())
    return engine


def recipient(key: Path):
    return keys.read_key(key).to_public()


@pytest.fixture
def backed_up(filled: Engine, key: Path, tmp_path: Path) -> Path:
    return back_up(filled, tmp_path / "backups", recipient(key), silent)


def contents(engine: Engine) -> list[object]:
    with open_session(engine) as opened:
        return [
            opened.exec(select(table).order_by(*order)).all()
            for table, order in (
                (Visit, [Visit.id]),
                (Incident, [Incident.id]),
                (IncidentChoice, [IncidentChoice.list, IncidentChoice.code]),
                (Person, [Person.id]),
                (AuditEvent, [AuditEvent.seq]),
            )
        ]


def test_everything_comes_back_in_a_new_place(filled: Engine, backed_up: Path, key: Path, tmp_path: Path):
    target = f"sqlite:///{tmp_path / 'new.db'}"
    done = restore(backed_up, keys.read_key(key), target, None, silent)
    restored = make_engine(target)
    assert contents(restored) == contents(filled)
    assert done.rows == sum(one["rows"] for one in json.loads(manifest_of(backed_up).read_text())["tables"].values())
    passed = {check.partition(":")[0] for check in done.passed}
    assert passed >= {"migrations", "storage", "foreign keys", "audit chain", "audited rows", "sign-in"}
    with open_session(restored) as opened:
        assert not opened.exec(select(Person).where(Person.sign_in_name.startswith("restore-check"))).all()
    restored.dispose()


def test_a_backup_of_sqlite_moves_into_postgresql(sqlite_engine: Engine, postgres_url: str, key: Path, tmp_path: Path):
    with open_session(sqlite_engine) as opened:
        field = Field(opened, today=date.today())
        record_incident(opened, field.actor("consultant"), field.incident())
    made = back_up(sqlite_engine, tmp_path, recipient(key), silent)
    admin = make_engine(postgres_url).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE moved_here"))
    target = make_url(postgres_url).set(database="moved_here").render_as_string(hide_password=False)
    restore(made, keys.read_key(key), target, None, silent)
    moved = make_engine(target)
    assert contents(moved) == contents(sqlite_engine)
    with pytest.raises(TargetInUse):
        restore(made, keys.read_key(key), target, None, silent)
    moved.dispose()
    with admin.connect() as connection:
        connection.execute(text("DROP DATABASE moved_here WITH (FORCE)"))
    admin.dispose()


def test_nothing_of_what_people_wrote_can_be_read_in_the_file(backed_up: Path):
    stored = backed_up.read_bytes() + manifest_of(backed_up).read_bytes()
    assert b"age-encryption.org" in stored
    assert not [word for word in (b"Brien", b"Maple", b"umbrella", b"consultant") if word in stored]
    assert backed_up.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("spoil", "refusal"),
    [
        (lambda whole: whole[: len(whole) // 2], BackupDamaged),
        (lambda whole: whole[:-1], BackupDamaged),
        (lambda whole: b"", BackupDamaged),
        (lambda whole: b"PK\x03\x04 something else", BackupDamaged),
        (lambda whole: whole[:-40] + bytes([whole[-40] ^ 1]) + whole[-39:], BackupDamaged),
    ],
)
def test_a_damaged_file_is_refused_and_leaves_nothing(sqlite_engine, key, tmp_path, spoil, refusal):
    made = back_up(sqlite_engine, tmp_path / "backups", recipient(key), silent)
    bad = tmp_path / "bad.attune.age"
    bad.write_bytes(spoil(made.read_bytes()))
    with pytest.raises(refusal):
        restore(bad, keys.read_key(key), f"sqlite:///{tmp_path / 'new.db'}", None, silent)
    assert not list(tmp_path.glob("new.db*"))


def test_another_key_and_a_newer_version_are_told_apart(sqlite_engine, key, tmp_path, monkeypatch):
    made = back_up(sqlite_engine, tmp_path, recipient(key), silent)
    keys.make_key(tmp_path / "other.key")
    target = f"sqlite:///{tmp_path / 'new.db'}"
    with pytest.raises(KeyWrong):
        restore(made, keys.read_key(tmp_path / "other.key"), target, None, silent)
    monkeypatch.setattr("db.backup.write.FORMAT", 99)
    newer = back_up(sqlite_engine, tmp_path / "newer", recipient(key), silent)
    with pytest.raises(BackupNewer):
        restore(newer, keys.read_key(key), target, None, silent)
    assert not list(tmp_path.glob("new.db*"))


def test_rows_that_differ_from_what_was_backed_up_are_not_accepted(sqlite_engine, key, tmp_path, monkeypatch):
    made = back_up(sqlite_engine, tmp_path, recipient(key), silent)
    monkeypatch.setattr("db.backup.rows.Tally.told", lambda self: {"rows": self.rows, "digest": "0"})
    with pytest.raises(RestoreUnsound):
        restore(made, keys.read_key(key), f"sqlite:///{tmp_path / 'new.db'}", None, silent)


def test_only_the_newest_are_kept_and_unfinished_ones_do_not_count(sqlite_engine, key, tmp_path):
    made = [back_up(sqlite_engine, tmp_path, recipient(key), silent) for _number in range(3)]
    (tmp_path / "attune-20200101T000000000000Z.attune.age.partial").write_bytes(b"half")
    assert keep_newest(tmp_path, 2) == made[:1]
    assert backups_in(tmp_path) == made[1:]


HEAD = {"attune_backup": 1, "made_at": "2026-01-01", "revision": "0001"}
NASTY = 'x" (y) VALUES (1); DROP TABLE person; --'


@pytest.mark.parametrize(
    "made_up",
    [
        [HEAD, {"table": "sqlite_master", "columns": [["name", "text"]]}],
        [HEAD, {"table": "alembic_version", "columns": [["version_num", "text"]]}],
        [HEAD, {"table": NASTY, "columns": [["name", "text"]]}],
        [HEAD, {"table": "person", "columns": [[NASTY, "text"]]}, {"rows": [["x"]]}],
        [HEAD, {"table": "person", "columns": [["id", "pickle"]]}],
        [HEAD, {"table": "person", "columns": [["id", "uuid"]]}, {"rows": [["not a key"]]}],
        [HEAD, {"table": "person", "columns": [["role", "text"]]}, {"rows": [["king"]]}],
        [HEAD, {"rows": [[1]]}],
        [HEAD, {"end": {"person": 1}}],
        [HEAD, 5],
        [{**HEAD, "attune_backup": "one"}],
        [{"attune_backup": 1}],
        [[]],
    ],
    ids=range(13),
)
def test_a_backup_that_somebody_made_up_reaches_nothing_and_is_told_plainly(key, tmp_path, made_up):
    bad, told = tmp_path / "bad.attune.age", b"".join(json.dumps(line).encode() + b"\n" for line in made_up)
    bad.write_bytes(pyrage.encrypt(gzip.compress(told), [recipient(key)]))
    with pytest.raises(BackupDamaged):
        restore(bad, keys.read_key(key), f"sqlite:///{tmp_path / 'new.db'}", None, silent)
    assert not list(tmp_path.glob("new.db*"))


def test_lines_without_end_are_refused_before_they_fill_the_memory(key, tmp_path, monkeypatch):
    monkeypatch.setattr("db.backup.read.LONGEST_LINE", 1000)
    for told in (b'{"attune_backup": "' + b"x" * 5000, b"[" * 900_000):
        bad = tmp_path / "bad.attune.age"
        bad.write_bytes(pyrage.encrypt(gzip.compress(told), [recipient(key)]))
        with pytest.raises(BackupDamaged):
            restore(bad, keys.read_key(key), f"sqlite:///{tmp_path / 'new.db'}", None, silent)
        monkeypatch.setattr("db.backup.read.LONGEST_LINE", 1_000_000)


def test_nobody_is_let_in_by_a_session_that_ended_since_the_backup(sqlite_engine, key, tmp_path):
    with open_session(sqlite_engine) as opened:
        person = Field(opened, today=date.today()).people["consultant"]
        person.password_hash = passwords.hash_password("seven kites over the harbor")
        opened.add(person)
        opened.commit()
        held = sign_in.sign_in(opened, person.sign_in_name, "seven kites over the harbor", utc_now())
    made = back_up(sqlite_engine, tmp_path, recipient(key), silent)
    target = f"sqlite:///{tmp_path / 'new.db'}"
    restore(made, keys.read_key(key), target, None, silent)
    restored = make_engine(target)
    with open_session(restored) as opened:
        assert sign_in.standing(opened, sign_in.token_hash(held.token), utc_now()) is None
    restored.dispose()


@pytest.fixture
def served(sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The operator's settings name this database."""
    url = sqlite_engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("DATABASE_URL", url)
    configured.settings.cache_clear()
    engines.engine.cache_clear()
    yield url
    engines.engine().dispose()
    configured.settings.cache_clear()
    engines.engine.cache_clear()


def test_each_reason_has_its_own_exit_code_and_sentence(served, sqlite_engine, key, tmp_path, capsys):
    folder, empty, wrong = str(tmp_path / "backups"), tmp_path / "empty.key", tmp_path / "wrong.key"
    empty.write_text("\n")
    wrong.write_text("AGE-SECRET-KEY-1NOTAKEY\n")
    assert manage.main(["backup", "--to", folder]) == 21
    assert manage.main(["backup", "--to", folder, "--recipient", "age1nobody"]) == 23
    assert manage.main(["backup", "--to", folder, "--recipient", str(recipient(key))]) == 0
    made = str(backups_in(Path(folder))[0])
    into = ["--into", f"sqlite:///{tmp_path / 'new.db'}"]
    capsys.readouterr()
    assert manage.main(["restore", made, *into]) == 21
    assert manage.main(["restore", made, *into, "--key-file", str(tmp_path / "nowhere.key")]) == 21
    assert manage.main(["restore", made, *into, "--key-file", str(empty)]) == 22
    assert manage.main(["restore", made, *into, "--key-file", str(wrong)]) == 23
    assert manage.main(["restore", made + ".not", *into, "--key-file", str(key)]) == 24
    assert manage.main(["restore", made, "--into", served, "--key-file", str(key)]) == 26
    told = capsys.readouterr().err.splitlines()
    assert len(told) == len(set(told)) + 1
    assert not list(tmp_path.glob("new.db*"))
    assert manage.main(["restore", made, *into, "--key-file", str(key)]) == 0
    assert "ok   sign-in" in capsys.readouterr().out


def test_a_switch_waits_until_nobody_has_the_database_open_and_keeps_the_old_one(served, sqlite_engine, key, tmp_path):
    with open_session(sqlite_engine) as opened:
        Field(opened, today=date.today())
    made = back_up(sqlite_engine, tmp_path, recipient(key), silent)
    target = tmp_path / "new.db"
    restore(made, keys.read_key(key), f"sqlite:///{target}", None, silent)
    wanted = contents(sqlite_engine)
    with sqlite_engine.connect(), pytest.raises(TargetInUse):
        switch.switch(target, served, None)
    sqlite_engine.dispose()
    kept = switch.switch(target, served, None)
    assert not target.exists()
    for url in (served, f"sqlite:///{kept}"):
        after = make_engine(url)
        assert contents(after) == wanted
        after.dispose()
