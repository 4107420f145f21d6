"""Judges what a list of children's questionnaires would add: each one new, stored before, or refused and why."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlmodel import Session, col

from db.actor import Actor
from db.errors import InvalidInput, Problem
from db.exchange.cells import LineProblem
from db.exchange.child_list import ListedMeasure
from db.exchange.preview import Preview, Status
from db.exchange.reached_sites import ReachedSites, Refused
from db.instruments import instrument
from db.models.child_measure_input import ChildMeasureInput
from db.models.children import ChildMeasure

IMPORTED = uuid.UUID("6d1c0ff2-7b66-5b64-9e3f-1a7b4a1d0a52")
"""The name space of the keys of imported measures (RFC 9562, version 5): the same content has the same key."""


@dataclass(frozen=True)
class ChildPlan:
    """What a file says and what the person chose for all of it: ``respondent`` and ``phase`` where a row names none."""

    instrument_code: str
    respondent: str
    phase: str
    listed: Sequence[ListedMeasure]


@dataclass(frozen=True)
class ChildPreviewRow:
    """What one row of the file would do. ``measure`` would be stored, in ``region_id``."""

    lines: tuple[int, ...]
    site: str
    child_key: str
    measured_on: date | None
    status: Status
    problems: tuple[LineProblem, ...] = ()
    measure: ChildMeasureInput | None = None
    region_id: uuid.UUID | None = None

    @property
    def key(self) -> uuid.UUID | None:
        """The key that it would be stored under."""
        return self.measure.client_uuid if self.measure else None


ChildPreview = Preview[ChildPreviewRow]


class _Stored(NamedTuple):
    keys: Mapping[uuid.UUID, bool]
    """Keys of stored measures; True where one was removed."""
    identities: frozenset[tuple[Any, ...]]
    permissions: Mapping[tuple[uuid.UUID, str], Sequence[date]]
    """The dates of the permissions on file for each child of a site."""


def judged_measures(session: Session, actor: Actor, plan: ChildPlan) -> ChildPreview:
    """Give what each row of a file would do at the sites where the actor may add children's measures.

    A site is named by its license number, its key or its name. A row without the date of the family's permission
    takes the latest one on file for that child on or before the day of the answers.
    """
    reached = ReachedSites(session, actor, "child_measure")
    sites = {place.site_id for places in reached.sites.values() for place in places}
    stored = _stored(session, plan, sites)
    seen: dict[Any, int] = {}
    return Preview(tuple(_against(_judged(one, plan, reached, stored), stored, seen) for one in plan.listed))


def _judged(listed: ListedMeasure, plan: ChildPlan, reached: ReachedSites, stored: _Stored) -> ChildPreviewRow:
    row = ChildPreviewRow((listed.line,), listed.site, listed.child_key, listed.measured_on, "refused")
    if listed.problems or listed.measured_on is None:
        return _refuse(row, *listed.problems)
    try:
        place = reached.place(listed.site)
        if not instrument(plan.instrument_code).offered_to(place.program_id):
            raise Refused("site", "not_offered_here")
        reached.require_past(place, "measured_on", listed.measured_on)
        made = _made(listed, plan, place.site_id, listed.measured_on, stored)
    except Refused as refused:
        return _refuse(row, refused.problem)
    except InvalidInput as invalid:
        return _refuse(row, *(_by_column(problem) for problem in invalid.problems))
    return replace(row, status="added", measure=made, region_id=place.region_id)


def _made(
    listed: ListedMeasure, plan: ChildPlan, site_id: uuid.UUID, measured_on: date, stored: _Stored
) -> ChildMeasureInput:
    on_file = (one for one in stored.permissions.get((site_id, listed.child_key), ()) if one <= measured_on)
    permission_on = listed.permission_on or max(on_file, default=None)
    if permission_on is None:
        raise Refused("permission_on", "permission_needed")
    made = ChildMeasureInput.checked(
        {
            "client_uuid": IMPORTED, "source": "import", "site_id": site_id, "child_key": listed.child_key,
            "permission_on": permission_on, "instrument_code": plan.instrument_code,
            "respondent": listed.respondent or plan.respondent, "phase": listed.phase or plan.phase,
            "measured_on": measured_on, "scores": dict(listed.scores),
        }
    )  # fmt: skip
    # Not the permission: it can come from what is stored, and the same file must find itself again.
    said = [*sorted(made.scores.items()), made.phase]
    identity = f"{site_id}|{made.child_key}|{made.instrument_code}|{made.respondent}|{made.measured_on}|{said}"
    return made.model_copy(update={"client_uuid": uuid.uuid5(IMPORTED, identity)})


def _by_column(problem: Problem) -> Problem:
    """Name a problem of a score by its column."""
    field = problem.field.replace("scores.", "score.", 1)
    return Problem("site" if field == "scores" else field, problem.code, problem.context)


def _stored(session: Session, plan: ChildPlan, sites: set[uuid.UUID]) -> _Stored:
    found = session.connection().execute(
        select(
            col(ChildMeasure.client_uuid), col(ChildMeasure.deleted_at).is_not(None).label("removed"),
            col(ChildMeasure.site_id), col(ChildMeasure.child_key), col(ChildMeasure.instrument_code),
            col(ChildMeasure.respondent), col(ChildMeasure.measured_on), col(ChildMeasure.permission_on),
        ).where(
            col(ChildMeasure.site_id).in_(sites),
            col(ChildMeasure.child_key).in_({one.child_key for one in plan.listed}),
        )
    ).all()  # fmt: skip
    permissions: dict[tuple[uuid.UUID, str], list[date]] = {}
    for row in found:
        if not row.removed:
            permissions.setdefault((row.site_id, row.child_key), []).append(row.permission_on)
    return _Stored(
        {row.client_uuid: bool(row.removed) for row in found},
        frozenset(tuple(row[2:7]) for row in found if not row.removed),
        permissions,
    )


def _against(row: ChildPreviewRow, stored: _Stored, seen: dict[Any, int]) -> ChildPreviewRow:
    """Give the row as it stands against what is stored and against the rows before it."""
    made = row.measure
    if made is None:
        return row
    identity = (made.site_id, made.child_key, made.instrument_code, made.respondent, made.measured_on)
    before = seen.setdefault(identity, row.lines[0])
    if before != row.lines[0]:
        return _refuse(row, Problem("site", "listed_twice", {"row": before}))
    if made.client_uuid in stored.keys:
        if stored.keys[made.client_uuid]:
            return _refuse(row, Problem("site", "measure_removed"))
        return replace(row, status="unchanged")
    if identity in stored.identities:
        return _refuse(row, Problem("measured_on", "child_measured_that_day"))
    return row


def _refuse(row: ChildPreviewRow, *problems: Problem) -> ChildPreviewRow:
    return replace(row, status="refused", problems=tuple(LineProblem(row.lines[0], one) for one in problems))
