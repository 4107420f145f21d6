"""Judges what an observation export would add: each observation new, stored before, or refused and why."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlmodel import Session, col

from db.access_matrix import MATRIX
from db.actor import Actor
from db.errors import InvalidInput, Problem
from db.exchange.cells import SCORE, LineProblem
from db.exchange.observation_list import ListedObservation
from db.exchange.preview import Preview, Status
from db.exchange.reached_sites import Place, ReachedSites, Refused, folded
from db.instruments import instrument
from db.models.instruments import Observation
from db.models.observation_input import ObservationInput
from db.models.organisation import Classroom, Site
from db.models.people import Person, PersonScope

IMPORTED = uuid.UUID("5c0b9ee1-6a55-5a53-9d2e-0f6a3f0c9b41")
"""The name space of the keys of imported observations (RFC 9562, version 5): the same content has the same key."""


@dataclass(frozen=True)
class ObservationPlan:
    """What a file says and what the person chose for all of it.

    ``phase`` stands where a row names none. ``incomplete``: scores may be missing; the domains then have no score.
    """

    instrument_code: str
    phase: str
    listed: Sequence[ListedObservation]
    incomplete: bool = False


@dataclass(frozen=True)
class ObservationPreviewRow:
    """What one observation of the file would do. ``observation`` would be stored, seen by ``observer_id``."""

    lines: tuple[int, ...]
    site: str
    classroom: str
    observed_on: date | None
    observer: str
    status: Status
    problems: tuple[LineProblem, ...] = ()
    observation: ObservationInput | None = None
    observer_id: uuid.UUID | None = None
    region_id: uuid.UUID | None = None

    @property
    def key(self) -> uuid.UUID | None:
        """The key that it would be stored under."""
        return self.observation.client_uuid if self.observation else None


ObservationPreview = Preview[ObservationPreviewRow]


def judged_observations(session: Session, actor: Actor, plan: ObservationPlan) -> ObservationPreview:
    """Give what each observation of a file would do at the sites where the actor may add observations.

    A site is named by its license number, its key or its name, a room by its key or its name, an observer by the name
    or sign-in name of somebody who observes at that site; without one, the actor observed.
    """
    reached = _Reached(session, actor)
    rows = [_judged(listed, plan, reached, actor) for listed in plan.listed]
    stored = _stored(session, rows)
    seen: dict[Any, int] = {}
    return ObservationPreview(tuple(_against(row, stored, seen) for row in rows))


class _Reached(ReachedSites):
    """The sites, rooms and observers that a file of this actor may name."""

    def __init__(self, session: Session, actor: Actor) -> None:
        super().__init__(session, actor, "observation")
        self.rooms: dict[uuid.UUID, dict[str, list[uuid.UUID]]] = {}
        for key, site_id, name in session.connection().execute(
            select(col(Classroom.id), col(Classroom.site_id), col(Classroom.name)).where(
                col(Classroom.site_id).in_(select(col(Site.id)).where(self.inside)), col(Classroom.deleted_at).is_(None)
            )
        ):
            for named in {str(key), folded(name)}:
                self.rooms.setdefault(site_id, {}).setdefault(named, []).append(key)
        self.observers = _observers(session)

    def room(self, place: Place, named: str) -> uuid.UUID:
        """Give the room of that key or name.

        Raises:
            Refused: the site has none of it, or several.
        """
        found = self.rooms.get(place.site_id, {}).get(folded(named), [])
        if len(found) != 1:
            raise Refused("classroom", "room_ambiguous" if found else "classroom_not_here")
        return found[0]

    def observer(self, place: Place, named: str, actor: Actor) -> uuid.UUID:
        """Give the person of that name who observes at that site; the actor where none is named.

        Raises:
            Refused: nobody of that name does, or several.
        """
        if not named:
            return actor.person_id
        reach = {place.site_id, place.program_id, place.region_id}
        found = {person for person, targets in self.observers.get(folded(named), ()) if targets & reach}
        if len(found) != 1:
            raise Refused("observer", "observer_ambiguous" if found else "observer_not_found")
        return found.pop()


def _observers(session: Session) -> dict[str, list[tuple[uuid.UUID, set[uuid.UUID]]]]:
    """Give who may have observed, by name, with the sites, programs and regions that they were ever given."""
    roles = [role for role, rights in MATRIX["observation"].items() if "add" in rights]
    rows = session.connection().execute(
        select(
            col(Person.id), col(Person.display_name), col(Person.sign_in_name),
            func.coalesce(col(PersonScope.site_id), col(PersonScope.program_id), col(PersonScope.region_id)),
        )
        .join(PersonScope, col(PersonScope.person_id) == col(Person.id))
        .where(col(Person.role).in_(roles), col(Person.deleted_at).is_(None), col(PersonScope.deleted_at).is_(None))
    )  # fmt: skip
    names: dict[str, dict[uuid.UUID, set[uuid.UUID]]] = {}
    for key, display_name, sign_in_name, target in rows:
        for named in {folded(display_name), folded(sign_in_name)}:
            names.setdefault(named, {}).setdefault(key, set()).add(target)
    return {named: list(people.items()) for named, people in names.items()}


def _judged(listed: ListedObservation, plan: ObservationPlan, reached: _Reached, actor: Actor) -> ObservationPreviewRow:
    told: dict[str, Any] = {
        "lines": listed.lines, "site": listed.site, "classroom": listed.classroom,
        "observed_on": listed.observed_on, "observer": listed.observer,
    }  # fmt: skip
    if listed.problems or listed.observed_on is None:
        return ObservationPreviewRow(status="refused", problems=listed.problems, **told)
    try:
        place = reached.place(listed.site)
        if not instrument(plan.instrument_code).offered_to(place.program_id):
            raise Refused("site", "not_offered_here")
        room = reached.room(place, listed.classroom)
        observer = reached.observer(place, listed.observer, actor)
        reached.require_past(place, "observed_on", listed.observed_on)
        made = _made(listed, plan, place.site_id, room, observer)
    except Refused as refused:
        return ObservationPreviewRow(
            status="refused", problems=(LineProblem(listed.lines[0], refused.problem),), **told
        )
    except InvalidInput as invalid:
        problems = tuple(_at_its_line(listed, problem) for problem in invalid.problems)
        return ObservationPreviewRow(status="refused", problems=problems, **told)
    return ObservationPreviewRow(
        status="added", observation=made, observer_id=observer, region_id=place.region_id, **told
    )


def _made(
    listed: ListedObservation, plan: ObservationPlan, site_id: uuid.UUID, room: uuid.UUID, observer: uuid.UUID
) -> ObservationInput:
    made = ObservationInput.checked(
        {
            "client_uuid": IMPORTED, "source": "import", "site_id": site_id, "classroom_id": room,
            "instrument_code": plan.instrument_code, "observed_on": listed.observed_on,
            "certified_until": listed.certified_until, "phase": listed.phase or plan.phase,
            "cycles": listed.cycles, "incomplete_on_purpose": plan.incomplete,
        }
    )  # fmt: skip
    identity = f"{room}|{plan.instrument_code}|{listed.observed_on}|{observer}|{made.content_digest()}"
    return made.model_copy(update={"client_uuid": uuid.uuid5(IMPORTED, identity)})


def _at_its_line(listed: ListedObservation, problem: Problem) -> LineProblem:
    """Name a problem of a cycle by its column, at the line of that cycle."""
    parts = problem.field.split(".")
    if parts[0] != "cycles" or len(parts) == 1:
        return LineProblem(listed.lines[0], problem)
    line = listed.lines[min(int(parts[1]), len(listed.lines)) - 1]
    field = SCORE + parts[2] if len(parts) == 3 else "cycle"
    return LineProblem(line, Problem(field, problem.code, problem.context))


class _Stored(NamedTuple):
    keys: Mapping[uuid.UUID, bool]
    """Keys of stored observations; True where one was removed."""
    identities: frozenset[tuple[Any, ...]]


def _stored(session: Session, rows: Sequence[ObservationPreviewRow]) -> _Stored:
    made = [row.observation for row in rows if row.observation]
    if not made:
        return _Stored({}, frozenset())
    days = [one.observed_on for one in made]
    found = session.connection().execute(
        select(
            col(Observation.client_uuid), col(Observation.deleted_at).is_not(None), col(Observation.classroom_id),
            col(Observation.instrument_code), col(Observation.observed_on), col(Observation.observer_id),
        ).where(
            col(Observation.instrument_code) == made[0].instrument_code,
            col(Observation.observed_on).between(min(days), max(days)),
            col(Observation.site_id).in_({one.site_id for one in made}),
        )
    ).all()  # fmt: skip
    # A corrected row can have left these days: its key still stands.
    keys = {row[0]: bool(row[1]) for row in found}
    wanted = [one.client_uuid for one in made if one.client_uuid not in keys]
    for start in range(0, len(wanted), 500):
        moved = select(col(Observation.client_uuid), col(Observation.deleted_at).is_not(None)).where(
            col(Observation.client_uuid).in_(wanted[start : start + 500])
        )
        keys |= {row[0]: bool(row[1]) for row in session.connection().execute(moved)}
    return _Stored(keys, frozenset(tuple(row[2:]) for row in found if not row[1]))


def _against(row: ObservationPreviewRow, stored: _Stored, seen: dict[Any, int]) -> ObservationPreviewRow:
    """Give the row as it stands against what is stored and against the rows before it."""
    made = row.observation
    if made is None:
        return row
    identity = (made.classroom_id, made.instrument_code, made.observed_on, row.observer_id)
    before = seen.setdefault(identity, row.lines[0])
    if before != row.lines[0]:
        return _refuse(row, Problem("site", "listed_twice", {"row": before}))
    if made.client_uuid in stored.keys:
        if stored.keys[made.client_uuid]:
            return _refuse(row, Problem("site", "observation_removed"))
        return _replaced(row, "unchanged")
    if identity in stored.identities:
        return _refuse(row, Problem("site", "observation_there"))
    return row


def _refuse(row: ObservationPreviewRow, problem: Problem) -> ObservationPreviewRow:
    return _replaced(row, "refused", (LineProblem(row.lines[0], problem),))


def _replaced(
    row: ObservationPreviewRow, status: Status, problems: tuple[LineProblem, ...] = ()
) -> ObservationPreviewRow:
    return ObservationPreviewRow(
        row.lines, row.site, row.classroom, row.observed_on, row.observer, status, problems, row.observation,
        row.observer_id, row.region_id,
    )  # fmt: skip
