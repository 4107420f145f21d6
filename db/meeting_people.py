"""Who can be given a task at a site's meeting: those who work with it."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import Session, col

from db.models.organisation import Site
from db.models.people import Person, PersonScope

OWNER_ROLES = ("consultant", "director", "supervisor")


def owner_ids(session: Session, site_id: uuid.UUID, on: date) -> set[uuid.UUID]:
    """Give the keys of those who can be given a task at a site on a day."""
    return set(session.connection().execute(owners(site_id, on).with_only_columns(col(Person.id))).scalars())


def owners(site_id: uuid.UUID, on: date) -> Any:
    """Give the statement for those who can be given a task: their key, name and role, by role and name.

    A supervisor works with the sites of the people supervised.
    """
    here = (
        select(col(PersonScope.person_id))
        .select_from(Site)
        .join(
            PersonScope,
            or_(
                col(PersonScope.site_id) == col(Site.id),
                col(PersonScope.program_id) == col(Site.program_id),
                col(PersonScope.region_id) == col(Site.region_id),
            ),
        )
        .where(
            col(Site.id) == site_id,
            col(PersonScope.deleted_at).is_(None),
            col(PersonScope.valid_from) <= on,
            or_(col(PersonScope.valid_to).is_(None), col(PersonScope.valid_to) >= on),
        )
    )
    supervising = select(col(Person.supervisor_id)).where(
        col(Person.id).in_(here), col(Person.supervisor_id).is_not(None)
    )
    return (
        select(col(Person.id), col(Person.display_name), col(Person.role))
        .where(
            or_(col(Person.id).in_(here), col(Person.id).in_(supervising)),
            col(Person.role).in_(OWNER_ROLES),
            col(Person.disabled_at).is_(None),
            col(Person.deleted_at).is_(None),
        )
        .order_by(col(Person.role), col(Person.display_name))
    )
