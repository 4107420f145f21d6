"""Writing the marks on a site's time axis."""

import uuid

from sqlmodel import Session, col

from db import access
from db.access_matrix import Verb
from db.actor import Actor
from db.commands.command import (
    Saved,
    changes,
    command,
    content,
    locked,
    made_before,
    mark_changed,
    require_version,
    set_removed,
    write_event,
)
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
    event.require_valid()
    problems = list(require_not_future(session, site.region_id, "happened_on", event.happened_on))
    if problems:
        raise InvalidInput(problems)
    row = SiteEvent(id=key or new_id(), region_id=site.region_id, created_by=actor.person_id, **event.model_dump())
    session.add(row)
    session.flush()
    write_event(session, actor, "add_site_event", row, after=content(row))
    return Saved(row.id, row.version)


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
    row = _require_event(session, actor, "change", event_id)
    if row.site_id != event.site_id or row.deleted_at is not None:
        raise AccessDenied("site_event", "change", site_id=event.site_id, entity_id=event_id)
    require_version(row, base_version)
    event.require_valid()
    problems = list(require_not_future(session, row.region_id, "happened_on", event.happened_on))
    if problems:
        raise InvalidInput(problems)
    before = content(row)
    for name, value in event.model_dump().items():
        setattr(row, name, value)
    was, now = changes(before, content(row))
    if now:
        mark_changed(row, actor)
        write_event(session, actor, "change_site_event", row, before=was, after=now)
    return Saved(row.id, row.version, created=False)


@command
def remove_site_event(session: Session, actor: Actor, event_id: uuid.UUID) -> Saved:
    """Take a mark off the time axis.

    Raises:
        NotFound: the mark is outside the actor's reach.
        Conflict: ``removed`` when it is off already.
    """
    row = _require_event(session, actor, "remove", event_id)
    set_removed(row, actor, removed=True)
    write_event(session, actor, "remove_site_event", row, before=content(row))
    return Saved(row.id, row.version, created=False)


def _require_event(session: Session, actor: Actor, verb: Verb, event_id: uuid.UUID) -> SiteEvent:
    inside = access.within(
        actor, "site_event", verb, site_id=col(SiteEvent.site_id), region_id=col(SiteEvent.region_id)
    )
    row = locked(session, SiteEvent, (col(SiteEvent.id) == event_id) & inside)
    if row is None:
        raise AccessDenied("site_event", verb, entity_id=event_id)
    return row
