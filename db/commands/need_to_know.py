"""The trace of someone with a case role who looks at what is hidden from others in their role."""

import uuid
from datetime import UTC, datetime, time

from sqlalchemy import select
from sqlmodel import Session, col

from db import access, audit
from db.actor import Actor
from db.commands.command import command
from db.models.base import utc_now
from db.models.organisation import Site
from db.models.records import AuditEvent

READ = "read_unhidden"


@command
def note_reading(
    session: Session, actor: Actor, screen: str, site_id: uuid.UUID | None, record_id: uuid.UUID | None = None
) -> bool:
    """Note that the actor opened a screen that hides nothing from them, once per screen, site, record and day.

    Args:
        session: the database session.
        actor: who looked.
        screen: the screen's address, such as ``site-trends``.
        site_id: whose figures; None for all sites of the actor's case roles together.
        record_id: the single record that was opened.

    Returns whether the looking is traced: only a case role's is, and only at its own sites. Others in such a role are
    told what is hidden; everybody else sees no more than their role does anyway.
    """
    if access.reach(actor, "incident", "see") != "case" or not access.may(actor, "incident", "see"):
        return False
    inside = select(col(Site.id)).where(access.sites(actor, "incident"), col(Site.deleted_at).is_(None))
    if site_id is not None and session.connection().execute(inside.where(col(Site.id) == site_id)).first() is None:
        return False
    subject = record_id or site_id
    already = select(col(AuditEvent.seq)).where(
        col(AuditEvent.entity) == screen,
        col(AuditEvent.entity_id).is_(None) if subject is None else col(AuditEvent.entity_id) == subject,
        col(AuditEvent.action) == READ,
        col(AuditEvent.actor_id) == actor.person_id,
        col(AuditEvent.at) >= datetime.combine(utc_now().date(), time(), UTC),
    )
    if session.connection().execute(already.limit(1)).first() is None:
        audit.append(
            session,
            actor_id=actor.person_id,
            actor_role=actor.role,
            action=READ,
            entity=screen,
            entity_id=subject,
            site_id=site_id,
        )
    return True
