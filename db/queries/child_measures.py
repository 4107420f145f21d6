"""Measures of single children, for those who may read them: the list, one opened, and scores to pair."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import func, select, union_all
from sqlmodel import Session, col

from analytics.room_pairs import MOST_DAYS
from db import access
from db.actor import Actor
from db.errors import AccessDenied
from db.listed_records import ListedRecords
from db.models.children import ChildMeasure, ChildScore
from db.models.incidents import Incident
from db.models.organisation import Site
from db.models.people import Person
from db.period import Period
from db.queries.query import single
from db.regions import same_region

LIST_LIMIT = 50
CHILDREN_OFFERED = 300
_RECORDS = ListedRecords(ChildMeasure, "child_measure", writer=ChildMeasure.recorded_by, day=ChildMeasure.measured_on)


class ChildMeasureRow(NamedTuple):
    """A measure as a list shows it. ``scores`` by the scale's code, as its scoring sheet gave them."""

    id: uuid.UUID
    version: int
    measured_on: date
    site: str
    child_key: str
    instrument_code: str
    respondent: str
    phase: str
    person: str
    removed: bool
    may_change: bool
    may_remove: bool
    may_restore: bool
    scores: Mapping[str, float] = MappingProxyType({})


class OpenChildMeasure(NamedTuple):
    """One measure, opened: ``content`` has the shape of ``ChildMeasureInput`` without its key."""

    row: ChildMeasureRow
    content: dict[str, Any]
    created_at: datetime
    updated_at: datetime | None


class ChildPoint(NamedTuple):
    """One score of one child on a day, answered by one kind of respondent."""

    instrument_code: str
    scale_code: str
    site_id: uuid.UUID
    site: str
    child_key: str
    respondent: str
    measured_on: date
    phase: str
    value: float


class MeasuredChild(NamedTuple):
    """A child key known at a site, with the latest date of the family's permission."""

    key: str
    permission_on: date | None


def child_measures(
    session: Session,
    actor: Actor,
    period: Period,
    site_id: uuid.UUID | None = None,
    *,
    removed: bool = False,
    limit: int = LIST_LIMIT,
) -> list[ChildMeasureRow]:
    """Give the latest measures of a period, newest first, with their scores.

    ``removed`` gives the removed ones instead, of those that the actor may restore.
    """
    statement = _select(actor).where(*_RECORDS.listed(actor, period, site_id, removed=removed))
    order = (col(ChildMeasure.measured_on).desc(), col(ChildMeasure.id).desc())
    rows = [ChildMeasureRow(*row) for row in session.connection().execute(statement.order_by(*order).limit(limit))]
    scores = _scores(session, [row.id for row in rows])
    return [row._replace(scores=scores.get(row.id, {})) for row in rows]


@single
def open_child_measure(session: Session, actor: Actor, measure_id: uuid.UUID) -> OpenChildMeasure:
    """Give one measure with its scores; a removed one only to who may restore it.

    Raises:
        NotFound: it is outside the actor's reach, or removed and not theirs to restore.
    """
    extra = (
        col(ChildMeasure.site_id), col(ChildMeasure.permission_on), col(ChildMeasure.created_at),
        col(ChildMeasure.updated_at),
    )  # fmt: skip
    statement = (
        _select(actor).add_columns(*extra).where(col(ChildMeasure.id) == measure_id, _RECORDS.within(actor, "see"))
    )
    found = session.connection().execute(statement).first()
    if found is None or (found.removed and not found.may_restore):
        raise AccessDenied("child_measure", "see", entity_id=measure_id)
    row = ChildMeasureRow(*found[: len(found) - len(extra)])
    row = row._replace(scores=_scores(session, [row.id]).get(row.id, {}))
    content = {
        "site_id": found.site_id, "child_key": row.child_key, "permission_on": found.permission_on,
        "instrument_code": row.instrument_code, "respondent": row.respondent, "phase": row.phase,
        "measured_on": row.measured_on, "scores": dict(row.scores),
    }  # fmt: skip
    return OpenChildMeasure(row, content, found.created_at, found.updated_at)


def child_points(session: Session, actor: Actor, period: Period, site_id: uuid.UUID | None = None) -> list[ChildPoint]:
    """Give the scores of the measures of a period and of the 400 days before it, oldest first."""
    earlier = Period(period.start - timedelta(days=MOST_DAYS), period.end)
    statement = (
        select(
            col(ChildMeasure.instrument_code), col(ChildScore.scale_code), col(ChildMeasure.site_id), col(Site.name),
            col(ChildMeasure.child_key), col(ChildMeasure.respondent), col(ChildMeasure.measured_on),
            col(ChildMeasure.phase), col(ChildScore.value),
        )
        .join(
            ChildScore,
            (col(ChildScore.child_measure_id) == col(ChildMeasure.id)) & same_region(ChildScore, ChildMeasure),
        )
        .join(Site, col(Site.id) == col(ChildMeasure.site_id))
        .where(*_RECORDS.listed(actor, earlier, site_id))
        .order_by(col(ChildMeasure.measured_on), col(ChildMeasure.id))
    )  # fmt: skip
    return [ChildPoint(*row) for row in session.connection().execute(statement)]


def measured_children(session: Session, actor: Actor, site_id: uuid.UUID, since: date) -> list[MeasuredChild]:
    """Give the child keys used at a site since a day, in measures and incidents, in order."""
    measured: Any = select(
        col(ChildMeasure.child_key).label("key"), col(ChildMeasure.permission_on).label("permission_on")
    ).where(*_RECORDS.listed(actor, None, site_id), col(ChildMeasure.measured_on) >= since)
    of_incidents = select(col(Incident.child_key), col(Incident.permission_on)).where(
        access.within(
            actor, "incident", "see", site_id=col(Incident.site_id), region_id=col(Incident.region_id),
            owner_id=col(Incident.recorded_by),
        ),
        col(Incident.site_id) == site_id, col(Incident.child_key).is_not(None), col(Incident.deleted_at).is_(None),
        col(Incident.occurred_on) >= since,
    )  # fmt: skip
    known = union_all(measured, of_incidents).subquery()
    statement = (
        select(known.c.key, func.max(known.c.permission_on))
        .group_by(known.c.key)
        .order_by(known.c.key)
        .limit(CHILDREN_OFFERED)
    )
    return [MeasuredChild(*row) for row in session.connection().execute(statement)]


def _select(actor: Actor) -> Any:
    return (
        select(
            col(ChildMeasure.id), col(ChildMeasure.version), col(ChildMeasure.measured_on), col(Site.name),
            col(ChildMeasure.child_key), col(ChildMeasure.instrument_code), col(ChildMeasure.respondent),
            col(ChildMeasure.phase), col(Person.display_name),
            *_RECORDS.rights(actor),
        )
        .join(Site, col(Site.id) == col(ChildMeasure.site_id))
        .join(Person, col(Person.id) == col(ChildMeasure.recorded_by))
    )  # fmt: skip


def _scores(session: Session, ids: list[uuid.UUID]) -> dict[uuid.UUID, dict[str, float]]:
    found: dict[uuid.UUID, dict[str, float]] = {}
    statement = select(col(ChildScore.child_measure_id), col(ChildScore.scale_code), col(ChildScore.value)).where(
        col(ChildScore.child_measure_id).in_(ids)
    )
    for key, code, value in session.connection().execute(statement) if ids else ():
        found.setdefault(key, {})[code] = value
    return found
