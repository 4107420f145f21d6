"""``manage.py protect`` puts the wall up, brings it up to date and takes it down, and says so or why not."""

import io
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

import manage
from db import engine as engines
from db import migrate, wall
from db import settings as configured
from db.engine import make_engine

ROLE = "attune_app_of_protect"
PASSWORD = "nine umbrellas argue quietly"
Run = Callable[..., int]


@pytest.fixture
def protect(monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run the command on a database, with a password on the first line of input."""

    def forget() -> None:
        configured.settings.cache_clear()
        engines.engine.cache_clear()

    monkeypatch.setattr(manage, "take_your_time", lambda: None)  # the limits of other tests stay

    def run(engine: Engine, *words: str) -> int:
        monkeypatch.setenv("DATABASE_URL", engine.url.render_as_string(hide_password=False))
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
        forget()
        try:
            return manage.main(["protect", *words])
        finally:
            engines.engine().dispose()
            forget()

    yield run
    forget()


def standing(engine: Engine) -> wall.Standing:
    with engine.connect() as connection:
        return wall.standing(connection)


def test_it_goes_up_is_brought_up_to_date_and_comes_down(
    postgres_engine: Engine, protect: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    for _time in range(2):
        assert protect(postgres_engine, "--app-role", ROLE, "--password-stdin") == 0
        said = capsys.readouterr().out
        assert said.startswith(f"{len(wall.protected())} tables are behind the wall.")
        assert f"sign in to PostgreSQL as {ROLE}" in said
        assert "restart them" in said
        assert PASSWORD not in said
        assert standing(postgres_engine) == wall.Standing(up=True, around=True)
    app = make_engine(postgres_engine.url.set(username=ROLE, password=PASSWORD).render_as_string(hide_password=False))
    with app.connect() as connection:
        assert wall.standing(connection) == wall.Standing(up=True)
        assert connection.execute(text("SELECT count(*) FROM visit")).scalar_one() == 0
    app.dispose()
    assert protect(postgres_engine, "--off") == 0
    assert capsys.readouterr().out == f"Row-level security is off: {len(wall.protected())} tables.\n"
    assert standing(postgres_engine) == wall.Standing(up=False)


def test_without_a_password_the_role_stays_as_it_is_and_cannot_sign_in(postgres_engine: Engine, protect: Run) -> None:
    assert protect(postgres_engine, "--app-role", f"{ROLE}_alone") == 0
    with postgres_engine.connect() as connection:
        told = text("SELECT rolcanlogin, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = :role")
        assert tuple(connection.execute(told, {"role": f"{ROLE}_alone"}).one()) == (False, False, False)
    stranger = make_engine(postgres_engine.url.set(username=f"{ROLE}_alone").render_as_string(hide_password=False))
    with pytest.raises(OperationalError, match="not permitted to log in"):
        stranger.connect()
    stranger.dispose()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--app-role", "postgres"), "postgres owns the tables or may go around the wall. Name another role."),
        (("--app-role", 'x" SUPERUSER'), "A role's name is made of small letters, digits and _."),
    ],
)
def test_a_role_that_cannot_be_trusted_is_refused_in_one_sentence_and_nothing_is_done(
    postgres_engine: Engine, protect: Run, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], sentence: str
) -> None:
    assert protect(postgres_engine, *words) == 1
    assert capsys.readouterr().err == f"{sentence}\n"
    assert standing(postgres_engine) == wall.Standing(up=False)


@pytest.mark.parametrize("words", [("--app-role", ROLE), ("--off",)])
def test_on_sqlite_it_says_that_there_is_none(
    sqlite_engine: Engine, protect: Run, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert protect(sqlite_engine, *words) == 1
    assert capsys.readouterr().err == "Only PostgreSQL has row-level security; SQLite has none.\n"


def test_a_database_of_another_version_is_brought_up_to_date_first(
    postgres_engine: Engine, protect: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    migrate.downgrade(postgres_engine, "0006")
    assert protect(postgres_engine, "--app-role", ROLE) == 1
    assert "python manage.py migrate" in capsys.readouterr().err
    assert standing(postgres_engine) == wall.Standing(up=False)


def test_which_role_or_that_it_comes_down_has_to_be_said(
    postgres_engine: Engine, protect: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in ((), ("--off", "--app-role", ROLE)):
        with pytest.raises(SystemExit):
            protect(postgres_engine, *words)
        assert "--off" in capsys.readouterr().err
