"""Writing measures of single children: scores of a questionnaire, with the family's permission."""

import uuid
from typing import Any

from sqlalchemy import delete, select
from sqlmodel import Session, col

from db import access
from db.actor import Actor
from db.commands.command import Saved, change_removal, command, content, earlier, forget_draft, marks_of, write_event
from db.commands.kept_record import begin_correction, finish_correction, require_record, rewrite
from db.errors import InvalidInput, Problem
from db.instruments import instrument
from db.local_time import require_not_future
from db.models.child_measure_input import ChildMeasureInput
from db.models.children import ChildMeasure, ChildScore
from db.models.organisation import Site

_COLUMNS = ("child_key", "permission_on", "instrument_code", "measured_on", "respondent", "phase")


@command
def record_child_measure(session: Session, actor: Actor, measure: ChildMeasureInput) -> Saved:
    """Store a child's measure once, with its scores and its audit event, in one transaction.

    Raises:
        NotFound: the site is outside the actor's scope (or does not exist).
        InvalidInput: a score is out of range or off its step, the permission is missing, or another rule is broken.
        Conflict: this client_uuid was stored before with other content, or removed.
    """
    site = access.require_site(session, actor, "child_measure", "add", measure.site_id)
    again = earlier(session, ChildMeasure, measure)
    if again:
        return again
    _require_valid(session, site, measure, None)
    row = ChildMeasure(
        **{name: getattr(measure, name) for name in _COLUMNS},
        recorded_by=actor.person_id,
        **marks_of(actor, site, measure),
    )
    session.add(row)
    session.flush()
    _write_scores(session, row, measure)
    forget_draft(session, actor, measure)
    write_event(session, actor, "record_child_measure", row, after=content(row, scores=_sorted(measure.scores)))
    return Saved(row.id, row.version)


@command
def correct_child_measure(
    session: Session, actor: Actor, measure_id: uuid.UUID, base_version: int, measure: ChildMeasureInput, reason: str
) -> Saved:
    """Replace what a measure says, on top of the version that the actor saw, with the reason why.

    Raises:
        NotFound: the measure is outside the actor's reach, or removed.
        InvalidInput: a rule is broken, or the reason is empty.
        Conflict: ``newer_version`` when someone changed it meanwhile.
    """
    row = _require_measure(session, actor, "change", measure_id)
    site, reason = begin_correction(session, actor, "child_measure", row, base_version, measure.site_id, reason)
    _require_valid(session, site, measure, row)
    before = content(row, scores=_stored_scores(session, row.id))
    rewrite(session, actor, row, site, {name: getattr(measure, name) for name in _COLUMNS})
    session.connection().execute(delete(ChildScore).where(col(ChildScore.child_measure_id) == row.id))
    _write_scores(session, row, measure)
    forget_draft(session, actor, measure)
    after = content(row, scores=_sorted(measure.scores))
    return finish_correction(session, actor, "correct_child_measure", row, before, after, reason)


@command
def remove_child_measure(
    session: Session, actor: Actor, measure_id: uuid.UUID, base_version: int, reason: str
) -> Saved:
    """Take a measure out of every list and figure. It can be restored.

    Raises:
        NotFound: the measure is outside the actor's reach.
        InvalidInput: the reason is empty.
        Conflict: ``newer_version`` or ``removed``.
    """
    return _set_removed(session, actor, measure_id, base_version, reason, removed=True)


@command
def restore_child_measure(
    session: Session, actor: Actor, measure_id: uuid.UUID, base_version: int, reason: str
) -> Saved:
    """Bring a removed measure back.

    Raises:
        NotFound: the measure is outside the actor's reach.
        InvalidInput: the reason is empty, or the same measure was recorded again meanwhile.
        Conflict: ``newer_version`` or ``not_removed``.
    """
    return _set_removed(session, actor, measure_id, base_version, reason, removed=False)


def _sorted(scores: dict[str, float]) -> dict[str, float]:
    return dict(sorted(scores.items()))


def _stored_scores(session: Session, measure_id: uuid.UUID) -> dict[str, float]:
    statement = (
        select(col(ChildScore.scale_code), col(ChildScore.value))
        .where(col(ChildScore.child_measure_id) == measure_id)
        .order_by(col(ChildScore.scale_code))
    )
    return {row.scale_code: row.value for row in session.connection().execute(statement)}


def _require_measure(session: Session, actor: Actor, verb: Any, measure_id: uuid.UUID) -> ChildMeasure:
    return require_record(session, actor, ChildMeasure, "child_measure", verb, measure_id, "recorded_by")


def _require_valid(session: Session, site: Site, measure: ChildMeasureInput, row: ChildMeasure | None) -> None:
    """Refuse what breaks a rule. ``row`` is the stored one that is corrected."""
    measure.require_valid()
    problems = list(require_not_future(session, site.region_id, "measured_on", measure.measured_on))
    tool = instrument(measure.instrument_code)
    kept = row is not None and row.instrument_code == tool.code
    if not kept and not tool.offered_to(site.program_id):
        problems.append(Problem("instrument_code", "unknown_option"))
    if _same(session, site.id, measure, row.id if row else None):
        problems.append(Problem("measured_on", "child_measured_that_day"))
    if problems:
        raise InvalidInput(problems)


def _same(session: Session, site_id: uuid.UUID, one: ChildMeasureInput | ChildMeasure, own: uuid.UUID | None) -> bool:
    """Tell whether another standing measure has this child, instrument, respondent and day."""
    statement = select(col(ChildMeasure.id)).where(
        col(ChildMeasure.site_id) == site_id,
        col(ChildMeasure.measured_on) == one.measured_on,
        col(ChildMeasure.child_key) == one.child_key,
        col(ChildMeasure.instrument_code) == one.instrument_code,
        col(ChildMeasure.respondent) == one.respondent,
        col(ChildMeasure.deleted_at).is_(None),
    )
    return any(key != own for key in session.connection().execute(statement).scalars())


def _write_scores(session: Session, row: ChildMeasure, measure: ChildMeasureInput) -> None:
    session.add_all(
        ChildScore(
            child_measure_id=row.id, region_id=row.region_id, scale_code=code, instrument_code=row.instrument_code,
            value=value,
        )
        for code, value in measure.scores.items()
    )  # fmt: skip
    session.flush()


def _set_removed(
    session: Session, actor: Actor, measure_id: uuid.UUID, base_version: int, reason: str, *, removed: bool
) -> Saved:
    row = _require_measure(session, actor, "remove" if removed else "restore", measure_id)
    if not removed and row.deleted_at is not None and _same(session, row.site_id, row, row.id):
        raise InvalidInput([Problem("reason_for_change", "child_measured_that_day")])
    return change_removal(session, actor, row, "child_measure", base_version, reason, removed=removed)
