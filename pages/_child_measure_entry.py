"""Entering a child's questionnaire, with a draft that is kept on the server."""

import uuid
from datetime import timedelta
from functools import partial
from typing import Any

import streamlit as st

from components import child_parts, clock
from components.forms import after, child_measure, drafting, fields, place, saving
from components.records import notes
from components.words import _
from db.actor import Actor
from db.commands.child_measures import record_child_measure
from db.commands.drafts import FormName
from db.engine import session as open_session
from db.models.child_measure_input import ChildMeasureInput
from db.queries import child_measures, choices
from pages import _drafts

KIND: FormName = "child_measure"
KNOWN_FOR = timedelta(days=400)


def enter(actor: Actor) -> None:
    """Draw the form for a new questionnaire, filled with the draft of the last hours."""
    notes.way_back()
    st.title(_("Enter a questionnaire"), anchor=False)
    with open_session() as session:
        sites = choices.capture_sites(session, actor, KIND)
    form = child_measure.measure_form(KIND, clock.today())
    after.leave_saved(form)
    drafting.bring_back(form, _drafts.keeper(actor, KIND), clock.now())
    form.state.pop("sites", None)
    _fill(actor, sites)


@st.fragment
def _fill(actor: Actor, sites: list[choices.CaptureSite]) -> None:
    """Draw the form, or what became of it. Only this part runs again after a tap."""
    now = clock.now()
    form = child_measure.measure_form(KIND, now.date())
    if form.saved:
        kept = {name: form[name] for name in ("site_id", "instrument_code", "respondent", "phase", "measured_on")}
        another = after.Next(_("Enter another"), ":material/add:", partial(form.start_again, **kept))
        after.saved(form, _("Saved."), form.saved["facts"], [another])
        return
    hand = saving.Saving(make=child_measure.make_measure, ask=lambda _made: (), store=partial(_store, actor))
    saving.check(form, hand)
    keeper = _drafts.keeper(actor, KIND)
    drafting.say(form, now)
    saving.problem_list(form)
    fields.section(form, "where", _("Site and child"))
    site_id = place.site(form, sites)
    known: list[child_measures.MeasuredChild] = []
    if site_id:
        if place.arrived(form, site_id):
            child_measure.forget_child(form)
        known = place.remembered(form, site_id, partial(_children, actor))
    draft = drafting.Keeping(form, keeper)
    with draft.fields:
        if site_id:
            child_measure.draw_child(form, known)
        child_measure.draw_questionnaire(
            form, now.date(), next((one.program_id for one in sites if one.id == site_id), None)
        )
    draft.keep()
    drafting.start_over(form, keeper)
    saving.bar(form, hand, _("Save scores"))


def _children(actor: Actor, site_id: uuid.UUID) -> list[child_measures.MeasuredChild]:
    with open_session() as session:
        return child_measures.measured_children(session, actor, site_id, clock.today() - KNOWN_FOR)


def _store(actor: Actor, made: ChildMeasureInput) -> dict[str, Any]:
    with open_session() as session:
        stored = record_child_measure(session, actor, made)
        row = child_measures.open_child_measure(session, actor, stored.id).row
    return {"id": str(stored.id), "facts": child_parts.facts(row)}
