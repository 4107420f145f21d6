"""Writing the weekdays on which a site was closed."""

import uuid
from datetime import date, timedelta

from sqlmodel import Session, col, select

from db import access
from db.actor import Actor
from db.commands.command import Saved, command, content, mark_changed, write_event
from db.commands.kept_record import add_row, remove_row, require_row
from db.errors import InvalidInput, Problem
from db.local_time import EARLIEST_DAY, local_now
from db.models.enrolment_input import ClosureInput
from db.models.organisation import Closure, Site

FURTHEST_AHEAD = timedelta(days=400)


@command
def add_closure(session: Session, actor: Actor, closure: ClosureInput) -> tuple[Saved, ...]:
    """Store every weekday of a closure. A day that is there already takes the new reason.

    Raises:
        NotFound: the site is outside the actor's reach.
        InvalidInput: a rule is broken.
    """
    site = access.require_site(session, actor, "closure", "add", closure.site_id)
    closure.require_valid()
    _require_sensible(session, site, closure)
    days = closure.weekdays()
    standing = {
        row.closed_on: row
        for row in session.exec(
            select(Closure)
            .where(Closure.site_id == site.id, col(Closure.closed_on).in_(days))
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    }
    return tuple(_close(session, actor, site, day, closure.reason, standing.get(day)) for day in days)


@command
def remove_closure(session: Session, actor: Actor, closure_id: uuid.UUID) -> Saved:
    """Take a closure out: the site was open that day.

    Raises:
        NotFound: the closure is outside the actor's reach.
        Conflict: ``removed`` when it is out already.
    """
    row = require_row(session, actor, Closure, "closure", "remove", closure_id)
    return remove_row(session, actor, "remove_closure", row)


def _close(session: Session, actor: Actor, site: Site, day: date, reason: str, standing: Closure | None) -> Saved:
    if standing is None:
        row = Closure(
            region_id=site.region_id,
            site_id=site.id,
            closed_on=day,
            reason=reason,
            created_by=actor.person_id,
        )
        return add_row(session, actor, "add_closure", row)
    if standing.deleted_at is not None or standing.reason != reason:
        before = content(standing)
        standing.reason, standing.deleted_at, standing.deleted_by = reason, None, None
        mark_changed(standing, actor)
        write_event(session, actor, "add_closure", standing, before=before, after=content(standing))
    return Saved(standing.id, standing.version, created=False)


def _require_sensible(session: Session, site: Site, closure: ClosureInput) -> None:
    furthest = local_now(session, site.region_id).date() + FURTHEST_AHEAD
    for field in ("closed_on", "last_on"):
        day = getattr(closure, field)
        if day and day > furthest:
            raise InvalidInput([Problem(field, "in_the_future")])
        if day and day < EARLIEST_DAY:
            raise InvalidInput([Problem(field, "before_birth_of_program")])
