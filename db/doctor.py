"""Looks at an installation the way an experienced operator would, and says what to do about each thing found."""

import os
import shutil
import stat
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, NamedTuple

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, func, select

from db import marks, migrate, wall
from db.audit import START, event_hash
from db.backup.keys import read_recipient
from db.backup.refusals import BackupRefused
from db.backup.write import backups_in
from db.engine import OLDEST_SAFE_SQLITE, engine
from db.engine import session as open_session
from db.models.people import Person
from db.models.records import AuditEvent
from db.settings import ROOT, Settings

State = Literal["ok", "look", "fault"]

OTHERS = stat.S_IRWXG | stat.S_IRWXO
LITTLE_SPACE = 1_000_000_000
OLDEST_PYTHON = (3, 11)
BACKUP_EVERY = timedelta(days=2)
CLOCK_MAY_DIFFER = 5.0
LAST_EVENTS = 1_000


class Finding(NamedTuple):
    """One thing that was looked at: ``fault`` must be mended before real use, ``look`` is worth a look."""

    what: str
    state: State
    told: str


def examine(chosen: Settings, backups: Path | None = None) -> Iterator[Finding]:
    """Look at everything, one after the other. ``backups`` is the folder where backups are kept."""
    yield from faults_of_settings(chosen)
    yield _two_steps(chosen)
    yield _versions()
    yield _space(chosen)
    yield _backup(chosen, backups)
    try:
        migrate.require_current(engine())
    except (RuntimeError, SQLAlchemyError) as error:
        told = str(error) if isinstance(error, RuntimeError) else "it does not answer, or its key is wrong"
        yield Finding("database", "fault", told)
        return
    yield Finding("database", "ok", "it answers and is at this version")
    checks: list[Callable[[Session], Finding]] = [_demo, _admin, _chain, _clock, _wall]
    with open_session() as opened:
        for check in checks:
            yield check(opened)


def faults(chosen: Settings) -> list[str]:
    """Give what must be mended before real use, as far as it can be told in a moment: a start in production asks."""
    with open_session() as opened:
        found = [*faults_of_settings(chosen), _demo(opened)]
    return [f"{one.what}: {one.told}" for one in found if one.state == "fault"]


def faults_of_settings(chosen: Settings) -> Iterator[Finding]:
    """Look at what can be known without the database: its file, TLS, how much is logged, what the server shows."""
    yield _file(chosen)
    yield _secrets()
    plain = [one.label for one in chosen.openid if not one.issuer.startswith("https://")]
    yield _if(not plain, "single sign-on", f"{', '.join(plain)}: the issuer must be https", "every issuer has TLS")
    yield _if(
        chosen.behind_tls, "TLS", "set ATTUNE_BEHIND_TLS=true and put a proxy with TLS in front", "a proxy has it"
    )
    yield _if(chosen.log_level != "DEBUG", "log", "ATTUNE_LOG_LEVEL is DEBUG: logs would hold too much", "no debug log")
    served = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    shown = os.environ.get("STREAMLIT_CLIENT_SHOW_ERROR_DETAILS", served["client"]["showErrorDetails"])
    hidden = str(shown).lower() == "none" and not served.get("global", {}).get("developmentMode")
    yield _if(hidden, "error details", "client.showErrorDetails must be none: screens would show code", "never shown")
    safe = sqlcipher.sqlite_version_info >= OLDEST_SAFE_SQLITE
    yield _if(
        safe, "SQLite", "this release can corrupt a database in WAL mode: 3.51.3 or later", sqlcipher.sqlite_version
    )


def _if(good: bool, what: str, else_told: str, told: str) -> Finding:
    return Finding(what, "ok" if good else "fault", told if good else else_told)


def _file(chosen: Settings) -> Finding:
    url = make_url(chosen.database_url)
    if url.get_backend_name() != "sqlite":
        return Finding("database file", "ok", "PostgreSQL keeps its own")
    path = Path(url.database or "")
    if path.exists() and path.stat().st_mode & OTHERS:
        return Finding("database file", "fault", f"others on this machine can read {path.name}: chmod 600 on it")
    if chosen.database_key is None:
        return Finding("database file", "look", "it is not encrypted: set ATTUNE_DATABASE_KEY before the first start")
    return Finding("database file", "ok", "encrypted, and only its owner reads it")


def _secrets() -> Finding:
    """Look at the file of settings, which may hold the database's key and passwords of other systems."""
    path = Path(str(Settings.model_config["env_file"]))
    closed = not path.exists() or not path.stat().st_mode & OTHERS
    return _if(closed, "settings file", f"others on this machine can read {path}: chmod 600 on it", "closed to others")


def _two_steps(chosen: Settings) -> Finding:
    """Name the providers that are trusted to ask for the second step which a role must have."""
    trusted = [one.label for one in chosen.openid if not (one.second_step_acr or one.second_step_amr)]
    if chosen.second_factor_roles and trusted:
        return Finding(
            "second step", "look", f"{', '.join(trusted)}: taken on trust; set second_step_acr or second_step_amr"
        )
    return Finding("second step", "ok", "no provider is trusted to have asked for it")


def _versions() -> Finding:
    good = sys.version_info >= OLDEST_PYTHON
    return _if(good, "Python", "3.11 or later is needed", ".".join(map(str, sys.version_info[:3])))


def _space(chosen: Settings) -> Finding:
    url = make_url(chosen.database_url)
    if url.get_backend_name() != "sqlite":
        return Finding("disk", "ok", "look at the space of the PostgreSQL server")
    path = Path(url.database or "")
    folder = next(one for one in (path.parent, *path.parents) if one.exists())
    free, size = shutil.disk_usage(folder).free, path.stat().st_size if path.exists() else 0
    told = f"{free / 1e9:.1f} GB free, the database has {size / 1e9:.2f} GB"
    return Finding("disk", "ok" if free > max(LITTLE_SPACE, 2 * size) else "fault", told)


def _backup(chosen: Settings, folder: Path | None) -> Finding:
    try:
        read_recipient(chosen.backup_recipient)
    except BackupRefused as error:
        return Finding("backup", "look", str(error))
    if folder is None:
        return Finding(
            "backup", "look", "name the folder of your backups with --backups to have the last one looked at"
        )
    made = backups_in(folder)
    if not made:
        return Finding("backup", "look", "there is none yet: manage.py backup --to FOLDER")
    age = datetime.now(UTC) - datetime.fromtimestamp(made[-1].stat().st_mtime, UTC)
    told = f"the last one is {age / timedelta(hours=1):.0f} hours old ({len(made)} kept)"
    return Finding("backup", "ok" if age < BACKUP_EVERY else "look", told)


def _demo(session: Session) -> Finding:
    """The demo's passwords are known to everybody who read the README."""
    known = bool(marks.demo_sign_ins(session))
    return _if(not known, "sign-ins", "this is a demo database: everybody knows its passwords", "no known passwords")


def _admin(session: Session) -> Finding:
    found = session.exec(
        select(func.count()).where(
            col(Person.role) == "admin", col(Person.disabled_at).is_(None), col(Person.deleted_at).is_(None)
        )
    ).one()
    return Finding("administrators", "ok" if found else "look", f"{found} can sign in (manage.py user add)")


def _chain(session: Session) -> Finding:
    """Follow the last part of the audit chain; ``manage.py verify`` follows all of it."""
    events = session.exec(select(AuditEvent).order_by(col(AuditEvent.seq).desc()).limit(LAST_EVENTS)).all()[::-1]
    last = events[0].previous_hash if events else START
    for event in events:
        if event.previous_hash != last or event_hash(event) != event.hash:
            return Finding("audit chain", "fault", f"broken at event {event.seq}: run manage.py verify")
        last = event.hash
    return Finding("audit chain", "ok", f"the last {len(events):,} events follow each other")


def _clock(session: Session) -> Finding:
    """Compare this machine's clock with the database server's, and with the last thing that was written."""
    last = session.exec(select(func.max(AuditEvent.at))).one()
    if last is not None and last > datetime.now(UTC) + timedelta(minutes=5):
        return Finding("clock", "fault", "something was stored in the future: this machine's clock went back")
    if session.get_bind().dialect.name == "postgresql":
        theirs = float(session.connection().execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one())
        off = abs(theirs - time.time())
        told = f"{off:.1f} seconds from the database server's"
        return Finding("clock", "ok" if off < CLOCK_MAY_DIFFER else "fault", told)
    return Finding("clock", "ok", "after everything that was stored")


def _wall(session: Session) -> Finding:
    """Name every table that a later version added and that row-level security does not cover yet."""
    found = wall.standing(session.connection())
    if not found.up:
        return Finding("row-level security", "ok", "not used (PostgreSQL only: manage.py protect)")
    if found.gaps:
        return Finding("row-level security", "fault", f"not on {', '.join(found.gaps)}: run manage.py protect again")
    if found.around:
        return Finding("row-level security", "look", "this sign-in goes around it: servers must use their own role")
    return Finding("row-level security", "ok", "on every table that holds records")
