"""Writing visits."""

import uuid
from typing import Any

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from db import access, rollups
from db.actor import Actor
from db.commands.command import (
    Saved,
    change_removal,
    command,
    content,
    earlier,
    forget_draft,
    locked,
    mark_changed,
    marks_of,
    set_removed,
    write_event,
)
from db.commands.kept_record import begin_correction, finish_correction, require_record, rewrite
from db.errors import AccessDenied, InvalidInput, Problem
from db.local_time import require_not_future
from db.models.base import utc_now
from db.models.organisation import Classroom, Site
from db.models.visit_input import CHOICES, VisitInput
from db.models.visits import FollowUp, Visit, VisitChoice, VisitClassroom, VisitParticipant
from db.visit_lists import visit_lists

_COLUMNS = (
    "visited_on", "started_at", "minutes", "minutes_program", "minutes_classroom", "minutes_child_family",
    "permission_on", "outcome", "mode", "reason", "summary", "recommendations", "reflection", "children_present",
    "indirect_minutes", "travel_minutes", "relationship_checkin", "interpreter_language",
)  # fmt: skip


@command
def log_visit(session: Session, actor: Actor, visit: VisitInput) -> Saved:
    """Store a visit once, with its audit event, in one transaction.

    Raises:
        NotFound: the site is outside the actor's scope (or does not exist).
        InvalidInput: a rule is broken.
        Conflict: this client_uuid was stored before with other content, or removed.
    """
    site = access.require_site(session, actor, "visit", "add", visit.site_id)
    again = earlier(session, Visit, visit)
    if again:
        return again
    _require_valid(session, site, visit)
    row = Visit(
        **{name: getattr(visit, name) for name in _COLUMNS},
        consultant_id=actor.person_id,
        **marks_of(actor, site, visit),
    )
    session.add(row)
    session.flush()
    _write_lists(session, actor, row, visit)
    forget_draft(session, actor, visit)
    write_event(session, actor, "log_visit", row, after=content(row, **_lists(visit)))
    rollups.refresh(session, site.id, [visit.visited_on])
    return Saved(row.id, row.version)


@command
def correct_visit(
    session: Session, actor: Actor, visit_id: uuid.UUID, base_version: int, visit: VisitInput, reason: str
) -> Saved:
    """Replace what a visit says, on top of the version that the actor saw, with the reason why.

    A private reflection that the actor may not see stays as it is.

    Raises:
        NotFound: the visit is outside the actor's reach, or removed.
        InvalidInput: a rule is broken, or the reason is empty.
        Conflict: ``newer_version`` when someone changed it meanwhile.
    """
    row = _require_visit(session, actor, "change", visit_id)
    site, reason = begin_correction(session, actor, "visit", row, base_version, visit.site_id, reason)
    _require_valid(session, site, visit)
    before = content(row, **visit_lists(session, row.id))
    old_place = (row.site_id, row.visited_on)
    told = set(_COLUMNS) if _sees_reflection(actor, row) else {*_COLUMNS} - {"reflection"}
    rewrite(session, actor, row, site, {name: getattr(visit, name) for name in told})
    for table in (VisitClassroom, VisitChoice, VisitParticipant):
        session.connection().execute(delete(table).where(col(table.visit_id) == row.id))
    _write_lists(session, actor, row, visit)
    forget_draft(session, actor, visit)
    after = content(row, **_lists(visit))
    saved = finish_correction(session, actor, "correct_visit", row, before, after, reason)
    rollups.refresh(session, old_place[0], [old_place[1]])
    rollups.refresh(session, row.site_id, [row.visited_on])
    return saved


@command
def remove_visit(session: Session, actor: Actor, visit_id: uuid.UUID, base_version: int, reason: str) -> Saved:
    """Take a visit out of every list and figure. It can be restored.

    Raises:
        NotFound: the visit is outside the actor's reach.
        InvalidInput: the reason is empty.
        Conflict: ``newer_version`` or ``removed``.
    """
    return _set_removed(session, actor, visit_id, base_version, reason, removed=True)


@command
def restore_visit(session: Session, actor: Actor, visit_id: uuid.UUID, base_version: int, reason: str) -> Saved:
    """Bring a removed visit back.

    Raises:
        NotFound: the visit is outside the actor's reach.
        InvalidInput: the reason is empty.
        Conflict: ``newer_version`` or ``not_removed``.
    """
    return _set_removed(session, actor, visit_id, base_version, reason, removed=False)


@command
def share_visit(session: Session, actor: Actor, visit_id: uuid.UUID) -> Saved:
    """Note that the site was given its copy of the visit.

    Raises:
        NotFound: the visit is outside the actor's reach.
    """
    row = _require_visit(session, actor, "change", visit_id)
    if row.shared_with_site_at is None:
        row.shared_with_site_at = utc_now()
        mark_changed(row, actor)
        after = {"shared_with_site_at": row.shared_with_site_at}
        write_event(session, actor, "share_visit", row, before={"shared_with_site_at": None}, after=after)
    return Saved(row.id, row.version, created=False)


@command
def finish_follow_up(session: Session, actor: Actor, follow_up_id: uuid.UUID, done: bool = True) -> Saved:
    """Mark a follow-up as done, or as open again. Whoever may see the visit's site may do it.

    Raises:
        NotFound: the follow-up is outside the actor's reach.
    """
    row = locked(
        session,
        FollowUp,
        (col(FollowUp.id) == follow_up_id)
        & access.within(actor, "visit_text", "see", site_id=col(FollowUp.site_id), region_id=col(FollowUp.region_id)),
    )
    if row is None or row.deleted_at is not None:
        raise AccessDenied("follow_up", "change", entity_id=follow_up_id)
    if (row.done_at is not None) != done:
        before = {"done_at": row.done_at}
        row.done_at = utc_now() if done else None
        row.done_by = actor.person_id if done else None
        mark_changed(row, actor)
        write_event(session, actor, "finish_follow_up", row, before=before, after={"done_at": row.done_at})
    return Saved(row.id, row.version, created=False)


def _lists(visit: VisitInput) -> dict[str, Any]:
    return {
        "classroom_ids": sorted(map(str, set(visit.classroom_ids))),
        **{field: sorted(set(getattr(visit, field))) for field in CHOICES},
        "participants": dict(sorted(visit.participants.items())),
        "follow_ups": [one.model_dump() for one in visit.follow_ups],
    }


def _require_visit(session: Session, actor: Actor, verb: Any, visit_id: uuid.UUID) -> Visit:
    return require_record(session, actor, Visit, "visit", verb, visit_id, "consultant_id")


def _sees_reflection(actor: Actor, row: Visit) -> bool:
    granted = access.reach(actor, "reflection", "see")
    return granted == "scope" or (granted == "own" and row.consultant_id == actor.person_id)


def _require_valid(session: Session, site: Site, visit: VisitInput) -> None:
    visit.require_valid()
    problems = list(require_not_future(session, site.region_id, "visited_on", visit.visited_on))
    wanted = set(visit.classroom_ids)
    here = (
        session.connection()
        .execute(
            select(func.count())
            .select_from(Classroom)
            .where(
                col(Classroom.id).in_(wanted), col(Classroom.site_id) == site.id, col(Classroom.deleted_at).is_(None)
            )
        )
        .scalar_one()
    )
    if here != len(wanted):
        problems.append(Problem("classroom_ids", "classroom_not_here"))
    if problems:
        raise InvalidInput(problems)


def _write_lists(session: Session, actor: Actor, row: Visit, visit: VisitInput) -> None:
    above = {"visit_id": row.id, "region_id": row.region_id}
    session.add_all(
        VisitClassroom(**above, classroom_id=room, site_id=row.site_id) for room in set(visit.classroom_ids)
    )
    session.add_all(
        VisitChoice(**above, list=option_list, code=code)
        for field, option_list in CHOICES.items()
        for code in set(getattr(visit, field))
    )
    session.add_all(VisitParticipant(**above, role=role, people=people) for role, people in visit.participants.items())
    _write_follow_ups(session, actor, row, visit)
    session.flush()


def _write_follow_ups(session: Session, actor: Actor, row: Visit, visit: VisitInput) -> None:
    """Keep the follow-ups that are still wanted (with their done marks), add the new ones, remove the rest."""
    every = session.exec(select(FollowUp).where(FollowUp.visit_id == row.id)).all()
    for one in every:  # also those that were removed: they belong where their visit is
        one.site_id, one.region_id = row.site_id, row.region_id
    standing = {(one.text, one.owner, one.due_on): one for one in every if one.deleted_at is None}
    for wanted in visit.follow_ups:
        if standing.pop((wanted.text, wanted.owner, wanted.due_on), None) is None:
            session.add(
                FollowUp(
                    visit_id=row.id,
                    site_id=row.site_id,
                    region_id=row.region_id,
                    created_by=actor.person_id,
                    **wanted.model_dump(),
                )
            )
    for dropped in standing.values():
        set_removed(dropped, actor, removed=True)


def _set_removed(
    session: Session, actor: Actor, visit_id: uuid.UUID, base_version: int, reason: str, *, removed: bool
) -> Saved:
    row = _require_visit(session, actor, "remove" if removed else "restore", visit_id)
    saved = change_removal(session, actor, row, "visit", base_version, reason, removed=removed)
    rollups.refresh(session, row.site_id, [row.visited_on])
    return saved
