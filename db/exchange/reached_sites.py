"""The sites that the rows of a file may name: by license number, key or name, among those where the actor may add."""

import uuid
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlmodel import Session, col

from db import access
from db.access_matrix import Thing
from db.actor import Actor
from db.errors import Problem
from db.local_time import EARLIEST_DAY, local_now
from db.models.organisation import Site


class Refused(Exception):
    """A row cannot be taken; ``problem`` says at which field and why."""

    def __init__(self, field: str, code: str, **context: Any) -> None:
        """Name the field and the problem's code."""
        super().__init__(code)
        self.problem = Problem(field, code, context)


class Place(NamedTuple):
    """A site that rows may name."""

    site_id: uuid.UUID
    region_id: uuid.UUID
    program_id: uuid.UUID


class ReachedSites:
    """The sites where an actor may add records of a kind, and the day that it is there."""

    def __init__(self, session: Session, actor: Actor, thing: Thing) -> None:
        """Read them once for the whole file."""
        self.inside = access.sites(actor, thing, "add") & col(Site.deleted_at).is_(None)
        self.sites: dict[str, list[Place]] = {}
        found = session.connection().execute(
            select(col(Site.id), col(Site.region_id), col(Site.program_id), col(Site.name), col(Site.license_no)).where(
                self.inside
            )
        )
        for site in found.all():
            place = Place(site.id, site.region_id, site.program_id)
            for named in {str(site.id), folded(site.name), folded(site.license_no or "")} - {""}:
                self.sites.setdefault(named, []).append(place)
        regions = {place.region_id for places in self.sites.values() for place in places}
        self.today = {region: local_now(session, region).date() for region in regions}

    def place(self, named: str) -> Place:
        """Give the site of that license number, key or name.

        Raises:
            Refused: there is none, or more than one.
        """
        found = self.sites.get(folded(named), [])
        if len(found) != 1:
            raise Refused("site", "site_ambiguous" if found else "site_not_found")
        return found[0]

    def require_past(self, place: Place, field: str, day: Any) -> None:
        """Refuse a day that is still to come there, or is clearly a wrong year.

        Raises:
            Refused: it is.
        """
        if day > self.today[place.region_id]:
            raise Refused(field, "in_the_future")
        if day < EARLIEST_DAY:
            raise Refused(field, "before_birth_of_program")


def folded(name: str) -> str:
    """Give a name as it is compared: without case and double spaces."""
    return " ".join(name.split()).casefold()
