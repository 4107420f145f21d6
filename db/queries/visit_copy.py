"""The copy of a visit for the facility: what Caring for Our Children 9.4.1.17 lists, and nothing private."""

import uuid
from dataclasses import dataclass
from datetime import date, time

from sqlmodel import Session, col, select

from db import access, audit
from db.actor import Actor
from db.engine import writing
from db.errors import AccessDenied
from db.models.organisation import Classroom, Site
from db.models.people import Person
from db.models.visits import FollowUp, Visit, VisitChoice, VisitClassroom, VisitParticipant
from db.queries.query import single
from db.regions import same_region


@dataclass(frozen=True)
class PromisedStep:
    """A follow-up as the copy shows it. ``owner`` is a code of the list ``follow_up_owner``."""

    text: str
    owner: str
    due_on: date | None
    done: bool


@dataclass(frozen=True)
class VisitCopy:
    """A visit as the facility keeps it. ``recipients`` maps codes of ``participant_role`` to head counts."""

    consultant: str
    site: str
    classrooms: tuple[str, ...]
    visited_on: date
    started_at: time | None
    minutes: int
    outcome: str
    mode: str
    reason: str
    services: tuple[str, ...]
    recipients: tuple[tuple[str, int], ...]
    recommendations: str
    follow_ups: tuple[PromisedStep, ...]


@single
def visit_copy(session: Session, actor: Actor, visit_id: uuid.UUID) -> VisitCopy:
    """Give the facility's copy of a visit, and note in the audit that it was taken.

    Raises:
        NotFound: the visit is outside the actor's reach, or removed.
    """
    found = session.exec(
        select(Visit, Site.name, Person.display_name)
        .join(Site, col(Site.id) == col(Visit.site_id))
        .join(Person, col(Person.id) == col(Visit.consultant_id))
        .where(
            Visit.id == visit_id,
            col(Visit.deleted_at).is_(None),
            access.within(actor, "visit_text", "see", site_id=col(Visit.site_id), region_id=col(Visit.region_id)),
        )
    ).first()
    if found is None:
        raise AccessDenied("visit_text", "see", entity_id=visit_id)
    visit, site, consultant = found
    copy = VisitCopy(
        consultant=consultant,
        site=site,
        classrooms=_classrooms(session, visit_id),
        visited_on=visit.visited_on,
        started_at=visit.started_at,
        minutes=visit.minutes,
        outcome=visit.outcome,
        mode=visit.mode,
        reason=visit.reason,
        services=_services(session, visit_id),
        recipients=_recipients(session, visit_id),
        recommendations=visit.recommendations,
        follow_ups=_follow_ups(session, visit_id),
    )
    _note_export(session, actor, visit_id, visit.site_id)
    return copy


def _note_export(session: Session, actor: Actor, visit_id: uuid.UUID, site_id: uuid.UUID) -> None:
    with writing(session):
        audit.append(
            session,
            actor_id=actor.person_id,
            actor_role=actor.role,
            action="export",
            entity="visit",
            entity_id=visit_id,
            site_id=site_id,
            rows=1,
        )


def _classrooms(session: Session, visit_id: uuid.UUID) -> tuple[str, ...]:
    statement = (
        select(Classroom.name)
        .join(
            VisitClassroom,
            (col(VisitClassroom.classroom_id) == col(Classroom.id)) & same_region(VisitClassroom, Classroom),
        )
        .where(VisitClassroom.visit_id == visit_id)
        .order_by(col(Classroom.name))
    )
    return tuple(session.exec(statement))


def _services(session: Session, visit_id: uuid.UUID) -> tuple[str, ...]:
    statement = (
        select(VisitChoice.code)
        .where(VisitChoice.visit_id == visit_id, VisitChoice.list == "visit_activity")
        .order_by(col(VisitChoice.code))
    )
    return tuple(session.exec(statement))


def _recipients(session: Session, visit_id: uuid.UUID) -> tuple[tuple[str, int], ...]:
    statement = (
        select(VisitParticipant.role, VisitParticipant.people)
        .where(VisitParticipant.visit_id == visit_id)
        .order_by(col(VisitParticipant.role))
    )
    return tuple((role, people) for role, people in session.exec(statement))


def _follow_ups(session: Session, visit_id: uuid.UUID) -> tuple[PromisedStep, ...]:
    statement = (
        select(FollowUp)
        .where(FollowUp.visit_id == visit_id, col(FollowUp.deleted_at).is_(None))
        .order_by(col(FollowUp.id))
    )
    return tuple(
        PromisedStep(one.text, one.owner, one.due_on, one.done_at is not None) for one in session.exec(statement)
    )
