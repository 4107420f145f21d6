"""Reading a site's meetings: which there were, one of them, its decisions with what happened since, what waits.

Figures are told only to who may read the incidents; the others see what was decided, without a number.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlmodel import Session, col

from db import access, meeting_figures
from db.actor import Actor
from db.errors import AccessDenied
from db.meeting_figures import Counted, Stretch
from db.meeting_people import owners
from db.models.incidents import Incident
from db.models.meetings import Meeting, MeetingDecision
from db.models.organisation import Enrolment, Site
from db.models.people import Person
from db.models.visits import FollowUp, Visit
from db.queries.query import single
from db.regions import same_region
from db.rollups import month_after

MONTHS_BEFORE = 11
"""How far back a classroom must have had an incident for a month without any to be worth a word."""


class MeetingLine(NamedTuple):
    """A meeting in the list: how many decisions it made, and how many are open."""

    id: uuid.UUID
    held_on: date
    decisions: int
    open_decisions: int


@dataclass(frozen=True)
class MeetingRow:
    """One meeting. ``looked_at`` is empty for who may not read the records behind it."""

    id: uuid.UUID
    version: int
    site_id: uuid.UUID
    site: str
    held_on: date
    strengths: str
    hypotheses: str
    looked_at: list[dict[str, Any]]
    may_change: bool


@dataclass(frozen=True)
class DecisionRow:
    """One decision. ``owner`` is a person's name; ``then`` and ``now`` are its figure before the meeting and since.

    Both are None where it has no figure, and for who may not read the records behind them. ``cut`` are the filters of
    a figure ``pattern``.
    """

    id: uuid.UUID
    version: int
    meeting_id: uuid.UUID
    held_on: date
    text: str
    owner: str | None
    owner_role: str | None
    due_on: date
    status: str
    closed_on: date | None
    outcome: str
    rule: str | None
    figure: str | None
    cut: Mapping[str, str]
    then: Counted | None
    now: Counted | None


_HELD = ("id", "version", "site_id", "site", "held_on", "strengths", "hypotheses")
_DECIDED = (
    "id", "version", "meeting_id", "held_on", "text", "owner", "owner_role", "due_on", "status", "closed_on", "outcome",
    "rule", "figure",
)  # fmt: skip


class Owner(NamedTuple):
    """Someone who can be given a task."""

    id: uuid.UUID
    name: str
    role: str


class Waiting(NamedTuple):
    """What is past its day at a site."""

    follow_ups: int
    decisions: int


class Rooms(NamedTuple):
    """The classrooms with enrolment in a month, and how many of them had incidents before but none in that month."""

    rooms: int
    quiet: int


def site_meetings(session: Session, actor: Actor, site_id: uuid.UUID, limit: int = 24) -> list[MeetingLine]:
    """Give a site's meetings, the latest first."""
    decided = and_(
        col(MeetingDecision.meeting_id) == col(Meeting.id),
        same_region(MeetingDecision, Meeting),
        col(MeetingDecision.deleted_at).is_(None),
    )
    waits = case((col(MeetingDecision.status) == "open", 1))
    statement = (
        select(col(Meeting.id), col(Meeting.held_on), func.count(col(MeetingDecision.id)), func.count(waits))
        .outerjoin(MeetingDecision, decided)
        .where(col(Meeting.site_id) == site_id, _may_see(actor, Meeting), col(Meeting.deleted_at).is_(None))
        .group_by(col(Meeting.id), col(Meeting.held_on))
        .order_by(col(Meeting.held_on).desc(), col(Meeting.id).desc())
        .limit(limit)
    )
    return [MeetingLine(*row) for row in session.connection().execute(statement)]


@single
def one_meeting(session: Session, actor: Actor, meeting_id: uuid.UUID) -> MeetingRow:
    """Give one meeting.

    Raises:
        NotFound: it is outside the actor's reach, removed, or does not exist.
    """
    statement = (
        select(
            col(Meeting.id), col(Meeting.version), col(Meeting.site_id), col(Site.name), col(Meeting.held_on),
            col(Meeting.strengths), col(Meeting.hypotheses), col(Meeting.looked_at),
            access.within(actor, "meeting", "change", site_id=Meeting.site_id, region_id=Meeting.region_id),
            access.sites(actor, "incident"),
        )
        .join(Site, col(Site.id) == col(Meeting.site_id))
        .where(col(Meeting.id) == meeting_id, _may_see(actor, Meeting), col(Meeting.deleted_at).is_(None))
    )  # fmt: skip
    row: Any = session.connection().execute(statement).first()
    if row is None:
        raise AccessDenied("meeting", "see", entity_id=meeting_id)
    *told, looked_at, may_change, reads = row
    return MeetingRow(
        **dict(zip(_HELD, told, strict=True)), looked_at=looked_at if reads else [], may_change=bool(may_change)
    )


def site_decisions(session: Session, actor: Actor, site_id: uuid.UUID, today: date, since: date) -> list[DecisionRow]:
    """Give a site's open decisions and those of meetings from ``since`` on, the latest meeting first.

    In at most three statements, however many there are.
    """
    row = MeetingDecision
    statement = (
        select(
            col(row.id), col(row.version), col(row.meeting_id), col(Meeting.held_on), col(row.text),
            col(Person.display_name), col(row.owner_role), col(row.due_on), col(row.status), col(row.closed_on),
            col(row.outcome), col(row.rule), col(row.figure), col(row.figure_then), access.sites(actor, "incident"),
        )
        .join(Meeting, (col(Meeting.id) == col(row.meeting_id)) & same_region(Meeting, row))
        .join(Site, col(Site.id) == col(row.site_id))
        .outerjoin(Person, col(Person.id) == col(row.owner_id))
        .where(
            col(row.site_id) == site_id,
            _may_see(actor, row),
            col(row.deleted_at).is_(None),
            col(Meeting.deleted_at).is_(None),
            or_(col(row.status) == "open", col(Meeting.held_on) >= since),
        )
        .order_by(col(Meeting.held_on).desc(), col(row.due_on), col(row.id))
    )  # fmt: skip
    rows: list[Any] = list(session.connection().execute(statement))
    stretches = {
        str(found.id): Stretch(str(found.id), found.figure, found.figure_then["cut"], found.held_on, today)
        for found in rows
        if found.figure_then and found[-1] and found.held_on < today
    }
    now = meeting_figures.count(session, site_id, list(stretches.values()))
    return [
        DecisionRow(
            **dict(zip(_DECIDED, found, strict=False)),
            cut=(found.figure_then or {}).get("cut", {}),
            then=_counted(found.figure_then) if found[-1] else None,
            now=now.get(str(found.id)),
        )
        for found in rows
    ]


def task_owners(session: Session, actor: Actor, site_id: uuid.UUID, on: date) -> list[Owner]:
    """Give who can be given a task at a site; none to who may not add to its meetings."""
    allowed = select(col(Site.id)).where(col(Site.id) == site_id, access.sites(actor, "meeting", "add"))
    statement = owners(site_id, on).where(allowed.exists())
    return [Owner(*row) for row in session.connection().execute(statement)]


def waiting_at(session: Session, actor: Actor, site_id: uuid.UUID, today: date) -> Waiting:
    """Give how many follow-ups and decisions at a site are past their day."""
    promised = (
        select(func.count(col(FollowUp.id)))
        .join(Visit, (col(Visit.id) == col(FollowUp.visit_id)) & same_region(Visit, FollowUp))
        .where(
            col(FollowUp.site_id) == site_id,
            access.within(actor, "visit_text", "see", site_id=FollowUp.site_id, region_id=FollowUp.region_id),
            col(FollowUp.deleted_at).is_(None),
            col(Visit.deleted_at).is_(None),
            col(FollowUp.done_at).is_(None),
            col(FollowUp.due_on) < today,
        )
    )
    decided = (
        select(func.count(col(MeetingDecision.id)))
        .join(Meeting, (col(Meeting.id) == col(MeetingDecision.meeting_id)) & same_region(Meeting, MeetingDecision))
        .where(
            col(MeetingDecision.site_id) == site_id,
            _may_see(actor, MeetingDecision),
            col(MeetingDecision.deleted_at).is_(None),
            col(Meeting.deleted_at).is_(None),
            col(MeetingDecision.status) == "open",
            col(MeetingDecision.due_on) < today,
        )
    )
    found = session.connection().execute(select(promised.scalar_subquery(), decided.scalar_subquery())).one()
    return Waiting(*found)


def quiet_rooms(session: Session, actor: Actor, site_id: uuid.UUID, month: date) -> Rooms:
    """Give how many classrooms had no incident in a month though they had some before.

    Rooms without enrolment are left out: there nobody may have kept records.
    """
    enrolled = (
        select(col(Enrolment.region_id), col(Enrolment.classroom_id))
        .where(
            col(Enrolment.site_id) == site_id, col(Enrolment.month) == month, col(Enrolment.deleted_at).is_(None),
            access.within(actor, "incident", "see", site_id=Enrolment.site_id, region_id=Enrolment.region_id),
        )
        .subquery()
    )  # fmt: skip
    end, start = month_after(month), month - timedelta(days=31 * MONTHS_BEFORE)
    statement = (
        select(
            enrolled.c.classroom_id,
            func.count(case((col(Incident.occurred_on) >= month, 1))),
            func.count(case((col(Incident.occurred_on) < month, 1))),
        )
        .outerjoin(
            Incident,
            and_(
                col(Incident.classroom_id) == enrolled.c.classroom_id,
                same_region(Incident, enrolled),
                col(Incident.site_id) == site_id,
                col(Incident.deleted_at).is_(None),
                col(Incident.occurred_on) >= start,
                col(Incident.occurred_on) < end,
            ),
        )
        .group_by(enrolled.c.classroom_id)
    )
    rows = session.connection().execute(statement).all()
    return Rooms(len(rows), sum(earlier > 0 and not lately for _room, lately, earlier in rows))


def _may_see(actor: Actor, table: Any) -> ColumnElement[bool]:
    return access.within(actor, "meeting", "see", site_id=table.site_id, region_id=table.region_id)


def _counted(then: dict[str, Any] | None) -> Counted | None:
    return Counted(tuple((events, days) for events, days in then["weeks"])) if then else None
