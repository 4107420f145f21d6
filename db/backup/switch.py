"""Puts a restored SQLite file in the place of the running one, and keeps the old one beside it."""

import os
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from db.backup.refusals import TargetInUse
from db.engine import make_engine
from db.models.base import utc_now


def switch(restored: Path, url: str, key: str | None) -> Path:
    """Make ``restored`` the database of ``url`` and give where the old one went.

    Raises:
        TargetInUse: a server has the old one open.
    """
    running = Path(make_url(url).database or "")
    kept = running.with_name(f"{running.stem}.before-restore-{utc_now():%Y%m%dT%H%M%SZ}{running.suffix}")
    if running.exists():
        _require_closed(url, key)
        os.replace(running, kept)
    os.replace(restored, running)
    folder = os.open(running.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
    return kept


def _require_closed(url: str, key: str | None) -> None:
    """Take the file for ourselves alone: that fails while anybody has it open, and leaves one whole file behind."""
    engine = make_engine(url, key)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA busy_timeout = 1000")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            mode = connection.exec_driver_sql("PRAGMA journal_mode = DELETE").scalar_one()
            connection.exec_driver_sql("BEGIN")
    except DBAPIError:
        mode = "busy"
    finally:
        engine.dispose()
    if mode != "delete":
        raise TargetInUse("A server still has the database open. Stop it, then switch again; nothing was changed.")
