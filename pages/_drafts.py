"""What the capture screens, corrections and Today do with drafts: read, keep, discard, undo."""

import uuid
from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

import streamlit as st

from components import clock, draft_parts
from components.forms.drafting import Keeper
from db.actor import Actor
from db.commands.drafts import Corrects, FormName, Kept, drop_draft, keep_draft, restore_draft
from db.engine import session as open_session
from db.queries.drafts import KeptDraft, my_drafts


class Stored(NamedTuple):
    """A record as the form that corrects it takes it."""

    id: uuid.UUID
    version: int
    kind: str
    content: dict[str, Any]


def keeper(actor: Actor, form: FormName, corrects: Corrects | None = None) -> Keeper:
    """Give how a form's drafts are read, kept, discarded and taken back."""

    def keep(key: uuid.UUID, content: dict[str, Any], seen_version: int) -> Kept:
        with open_session() as session:
            return keep_draft(session, actor, key, form, content, seen_version, corrects)

    return Keeper(keep, partial(drop, actor), partial(restore, actor), partial(mine, actor, form))


def mine(actor: Actor, form: FormName | None = None) -> Sequence[KeptDraft]:
    """Give the actor's drafts."""
    with open_session() as session:
        return my_drafts(session, actor, form)


def drop(actor: Actor, key: uuid.UUID) -> None:
    """Discard a draft."""
    with open_session() as session:
        drop_draft(session, actor, key)


def restore(actor: Actor, key: uuid.UUID) -> None:
    """Take a discarded draft back."""
    with open_session() as session:
        restore_draft(session, actor, key)


@st.fragment
def on_today(actor: Actor) -> None:
    """Draw the unfinished drafts on Today. Only this part runs again after a tap."""
    draft_parts.listed(mine(actor), clock.now(), drop=partial(drop, actor), restore=partial(restore, actor))
