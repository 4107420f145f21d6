"""Which sites a screen over many sites is about: the actor's active ones, all or those of a region or program."""

import uuid
from typing import Any

from sqlmodel import col

from db import access
from db.actor import Actor
from db.models.organisation import Site


def active_sites(
    actor: Actor,
    region_id: uuid.UUID | None = None,
    program_id: uuid.UUID | None = None,
    site_id: uuid.UUID | None = None,
) -> list[Any]:
    """Give the conditions on the table ``site``."""
    conditions: list[Any] = [access.sites(actor, "aggregates"), col(Site.active), col(Site.deleted_at).is_(None)]
    if region_id is not None:
        conditions.append(col(Site.region_id) == region_id)
    if program_id is not None:
        conditions.append(col(Site.program_id) == program_id)
    if site_id is not None:
        conditions.append(col(Site.id) == site_id)
    return conditions
