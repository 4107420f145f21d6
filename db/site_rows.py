"""What commands about sites share: the row, its values, its change, and whether a room is there."""

import uuid
from collections.abc import Iterator
from typing import Any

from sqlmodel import Session, col

from db import access
from db.actor import Actor
from db.commands.command import changes, content, locked, mark_changed, write_event
from db.errors import AccessDenied, Problem
from db.models.organisation import Classroom, Site
from db.models.organisation_input import SiteInput


def update_site(session: Session, actor: Actor, row: Site, site: SiteInput) -> bool:
    """Write a checked site over its row, with its audit event; tells whether anything differed."""
    before = content(row)
    for name, value in site_values(site).items():
        setattr(row, name, value)
    was, now = changes(before, content(row))
    if now:
        mark_changed(row, actor)
        write_event(session, actor, "change_site", row, before=was, after=now)
    return bool(now)


def require_site_row(session: Session, actor: Actor, site_id: uuid.UUID) -> Site:
    """Give the site's row, locked, if the actor may change it.

    Raises:
        AccessDenied: the site is outside the actor's reach.
    """
    inside = access.sites(actor, "site", "change")
    row = locked(session, Site, (col(Site.id) == site_id) & col(Site.deleted_at).is_(None) & inside)
    if row is None:
        raise AccessDenied("site", "change", site_id=site_id)
    return row


def require_room_here(session: Session, site: Site, classroom_id: uuid.UUID) -> Iterator[Problem]:
    """Give a problem when a classroom is not one of the site's, or is removed."""
    room = session.get(Classroom, classroom_id)
    if room is None or room.site_id != site.id or room.deleted_at is not None:
        yield Problem("classroom_id", "classroom_not_here")


def site_values(site: SiteInput) -> dict[str, Any]:
    """Give the columns of a checked site."""
    return {**site.model_dump(), "languages": list(site.languages)}
