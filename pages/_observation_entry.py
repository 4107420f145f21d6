"""Entering an observation, cycle by cycle, with a draft that is kept on the server."""

import uuid
from functools import partial
from typing import Any

import streamlit as st

from components import clock, measures
from components.forms import after, drafting, fields, observation, place, saving
from components.records import notes
from components.words import _
from db.actor import Actor
from db.commands.drafts import FormName
from db.commands.observations import record_observation
from db.engine import session as open_session
from db.models.observation_input import ObservationInput
from db.queries import choices, observations, places
from pages import _drafts

FORM: FormName = "observation"


def enter(actor: Actor) -> None:
    """Draw the form for a new observation, filled with the draft of the last hours."""
    notes.way_back()
    st.title(_("Enter an observation"), anchor=False)
    with open_session() as session:
        sites = choices.capture_sites(session, actor, "observation")
    form = observation.observation_form(FORM, clock.today())
    after.leave_saved(form)
    drafting.bring_back(form, _drafts.keeper(actor, FORM), clock.now())
    form.state.pop("sites", None)
    _fill(actor, sites)


@st.fragment
def _fill(actor: Actor, sites: list[choices.CaptureSite]) -> None:
    """Draw the form, or what became of it. Only this part runs again after a tap."""
    now = clock.now()
    form = observation.observation_form(FORM, now.date())
    if form.saved:
        kept = {name: form[name] for name in ("site_id", "instrument_code", "phase", "certified_until", "cycles")}
        another = after.Next(_("Enter another"), ":material/add:", partial(form.start_again, **kept))
        after.saved(form, _("Saved."), form.saved["facts"], [another])
        return
    hand = saving.Saving(make=observation.make_observation, ask=lambda _made: (), store=partial(_store, actor, sites))
    saving.check(form, hand)
    keeper = _drafts.keeper(actor, FORM)
    drafting.say(form, now)
    saving.problem_list(form)
    fields.section(form, "where", _("Where and when"))
    site_id = place.site(form, sites)
    rooms = place.remembered(form, site_id, partial(_rooms, actor)) if site_id else []
    if rooms:
        place.rooms(form, "classroom_id", rooms, multi=False)
    age_group = next((room.age_group for room in rooms if str(room.id) == form["classroom_id"]), None)
    draft = drafting.Keeping(form, keeper)
    with draft.fields:
        observation.draw_about(form, now.date(), age_group)
        observation.draw_scores(form)
        observation.offer_incomplete(form)
    draft.keep()
    drafting.start_over(form, keeper)
    saving.bar(form, hand, _("Save observation"))


def _rooms(actor: Actor, site_id: uuid.UUID) -> list[places.RoomChoice]:
    with open_session() as session:
        return places.classrooms(session, actor, site_id)


def _store(actor: Actor, sites: list[choices.CaptureSite], made: ObservationInput) -> dict[str, Any]:
    with open_session() as session:
        stored = record_observation(session, actor, made)
        row = observations.open_observation(session, actor, stored.id).row
    site = next(one.name for one in sites if one.id == made.site_id)
    return {"id": str(stored.id), "facts": measures.observation_facts(row, site)}
