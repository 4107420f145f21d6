"""What someone with a case role has looked at that is hidden from others in their role: for who answers for it."""

import uuid
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlmodel import Session, col

from db import access
from db.actor import Actor
from db.commands.need_to_know import READ
from db.models.organisation import Site
from db.models.people import Person
from db.models.records import AuditEvent


class Reading(NamedTuple):
    """A screen that was opened: its address, and the site (None: all sites of the case roles together)."""

    at: datetime
    screen: str
    site: str | None


def readings_of(session: Session, actor: Actor, person_id: uuid.UUID, limit: int = 50) -> list[Reading]:
    """Give what a person has read lately, the latest first: to administrators, and to supervisors at their sites."""
    if not (access.may(actor, "person", "change") or actor.role == "supervisor"):
        return []
    statement = (
        select(col(AuditEvent.at), col(AuditEvent.entity), col(Site.name))
        .join(Person, col(Person.id) == col(AuditEvent.actor_id))
        .outerjoin(Site, col(Site.id) == col(AuditEvent.site_id))
        .where(
            col(AuditEvent.action) == READ,
            col(AuditEvent.actor_id) == person_id,
            access.people(actor),
            or_(col(AuditEvent.site_id).is_(None), access.sites(actor)),
        )
        .order_by(col(AuditEvent.seq).desc())
        .limit(limit)
    )
    return [Reading(*row) for row in session.connection().execute(statement)]
