"""Brings a database to the version of this program, and says when it is at another one."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from db import reference
from db.engine import session, writing

MIGRATIONS = Path(__file__).parent / "migrations"
ADVISORY_LOCK = 4_172_018


class WrongVersion(RuntimeError):
    """The database is not at the version of this program; the message says what to do."""


def config() -> Config:
    """Give Alembic's configuration, whatever folder the program was started in."""
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    return made


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database to ``revision`` and its option lists and instruments up to date."""
    _run(engine, "upgrade", revision)
    if revision == "head":
        with session(engine) as opened, writing(opened):
            reference.sync(opened)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the database back to ``revision`` (``base``: empty)."""
    _run(engine, "downgrade", revision)


def _run(engine: Engine, direction: str, revision: str) -> None:
    settings = config()
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET statement_timeout = 0")
            connection.exec_driver_sql("SET lock_timeout = 0")
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ADVISORY_LOCK})
            connection.commit()
        try:
            settings.attributes["connection"] = connection
            getattr(command, direction)(settings, revision)
            connection.commit()
        finally:
            if engine.dialect.name == "postgresql":
                connection.rollback()
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": ADVISORY_LOCK})
                connection.commit()


def is_empty(engine: Engine) -> bool:
    """Tell whether the database holds no table at all."""
    return not inspect(engine).get_table_names()


def require_current(engine: Engine) -> None:
    """Refuse a database that this program must not touch.

    Raises:
        WrongVersion: it is empty, half migrated, older or newer.
    """
    scripts = ScriptDirectory.from_config(config())
    with engine.connect() as connection:
        heads = set(MigrationContext.configure(connection).get_current_heads())
    wanted = set(scripts.get_heads())
    if heads == wanted:
        return
    known = {script.revision for script in scripts.walk_revisions()}
    if not heads:
        raise WrongVersion("The database is empty or not Attune's. Run: python manage.py migrate")
    if heads - known:
        raise WrongVersion(
            "The database was made by a newer version of Attune. Start that version, or restore a backup."
        )
    raise WrongVersion(
        "The database is from an older version, or a migration stopped halfway. Run: python manage.py migrate"
    )
