"""Writing a site's monthly meeting: that it is held, what people think, what they decide, and how it went."""

import uuid
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from db import access, meeting_figures
from db.actor import Actor
from db.commands.command import Saved, command, locked, made_before
from db.commands.kept_record import add_row, change_row, remove_row, require_row
from db.errors import InvalidInput, Problem
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
    return add_row(session, actor, "hold_meeting", row)


@command
def write_notes(session: Session, actor: Actor, meeting_id: uuid.UUID, base_version: int, notes: NotesInput) -> Saved:
    """Store what people at a meeting think, as it is typed. The same text once more changes nothing.

    Raises:
        NotFound: the meeting is outside the actor's reach, or removed.
        InvalidInput: it is too long.
        Conflict: ``newer_version`` when someone else wrote meanwhile.
    """
    row = require_row(session, actor, Meeting, "meeting", "change", meeting_id, removed_too=False)
    notes.require_valid()
    return change_row(session, actor, "write_meeting_notes", row, notes.model_dump(), base_version)


@command
def add_decision(
    session: Session, actor: Actor, meeting_id: uuid.UUID, decision: DecisionInput, key: uuid.UUID | None = None
) -> Saved:
    """Store a decision with the figure that it is about as that stood before the meeting.

    Raises:
        NotFound: the meeting is outside the actor's reach, or removed.
        InvalidInput: a rule is broken, the owner does not work with the site, or the day is before the meeting.
    """
    meeting = require_row(session, actor, Meeting, "meeting", "add", meeting_id, removed_too=False)
    if again := made_before(session, actor, MeetingDecision, "meeting", key):
        return again
    _require_valid(session, meeting.site_id, meeting.held_on, decision)
    row = MeetingDecision(
        id=key or new_id(), region_id=meeting.region_id, site_id=meeting.site_id, created_by=actor.person_id,
        meeting_id=meeting.id, figure_then=_then(session, meeting, decision.figure, decision.cut),
        **decision.model_dump(exclude={"cut"}),
    )  # fmt: skip
    return add_row(session, actor, "add_decision", row)


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
    row = require_row(session, actor, MeetingDecision, "meeting", "change", decision_id, removed_too=False)
    outcome.require_valid()
    closed_on = None
    if outcome.status != "open":
        closed_on = row.closed_on if row.status != "open" else local_now(session, row.region_id).date()
    values = {**outcome.model_dump(), "closed_on": closed_on}
    return change_row(session, actor, "note_decision_outcome", row, values, base_version)


@command
def remove_decision(session: Session, actor: Actor, decision_id: uuid.UUID) -> Saved:
    """Take a decision that was entered by mistake off the list.

    Raises:
        NotFound: the decision is outside the actor's reach.
        Conflict: ``removed`` when it is off already.
    """
    row = require_row(session, actor, MeetingDecision, "meeting", "remove", decision_id)
    return remove_row(session, actor, "remove_decision", row)


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
