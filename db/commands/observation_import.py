"""Writing a whole export of observations: all of it or nothing, and each observation once."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, select

from analytics.scoring import score_domains
from db import access, audit
from db.actor import Actor
from db.commands.command import MARKS, command
from db.commands.import_reports import IMPORTED
from db.errors import InvalidInput, Problem
from db.exchange.observation_judging import ObservationPlan, ObservationPreviewRow, judged_observations
from db.exchange.preview import Imported
from db.exchange.write_all import Agreed, Progress, write_all
from db.instruments import instrument
from db.instruments.scoring import scoring_of
from db.models.base import new_id, utc_now
from db.models.instruments import ColumnMapping, ComputedScore, Observation, Score


@command
def import_observations(
    session: Session,
    actor: Actor,
    observations: ObservationPlan,
    signature: str,
    leave_out_refused: bool = False,
    progress: Progress | None = None,
) -> Imported:
    """Write every observation of a file in one transaction, after judging each again: the preview must still hold.

    Sending the same file again adds nothing. ``signature`` is that of the preview that the person agreed to;
    ``progress`` is told the share done, from 0 to 1.

    Raises:
        NotFound: the actor may not add observations, or not at any site that the file names.
        InvalidInput: rows are refused, and the person did not choose to leave them out.
        Conflict: ``newer_version`` when what is stored changed since the preview.
    """
    access.require(actor, "observation", "add")
    preview = judged_observations(session, actor, observations)
    whole = audit.Draft(
        actor.person_id, actor.role, "import_observations", "observation",
        after={"instrument_code": observations.instrument_code},
    )  # fmt: skip
    agreed = Agreed(signature, leave_out_refused)
    return write_all(session, preview, agreed, partial(_write, session, actor), whole, progress)


@command
def remember_columns(
    session: Session, actor: Actor, kind: str, header: Sequence[str], columns: Mapping[str, str]
) -> None:
    """Remember what a person chose for files with this header: columns, and choices for the whole file.

    Raises:
        NotFound: the actor may add nothing that is imported.
        InvalidInput: there are more choices than a file has columns.
    """
    access.require_any(actor, IMPORTED, "add")
    if len(columns) > 300 or any(len(text) > 200 for pair in columns.items() for text in pair):
        raise InvalidInput([Problem("columns", "too_long", {"max_length": 300})])
    hashed = audit.digest(list(header))
    row = session.exec(
        select(ColumnMapping).where(
            col(ColumnMapping.person_id) == actor.person_id,
            col(ColumnMapping.kind) == kind,
            col(ColumnMapping.header_digest) == hashed,
        )
    ).first()
    if row is None:
        row = ColumnMapping(person_id=actor.person_id, kind=kind, header_digest=hashed, mapping={}, used_at=utc_now())
        session.add(row)
    row.mapping, row.used_at = dict(columns), utc_now()


def _write(session: Session, actor: Actor, rows: Sequence[ObservationPreviewRow]) -> Iterator[audit.Draft]:
    """Write some observations with their scores in three statements, and give their audit events."""
    now = utc_now()
    stored: list[dict[str, Any]] = []
    raw: list[dict[str, Any]] = []
    computed: list[dict[str, Any]] = []
    for row in rows:
        made = row.observation
        assert made is not None
        key, tool = new_id(), instrument(made.instrument_code)
        stored.append(
            {
                "id": key, "version": 1, "created_at": now, "created_by": actor.person_id, "site_id": made.site_id,
                "region_id": row.region_id, "client_uuid": made.client_uuid,
                "content_digest": made.content_digest(), "source": made.source,
                "classroom_id": made.classroom_id, "instrument_code": made.instrument_code,
                "observed_on": made.observed_on, "observer_id": row.observer_id,
                "certified_until": made.certified_until, "phase": made.phase, "cycles": len(made.cycles),
            }
        )  # fmt: skip
        raw += [
            {
                "observation_id": key, "region_id": row.region_id, "scale_code": code, "cycle": number,
                "instrument_code": made.instrument_code, "value": value,
            }
            for number, cycle in enumerate(made.cycles, start=1)
            for code, value in cycle.items()
            if value is not None
        ]  # fmt: skip
        computed += [
            {
                "observation_id": key, "region_id": row.region_id, "code": code, "value": score.value,
                "cycles": score.n_cycles, "formula_version": score.formula_version,
            }
            for code, score in score_domains(scoring_of(tool), made.cycles).items()
        ]  # fmt: skip
    run = session.connection().execute
    run(insert(Observation), stored)
    run(insert(Score), raw)
    if computed:
        run(insert(ComputedScore), computed)
    for row, kept in zip(rows, stored, strict=True):
        made = row.observation
        assert made is not None
        scores = [{code: one for code, one in sorted(cycle.items()) if one is not None} for cycle in made.cycles]
        after = {name: value for name, value in kept.items() if name not in MARKS} | {"scores": scores}
        yield audit.Draft(
            actor.person_id, actor.role, "record_observation", "observation", kept["id"], 1, made.site_id,
            reason="import", after=after,
        )  # fmt: skip
