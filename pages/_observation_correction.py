"""Correcting a stored observation: the same form, filled with what is stored, and the reason why."""

import uuid
from functools import partial
from typing import Any

import streamlit as st

from components import clock, measures, messages
from components.forms import correction, drafting, fields, observation, place, saving, why
from components.forms.form import Form
from components.records import notes
from components.words import _
from db.actor import Actor
from db.commands.drafts import Corrects, FormName
from db.commands.observations import correct_observation
from db.engine import session as open_session
from db.errors import NotFound
from db.models.drafts import correction_key
from db.models.observation_input import ObservationInput
from db.queries import choices, observations, places
from pages import _drafts

KIND: FormName = "observation"
NAME = "correct_observation"


def correct(actor: Actor, opened: observations.OpenObservation) -> None:
    """Draw the form that corrects an observation, with what was typed before."""
    row = opened.row
    form = observation.observation_form(NAME, clock.today(), corrects=True)
    stored = _drafts.Stored(row.id, row.version, KIND, opened.content)
    correction.begin(form, stored, correction_key(actor.person_id, row.id), _drafts.mine(actor, KIND))
    form.state.pop("sites", None)
    _fill(actor, opened)


@st.fragment
def _fill(actor: Actor, opened: observations.OpenObservation) -> None:
    """Draw the correction. Only this part runs again after a tap."""
    row, now = opened.row, clock.now()
    form = observation.observation_form(NAME, now.date(), corrects=True)
    if form.saved:
        notes.leave(form, "computed_again")
    if not notes.correcting():
        st.rerun()
    hand = saving.Saving(
        make=observation.make_observation, ask=lambda _made: (), store=partial(_store, actor, row.id, form)
    )
    if form.state["failed"] == "newer_version":
        _choose(actor, row.id, form, hand)
        return
    keeper = _drafts.keeper(actor, KIND, Corrects(row.id, form.state["version"]))
    saving.check(form, hand)
    drafting.say(form, now, more=False)
    saving.problem_list(form)
    fields.section(form, "where", _("Where and when"))
    with open_session() as session:
        offered = choices.capture_sites(session, actor, KIND)
        known = places.my_sites(session, actor, with_inactive=True)
    there = {site.id for site in offered}
    own = [site for site in known if site.id == opened.content["site_id"] and site.id not in there]
    site_id = place.site(form, [*offered, *own])
    rooms = place.remembered(form, site_id, partial(_rooms, actor)) if site_id else []
    if rooms:
        place.rooms(form, "classroom_id", rooms, multi=False)
    age_group = next((room.age_group for room in rooms if str(room.id) == form["classroom_id"]), None)
    draft = drafting.Keeping(form, keeper)
    with draft.fields:
        observation.draw_about(form, now.date(), age_group)
        observation.draw_scores(form)
        observation.offer_incomplete(form)
        why.draw(form, why.in_the_audit())
    draft.keep()
    drafting.leave(form, keeper, _("Leave it as it was"), None, notes.stop_correcting)
    saving.bar(form, hand, _("Save correction"))


def _rooms(actor: Actor, site_id: uuid.UUID) -> list[places.RoomChoice]:
    with open_session() as session:
        return places.classrooms(session, actor, site_id)


def _store(actor: Actor, observation_id: uuid.UUID, form: Form, made: ObservationInput) -> dict[str, Any]:
    with open_session() as session:
        saved = correct_observation(session, actor, observation_id, form.state["version"], made, form[why.REASON])
    return {"version": saved.version}


def _choose(actor: Actor, observation_id: uuid.UUID, form: Form, hand: saving.Saving[Any]) -> None:
    """Show the newer version that somebody saved meanwhile, and let the person decide which one stands."""
    try:
        with open_session() as session:
            theirs = observations.open_observation(session, actor, observation_id)
    except NotFound:
        messages.not_found()
        return
    st.warning(_("Someone saved a newer version since you began. This is how it stands now:"))
    measures.observation_about(theirs)
    measures.observation_scores(theirs)
    with st.bottom, st.container(horizontal=True):
        st.button(
            _("Save mine in its place"), key=form.key("mine"), type="primary", width="stretch",
            on_click=_save_mine, args=(form, hand, theirs.row.version),
        )  # fmt: skip
        st.button(_("Leave it as it is now"), key=form.key("theirs"), width="stretch", on_click=_leave, args=(form,))


def _save_mine(form: Form, hand: saving.Saving[Any], version: int) -> None:
    form.state["version"] = version
    saving.save(form, hand, anyway=True)


def _leave(form: Form) -> None:
    form.start_again()
    notes.stop_correcting(None)
