"""Writing the ledger of time away: exclusions without an incident, the steps around any of them, looks at the place.

An exclusion that came with an incident is a part of it: corrected, removed and restored there, so that it has one
history. Steps and looks can be noted for both.
"""

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, select

from db import access, rollups
from db.actor import Actor
from db.commands.command import Saved, change_removal, command, content, earlier, locked, made_before, marks_of
from db.commands.kept_record import add_row, begin_correction, finish_correction, require_record, rewrite
from db.errors import AccessDenied, InvalidInput, Problem
from db.exclusion_care import expulsion_problems, move
from db.local_time import EARLIEST_DAY, local_now, require_not_future
from db.models.base import new_id
from db.models.exclusion_input import PlaceInput, RecordedExclusion, StepInput
from db.models.incidents import Exclusion, ExclusionPlace, ExclusionStep
from db.models.organisation import Site

FURTHEST_AHEAD = timedelta(days=31)
"""A child can be asked today to stay home tomorrow, or from the first of next month."""


@command
def record_exclusion(session: Session, actor: Actor, exclusion: RecordedExclusion) -> Saved:
    """Store an exclusion that no incident was recorded for, once, with its audit event, in one transaction.

    Raises:
        NotFound: the site is outside the actor's scope (or does not exist).
        InvalidInput: a rule is broken.
        Conflict: this client_uuid was stored before with other content, or removed.
    """
    site = access.require_site(session, actor, "exclusion", "add", exclusion.site_id)
    again = earlier(session, Exclusion, exclusion)
    if again:
        return again
    _require_valid(session, site, exclusion)
    row = Exclusion(
        **exclusion.exclusion.model_dump(),
        **marks_of(actor, site, exclusion),
    )
    saved = add_row(session, actor, "record_exclusion", row)
    rollups.refresh(session, site.id, [row.started_on])
    return saved


@command
def correct_exclusion(
    session: Session,
    actor: Actor,
    exclusion_id: uuid.UUID,
    base_version: int,
    exclusion: RecordedExclusion,
    reason: str,
) -> Saved:
    """Replace what an exclusion says, on top of the version that the actor saw, with the reason why.

    Raises:
        NotFound: the exclusion is outside the actor's reach, or removed.
        InvalidInput: a rule is broken, the reason is empty, or it belongs to an incident.
        Conflict: ``newer_version`` when someone changed it meanwhile.
    """
    row = _require_own_exclusion(session, actor, "change", exclusion_id)
    site, reason = begin_correction(session, actor, "exclusion", row, base_version, exclusion.site_id, reason)
    _require_valid(session, site, exclusion)
    before = content(row)
    touched = {row.site_id: [row.started_on]}
    move(session, row, site.id, site.region_id)
    rewrite(session, actor, row, site, exclusion.exclusion.model_dump())
    saved = finish_correction(session, actor, "correct_exclusion", row, before, content(row), reason)
    touched.setdefault(row.site_id, []).append(row.started_on)
    for site_id, days in touched.items():
        rollups.refresh(session, site_id, days)
    return saved


@command
def remove_exclusion(session: Session, actor: Actor, exclusion_id: uuid.UUID, base_version: int, reason: str) -> Saved:
    """Take an exclusion out of every list and figure. It can be restored.

    Raises:
        NotFound: the exclusion is outside the actor's reach.
        InvalidInput: the reason is empty, or it belongs to an incident.
        Conflict: ``newer_version`` or ``removed``.
    """
    return _set_removed(session, actor, exclusion_id, base_version, reason, removed=True)


@command
def restore_exclusion(session: Session, actor: Actor, exclusion_id: uuid.UUID, base_version: int, reason: str) -> Saved:
    """Bring a removed exclusion back.

    Raises:
        NotFound: the exclusion is outside the actor's reach.
        InvalidInput: the reason is empty, or it belongs to an incident.
        Conflict: ``newer_version`` or ``not_removed``.
    """
    return _set_removed(session, actor, exclusion_id, base_version, reason, removed=False)


@command
def note_step(
    session: Session, actor: Actor, exclusion_id: uuid.UUID, step: StepInput, key: uuid.UUID | None = None
) -> Saved:
    """Note a step that was taken around an exclusion. ``key`` is made by the form: sending twice stores once.

    Raises:
        NotFound: the exclusion is outside the actor's reach, or removed.
        InvalidInput: a rule is broken.
    """
    found = _require_noting(session, actor, exclusion_id)
    if again := made_before(session, actor, ExclusionStep, "exclusion", key):
        return again
    step.require_valid()
    _refuse(require_not_future(session, found.region_id, "done_on", step.done_on))
    return _note(session, actor, found, ExclusionStep, key, "note_step", step)


@command
def remove_step(session: Session, actor: Actor, step_id: uuid.UUID, base_version: int, reason: str) -> Saved:
    """Take a step out that was noted by mistake.

    Raises:
        NotFound: the step is outside the actor's reach.
        InvalidInput: the reason is empty.
        Conflict: ``newer_version`` or ``removed``.
    """
    row = _require(session, actor, "remove", ExclusionStep, step_id)
    return change_removal(session, actor, row, "step", base_version, reason, removed=True)


@command
def note_place(
    session: Session, actor: Actor, exclusion_id: uuid.UUID, place: PlaceInput, key: uuid.UUID | None = None
) -> Saved:
    """Note where the child was at a moment after an exclusion, once per moment.

    Raises:
        NotFound: the exclusion is outside the actor's reach, or removed.
        InvalidInput: a rule is broken, or this moment was noted already.
    """
    found = _require_noting(session, actor, exclusion_id)
    if again := made_before(session, actor, ExclusionPlace, "exclusion", key):
        return again
    place.require_valid()
    problems = list(require_not_future(session, found.region_id, "noted_on", place.noted_on))
    if place.noted_on < found.started_on:
        problems.append(Problem("noted_on", "before_time_away"))
    standing = select(col(ExclusionPlace.id)).where(
        col(ExclusionPlace.exclusion_id) == found.id,
        col(ExclusionPlace.moment) == place.moment,
        col(ExclusionPlace.deleted_at).is_(None),
    )
    if session.connection().execute(standing).first():
        problems.append(Problem("moment", "already_there"))
    _refuse(problems)
    return _note(session, actor, found, ExclusionPlace, key, "note_place", place)


@command
def remove_place(session: Session, actor: Actor, place_id: uuid.UUID, base_version: int, reason: str) -> Saved:
    """Take a look at a child's place out that was noted by mistake.

    Raises:
        NotFound: it is outside the actor's reach.
        InvalidInput: the reason is empty.
        Conflict: ``newer_version`` or ``removed``.
    """
    row = _require(session, actor, "remove", ExclusionPlace, place_id)
    return change_removal(session, actor, row, "place", base_version, reason, removed=True)


def _note(session: Session, actor: Actor, found: Exclusion, table: Any, key: Any, action: str, made: Any) -> Saved:
    row = table(
        id=key or new_id(), region_id=found.region_id, site_id=found.site_id, exclusion_id=found.id,
        created_by=actor.person_id, **made.model_dump(),
    )  # fmt: skip
    return add_row(session, actor, action, row)


def _require(session: Session, actor: Actor, verb: Any, table: Any, key: uuid.UUID) -> Any:
    """Give a locked row to which the actor may do ``verb``: of one's own where the right goes no further."""
    return require_record(session, actor, table, "exclusion", verb, key, "created_by")


def _require_own_exclusion(session: Session, actor: Actor, verb: Any, exclusion_id: uuid.UUID) -> Exclusion:
    row: Exclusion = _require(session, actor, verb, Exclusion, exclusion_id)
    if row.incident_id is not None:
        raise InvalidInput([Problem("exclusion", "part_of_incident")])
    return row


def _require_noting(session: Session, actor: Actor, exclusion_id: uuid.UUID) -> Exclusion:
    """Give a standing exclusion at a site where the actor may add to the ledger, whoever recorded it."""
    inside = access.within(
        actor, "exclusion", "add", site_id=col(Exclusion.site_id), region_id=col(Exclusion.region_id)
    )
    row = locked(session, Exclusion, (col(Exclusion.id) == exclusion_id) & col(Exclusion.deleted_at).is_(None) & inside)
    if row is None:
        raise AccessDenied("exclusion", "add", entity_id=exclusion_id)
    return row


def _require_valid(session: Session, site: Site, exclusion: RecordedExclusion) -> None:
    exclusion.require_valid()
    started = exclusion.exclusion.started_on
    problems = list(expulsion_problems(session, site, exclusion.exclusion))
    if started > local_now(session, site.region_id).date() + FURTHEST_AHEAD:
        problems.append(Problem("exclusion.started_on", "in_the_future"))
    elif started < EARLIEST_DAY:
        problems.append(Problem("exclusion.started_on", "before_birth_of_program"))
    _refuse(problems)


def _refuse(problems: Iterable[Problem]) -> None:
    found = list(problems)
    if found:
        raise InvalidInput(found)


def _set_removed(
    session: Session, actor: Actor, exclusion_id: uuid.UUID, base_version: int, reason: str, *, removed: bool
) -> Saved:
    row = _require_own_exclusion(session, actor, "remove" if removed else "restore", exclusion_id)
    saved = change_removal(session, actor, row, "exclusion", base_version, reason, removed=removed)
    rollups.refresh(session, row.site_id, [row.started_on])
    return saved
