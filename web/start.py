"""What happens before the first request: the database is looked at, and everything slow is loaded."""

import gc
import importlib
import logging
import pkgutil
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from db import doctor, engine, migrate, passwords
from db.settings import Settings, settings
from web import log

CANNOT_START = 3
SLOW_TO_LOAD = ("pandas", "plotly.graph_objects", "plotly.io", "scipy.stats")
OTHERS = stat.S_IRWXG | stat.S_IRWXO


class CannotStart(RuntimeError):
    """The program must not run like this; the message says what to do."""


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """Look at the database and load everything; refuse to start with one clear sentence and exit code 3."""
    log.configure()
    try:
        chosen = read_settings()
        log.configure(chosen.log_level)
        look_at_database(chosen)
    except (RuntimeError, SQLAlchemyError) as refusal:
        print(f"Attune cannot start. {_why(refusal)}", file=sys.stderr, flush=True)
        raise SystemExit(CANNOT_START) from None
    try:
        warm_up()
    except Exception as error:
        log.event("cannot_start", level=logging.ERROR, **log.places(error))
        print("Attune cannot start. The log line above says where it failed.", file=sys.stderr, flush=True)
        raise SystemExit(CANNOT_START) from None
    log.event("started")
    yield
    log.event("stopped")


def read_settings() -> Settings:
    """Give the settings.

    Raises:
        CannotStart: one of them is not understood.
    """
    try:
        return settings()
    except ValueError:
        raise CannotStart(
            "A setting is not understood. Compare the ATTUNE_ variables with docs/operations.md."
        ) from None


def look_at_database(chosen: Settings) -> None:
    """Say how the data are kept, and refuse what must not be served.

    Raises:
        CannotStart: in production something that ``manage.py doctor`` calls a fault; behind TLS, others on this machine
            can read the database file.
        WrongVersion: the database is not at the version of this program.
    """
    url = make_url(chosen.database_url)
    migrate.require_current(engine.engine())
    if chosen.production and (found := doctor.faults(chosen)):
        raise CannotStart("ATTUNE_PRODUCTION is set, and this is not ready for real use. " + "; ".join(found) + ".")
    if url.get_backend_name() != "sqlite" or not url.database:
        return
    if chosen.database_key is None:
        log.event("database_not_encrypted", hint="set ATTUNE_DATABASE_KEY to encrypt the SQLite file")
    if Path(url.database).stat().st_mode & OTHERS:
        if chosen.behind_tls:
            raise CannotStart("Others on this machine can read the database file. Run: chmod 600 on it.")
        log.event("database_readable_by_others", hint="chmod 600 on the SQLite file")


def warm_up() -> None:
    """Load what the first visitor would wait for, and take it out of the garbage collector's rounds."""
    passwords.verify(None, "")
    for name in SLOW_TO_LOAD:
        importlib.import_module(name)
    pages = importlib.import_module("pages")
    for found in pkgutil.iter_modules(pages.__path__):
        importlib.import_module(f"pages.{found.name}")
    gc.collect()
    gc.freeze()


def _why(refusal: Exception) -> str:
    if isinstance(refusal, SQLAlchemyError):
        return "The database does not answer, or its key is wrong. Check DATABASE_URL and ATTUNE_DATABASE_KEY."
    return str(refusal)
