"""Somebody's tablets: on Today one's own, on People anybody's for an administrator."""

import uuid
from functools import partial

from components import tablets
from components.forms import small
from components.words import _
from db.actor import Actor
from db.commands.devices import revoke_device
from db.engine import session
from db.queries.devices import devices_of
from pages.organisation.writing import press


def own(actor: Actor) -> None:
    """Draw the actor's own tablets, if there are any."""
    small.draw_note()
    _draw(actor, actor.person_id, _("Your tablets"))


def of_person(actor: Actor, person_id: uuid.UUID) -> None:
    """Draw a person's tablets, if there are any that the actor may see."""
    _draw(actor, person_id, _("Tablets"))


def _draw(actor: Actor, person_id: uuid.UUID, heading: str) -> None:
    with session() as opened:
        found = devices_of(opened, actor, person_id)
    tablets.draw(heading, found, partial(press, actor, revoke_device, _("The access of this tablet has ended.")))
