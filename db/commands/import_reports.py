"""The refused rows of a file, as a file: kept until the person fetches it, for a day at most."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import Session, col

from db import access
from db.access_matrix import Thing
from db.acting import whole_reach
from db.actor import Actor
from db.commands.command import command
from db.errors import AccessDenied, InvalidInput, Problem
from db.exchange.csv_file import csv_text
from db.exchange.table_file import LARGEST_BYTES
from db.models.base import new_id, utc_now
from db.models.instruments import ImportReport

KEPT_FOR = timedelta(days=1)
LARGEST = 2 * LARGEST_BYTES
IMPORTED: tuple[Thing, ...] = ("observation", "child_measure")
"""What can come in a file of scores."""


@command
def keep_import_report(session: Session, actor: Actor, report: Sequence[Sequence[str]]) -> uuid.UUID:
    """Keep a report of refused rows, and give its key. Older ones of this person and those of yesterday go.

    Raises:
        NotFound: the actor may add nothing that is imported.
        InvalidInput: it is longer than twice the longest file.
    """
    access.require_any(actor, IMPORTED, "add")
    content = csv_text(report)
    if len(content) > LARGEST:
        raise InvalidInput([Problem("report", "too_long", {"max_length": LARGEST})])
    old = (col(ImportReport.person_id) == actor.person_id) | (col(ImportReport.made_at) < utc_now() - KEPT_FOR)
    with whole_reach():  # whoever's they are: they go after a day
        session.connection().execute(delete(ImportReport).where(old))
    kept = ImportReport(id=new_id(), person_id=actor.person_id, content=content, made_at=utc_now())
    session.add(kept)
    return kept.id


@command
def fetch_import_report(session: Session, actor: Actor, report_id: uuid.UUID) -> str:
    """Give a report of one's own, and let it go: it is in the person's hands now.

    Raises:
        NotFound: it is somebody else's, or was fetched before.
    """
    report = session.get(ImportReport, report_id)
    if report is None or report.person_id != actor.person_id:
        raise AccessDenied("import_report", "see", entity_id=report_id)
    content = report.content
    session.delete(report)
    return content
