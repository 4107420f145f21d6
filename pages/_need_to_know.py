"""Notes that someone with a case role opened a screen that hides nothing from them."""

import uuid

import streamlit as st

from components import clock
from db import access
from db.actor import Actor
from db.commands.need_to_know import note_reading
from db.engine import session

WITHOUT_COUNTS = frozenset({"people", "instruments", "log-visit", "record-incident"})
"""Screens that show nothing that is hidden from anybody. All others are noted, new ones as well."""


def note(actor: Actor, screen: str) -> None:
    """Leave the trace of this opening, once per screen, site, record and day; nothing for other roles.

    Called where a whole screen was drawn, never where a part of it runs again.
    """
    if screen in WITHOUT_COUNTS or access.reach(actor, "incident", "see") != "case" or not actor.case_scope:
        return
    site = _key(st.query_params.get("site") or st.session_state.get("filter_site"))
    record = _key(st.query_params.get("id"))
    mark = ("noted_reading", screen, site, record, clock.today())
    if st.session_state.get("noted_reading") == mark:
        return
    with session() as opened:
        note_reading(opened, actor, screen or "today", site, record)
    st.session_state["noted_reading"] = mark


def _key(wanted: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(wanted) if wanted else None
    except ValueError:
        return None
