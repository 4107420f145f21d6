"""The operator's commands say in one sentence what they did, or why not."""

import io
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlmodel import select

import manage
from db import engine as engines
from db import settings as configured
from db.demo.people import SIGN_INS
from db.models import AuditEvent, Person
from db.passwords import verify

STRONG = "nine umbrellas argue quietly"


def forget() -> None:
    configured.settings.cache_clear()
    engines.engine.cache_clear()


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty place for a database, as an operator sets it."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'new' / 'attune.db'}")
    forget()
    yield
    engines.engine().dispose()
    forget()


@pytest.fixture
def migrated(database: None) -> Engine:
    assert manage.main(["migrate"]) == 0
    return engines.engine()


def add_user(monkeypatch: pytest.MonkeyPatch, password: str = STRONG, name: str = "Ida.Field") -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
    words = ["user", "add", "--name", name, "--role", "admin", "--display-name", "Ida Field", "--password-stdin"]
    return manage.main(words)


@pytest.mark.usefixtures("database")
def test_a_demo_needs_no_migration_beforehand_and_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert manage.main(["demo", "--sites", "6", "--months", "3"]) == 0
    assert "The demo is ready: 6 sites" in capsys.readouterr().out
    assert manage.main(["verify"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 6
    assert all(line.startswith("ok ") for line in said)


@pytest.mark.usefixtures("database")
def test_a_second_demo_is_refused_and_with_if_empty_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    small = ["demo", "--sites", "6", "--months", "2"]
    assert manage.main(small) == 0
    capsys.readouterr()
    assert manage.main(small) == 1
    assert "already holds demo data" in capsys.readouterr().err
    assert manage.main([*small, "--if-empty"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in said] == [one.role for one in SIGN_INS]
    assert all(one.password in line for one, line in zip(SIGN_INS, said, strict=True))


def test_a_demo_never_joins_real_people(
    migrated: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add_user(monkeypatch) == 0
    assert manage.main(["demo", "--sites", "6"]) == 1
    assert "not demo people" in capsys.readouterr().err


@pytest.mark.usefixtures("database")
def test_an_impossible_demo_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert manage.main(["demo", "--sites", "1"]) == 1
    assert capsys.readouterr().err == "Please ask for 6 to 20,000 sites.\n"


@pytest.mark.usefixtures("database")
def test_a_demo_ends_today_at_the_latest(capsys: pytest.CaptureFixture[str]) -> None:
    tomorrow = date.today() + timedelta(days=1)
    assert manage.main(["demo", "--sites", "6", "--until", str(tomorrow)]) == 1
    assert "future" in capsys.readouterr().err


def test_verify_names_the_first_bad_row_and_fails(migrated: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert manage.main(["demo", "--sites", "6", "--months", "3"]) == 0
    with migrated.connect() as connection:
        connection.execute(text("UPDATE site_month SET incidents = incidents + 1"))
        connection.commit()
    capsys.readouterr()
    assert manage.main(["verify"]) == 1
    said = capsys.readouterr()
    assert "BAD  monthly roll-ups: site " in said.out
    assert "the roll-up of incidents is not what is counted" in said.err


@pytest.mark.parametrize(
    "words", [["verify"], ["user", "add", "--name", "a", "--role", "admin", "--display-name", "A"]]
)
@pytest.mark.usefixtures("database")
def test_an_empty_database_is_sent_to_migrate(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert manage.main(words) == 1
    assert "python manage.py migrate" in capsys.readouterr().err


def test_the_first_administrator_is_stored_with_an_event_and_no_password_in_it(
    migrated: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert add_user(monkeypatch) == 0
    with engines.session() as session:
        person = session.exec(select(Person)).one()
        assert (person.sign_in_name, person.role) == ("ida.field", "admin")
        assert verify(person.password_hash, STRONG)
        event = session.exec(select(AuditEvent)).one()
        assert (event.actor_id, event.actor_role, event.entity_id) == (None, "operator", person.id)
        assert "argon2" not in str(session.connection().execute(text("SELECT * FROM audit_content")).all())
    assert manage.main(["verify"]) == 0


def test_whoever_forgot_their_password_gets_another_for_one_sign_in(
    migrated: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add_user(monkeypatch) == 0
    words = ["user", "set-password", "--name", "Ida.Field", "--password-stdin"]
    for typed, code in (("short", 1), (f"{STRONG} again", 0)):
        monkeypatch.setattr("sys.stdin", io.StringIO(typed + "\n"))
        assert manage.main(words) == code
    monkeypatch.setattr("sys.stdin", io.StringIO(STRONG + "\n"))
    assert manage.main(["user", "set-password", "--name", "nobody", "--password-stdin"]) == 1
    assert "There is nobody with that sign-in name." in capsys.readouterr().err
    with engines.session() as session:
        person = session.exec(select(Person)).one()
        assert verify(person.password_hash, f"{STRONG} again")
        assert person.password_set_by_other_at is not None
    assert manage.main(["verify"]) == 0


def test_a_weak_password_stores_nobody(
    migrated: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add_user(monkeypatch, "ida field ida field") == 1
    assert "easy to guess" in capsys.readouterr().err
    assert add_user(monkeypatch, "short") == 1
    assert "15 characters" in capsys.readouterr().err
    with engines.session() as session:
        assert session.exec(select(Person)).all() == []


def test_a_taken_name_is_refused_whatever_its_case(
    migrated: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add_user(monkeypatch) == 0
    assert add_user(monkeypatch, name="IDA.FIELD") == 1
    assert "already" in capsys.readouterr().err


def test_a_password_is_asked_twice_on_the_terminal(
    migrated: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = iter([STRONG, STRONG + "!"])
    monkeypatch.setattr("getpass.getpass", lambda _prompt: next(answers))
    words = ["user", "add", "--name", "ida", "--role", "admin", "--display-name", "Ida"]
    assert manage.main(words) == 1
    assert "not the same" in capsys.readouterr().err


def test_a_database_that_cannot_be_reached_is_one_sentence_without_details(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://someone:secret@127.0.0.1:1/none")
    forget()
    assert manage.main(["verify"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("The database does not answer")
    assert "secret" not in said
    forget()
