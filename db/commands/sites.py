"""Writing sites and their classrooms."""

import uuid
from typing import Any

from sqlmodel import Session, col, select

from db import access
from db.actor import Actor
from db.commands.command import Saved, command, locked, made_before, mark_changed, require_version, write_event
from db.commands.kept_record import add_row, change_row
from db.errors import AccessDenied, InvalidInput, Problem
from db.models.base import new_id
from db.models.organisation import Classroom, Site
from db.models.organisation_input import ClassroomInput, SiteInput
from db.site_rows import require_site_row, site_values, update_site


@command
def add_site(session: Session, actor: Actor, site: SiteInput, key: uuid.UUID | None = None) -> Saved:
    """Store a new site in the region of its program. ``key`` is made by the form: sent twice, stored once.

    Raises:
        NotFound: the program is outside the actor's reach.
        InvalidInput: a rule is broken, or the name or the license number is taken.
    """
    program = access.require_program(session, actor, "add", site.program_id)
    if again := made_before(session, actor, Site, "site", key):
        return again
    site.require_valid()
    _require_free(session, site, None)
    row = Site(id=key or new_id(), region_id=program.region_id, created_by=actor.person_id, **site_values(site))
    return add_row(session, actor, "add_site", row)


@command
def change_site(session: Session, actor: Actor, site_id: uuid.UUID, base_version: int, site: SiteInput) -> Saved:
    """Replace what is known about a site, on top of the version that the actor saw.

    Raises:
        NotFound: the site or its new program is outside the actor's reach.
        InvalidInput: a rule is broken, name or license number is taken, or the program is in another region.
        Conflict: ``newer_version`` when someone changed it meanwhile.
    """
    row = require_site_row(session, actor, site_id)
    require_version(row, base_version)
    site.require_valid()
    if row.program_id != site.program_id:
        program = access.require_program(session, actor, "change", site.program_id)
        if program.region_id != row.region_id:
            raise InvalidInput([Problem("program_id", "program_other_region")])
    _require_free(session, site, row.id)
    update_site(session, actor, row, site)
    return Saved(row.id, row.version, created=False)


@command
def deactivate_site(session: Session, actor: Actor, site_id: uuid.UUID, base_version: int) -> Saved:
    """Take a site out of the lists to choose from. Its records and figures stay.

    Raises:
        NotFound: the site is outside the actor's reach.
        Conflict: ``newer_version`` when someone changed it meanwhile.
    """
    return _set_active(session, actor, site_id, base_version, active=False)


@command
def activate_site(session: Session, actor: Actor, site_id: uuid.UUID, base_version: int) -> Saved:
    """Bring a site back into the lists.

    Raises:
        NotFound: the site is outside the actor's reach.
        Conflict: ``newer_version`` when someone changed it meanwhile.
    """
    return _set_active(session, actor, site_id, base_version, active=True)


@command
def add_classroom(session: Session, actor: Actor, classroom: ClassroomInput, key: uuid.UUID | None = None) -> Saved:
    """Store a new classroom of a site.

    Raises:
        NotFound: the site is outside the actor's reach.
        InvalidInput: a rule is broken, or the site has a classroom of this name.
    """
    site = access.require_site(session, actor, "classroom", "add", classroom.site_id)
    if again := made_before(session, actor, Classroom, "classroom", key):
        return again
    classroom.require_valid()
    _require_free_room(session, classroom, None)
    row = Classroom(id=key or new_id(), region_id=site.region_id, created_by=actor.person_id, **classroom.model_dump())
    return add_row(session, actor, "add_classroom", row)


@command
def change_classroom(
    session: Session, actor: Actor, classroom_id: uuid.UUID, base_version: int, classroom: ClassroomInput
) -> Saved:
    """Replace what is known about a classroom; it stays at its site.

    Raises:
        NotFound: the classroom is outside the actor's reach, or not at the site that is named.
        InvalidInput: a rule is broken, or the site has a classroom of this name.
        Conflict: ``newer_version`` when someone changed it meanwhile.
    """
    inside = access.within(
        actor, "classroom", "change", site_id=col(Classroom.site_id), region_id=col(Classroom.region_id)
    )
    here = (col(Classroom.id) == classroom_id) & (col(Classroom.site_id) == classroom.site_id)
    row = locked(session, Classroom, here & col(Classroom.deleted_at).is_(None) & inside)
    if row is None:
        raise AccessDenied("classroom", "change", site_id=classroom.site_id, entity_id=classroom_id)
    require_version(row, base_version)
    classroom.require_valid()
    _require_free_room(session, classroom, row.id)
    return change_row(session, actor, "change_classroom", row, classroom.model_dump())


def _set_active(session: Session, actor: Actor, site_id: uuid.UUID, base_version: int, *, active: bool) -> Saved:
    row = require_site_row(session, actor, site_id)
    if row.active != active:
        require_version(row, base_version)
        row.active = active
        mark_changed(row, actor)
        action = "activate_site" if active else "deactivate_site"
        write_event(session, actor, action, row, before={"active": not active}, after={"active": active})
    return Saved(row.id, row.version, created=False)


def _require_free(session: Session, site: SiteInput, own_id: uuid.UUID | None) -> None:
    run = session.connection().execute
    same_name = (col(Site.program_id) == site.program_id) & (col(Site.name) == site.name)
    checks: list[tuple[str, Any]] = [("name", same_name)]
    if site.license_no is not None:
        checks.append(("license_no", col(Site.license_no) == site.license_no))
    problems = [
        Problem(field, "already_there")
        for field, condition in checks
        if any(found != own_id for found in run(select(col(Site.id)).where(condition)).scalars())
    ]
    if problems:
        raise InvalidInput(problems)


def _require_free_room(session: Session, classroom: ClassroomInput, own_id: uuid.UUID | None) -> None:
    same_name = (col(Classroom.site_id) == classroom.site_id) & (col(Classroom.name) == classroom.name)
    found = session.connection().execute(select(col(Classroom.id)).where(same_name)).scalars()
    if any(one != own_id for one in found):
        raise InvalidInput([Problem("name", "already_there")])
