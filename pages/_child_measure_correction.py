"""Correcting a stored questionnaire of a child: the same form, filled with what is stored, and the reason why."""

import uuid
from functools import partial
from typing import Any

import streamlit as st

from components import clock
from components.forms import child_measure, correction, drafting, fields, saving, why
from components.forms.form import Form
from components.records import notes
from components.words import _
from db.actor import Actor
from db.commands.child_measures import correct_child_measure
from db.commands.drafts import Corrects, FormName
from db.engine import session as open_session
from db.models.child_measure_input import ChildMeasureInput
from db.models.drafts import correction_key
from db.queries.child_measures import OpenChildMeasure
from pages import _drafts

KIND: FormName = "child_measure"
CORRECTION = "correct_child_measure"


def correct(actor: Actor, opened: OpenChildMeasure) -> None:
    """Draw the form that corrects a measure, with what was typed before. The site stays: a key belongs to it."""
    row = opened.row
    form = child_measure.measure_form(CORRECTION, clock.today(), corrects=True)
    stored = _drafts.Stored(row.id, row.version, KIND, opened.content)
    correction.begin(form, stored, correction_key(actor.person_id, row.id), _drafts.mine(actor, KIND))
    _fill_correction(actor, row.id, row.site)


@st.fragment
def _fill_correction(actor: Actor, measure_id: uuid.UUID, site: str) -> None:
    """Draw the correction. Only this part runs again after a tap."""
    now = clock.now()
    form = child_measure.measure_form(CORRECTION, now.date(), corrects=True)
    if form.saved:
        notes.leave(form, "corrected")
    if not notes.correcting():
        st.rerun()
    hand = saving.Saving(
        make=child_measure.make_measure, ask=lambda _made: (), store=partial(_store_correction, actor, measure_id, form)
    )
    keeper = _drafts.keeper(actor, KIND, Corrects(measure_id, form.state["version"]))
    saving.check(form, hand)
    drafting.say(form, now, more=False)
    saving.problem_list(form)
    fields.star()
    fields.section(form, "where", _("Site and child"))
    st.text(site)
    draft = drafting.Keeping(form, keeper)
    with draft.fields:
        child_measure.draw_child(form, [])
        child_measure.draw_questionnaire(form, now.date(), None)
        why.draw(form)
    draft.keep()
    drafting.leave(form, keeper, _("Leave it as it was"), None, notes.stop_correcting)
    saving.bar(form, hand, _("Save correction"))


def _store_correction(actor: Actor, measure_id: uuid.UUID, form: Form, made: ChildMeasureInput) -> dict[str, Any]:
    with open_session() as session:
        saved = correct_child_measure(session, actor, measure_id, form.state["version"], made, form[why.REASON])
    return {"version": saved.version}
