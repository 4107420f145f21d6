"""Meeting: Look, Think, Act for a site's month, for a room full of people, and last month's decisions first."""

import uuid
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from components import clock, display, meeting_parts, meeting_words, navigation
from components.filters import UnknownChoice, choose_site, remember
from components.messages import empty, not_found
from components.records import listing
from components.text import escaped
from components.words import _
from db import access
from db.actor import Actor
from db.commands.meetings import hold_meeting
from db.engine import session as open_session
from db.errors import NotFound
from db.models.meeting_input import MeetingInput
from db.queries import meetings, places, trends
from db.rollups import month_of
from pages import _meeting_act, _meeting_look


def render(actor: Actor) -> None:
    """Draw this month's meeting, or an earlier one (``?id=``)."""
    with open_session() as session:
        sites = places.my_sites(session, actor)
    if not sites or not access.may(actor, "meeting", "see"):
        st.title(navigation.title("meeting"), anchor=False)
        empty(_("You have no sites yet. Please ask your coordinator or the administrator of Attune."))
        return
    try:
        opened = listing.opened_id()
        if opened is not None:
            _earlier(actor, opened)
            return
        with st.container(key="display_choices"):
            site: Any = choose_site(sites)
        _this_month(actor, site.id, clock.today())
    except (UnknownChoice, NotFound):
        not_found()


def _this_month(actor: Actor, site_id: uuid.UUID, today: date) -> None:
    with open_session() as session:
        head = trends.site_head(session, actor, site_id)
        held = meetings.site_meetings(session, actor, site_id)
        present = next((one for one in held if month_of(one.held_on) == month_of(today)), None)
        before = next((one for one in held if one.held_on < month_of(today)), None)
        row = meetings.one_meeting(session, actor, present.id) if present else None
        decisions = meetings.site_decisions(session, actor, site_id, today, before.held_on if before else today)
        decisions = [one for one in decisions if row is None or one.meeting_id != row.id]
        last = [one for one in decisions if before and one.meeting_id == before.id]
        look = _meeting_look.gather(session, actor, head, today, last)
    st.title(meeting_words.title(escaped(head.name), row.held_on if row else today), anchor=False)
    display.toolbar()
    if row is None and access.may(actor, "meeting", "add"):
        st.button(
            _("Begin this month's meeting"), key="begin_meeting", type="primary", icon=":material/groups:",
            on_click=_begin, args=(actor, site_id, look),
        )  # fmt: skip
        st.caption(_("Look at what follows together. Then begin: there is room for what may explain it and for one or"
                     " two decisions, and next month opens with those."))  # fmt: skip
    _decided(actor, decisions, today, look.names)
    st.header(_("Look"), anchor=False)
    _meeting_look.draw(look, site_id)
    meeting_parts.signals(look.signals, partial(_meeting_act.take_up, row.id, today) if row else None)
    if row is not None:
        _think_and_act(actor, row, today, [one.cut for one in look.statements], look.names)
    meeting_parts.earlier(held, row.id if row else None)


def _decided(actor: Actor, decisions: list[meetings.DecisionRow], today: date, names: dict[str, str]) -> None:
    if not decisions:
        return
    st.header(_("What we decided, and what happened since"), anchor=False)
    for one in decisions:
        with st.container(border=True, gap="xsmall"):
            meeting_parts.decision(one, today, names, with_since=True)
            if access.may(actor, "meeting", "change"):
                meeting_parts.outcome(one, partial(_meeting_act.note, actor))


def _think_and_act(actor: Actor, row: meetings.MeetingRow, today: date, cuts: list[Any], names: dict[str, str]) -> None:
    st.header(_("Think"), anchor=False)
    _meeting_act.think(actor, row.id)
    st.header(_("Act"), anchor=False)
    _meeting_act.act(actor, row, today, cuts, names)


def _begin(actor: Actor, site_id: uuid.UUID, look: _meeting_look.Look) -> None:
    seen = meeting_words.kept(look.strengths, look.statements, look.signals)
    with open_session() as session:
        hold_meeting(session, actor, MeetingInput(site_id=site_id, looked_at=seen))


def _earlier(actor: Actor, meeting_id: uuid.UUID) -> None:
    with open_session() as session:
        row = meetings.one_meeting(session, actor, meeting_id)
        rooms = places.classrooms(session, actor, row.site_id)
    names = {str(room.id): room.name for room in rooms}
    st.button(_("This month's meeting"), key="to_present", type="tertiary", icon=":material/arrow_back:",
              on_click=remember, args=("id", None))  # fmt: skip
    st.title(meeting_words.title(escaped(row.site), row.held_on), anchor=False)
    display.toolbar()
    st.header(_("Look"), anchor=False)
    meeting_parts.seen(row.looked_at, names)
    _think_and_act(actor, row, clock.today(), [], names)
