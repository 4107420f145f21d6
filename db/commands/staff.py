"""Writing who works at a site, under aliases."""

import uuid

from sqlmodel import Session, col, select

from db import access
from db.actor import Actor
from db.commands.command import Saved, command, locked, made_before, require_version
from db.commands.kept_record import add_row, change_row
from db.errors import AccessDenied, InvalidInput, Problem
from db.local_time import require_not_future
from db.models.base import new_id
from db.models.organisation import Site, Staff
from db.models.organisation_input import StaffInput


@command
def add_staff(session: Session, actor: Actor, staff: StaffInput, key: uuid.UUID | None = None) -> Saved:
    """Store someone who works at a site. ``key`` is made by the form, so that sending twice stores once.

    Raises:
        NotFound: the site is outside the actor's reach.
        InvalidInput: a rule is broken, or the site has this alias.
    """
    site = access.require_site(session, actor, "staff", "add", staff.site_id)
    if again := made_before(session, actor, Staff, "staff", key):
        return again
    _require_valid(session, site, staff, None)
    row = Staff(id=key or new_id(), region_id=site.region_id, created_by=actor.person_id, **staff.model_dump())
    return add_row(session, actor, "add_staff", row)


@command
def change_staff(session: Session, actor: Actor, staff_id: uuid.UUID, base_version: int, staff: StaffInput) -> Saved:
    """Replace what is known about someone who works at a site, such as the last day.

    Raises:
        NotFound: the person's site is outside the actor's reach, or is not the one named.
        InvalidInput: a rule is broken, or the site has this alias.
        Conflict: ``newer_version`` when someone changed it meanwhile.
    """
    inside = access.within(actor, "staff", "change", site_id=col(Staff.site_id), region_id=col(Staff.region_id))
    here = (col(Staff.id) == staff_id) & (col(Staff.site_id) == staff.site_id)
    row = locked(session, Staff, here & col(Staff.deleted_at).is_(None) & inside)
    if row is None:
        raise AccessDenied("staff", "change", site_id=staff.site_id, entity_id=staff_id)
    require_version(row, base_version)
    _require_valid(session, session.get_one(Site, row.site_id), staff, row.id)
    return change_row(session, actor, "change_staff", row, staff.model_dump())


def _require_valid(session: Session, site: Site, staff: StaffInput, own_id: uuid.UUID | None) -> None:
    staff.require_valid()
    problems = list(require_not_future(session, site.region_id, "hire_date", staff.hire_date))
    same = (col(Staff.site_id) == site.id) & (col(Staff.alias) == staff.alias)
    found = session.connection().execute(select(col(Staff.id)).where(same)).scalars()
    if any(one != own_id for one in found):
        problems.append(Problem("alias", "already_there"))
    if problems:
        raise InvalidInput(problems)
