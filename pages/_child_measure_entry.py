"""Entering a child's questionnaire, and correcting a stored one: the same form, with the reason why."""

import uuid
from datetime import timedelta
from functools import partial
from typing import Any

import streamlit as st

from components import child_parts, clock
from components.forms import after, child_measure, fields, place, saving
from components.forms.form import Form
from components.records import notes
from components.words import _
from db.actor import Actor
from db.commands.child_measures import correct_child_measure, record_child_measure
from db.engine import session as open_session
from db.models.child_measure_input import ChildMeasureInput
from db.queries import child_measures, choices
from db.queries.child_measures import OpenChildMeasure
from pages.organisation.writing import write

FORM, CORRECTION = "child_measure", "correct_child_measure"
KNOWN_FOR = timedelta(days=400)


def enter(actor: Actor) -> None:
    """Draw the form for a new questionnaire."""
    notes.way_back()
    st.title(_("Enter a questionnaire"), anchor=False)
    with open_session() as session:
        sites = choices.capture_sites(session, actor, "child_measure")
    form = child_measure.measure_form(FORM, clock.today())
    after.leave_saved(form)
    form.state.pop("sites", None)
    _fill(actor, sites)


@st.fragment
def _fill(actor: Actor, sites: list[choices.CaptureSite]) -> None:
    """Draw the form, or what became of it. Only this part runs again after a tap."""
    today = clock.today()
    form = child_measure.measure_form(FORM, today)
    if form.saved:
        kept = {name: form[name] for name in ("site_id", "instrument_code", "respondent", "phase", "measured_on")}
        another = after.Next(_("Enter another"), ":material/add:", partial(form.start_again, **kept))
        after.saved(form, _("Saved."), form.saved["facts"], [another])
        return
    hand = saving.Saving(make=child_measure.make_measure, ask=lambda _made: (), store=partial(_store, actor))
    saving.check(form, hand)
    saving.problem_list(form)
    fields.section(form, "where", _("Site and child"))
    site_id = place.site(form, sites)
    if site_id:
        if place.arrived(form, site_id):
            child_measure.forget_child(form)
        child_measure.draw_child(form, place.remembered(form, site_id, partial(_children, actor)))
    _about(form, next((one.program_id for one in sites if one.id == site_id), None))
    saving.bar(form, hand, _("Save scores"))


def _about(form: Form, program_id: uuid.UUID | None) -> None:
    fields.section(form, "what", _("Questionnaire"))
    child_measure.draw_about(form, clock.today(), program_id)
    child_measure.draw_scores(form)


def _children(actor: Actor, site_id: uuid.UUID) -> list[child_measures.MeasuredChild]:
    with open_session() as session:
        return child_measures.measured_children(session, actor, site_id, clock.today() - KNOWN_FOR)


def _store(actor: Actor, made: ChildMeasureInput) -> dict[str, Any]:
    with open_session() as session:
        stored = record_child_measure(session, actor, made)
        row = child_measures.open_child_measure(session, actor, stored.id).row
    return {"id": str(stored.id), "facts": child_parts.facts(row)}


@st.fragment
def correct(actor: Actor, opened: OpenChildMeasure) -> None:
    """Draw the correction. Only this part runs again after a tap. The site stays: a child's key belongs to it."""
    row, today = opened.row, clock.today()
    form = child_measure.measure_form(CORRECTION, today, corrects=True)
    if form.saved:
        notes.leave(form, "corrected")
    form = child_measure.fill(form, row.id, row.version, opened.content, today)
    hand = saving.Saving(
        make=child_measure.make_measure, ask=lambda _made: (), store=partial(_store_correction, actor, opened, form)
    )
    saving.check(form, hand)
    saving.problem_list(form)
    fields.star()
    fields.section(form, "where", _("Site and child"))
    st.text(row.site)
    child_measure.draw_child(form, [])
    _about(form, None)
    child_measure.draw_reason(form)
    st.button(
        _("Leave it as it was"), key="leave_correction", type="tertiary", on_click=notes.stop_correcting, args=(None,)
    )
    saving.bar(form, hand, _("Save correction"))


def _store_correction(actor: Actor, opened: OpenChildMeasure, form: Form, made: ChildMeasureInput) -> dict[str, Any]:
    reason = form[child_measure.REASON]
    return write(actor, correct_child_measure, "", opened.row.id, opened.row.version, made, reason)
