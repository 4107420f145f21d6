"""Rights to fetch one identified document once: an open address would work for whoever finds it."""

import secrets
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import update
from sqlmodel import Session, col, select

from db import access, audit
from db.actor import Actor
from db.commands.command import command
from db.errors import AccessDenied
from db.models.base import utc_now
from db.models.instruments import ImportReport
from db.models.people import DownloadToken, KeptTable
from db.models.visits import Visit
from db.sign_in import token_hash
from db.survey_box import PHONES
from db.wave_rows import require_wave

VALID = timedelta(minutes=5)
VISIT_COPY = "visit_copy"
SURVEY_CODES = "survey_codes"
IMPORT_REPORT = "import_report"
TABLE_CSV = "table_csv"
TABLE_EXCEL = "table_excel"


class Download(NamedTuple):
    """What a token gives the right to fetch."""

    kind: str
    subject_id: uuid.UUID


@command
def ask_download(session: Session, actor: Actor, kind: str, subject_id: uuid.UUID) -> str:
    """Give a token with which this session can fetch one document once, within five minutes.

    Args:
        session: the database session.
        actor: who asks, in a browser's session.
        kind: ``visit_copy``, the facility's copy of a visit, ``survey_codes``, the slips of a staff survey,
            ``import_report``, the rows of a file that were refused, ``table_csv`` and ``table_excel``, the numbers of
            a chart.
        subject_id: the visit, the wave, the report, or the kept table.

    Raises:
        NotFound: there is no such kind of document, or its subject is outside the actor's reach.
    """
    asked = _ASKED.get(kind)
    if asked is None or actor.session_id is None or not asked.may(session, actor, subject_id):
        raise AccessDenied("download", "add", entity_id=subject_id)
    audit.append(
        session,
        actor_id=actor.person_id,
        actor_role=actor.role,
        action="ask_download",
        entity=asked.entity,
        entity_id=subject_id,
    )
    token = secrets.token_urlsafe(32)
    session.add(
        DownloadToken(
            token_hash=token_hash(token),
            session_id=actor.session_id,
            kind=kind,
            subject_id=subject_id,
            ends_at=utc_now() + VALID,
        )
    )
    return token


@command
def use_download(session: Session, actor: Actor, token: str, now: datetime | None = None) -> Download:
    """Use up a token and say what it stands for.

    Raises:
        NotFound: it was used, is older than five minutes, or was given to another session.
    """
    hashed = token_hash(token)
    used = session.connection().execute(
        update(DownloadToken)
        .where(
            col(DownloadToken.token_hash) == hashed,
            col(DownloadToken.session_id) == actor.session_id,
            col(DownloadToken.used_at).is_(None),
            col(DownloadToken.ends_at) > (now or utc_now()),
        )
        .values(used_at=now or utc_now())
    )
    if used.rowcount != 1:
        raise AccessDenied("download", "see")
    row = session.get_one(DownloadToken, hashed)
    return Download(row.kind, row.subject_id)


def _may_read_visit(session: Session, actor: Actor, visit_id: uuid.UUID) -> bool:
    condition = access.within(actor, "visit_text", "see", site_id=col(Visit.site_id), region_id=col(Visit.region_id))
    statement = select(Visit.id).where(Visit.id == visit_id, col(Visit.deleted_at).is_(None), condition)
    return session.exec(statement).first() is not None


def _may_print_codes(session: Session, actor: Actor, wave_id: uuid.UUID) -> bool:
    try:
        return require_wave(session, actor, "change", wave_id).collected == PHONES
    except AccessDenied:
        return False


def _may_read_report(session: Session, actor: Actor, report_id: uuid.UUID) -> bool:
    report = session.get(ImportReport, report_id)
    return report is not None and report.person_id == actor.person_id


def _may_fetch_table(session: Session, actor: Actor, table_id: uuid.UUID) -> bool:
    kept = session.get(KeptTable, table_id)
    return kept is not None and kept.person_id == actor.person_id


class _Asked(NamedTuple):
    entity: str
    may: Callable[[Session, Actor, uuid.UUID], bool]


_ASKED = {
    VISIT_COPY: _Asked("visit", _may_read_visit),
    SURVEY_CODES: _Asked("survey_wave", _may_print_codes),
    IMPORT_REPORT: _Asked("import_report", _may_read_report),
    TABLE_CSV: _Asked("kept_table", _may_fetch_table),
    TABLE_EXCEL: _Asked("kept_table", _may_fetch_table),
}
