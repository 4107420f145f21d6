"""What a capture form offers at a site, for one site or many at once, always in the same few statements."""

import uuid
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, literal, null
from sqlmodel import Session, col, select

from db import access
from db.actor import Actor
from db.models.incidents import Incident
from db.models.organisation import Classroom
from db.models.visits import Visit, VisitChoice, VisitClassroom, VisitParticipant
from db.regions import same_region

CHILDREN_SHOWN = 12
CHILDREN_DAYS = 180


class LastVisit(NamedTuple):
    """What someone's latest held visit at a site was like. Minutes are whole minutes."""

    visited_on: date
    minutes_program: int
    minutes_classroom: int
    minutes_child_family: int
    mode: str
    permission_on: date | None
    activities: tuple[str, ...]
    participants: dict[str, int]
    classroom_ids: tuple[uuid.UUID, ...]

    @property
    def minutes(self) -> int:
        """The whole visit."""
        return self.minutes_program + self.minutes_classroom + self.minutes_child_family


class KnownChild(NamedTuple):
    """A child key used at a site, with the latest date of the parent's permission."""

    key: str
    permission_on: date | None


class RoomChoice(NamedTuple):
    """A classroom as a list shows it."""

    id: uuid.UUID
    name: str
    age_group: str
    capacity: int | None


def classrooms_at(session: Session, actor: Actor, site_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[RoomChoice]]:
    """Give the classrooms of each site, by name, in one statement."""
    statement = (
        select(
            col(Classroom.site_id), col(Classroom.id), col(Classroom.name), col(Classroom.age_group),
            col(Classroom.capacity),
        )  # type: ignore[call-overload]
        .where(
            col(Classroom.site_id).in_(site_ids),
            col(Classroom.deleted_at).is_(None),
            access.within(
                actor, "classroom", "see", site_id=col(Classroom.site_id), region_id=col(Classroom.region_id)
            ),
        )
        .order_by(col(Classroom.name))
    )  # fmt: skip
    found: dict[uuid.UUID, list[RoomChoice]] = {}
    for site_id, *room in session.connection().execute(statement):
        found.setdefault(site_id, []).append(RoomChoice(*room))
    return found


def children_at(
    session: Session, actor: Actor, site_ids: Iterable[uuid.UUID], today: date
) -> dict[uuid.UUID, list[KnownChild]]:
    """Give the child keys used at each site in the last half year, the latest first, in one statement.

    None at the sites where the actor may not see incidents; no more than 12 at a site.
    """
    latest = func.max(col(Incident.occurred_on))
    order = (latest.desc(), col(Incident.child_key))
    used = (
        select(
            col(Incident.site_id),
            col(Incident.child_key),
            func.max(col(Incident.permission_on)).label("permission_on"),
            func.row_number().over(partition_by=col(Incident.site_id), order_by=order).label("place"),
        )
        .where(
            col(Incident.site_id).in_(site_ids),
            col(Incident.child_key).is_not(None),
            col(Incident.deleted_at).is_(None),
            col(Incident.occurred_on) >= today - timedelta(days=CHILDREN_DAYS),
            access.within(
                actor, "incident", "see", site_id=col(Incident.site_id), region_id=col(Incident.region_id),
                owner_id=col(Incident.recorded_by),
            ),
        )
        .group_by(col(Incident.site_id), col(Incident.child_key))
        .subquery()
    )  # fmt: skip
    statement = (
        select(used.c.site_id, used.c.child_key, used.c.permission_on)
        .where(used.c.place <= CHILDREN_SHOWN)
        .order_by(used.c.site_id, used.c.place)
    )
    found: dict[uuid.UUID, list[KnownChild]] = {}
    for site_id, key, day in session.connection().execute(statement):
        found.setdefault(site_id, []).append(KnownChild(key, day))
    return found


def last_visits_at(session: Session, actor: Actor, site_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, LastVisit]:
    """Give what the actor's latest held visit at each site was like, in three statements."""
    latest = (
        func.row_number()
        .over(
            partition_by=col(Visit.site_id),
            order_by=(col(Visit.visited_on).desc(), col(Visit.created_at).desc(), col(Visit.id).desc()),
        )
        .label("place")
    )
    held = (
        select(col(Visit.id), col(Visit.region_id), latest)
        .where(
            col(Visit.consultant_id) == actor.person_id,
            col(Visit.site_id).in_(site_ids),
            col(Visit.deleted_at).is_(None),
            col(Visit.minutes) > 0,
            access.within(
                actor, "visit", "see", site_id=col(Visit.site_id), region_id=col(Visit.region_id),
                owner_id=col(Visit.consultant_id),
            ),
        )
        .subquery()
    )  # fmt: skip
    here = (held.c.id == col(Visit.id)) & same_region(held, Visit)
    visits = session.exec(select(Visit).join(held, here).where(held.c.place == 1)).all()
    keys = [one.id for one in visits]
    if not keys:
        return {}
    rooms, lists = rooms_of(session, keys), _lists_of(session, keys)
    return {
        one.site_id: LastVisit(
            one.visited_on, one.minutes_program, one.minutes_classroom, one.minutes_child_family,
            one.mode, one.permission_on, *lists[one.id], rooms[one.id],
        )
        for one in visits
    }  # fmt: skip


def rooms_of(session: Session, visit_ids: list[uuid.UUID]) -> dict[uuid.UUID, tuple[uuid.UUID, ...]]:
    """Give the classrooms of each visit, in one statement."""
    statement = select(col(VisitClassroom.visit_id), col(VisitClassroom.classroom_id)).where(
        col(VisitClassroom.visit_id).in_(visit_ids)
    )
    rows = session.connection().execute(statement).all()
    return {key: tuple(sorted(room for visit_id, room in rows if visit_id == key)) for key in visit_ids}


def _lists_of(session: Session, visit_ids: list[uuid.UUID]) -> dict[uuid.UUID, tuple[tuple[str, ...], dict[str, int]]]:
    activities = select(col(VisitChoice.visit_id), col(VisitChoice.code), null().label("people")).where(
        col(VisitChoice.visit_id).in_(visit_ids), col(VisitChoice.list) == literal("visit_activity")
    )
    people: Any = select(
        col(VisitParticipant.visit_id), col(VisitParticipant.role), col(VisitParticipant.people)
    ).where(col(VisitParticipant.visit_id).in_(visit_ids))
    rows = session.connection().execute(people.union_all(activities)).all()
    return {
        key: (
            tuple(sorted(code for visit_id, code, count in rows if visit_id == key and count is None)),
            {code: count for visit_id, code, count in rows if visit_id == key and count is not None},
        )
        for key in visit_ids
    }
