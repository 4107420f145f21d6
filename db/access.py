"""The only place that turns an actor into a filter."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from db import acting
from db.access_matrix import MATRIX, Reach, Thing, Verb
from db.actor import Actor, Places
from db.errors import AccessDenied
from db.models.organisation import Program, Region, Site
from db.models.people import Person, PersonScope


def reach(actor: Actor, thing: Thing, verb: Verb) -> Reach | None:
    """Give how far the actor's right to do ``verb`` to ``thing`` goes, or None for not at all.

    Everything here asks this first, so this is where the database's own wall hears who acts (``db.acting``).
    """
    acting.note(actor.person_id)
    return MATRIX[thing].get(actor.role, {}).get(verb)  # type: ignore[call-overload,no-any-return]


def may(actor: Actor, thing: Thing, verb: Verb) -> bool:
    """Tell whether the actor may do ``verb`` to any ``thing`` at all: what menus and buttons ask."""
    granted = reach(actor, thing, verb)
    return bool(granted) and (granted != "case" or bool(actor.case_scope))


def within(
    actor: Actor,
    thing: Thing,
    verb: Verb,
    *,
    site_id: Any,
    region_id: Any,
    owner_id: Any = None,
) -> ColumnElement[bool]:
    """Give the condition that keeps only the rows to which the actor may do ``verb``.

    Args:
        actor: who asks.
        thing: what the rows are.
        verb: what is to be done to them.
        site_id: the rows' column that names their site.
        region_id: the rows' column that names their region.
        owner_id: the rows' column that names who wrote them; needed where a right reaches only one's own.
    """
    granted = reach(actor, thing, verb)
    if granted is None:
        return false()
    if granted == "all":
        return true()
    places = actor.case_scope if granted == "case" else actor.scope
    inside = _inside(places, site_id, region_id)
    if granted == "own":
        return and_(inside, owner_id == actor.person_id)
    return inside


def _inside(places: Places, site_id: Any, region_id: Any) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = []
    if places.sites:
        conditions.append(site_id.in_(places.sites))
    if places.regions:
        conditions.append(region_id.in_(places.regions))
    if places.programs:
        of_programs = select(col(Site.id)).where(col(Site.program_id).in_(places.programs))
        conditions.append(site_id.in_(of_programs))
    return or_(*conditions) if conditions else false()


def owned(actor: Actor, thing: Thing, verb: Verb, *, owner_id: Any) -> ColumnElement[bool]:
    """Give the condition that keeps only the rows to which the actor may do ``verb``, for what belongs to no site."""
    granted = reach(actor, thing, verb)
    if granted == "all":
        return true()
    return owner_id == actor.person_id if granted == "own" else false()


def sites(actor: Actor, thing: Thing = "site", verb: Verb = "see") -> ColumnElement[bool]:
    """Give the condition on the table ``site`` for the sites at which the actor may do ``verb`` to ``thing``.

    A right to one's own rows counts here: at which sites may they stand at all?
    """
    granted = reach(actor, thing, verb)
    if granted is None:
        return false()
    if granted == "all":
        return true()
    return _inside(actor.case_scope if granted == "case" else actor.scope, col(Site.id), col(Site.region_id))


def regions(actor: Actor) -> ColumnElement[bool]:
    """Give the condition on the table ``region`` for the regions that hold a site the actor may see."""
    if reach(actor, "region", "see") == "all":
        return true()
    return or_(
        col(Region.id).in_(actor.scope.regions),
        col(Region.id).in_(select(col(Site.region_id)).where(sites(actor))),
    )


def programs(actor: Actor) -> ColumnElement[bool]:
    """Give the condition on the table ``program`` for the programs that the actor may see."""
    if reach(actor, "program", "see") == "all":
        return true()
    return or_(
        col(Program.id).in_(actor.scope.programs),
        col(Program.region_id).in_(actor.scope.regions),
        col(Program.id).in_(select(col(Site.program_id)).where(sites(actor))),
    )


def scopes(actor: Actor) -> ColumnElement[bool]:
    """Give the condition on the table ``person_scope`` for the assignments that the actor may see.

    Whoever sees people within a scope sees only what those people reach inside that scope.
    """
    granted = reach(actor, "person", "see")
    if granted is None:
        return false()
    if granted == "all":
        return true()
    return or_(
        col(PersonScope.site_id).in_(select(col(Site.id)).where(sites(actor))),
        col(PersonScope.program_id).in_(select(col(Program.id)).where(programs(actor))),
        col(PersonScope.region_id).in_(actor.scope.regions),
    )


def people(actor: Actor) -> ColumnElement[bool]:
    """Give the condition on the table ``person`` for the people whom the actor may see."""
    granted = reach(actor, "person", "see")
    if granted is None:
        return false()
    if granted == "all":
        return true()
    assigned_here = select(col(PersonScope.person_id)).where(scopes(actor), col(PersonScope.deleted_at).is_(None))
    return or_(
        col(Person.id) == actor.person_id,
        col(Person.supervisor_id) == actor.person_id,
        col(Person.id).in_(assigned_here),
    )


def require_program(session: Session, actor: Actor, verb: Verb, program_id: uuid.UUID) -> Program:
    """Give the program if the actor may do ``verb`` to its sites.

    Raises:
        AccessDenied: the program is outside the actor's reach, or does not exist.
    """
    granted = reach(actor, "site", verb)
    place = col(Program.id).in_(actor.scope.programs) | col(Program.region_id).in_(actor.scope.regions)
    inside = {"all": true(), "scope": place}.get(granted or "", false())
    found = session.exec(
        select_rows(Program).where(Program.id == program_id, col(Program.deleted_at).is_(None), inside)
    ).first()
    if found is None:
        raise AccessDenied("site", verb, entity_id=program_id)
    return found


def require(actor: Actor, thing: Thing, verb: Verb) -> None:
    """Refuse an actor who may not do ``verb`` to any ``thing``.

    Raises:
        AccessDenied: the role has no such right.
    """
    if not may(actor, thing, verb):
        raise AccessDenied(thing, verb)


def require_any(actor: Actor, things: Sequence[Thing], verb: Verb) -> None:
    """Refuse an actor who may not do ``verb`` to any of these ``things``.

    Raises:
        AccessDenied: the role has no such right.
    """
    if not any(may(actor, thing, verb) for thing in things):
        raise AccessDenied(things[0], verb)


def require_site(session: Session, actor: Actor, thing: Thing, verb: Verb, site_id: uuid.UUID) -> Site:
    """Give the site if the actor may do ``verb`` to ``thing`` there.

    Raises:
        AccessDenied: the site is outside the actor's reach, or does not exist.
    """
    found = session.exec(
        select_rows(Site).where(col(Site.id) == site_id, col(Site.deleted_at).is_(None), sites(actor, thing, verb))
    ).first()
    if found is None:
        raise AccessDenied(thing, verb, site_id=site_id)
    return found
