"""A staff survey on phones: opening it, and the one that is open; and correcting totals that were typed."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from components import clock, filters, survey_parts
from components.forms import after, fields, place, saving, survey, wave, why
from components.forms.form import Form
from components.records import notes
from components.words import _
from db.actor import Actor
from db.commands.downloads import SURVEY_CODES, ask_download
from db.commands.survey_waves import close_survey, count_ended_surveys, open_survey
from db.commands.waves import correct_wave
from db.engine import session as open_session
from db.models.survey_input import SurveyInput
from db.models.wave_input import WaveInput
from db.queries import choices
from db.queries.waves import WaveRow
from db.settings import settings

FORM, CORRECTION = "survey", "correct_wave"


def ask(actor: Actor) -> None:
    """Draw the form that opens a survey."""
    notes.way_back()
    st.title(_("Ask staff on their phones"), anchor=False)
    with open_session() as session:
        sites = choices.capture_sites(session, actor, "survey_wave")
    after.leave_saved(survey.survey_form(FORM, clock.today()))
    _fill(actor, sites)


@st.fragment
def _fill(actor: Actor, sites: list[choices.CaptureSite]) -> None:
    form = survey.survey_form(FORM, clock.today())
    if form.saved:
        filters.remember("do", None)
        filters.remember("id", form.saved["id"])
        form.start_again()
        st.rerun()
    hand = saving.Saving(make=survey.make_survey, ask=lambda _made: (), store=partial(_store, actor))
    saving.check(form, hand)
    saving.problem_list(form)
    fields.section(form, "where", _("Where and when"))
    site_id = place.site(form, sites)
    survey.draw(form, next((site.program_id for site in sites if site.id == site_id), None))
    saving.bar(form, hand, _("Open the survey"))


def _store(actor: Actor, made: SurveyInput) -> dict[str, Any]:
    with open_session() as session:
        stored = open_survey(session, actor, made)
    survey_parts.note_opened()
    return {"id": str(stored.id), "facts": []}


def counted(actor: Actor, read: Callable[[Any], list[WaveRow]]) -> list[WaveRow]:
    """Give the waves as ``read`` finds them, those whose last day is over counted: nobody has to tap for that."""
    with open_session() as session:
        found = read(session)
    if not any(row.open and not row.removed and row.closed_on < clock.today() for row in found):
        return found
    with open_session() as session:
        count_ended_surveys(session, actor)
        return read(session)


def running(actor: Actor, row: WaveRow) -> None:
    """Draw a survey that is open: how it goes, and for whoever opened it the codes and the end."""
    survey_parts.opened_note()
    survey_parts.how_it_goes(row, settings().staff_minimum)
    if row.may_change and not row.removed:
        survey_parts.codes(partial(_codes, actor, row))
        survey_parts.closing(partial(_close, actor, row), clock.today(), row)


def _codes(actor: Actor, row: WaveRow) -> str:
    with open_session() as session:
        return f"/download/{ask_download(session, actor, SURVEY_CODES, row.id)}"


def _close(actor: Actor, row: WaveRow) -> None:
    with open_session() as session:
        close_survey(session, actor, row.id, row.version)


@st.fragment
def correct(actor: Actor, row: WaveRow) -> None:
    """Draw the correction of typed totals. Only this part runs again after a tap. Site and survey stay."""
    today = clock.today()
    form = wave.wave_form(CORRECTION, today, corrects=True)
    if form.saved:
        notes.leave(form, "computed_again")
    form = wave.fill(form, row, today)
    hand = saving.Saving(make=wave.make_wave, ask=lambda _made: (), store=partial(_store_correction, actor, row, form))
    saving.check(form, hand)
    saving.problem_list(form)
    fields.star()
    fields.section(form, "where", _("Where and when"))
    st.text(row.site)
    wave.draw_correction(form, settings().staff_minimum)
    st.button(
        _("Leave it as it was"), key="leave_correction", type="tertiary", on_click=notes.stop_correcting, args=(None,)
    )
    saving.bar(form, hand, _("Save correction"))


def _store_correction(actor: Actor, row: WaveRow, form: Form, made: WaveInput) -> dict[str, Any]:
    with open_session() as session:
        saved = correct_wave(session, actor, row.id, row.version, made, form[why.REASON])
    return {"version": saved.version}
