"""What both capture screens do with drafts: read the latest, keep what is typed, let it go."""

import uuid
from typing import Any

from components.forms.drafting import Keeper
from db.actor import Actor
from db.commands.drafts import FormName, drop_draft, keep_draft
from db.engine import session as open_session
from db.queries.drafts import KeptDraft, my_drafts


def latest(actor: Actor, form: FormName) -> KeptDraft | None:
    """Give the actor's latest draft of a form."""
    with open_session() as session:
        return next(iter(my_drafts(session, actor, form)), None)


def keeper(actor: Actor, form: FormName) -> Keeper:
    """Give how a form's drafts are kept and let go."""

    def keep(key: uuid.UUID, content: dict[str, Any]) -> None:
        with open_session() as session:
            keep_draft(session, actor, key, form, content)

    def drop(key: uuid.UUID) -> None:
        with open_session() as session:
            drop_draft(session, actor, key)

    return Keeper(keep, drop)
