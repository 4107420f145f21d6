"""Observations of classroom quality that an actor may see."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlmodel import Session, col

from db.actor import Actor
from db.current_scores import current_scores
from db.errors import AccessDenied
from db.listed_records import ListedRecords
from db.models.instruments import Observation
from db.models.organisation import Classroom, Site
from db.models.people import Person
from db.observation_scores import scores_of
from db.period import Period
from db.queries.query import single
from db.regions import same_region

LIST_LIMIT = 50
_RECORDS = ListedRecords(Observation, "observation", writer=Observation.observer_id, day=Observation.observed_on)


class ObservationRow(NamedTuple):
    """An observation as a list shows it. ``domains``: their scores, None where a dimension is missing."""

    id: uuid.UUID
    version: int
    observed_on: date
    site: str
    classroom: str
    instrument_code: str
    phase: str
    cycles: int
    observer: str
    removed: bool
    may_change: bool
    may_remove: bool
    may_restore: bool
    domains: Mapping[str, float | None] = MappingProxyType({})


class OpenObservation(NamedTuple):
    """One observation, opened: ``content`` has the shape of ``ObservationInput`` without its key."""

    row: ObservationRow
    content: dict[str, Any]
    formula_version: str | None
    created_at: datetime
    updated_at: datetime | None


def observations(
    session: Session,
    actor: Actor,
    period: Period,
    site_id: uuid.UUID | None = None,
    *,
    removed: bool = False,
    limit: int = LIST_LIMIT,
) -> list[ObservationRow]:
    """Give the latest observations of a period, newest first, with their domain scores.

    ``removed`` gives the removed ones instead, of those that the actor may restore.
    """
    statement = _select(actor).where(*_RECORDS.listed(actor, period, site_id, removed=removed))
    statement = statement.order_by(col(Observation.observed_on).desc(), col(Observation.id).desc()).limit(limit)
    rows = [ObservationRow(*row) for row in session.connection().execute(statement)]
    domains = _domains(session, [row.id for row in rows])
    return [row._replace(domains=domains.get(row.id, {})) for row in rows]


@single
def open_observation(session: Session, actor: Actor, observation_id: uuid.UUID) -> OpenObservation:
    """Give one observation with its raw scores per cycle, as they were entered.

    Raises:
        NotFound: it is outside the actor's reach, or removed and not theirs to restore.
    """
    extra = (
        col(Observation.site_id), col(Observation.classroom_id), col(Observation.certified_until),
        col(Observation.created_at), col(Observation.updated_at),
    )  # fmt: skip
    found = (
        session.connection()
        .execute(
            _select(actor)
            .add_columns(*extra)
            .where(col(Observation.id) == observation_id, _RECORDS.within(actor, "see"))
        )
        .first()
    )
    if found is None or (found.removed and not found.may_restore):
        raise AccessDenied("observation", "see", entity_id=observation_id)
    row = ObservationRow(*found[: len(found) - len(extra)])
    scores = current_scores()
    versions = (
        session.connection()
        .execute(select(scores.c.formula_version).where(scores.c.observation_id == observation_id))
        .scalars()
        .all()
    )
    content = {
        "site_id": found.site_id,
        "classroom_id": found.classroom_id,
        "instrument_code": row.instrument_code,
        "observed_on": row.observed_on,
        "certified_until": found.certified_until,
        "phase": row.phase,
        "cycles": scores_of(session, observation_id, row.cycles),
    }
    row = row._replace(domains=_domains(session, [row.id]).get(row.id, {}))
    return OpenObservation(row, content, versions[0] if versions else None, found.created_at, found.updated_at)


def _select(actor: Actor) -> Any:
    return (
        select(
            col(Observation.id), col(Observation.version), col(Observation.observed_on), col(Site.name),
            col(Classroom.name), col(Observation.instrument_code), col(Observation.phase),
            col(Observation.cycles), col(Person.display_name),
            *_RECORDS.rights(actor),
        )
        .join(Site, col(Site.id) == col(Observation.site_id))
        .join(Classroom, (col(Classroom.id) == col(Observation.classroom_id)) & same_region(Classroom, Observation))
        .join(Person, col(Person.id) == col(Observation.observer_id))
    )  # fmt: skip


def _domains(session: Session, ids: list[uuid.UUID]) -> dict[uuid.UUID, dict[str, float | None]]:
    if not ids:
        return {}
    found: dict[uuid.UUID, dict[str, float | None]] = {}
    scores = current_scores()
    rows = session.connection().execute(
        select(scores.c.observation_id, scores.c.code, scores.c.value).where(scores.c.observation_id.in_(ids))
    )
    for key, code, value in rows:
        found.setdefault(key, {})[code] = value
    return found
