"""Writing the marks on a site's time axis."""

import uuid

from sqlmodel import Session

from db import access
from db.actor import Actor
from db.commands.command import Saved, command, made_before, require_version
from db.commands.kept_record import add_row, change_row, remove_row, require_row
from db.errors import AccessDenied, InvalidInput
from db.local_time import require_not_future
from db.models.base import new_id
from db.models.organisation import SiteEvent
from db.models.organisation_input import SiteEventInput


@command
def add_site_event(session: Session, actor: Actor, event: SiteEventInput, key: uuid.UUID | None = None) -> Saved:
    """Store a mark. ``key`` is made by the form, so that sending twice stores once.

    Raises:
        NotFound: the site is outside the actor's reach.
        InvalidInput: a rule is broken, or the day is still to come.
    """
    site = access.require_site(session, actor, "site_event", "add", event.site_id)
    if again := made_before(session, actor, SiteEvent, "site_event", key):
        return again
    _require_valid(session, site.region_id, event)
    row = SiteEvent(id=key or new_id(), region_id=site.region_id, created_by=actor.person_id, **event.model_dump())
    return add_row(session, actor, "add_site_event", row)


@command
def change_site_event(
    session: Session, actor: Actor, event_id: uuid.UUID, base_version: int, event: SiteEventInput
) -> Saved:
    """Replace what a mark says; it stays at its site.

    Raises:
        NotFound: the mark is outside the actor's reach, or not at the site named.
        InvalidInput: a rule is broken, or the day is still to come.
        Conflict: ``newer_version`` when someone changed it meanwhile.
    """
    row = require_row(session, actor, SiteEvent, "site_event", "change", event_id)
    if row.site_id != event.site_id or row.deleted_at is not None:
        raise AccessDenied("site_event", "change", site_id=event.site_id, entity_id=event_id)
    require_version(row, base_version)
    _require_valid(session, row.region_id, event)
    return change_row(session, actor, "change_site_event", row, event.model_dump())


@command
def remove_site_event(session: Session, actor: Actor, event_id: uuid.UUID) -> Saved:
    """Take a mark off the time axis.

    Raises:
        NotFound: the mark is outside the actor's reach.
        Conflict: ``removed`` when it is off already.
    """
    row = require_row(session, actor, SiteEvent, "site_event", "remove", event_id)
    return remove_row(session, actor, "remove_site_event", row)


def _require_valid(session: Session, region_id: uuid.UUID, event: SiteEventInput) -> None:
    event.require_valid()
    problems = list(require_not_future(session, region_id, "happened_on", event.happened_on))
    if problems:
        raise InvalidInput(problems)
