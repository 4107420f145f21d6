"""What a site list would do to the stored sites, before anything is written."""

import uuid
from collections.abc import Sequence

from sqlmodel import Session

from db import access
from db.actor import Actor
from db.exchange.site_list import ListedSite
from db.exchange.site_list_judging import ImportPreview, judged
from db.queries.query import single


@single
def preview_sites(session: Session, actor: Actor, listed: Sequence[ListedSite], program_id: uuid.UUID) -> ImportPreview:
    """Give what each row of a list would do to the sites of a program. Nothing is written.

    Raises:
        NotFound: the actor may not add sites to this program.
    """
    access.require_program(session, actor, "add", program_id)
    return judged(session, actor, listed, program_id)
