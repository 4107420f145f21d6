"""Writing observations of classroom quality, with the domain scores computed from them."""

import uuid
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col

from analytics.scoring import score_domains
from db import access
from db.actor import Actor
from db.commands.command import Saved, change_removal, command, content, earlier, forget_draft, marks_of, write_event
from db.commands.kept_record import begin_correction, finish_correction, require_record, rewrite
from db.errors import InvalidInput, Problem
from db.instruments import instrument
from db.instruments.scoring import scoring_of
from db.local_time import require_not_future
from db.models.instruments import ComputedScore, Observation, RecomputedScore, Score
from db.models.observation_input import ObservationInput
from db.models.organisation import Site
from db.observation_scores import scores_of
from db.site_rows import require_room_here

_COLUMNS = ("classroom_id", "instrument_code", "observed_on", "certified_until", "phase")


@command
def record_observation(session: Session, actor: Actor, observation: ObservationInput) -> Saved:
    """Store an observation once, with its computed domain scores and its audit event, in one transaction.

    Raises:
        NotFound: the site is outside the actor's scope (or does not exist).
        InvalidInput: a score is out of range, off its step or missing, or another rule is broken.
        Conflict: this client_uuid was stored before with other content, or removed.
    """
    site = access.require_site(session, actor, "observation", "add", observation.site_id)
    again = earlier(session, Observation, observation)
    if again:
        return again
    _require_valid(session, site, observation)
    _require_offered(site, observation.instrument_code)
    row = Observation(
        **_values(observation),
        observer_id=actor.person_id,
        **marks_of(actor, site, observation),
    )
    session.add(row)
    session.flush()
    _write_scores(session, row, observation)
    forget_draft(session, actor, observation)
    write_event(session, actor, "record_observation", row, after=content(row, scores=_scores(observation)))
    return Saved(row.id, row.version)


@command
def correct_observation(
    session: Session,
    actor: Actor,
    observation_id: uuid.UUID,
    base_version: int,
    observation: ObservationInput,
    reason: str,
) -> Saved:
    """Replace an observation's scores and details, with the reason why; the domain scores are computed again.

    Raises:
        NotFound: the observation is outside the actor's reach, or removed.
        InvalidInput: a rule is broken, or the reason is empty.
        Conflict: ``newer_version`` when someone changed it meanwhile.
    """
    row = _require_observation(session, actor, "change", observation_id)
    site, reason = begin_correction(session, actor, "observation", row, base_version, observation.site_id, reason)
    _require_valid(session, site, observation)
    if (row.site_id, row.instrument_code) != (site.id, observation.instrument_code):
        _require_offered(site, observation.instrument_code)
    before = content(row, scores=scores_of(session, row.id, row.cycles))
    rewrite(session, actor, row, site, _values(observation))
    for table in (Score, ComputedScore, RecomputedScore):
        session.connection().execute(delete(table).where(col(table.observation_id) == row.id))
    _write_scores(session, row, observation)
    forget_draft(session, actor, observation)
    after = content(row, scores=_scores(observation))
    return finish_correction(session, actor, "correct_observation", row, before, after, reason)


@command
def remove_observation(
    session: Session, actor: Actor, observation_id: uuid.UUID, base_version: int, reason: str
) -> Saved:
    """Take an observation out of every list and figure. It can be restored.

    Raises:
        NotFound: the observation is outside the actor's reach.
        InvalidInput: the reason is empty.
        Conflict: ``newer_version`` or ``removed``.
    """
    return _set_removed(session, actor, observation_id, base_version, reason, removed=True)


@command
def restore_observation(
    session: Session, actor: Actor, observation_id: uuid.UUID, base_version: int, reason: str
) -> Saved:
    """Bring a removed observation back.

    Raises:
        NotFound: the observation is outside the actor's reach.
        InvalidInput: the reason is empty.
        Conflict: ``newer_version`` or ``not_removed``.
    """
    return _set_removed(session, actor, observation_id, base_version, reason, removed=False)


def _values(observation: ObservationInput) -> dict[str, Any]:
    return {name: getattr(observation, name) for name in _COLUMNS} | {"cycles": len(observation.cycles)}


def _scores(observation: ObservationInput) -> list[dict[str, float]]:
    return [{code: value for code, value in sorted(cycle.items()) if value is not None} for cycle in observation.cycles]


def _require_observation(session: Session, actor: Actor, verb: Any, observation_id: uuid.UUID) -> Observation:
    return require_record(session, actor, Observation, "observation", verb, observation_id, "observer_id")


def _require_valid(session: Session, site: Site, observation: ObservationInput) -> None:
    observation.require_valid()
    problems = list(require_not_future(session, site.region_id, "observed_on", observation.observed_on))
    problems += require_room_here(session, site, observation.classroom_id)
    if problems:
        raise InvalidInput(problems)


def _require_offered(site: Site, code: str) -> None:
    """Refuse an instrument that was taken out of the choices, or that another program added for itself."""
    if not instrument(code).offered_to(site.program_id):
        raise InvalidInput([Problem("instrument_code", "unknown_option")])


def _write_scores(session: Session, row: Observation, observation: ObservationInput) -> None:
    session.add_all(
        Score(
            observation_id=row.id,
            region_id=row.region_id,
            instrument_code=row.instrument_code,
            scale_code=code,
            cycle=number,
            value=value,
        )
        for number, cycle in enumerate(observation.cycles, start=1)
        for code, value in cycle.items()
        if value is not None
    )
    computed = score_domains(scoring_of(instrument(row.instrument_code)), observation.cycles)
    session.add_all(
        ComputedScore(
            observation_id=row.id, region_id=row.region_id, code=code, value=score.value, cycles=score.n_cycles,
            formula_version=score.formula_version,
        )
        for code, score in computed.items()
    )  # fmt: skip
    session.flush()


def _set_removed(
    session: Session, actor: Actor, observation_id: uuid.UUID, base_version: int, reason: str, *, removed: bool
) -> Saved:
    row = _require_observation(session, actor, "remove" if removed else "restore", observation_id)
    return change_removal(session, actor, row, "observation", base_version, reason, removed=removed)
