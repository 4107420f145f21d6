"""Writing a site's monthly meeting: that it is held, what people think, what they decide, and how it went."""

import uuid
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from db import access, meeting_figures
from db.access_matrix import Verb
from db.actor import Actor
from db.commands.command import (
    Saved,
    changes,
    command,
    content,
    locked,
    made_before,
    mark_changed,
    require_version,
    set_removed,
    write_event,
)
from db.errors import AccessDenied, InvalidInput, Problem
from db.incident_cuts import Cut
from db.local_time import local_now, require_not_future
from db.meeting_people import owner_ids
from db.models.base import new_id
from db.models.meeting_input import DecisionInput, DecisionOutcome, MeetingInput, NotesInput
from db.models.meetings import Meeting, MeetingDecision
from db.models.organisation import Site
from db.rollups import month_after, month_of


@command
def hold_meeting(session: Session, actor: Actor, meeting: MeetingInput, key: uuid.UUID | None = None) -> Saved:
    """Begin a site's meeting of a month; where that month has one, give it: two tablets hold one meeting.

    Raises:
        NotFound: the site is outside the actor's reach.
        InvalidInput: a rule is broken, or the day is still to come.
    """
    site = access.require_site(session, actor, "meeting", "add", meeting.site_id)
    held_on = meeting.held_on or local_now(session, site.region_id).date()
    if again := made_before(session, actor, Meeting, "meeting", key) or _of_month(session, site.id, held_on):
        return again
    meeting.require_valid()
    problems = list(require_not_future(session, site.region_id, "held_on", held_on))
    if problems:
        raise InvalidInput(problems)
    row = Meeting(
        id=key or new_id(), region_id=site.region_id, created_by=actor.person_id, site_id=site.id,
        held_on=held_on, looked_at=list(meeting.looked_at),
    )  # fmt: skip
    session.add(row)
    session.flush()
    write_event(session, actor, "hold_meeting", row, after=content(row))
    return Saved(row.id, row.version)


@command
def write_notes(session: Session, actor: Actor, meeting_id: uuid.UUID, base_version: int, notes: NotesInput) -> Saved:
    """Store what people at a meeting think, as it is typed. The same text once more changes nothing.

    Raises:
        NotFound: the meeting is outside the actor's reach, or removed.
        InvalidInput: it is too long.
        Conflict: ``newer_version`` when someone else wrote meanwhile.
    """
    row = _require(session, actor, Meeting, "change", meeting_id)
    notes.require_valid()
    before = content(row)
    was, now = changes(before, {**before, **notes.model_dump()})
    if now:
        require_version(row, base_version)
        row.strengths, row.hypotheses = notes.strengths, notes.hypotheses
        mark_changed(row, actor)
        write_event(session, actor, "write_meeting_notes", row, before=was, after=now)
    return Saved(row.id, row.version, created=False)


@command
def add_decision(
    session: Session, actor: Actor, meeting_id: uuid.UUID, decision: DecisionInput, key: uuid.UUID | None = None
) -> Saved:
    """Store a decision with the figure that it is about as that stood before the meeting.

    Raises:
        NotFound: the meeting is outside the actor's reach, or removed.
        InvalidInput: a rule is broken, the owner does not work with the site, or the day is before the meeting.
    """
    meeting = _require(session, actor, Meeting, "add", meeting_id)
    if again := made_before(session, actor, MeetingDecision, "meeting", key):
        return again
    _require_valid(session, meeting.site_id, meeting.held_on, decision)
    row = MeetingDecision(
        id=key or new_id(), region_id=meeting.region_id, site_id=meeting.site_id, created_by=actor.person_id,
        meeting_id=meeting.id, figure_then=_then(session, meeting, decision.figure, decision.cut),
        **decision.model_dump(exclude={"cut"}),
    )  # fmt: skip
    session.add(row)
    session.flush()
    write_event(session, actor, "add_decision", row, after=content(row))
    return Saved(row.id, row.version)


@command
def note_outcome(
    session: Session, actor: Actor, decision_id: uuid.UUID, base_version: int, outcome: DecisionOutcome
) -> Saved:
    """Store how a decision stands. Saying the same once more changes nothing.

    Raises:
        NotFound: the decision is outside the actor's reach, or removed.
        InvalidInput: a rule is broken.
        Conflict: ``newer_version`` when someone changed it meanwhile.
    """
    row = _require(session, actor, MeetingDecision, "change", decision_id)
    outcome.require_valid()
    closed_on = None
    if outcome.status != "open":
        closed_on = row.closed_on if row.status != "open" else local_now(session, row.region_id).date()
    before = content(row)
    was, now = changes(before, {**before, **outcome.model_dump(), "closed_on": closed_on})
    if now:
        require_version(row, base_version)
        row.status, row.outcome, row.closed_on = outcome.status, outcome.outcome, closed_on
        mark_changed(row, actor)
        write_event(session, actor, "note_decision_outcome", row, before=was, after=now)
    return Saved(row.id, row.version, created=False)


@command
def remove_decision(session: Session, actor: Actor, decision_id: uuid.UUID) -> Saved:
    """Take a decision that was entered by mistake off the list.

    Raises:
        NotFound: the decision is outside the actor's reach.
        Conflict: ``removed`` when it is off already.
    """
    row = _require(session, actor, MeetingDecision, "remove", decision_id, removed_too=True)
    set_removed(row, actor, removed=True)
    write_event(session, actor, "remove_decision", row, before=content(row))
    return Saved(row.id, row.version, created=False)


def _of_month(session: Session, site_id: uuid.UUID, day: date) -> Saved | None:
    """Give the meeting that the site has in the month of a day. The site's row is the lock: two may begin at once."""
    locked(session, Site, col(Site.id) == site_id)
    month = month_of(day)
    found = session.exec(
        select(Meeting).where(
            Meeting.site_id == site_id,
            col(Meeting.held_on) >= month,
            col(Meeting.held_on) < month_after(month),
            col(Meeting.deleted_at).is_(None),
        )
    ).first()
    return Saved(found.id, found.version, created=False) if found else None


def _require_valid(session: Session, site_id: uuid.UUID, held_on: date, decision: DecisionInput) -> None:
    decision.require_valid()
    problems = []
    if decision.due_on < held_on:
        problems.append(Problem("due_on", "due_before_meeting"))
    if decision.owner_id is not None and decision.owner_id not in owner_ids(session, site_id, held_on):
        problems.append(Problem("owner", "owner_not_here"))
    if problems:
        raise InvalidInput(problems)


def _then(session: Session, meeting: Meeting, figure: str | None, cut: Cut) -> dict[str, Any] | None:
    """Count the figure over the weeks before the meeting, with what is needed to count it again."""
    if figure is None:
        return None
    stretch = meeting_figures.before(meeting.held_on, figure, cut)
    counted = meeting_figures.count(session, meeting.site_id, [stretch])[stretch.key]
    return {
        "since": stretch.since.isoformat(), "until": stretch.until.isoformat(), "cut": dict(cut),
        "weeks": [list(week) for week in counted.weeks],
    }  # fmt: skip


def _require(
    session: Session, actor: Actor, table: Any, verb: Verb, row_id: uuid.UUID, *, removed_too: bool = False
) -> Any:
    inside = access.within(actor, "meeting", verb, site_id=table.site_id, region_id=table.region_id)
    row = locked(session, table, (table.id == row_id) & inside)
    if row is None or (row.deleted_at is not None and not removed_too):
        raise AccessDenied("meeting", verb, entity_id=row_id)
    return row
