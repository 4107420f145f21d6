"""Writing how many children a site's classrooms had in a month: what every rate is divided by."""

import uuid
from collections.abc import Iterator
from typing import Any

from sqlmodel import Session, col, select

from db import access, rollups
from db.actor import Actor
from db.commands.command import Saved, changes, command, content, mark_changed, require_version, write_event
from db.errors import AccessDenied, Conflict, InvalidInput, Problem
from db.local_time import local_now
from db.models.enrolment_input import EnrolmentGroupInput, EnrolmentInput, RoomMonth
from db.models.organisation import Classroom, Enrolment, EnrolmentGroup, Site

_FIGURES = ("enrolled_average", "open_days", "attended_child_days")


@command
def set_enrolment(session: Session, actor: Actor, enrolment: EnrolmentInput) -> tuple[Saved, ...]:
    """Store a month's figures of the classrooms listed, each on top of the version that the actor saw.

    Raises:
        NotFound: the site is outside the actor's reach.
        InvalidInput: a rule is broken; nothing is stored then.
        Conflict: ``newer_version`` when someone entered or changed a row meanwhile; nothing is stored then.
    """
    site = access.require_site(session, actor, "enrolment", "add", enrolment.site_id)
    _require_valid(session, site, enrolment)
    standing = {
        row.classroom_id: row
        for row in session.exec(
            select(Enrolment)
            .where(Enrolment.site_id == site.id, Enrolment.month == enrolment.month)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    }
    saved = tuple(
        _set_room(session, actor, site, enrolment, sent, standing.get(sent.classroom_id)) for sent in enrolment.rows
    )
    rollups.refresh(session, site.id, [enrolment.month])
    return saved


@command
def set_groups(session: Session, actor: Actor, groups: EnrolmentGroupInput) -> tuple[Saved, ...]:
    """Store how a classroom's children divide into the groups of one dimension; they must add up (+-1).

    Raises:
        NotFound: the site is outside the actor's reach.
        InvalidInput: a rule is broken, the enrollment is missing, or the groups do not add up to it.
        Conflict: ``newer_version`` when someone entered or changed a group meanwhile.
    """
    site = access.require_site(session, actor, "enrolment_group", "add", groups.site_id)
    _require_adding_up(session, groups)
    standing = {
        row.category: row
        for row in session.exec(
            select(EnrolmentGroup)
            .where(
                EnrolmentGroup.classroom_id == groups.classroom_id,
                EnrolmentGroup.month == groups.month,
                EnrolmentGroup.dimension == groups.dimension,
            )
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    }
    place: dict[str, Any] = {
        "region_id": site.region_id,
        "site_id": site.id,
        "classroom_id": groups.classroom_id,
        "month": groups.month,
        "dimension": groups.dimension,
    }
    return tuple(
        _set_row(
            session,
            actor,
            standing.get(category),
            groups.versions.get(category),
            EnrolmentGroup(**place, category=category, children=children, created_by=actor.person_id),
            ("children",),
            "set_enrolment_group",
        )
        for category, children in groups.children.items()
    )


def _set_room(
    session: Session,
    actor: Actor,
    site: Site,
    enrolment: EnrolmentInput,
    sent: RoomMonth,
    standing: Enrolment | None,
) -> Saved:
    wanted = Enrolment(
        region_id=site.region_id,
        site_id=site.id,
        classroom_id=sent.classroom_id,
        month=enrolment.month,
        created_by=actor.person_id,
        **{name: getattr(sent, name) for name in _FIGURES},
    )
    return _set_row(session, actor, standing, sent.version, wanted, _FIGURES, "set_enrolment")


def _set_row(
    session: Session,
    actor: Actor,
    standing: Any,
    base_version: int | None,
    wanted: Any,
    figures: tuple[str, ...],
    action: str,
) -> Saved:
    """Insert ``wanted``, or write its figures over the row that stands; equal figures change nothing."""
    if standing is None:
        if base_version is not None:
            raise Conflict("newer_version")
        session.add(wanted)
        session.flush()
        write_event(session, actor, action, wanted, after=content(wanted))
        return Saved(wanted.id, wanted.version)
    before = content(standing)
    was, now = changes(before, {**before, **{name: getattr(wanted, name) for name in figures}})
    if not now:
        return Saved(standing.id, standing.version, created=False)
    if base_version is None:
        raise Conflict("newer_version")
    require_version(standing, base_version)
    for name in figures:
        setattr(standing, name, getattr(wanted, name))
    mark_changed(standing, actor)
    write_event(session, actor, action, standing, before=was, after=now)
    return Saved(standing.id, standing.version, created=False)


def _require_valid(session: Session, site: Site, enrolment: EnrolmentInput) -> None:
    enrolment.require_valid()
    problems = list(_month_problems(session, site, enrolment))
    rooms = {
        room.id: room
        for room in session.exec(
            select(Classroom).where(Classroom.site_id == site.id, col(Classroom.deleted_at).is_(None))
        )
    }
    for number, row in enumerate(enrolment.rows):
        room = rooms.get(row.classroom_id)
        if room is None:
            raise AccessDenied("enrolment", "add", site_id=site.id, entity_id=row.classroom_id)
        if room.capacity is not None and row.enrolled_average > 2 * room.capacity:
            context = {"capacity": room.capacity}
            problems.append(Problem(f"rows.{number}.enrolled_average", "more_than_capacity", context))
    if problems:
        raise InvalidInput(problems)


def _month_problems(session: Session, site: Site, enrolment: EnrolmentInput) -> Iterator[Problem]:
    if enrolment.month > local_now(session, site.region_id).date():
        yield Problem("month", "month_to_come")
    elif enrolment.month.year < 2000:
        yield Problem("month", "before_birth_of_program")


def _require_adding_up(session: Session, groups: EnrolmentGroupInput) -> None:
    groups.require_valid()
    _require_room(session, groups.site_id, groups.classroom_id)
    enrolled = (
        session.connection()
        .execute(
            select(col(Enrolment.enrolled_average)).where(
                col(Enrolment.classroom_id) == groups.classroom_id,
                col(Enrolment.month) == groups.month,
                col(Enrolment.deleted_at).is_(None),
            )
        )
        .scalar()
    )
    if enrolled is None:
        raise InvalidInput([Problem("children", "enrolment_first")])
    total = sum(groups.children.values())
    if abs(total - enrolled) > 1:
        raise InvalidInput([Problem("children", "group_total", {"total": total, "enrolled": f"{enrolled:g}"})])


def _require_room(session: Session, site_id: uuid.UUID, classroom_id: uuid.UUID) -> None:
    found = session.exec(
        select(Classroom.id).where(
            Classroom.id == classroom_id, Classroom.site_id == site_id, col(Classroom.deleted_at).is_(None)
        )
    ).first()
    if found is None:
        raise AccessDenied("enrolment", "add", site_id=site_id, entity_id=classroom_id)
