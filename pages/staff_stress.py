"""Staff stress: enter what a staff survey came to, and look at the waves so far."""

import uuid
from functools import partial
from typing import Any

import streamlit as st

from components import clock, filters, measures, messages, survey_parts
from components.forms import after, fields, place, saving, wave
from components.instruments import label_of_code
from components.records import listing, notes, reading
from components.words import _
from db import access
from db.actor import Actor
from db.commands.waves import record_wave, remove_wave, restore_wave
from db.engine import session as open_session
from db.errors import NotFound
from db.models.wave_input import WaveInput
from db.queries import choices, places, waves
from db.settings import settings
from pages import _survey_import, _survey_wave

FORM = "wave"


def render(actor: Actor) -> None:
    """Draw the list, one wave, or the form."""
    if not access.may(actor, "survey_wave", "see"):
        messages.not_found()
        return
    try:
        opened = listing.opened_id()
        if opened is not None:
            _open(actor, opened)
        elif measures.entering() and access.may(actor, "survey_wave", "add"):
            _enter(actor)
        elif survey_parts.asking() and access.may(actor, "survey_wave", "add"):
            _survey_wave.ask(actor)
        elif measures.importing() and access.may(actor, "survey_wave", "add"):
            _survey_import.import_answers(actor)
        else:
            _recent(actor)
    except (filters.UnknownChoice, NotFound):
        messages.not_found()


def _recent(actor: Actor) -> None:
    st.title(_("Staff stress"), anchor=False)
    least = settings().staff_minimum
    may_add = access.may(actor, "survey_wave", "add")
    if may_add:
        with st.container(horizontal=True):
            survey_parts.start_buttons()
            measures.start_button(_("Enter survey results"))
    measures.promise(least)
    with open_session() as session:
        sites = places.my_sites(session, actor, with_inactive=True)
    site, period, removed = measures.choose(sites, clock.today(), may_restore=may_add)
    read = partial(waves.waves, period=period, site_id=site.id if site else None, removed=removed)
    found = _survey_wave.counted(actor, lambda session: read(session, actor))
    if not found:
        messages.empty(
            _("No survey in this time. Enter the results of one to see them here.")
            if may_add
            else _("No survey in this time. A longer period may show some.")
        )
        return
    measures.wave_rows(found, least)


def _open(actor: Actor, wave_id: uuid.UUID) -> None:
    (row,) = _survey_wave.counted(actor, lambda session: [waves.open_wave(session, actor, wave_id)])
    notes.way_back()
    st.title(label_of_code(row.instrument_code), anchor=False)
    may_correct = row.may_change and not row.removed and not row.counted_here
    if may_correct and notes.correcting():
        _survey_wave.correct(actor, row)
        return
    notes.told()
    if may_correct:
        st.button(_("Correct this"), icon=":material/edit:", key="record_correct", on_click=notes.start_correcting)
    measures.wave_about(row)
    if row.open:
        _survey_wave.running(actor, row)
    else:
        measures.wave_results(row, settings().staff_minimum)
    act = partial(_act, actor, row)
    if row.may_remove and not row.removed:
        reading.remove(partial(act, remove_wave, "removed"), notes.problems())
    if row.may_restore and row.removed:
        reading.restore(partial(act, restore_wave, "restored"), notes.problems())


def _act(actor: Actor, row: waves.WaveRow, command: Any, done: str, reason: str) -> None:
    with notes.outcome(done), open_session() as session:
        command(session, actor, row.id, row.version, reason)


def _enter(actor: Actor) -> None:
    notes.way_back()
    st.title(_("Enter survey results"), anchor=False)
    with open_session() as session:
        sites = choices.capture_sites(session, actor, "survey_wave")
    after.leave_saved(wave.wave_form(FORM, clock.today()))
    _fill(actor, sites)


@st.fragment
def _fill(actor: Actor, sites: list[choices.CaptureSite]) -> None:
    """Draw the form, or what became of it. Only this part runs again after a tap."""
    today = clock.today()
    form = wave.wave_form(FORM, today)
    if form.saved:
        another = after.Next(_("Enter another"), ":material/add:", partial(form.start_again, site_id=form["site_id"]))
        after.saved(form, _("Saved."), form.saved["facts"], [another])
        return
    hand = saving.Saving(make=wave.make_wave, ask=lambda _made: (), store=partial(_store, actor))
    saving.check(form, hand)
    saving.problem_list(form)
    fields.section(form, "where", _("Where and when"))
    site_id = place.site(form, sites)
    program_id = next((one.program_id for one in sites if one.id == site_id), None)
    wave.draw(form, today, settings().staff_minimum, program_id)
    saving.bar(form, hand, _("Save results"))


def _store(actor: Actor, made: WaveInput) -> dict[str, Any]:
    with open_session() as session:
        stored = record_wave(session, actor, made)
        row = waves.open_wave(session, actor, stored.id)
    return {"id": str(stored.id), "facts": measures.wave_facts(row, settings().staff_minimum)}
