"""Writing a whole list of children's questionnaires: all of it or nothing, and each one once."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session

from db import access, audit
from db.actor import Actor
from db.commands.command import MARKS, command
from db.exchange.child_judging import ChildPlan, ChildPreviewRow, judged_measures
from db.exchange.preview import Imported
from db.exchange.write_all import Agreed, Progress, write_all
from db.models.base import new_id, utc_now
from db.models.children import ChildMeasure, ChildScore


@command
def import_child_measures(
    session: Session,
    actor: Actor,
    measures: ChildPlan,
    signature: str,
    leave_out_refused: bool = False,
    progress: Progress | None = None,
) -> Imported:
    """Write every questionnaire of a file in one transaction, after judging each again: the preview must still hold.

    Sending the same file again adds nothing. ``signature`` is that of the preview that the person agreed to;
    ``progress`` is told the share done, from 0 to 1.

    Raises:
        NotFound: the actor may not add children's measures, or not at any site that the file names.
        InvalidInput: rows are refused, and the person did not choose to leave them out.
        Conflict: ``newer_version`` when what is stored changed since the preview.
    """
    access.require(actor, "child_measure", "add")
    preview = judged_measures(session, actor, measures)
    whole = audit.Draft(
        actor.person_id, actor.role, "import_child_measures", "child_measure",
        after={"instrument_code": measures.instrument_code},
    )  # fmt: skip
    agreed = Agreed(signature, leave_out_refused)
    return write_all(session, preview, agreed, partial(_write, session, actor), whole, progress)


def _write(session: Session, actor: Actor, rows: Sequence[ChildPreviewRow]) -> Iterator[audit.Draft]:
    """Write some measures with their scores in two statements, and give their audit events."""
    now = utc_now()
    stored: list[dict[str, Any]] = []
    scores: list[dict[str, Any]] = []
    for row in rows:
        made = row.measure
        assert made is not None
        key = new_id()
        stored.append(
            {
                "id": key, "version": 1, "created_at": now, "created_by": actor.person_id, "site_id": made.site_id,
                "region_id": row.region_id, "client_uuid": made.client_uuid, "content_digest": made.content_digest(),
                "source": made.source, "child_key": made.child_key, "permission_on": made.permission_on,
                "instrument_code": made.instrument_code, "measured_on": made.measured_on,
                "respondent": made.respondent, "phase": made.phase, "recorded_by": actor.person_id,
            }
        )  # fmt: skip
        scores += [
            {
                "child_measure_id": key, "region_id": row.region_id, "scale_code": code,
                "instrument_code": made.instrument_code, "value": value,
            }
            for code, value in made.scores.items()
        ]  # fmt: skip
    session.connection().execute(insert(ChildMeasure), stored)
    session.connection().execute(insert(ChildScore), scores)
    for row, kept in zip(rows, stored, strict=True):
        made = row.measure
        assert made is not None
        said = {name: value for name, value in kept.items() if name not in MARKS}
        yield audit.Draft(
            actor.person_id, actor.role, "record_child_measure", "child_measure", kept["id"], 1, made.site_id,
            reason="import", after=said | {"scores": dict(sorted(made.scores.items()))},
        )  # fmt: skip
