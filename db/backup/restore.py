"""Brings a backup into a new, empty place, and proves it there before anybody uses it."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyrage
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, Table, insert, inspect, select, table, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError, StatementError
from sqlmodel import Session, col

from db import migrate, operator, sign_in, verify
from db.backup.read import lines
from db.backup.refusals import BackupDamaged, BackupNewer, RestoreUnsound, TargetInUse
from db.backup.rows import RowReader, RowWriter, Tally, columns_of
from db.backup.write import AT_ONCE, FORMAT, Progress
from db.engine import make_engine, writing
from db.models.base import Base, utc_now
from db.models.people import Person, SignInSession


@dataclass(frozen=True)
class Restored:
    """What a restore brought: from when, how many rows, and the checks that it passed."""

    made_at: str
    rows: int
    passed: tuple[str, ...]


def restore(
    path: Path, key: pyrage.x25519.Identity, target: str, database_key: str | None, progress: Progress
) -> Restored:
    """Fill ``target`` from a backup, bring it to this version, and check it. Nothing else is touched.

    Raises:
        BackupRefused: one of its kinds; what was begun at the target is taken away again.
    """
    engine = _empty_target(target, database_key)
    try:
        with _made_up_is_damaged(), lines(path, key) as told:
            head = _head(told)
            migrate.upgrade(engine, head["revision"])
            rows = _load(engine, told, progress)
        migrate.upgrade(engine)
        passed = tuple(_checked(engine))
        _end_sessions(engine)
    except BaseException:  # also when the operator stops it: half of the data must never pass for all
        engine.dispose()
        _take_away(target, database_key)
        raise
    engine.dispose()
    return Restored(head["made_at"], rows, passed)


@contextmanager
def _made_up_is_damaged() -> Iterator[None]:
    """Tell what a file that somebody made by hand runs into: anybody can encrypt one for a public key.

    Raises:
        BackupDamaged: instead of an error that only a programmer understands.
    """
    try:
        yield
    except (DBAPIError, StatementError) as error:
        if isinstance(error, OperationalError):
            raise
        raise BackupDamaged("The backup was made up or changed: the database does not take what it holds.") from None
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError):
        raise BackupDamaged("The backup was made up or changed: what it says does not fit together.") from None


def _empty_target(target: str, database_key: str | None) -> Engine:
    url = make_url(target)
    if url.get_backend_name() == "sqlite":
        if Path(url.database or "").exists():
            raise TargetInUse(f"{url.database} exists already. Restore into a file that does not.")
        return make_engine(target, database_key)
    engine = make_engine(target)
    if not migrate.is_empty(engine):
        engine.dispose()
        raise TargetInUse("That database holds tables already. Restore into one that was just created.")
    return engine


def _take_away(target: str, database_key: str | None) -> None:
    url = make_url(target)
    if url.get_backend_name() == "sqlite":
        for ending in ("", "-wal", "-shm"):
            Path(f"{url.database}{ending}").unlink(missing_ok=True)
        return
    engine = make_engine(target, database_key)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()


def _head(told: Iterator[dict[str, Any]]) -> dict[str, Any]:
    head = next(told, {})
    if "attune_backup" not in head:
        raise BackupDamaged("This is not a backup of Attune.")
    scripts = ScriptDirectory.from_config(migrate.config())
    known = {script.revision for script in scripts.walk_revisions()}
    if head["attune_backup"] > FORMAT or head["revision"] not in known:
        raise BackupNewer(
            f"A newer version of Attune made this backup (its database is at {head['revision']}). Restore it with that"
            " version."
        )
    return head


def _load(engine: Engine, told: Iterator[dict[str, Any]], progress: Progress) -> int:
    """Insert every row in one transaction and hold what then stands against the end of the backup."""
    done = 0
    with engine.connect().execution_options(attune_writes=True) as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("COMMIT")  # foreign keys can only be set aside outside of a transaction
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        rules = _set_rules_aside(connection)
        shapes: dict[str, list[list[str]]] = {}
        places = _places(connection)
        name, read = "", RowReader([], [])
        for line in told:
            if "rows" in line:
                rows = [read(row) for row in line["rows"]]
                connection.execute(insert(_bare(name, shapes[name])), rows)
                done += len(rows)
                progress(0.5, done)
            elif "table" in line:
                name, shapes[name] = line["table"], line["columns"]
                read = RowReader(*zip(*line["columns"], strict=True))
                _require_empty(connection, name, shapes[name], places)
            else:
                _compare(connection, shapes, line["end"])
                break
        else:
            raise BackupDamaged("The backup was cut off: its last line is missing.")
        for rule in rules:
            connection.exec_driver_sql(rule)
        connection.commit()
        if engine.dialect.name == "sqlite":
            connection.invalidate()  # the next connection keeps foreign keys again
    progress(1.0, done)
    return done


def _places(connection: Connection) -> dict[str, set[str]]:
    """Give the tables that a backup may fill, with their columns: never one of the database's own."""
    seen = inspect(connection)
    names = set(seen.get_table_names()) - {"alembic_version"}
    return {name: {column["name"] for column in seen.get_columns(name)} for name in names}


def _require_empty(connection: Connection, name: str, shape: list[list[str]], places: dict[str, set[str]]) -> None:
    if name not in places or {column for column, _kind in shape} - places[name]:
        raise BackupDamaged(f"The backup holds a table that its version does not have: {str(name)[:60]!r}.")
    if connection.execute(select(text("1")).select_from(table(name)).limit(1)).first():
        raise TargetInUse(f"{name} holds rows already. Restore into a place that is new.")


def _bare(name: str, shape: list[list[str]]) -> Any:
    return Table(name, Base.metadata.__class__(), *columns_of(shape))


def _set_rules_aside(connection: Connection) -> list[str]:
    """Take PostgreSQL's foreign keys away while rows come in any order, and give what brings them back, checked."""
    if connection.dialect.name == "sqlite":
        return []
    found = connection.execute(
        text(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f'"
        )
    ).all()
    for on, name, _rule in found:
        connection.exec_driver_sql(f'ALTER TABLE {on} DROP CONSTRAINT "{name}"')
    return [f'ALTER TABLE {on} ADD CONSTRAINT "{name}" {rule}' for on, name, rule in found]


def _compare(connection: Connection, shapes: dict[str, list[list[str]]], end: dict[str, Any]) -> None:
    if set(end) != set(shapes):
        raise BackupDamaged("The backup does not hold every table that its end names.")
    for name, shape in shapes.items():
        columns, tally = columns_of(shape), Tally()
        as_json = RowWriter([kind for _name, kind in shape])
        streamed = {"stream_results": True, "yield_per": AT_ONCE}
        for row in connection.execute(select(*columns).select_from(table(name)), execution_options=streamed):
            tally.add(as_json(tuple(row)))
        if tally.told() != end[name]:
            raise RestoreUnsound(f"{name}: what was restored is not what was backed up.")


def _checked(engine: Engine) -> Iterator[str]:
    """Run every check of ``manage.py verify`` and one sign-in, and give what passed.

    Raises:
        RestoreUnsound: a check failed.
    """
    migrate.require_current(engine)
    yield "migrations: at this version"
    for result in verify.checks(engine):
        if result.problem:
            raise RestoreUnsound(f"{result.check}: {result.problem}")
        yield f"{result.check}: {result.note}"
    if not _signs_in(engine):
        raise RestoreUnsound("sign-in: a person who was added for the test could not sign in")
    yield "sign-in: a person added for the test got in; nothing of it was kept"


def _end_sessions(engine: Engine) -> None:
    """Let nobody in by what was signed out, or ended, since the backup was made: everybody signs in anew."""
    with Session(engine) as session, writing(session):
        session.connection().execute(
            update(SignInSession)
            .where(col(SignInSession.ended_at).is_(None))
            .values(ended_at=utc_now(), end_reason="restored")
        )


def _signs_in(engine: Engine) -> bool:
    """Add a person and sign them in, in a transaction that is undone."""
    name, password = f"restore-check-{secrets.token_hex(4)}", secrets.token_urlsafe(24)
    with engine.connect().execution_options(attune_writes=True) as connection:
        outer = connection.begin()
        with Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session:
            added = operator.add_person(session, name, "admin", "Restore Check", password)
            with writing(session):
                session.get_one(Person, added).password_set_by_other_at = None
            result = sign_in.sign_in(session, name, password, utc_now())
            stands = isinstance(result, sign_in.SignedIn) and sign_in.standing(
                session, sign_in.token_hash(result.token), utc_now()
            )
        outer.rollback()
    return bool(stands)
