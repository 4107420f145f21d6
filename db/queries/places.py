"""The sites, classrooms, programs and regions that an actor can choose from."""

import uuid
from typing import NamedTuple

from sqlalchemy import select
from sqlmodel import Session, col

from db import access
from db.actor import Actor
from db.capture_lists import RoomChoice, classrooms_at
from db.models.organisation import Program, Region, Site


class SiteChoice(NamedTuple):
    """A site as a list shows it."""

    id: uuid.UUID
    name: str
    setting: str
    program_id: uuid.UUID
    program: str
    region_id: uuid.UUID
    region: str
    active: bool


class Choice(NamedTuple):
    """A program or a region as a list shows it."""

    id: uuid.UUID
    name: str


def my_sites(session: Session, actor: Actor, *, with_inactive: bool = False) -> list[SiteChoice]:
    """Give every site that the actor may see, by name, with its program and region."""
    statement = (
        select(
            col(Site.id), col(Site.name), col(Site.setting), col(Site.program_id), col(Program.name),
            col(Site.region_id), col(Region.name), col(Site.active),
        )
        .join(Program, col(Program.id) == col(Site.program_id))
        .join(Region, col(Region.id) == col(Site.region_id))
        .where(access.sites(actor), col(Site.deleted_at).is_(None))
        .order_by(col(Site.name), col(Site.id))
    )  # fmt: skip
    if not with_inactive:
        statement = statement.where(col(Site.active))
    return [SiteChoice(*row) for row in session.connection().execute(statement)]


def classrooms(session: Session, actor: Actor, site_id: uuid.UUID) -> list[RoomChoice]:
    """Give the classrooms of a site, by name; none when the actor may not see the site."""
    return classrooms_at(session, actor, [site_id]).get(site_id, [])


def programs(session: Session, actor: Actor) -> list[Choice]:
    """Give the programs that the actor may see, by name."""
    statement = select(col(Program.id), col(Program.name)).where(
        access.programs(actor), col(Program.deleted_at).is_(None)
    )
    return [Choice(*row) for row in session.connection().execute(statement.order_by(col(Program.name)))]


def regions(session: Session, actor: Actor) -> list[Choice]:
    """Give the regions that the actor may see, by name."""
    statement = select(col(Region.id), col(Region.name)).where(access.regions(actor), col(Region.deleted_at).is_(None))
    return [Choice(*row) for row in session.connection().execute(statement.order_by(col(Region.name)))]
