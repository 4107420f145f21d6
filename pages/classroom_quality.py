"""Classroom quality: enter an observation's scores, and look at those of late."""

import uuid
from functools import partial
from typing import Any

import streamlit as st

from components import clock, dates, filters, measures, messages
from components.forms import file_import, observation_import
from components.instruments import label_of_code
from components.records import listing, notes, reading
from components.words import _
from db import access
from db.actor import Actor
from db.commands.observations import remove_observation, restore_observation
from db.engine import session as open_session
from db.errors import NotFound
from db.queries import observations, places
from pages import _observation_correction, _observation_entry, _observation_import, _quality_figures


def render(actor: Actor) -> None:
    """Draw the list, one observation, or the form."""
    if not access.may(actor, "observation", "see"):
        _elsewhere()
        return
    try:
        opened = listing.opened_id()
        if opened is not None:
            _open(actor, opened)
        elif measures.entering() and access.may(actor, "observation", "add"):
            _observation_entry.enter(actor)
        elif measures.importing() and access.may(actor, "observation", "add"):
            _observation_import.import_export(actor)
        else:
            _recent(actor)
    except (filters.UnknownChoice, NotFound):
        messages.not_found()


def _elsewhere() -> None:
    st.title(_("Classroom quality"), anchor=False)
    messages.empty(
        _("Single observations stay with the people who coach the room. The site's scores are under Site trends."),
        page="/site-trends",
        label=_("Go to Site trends"),
    )


def _recent(actor: Actor) -> None:
    st.title(_("Classroom quality"), anchor=False)
    may_add = access.may(actor, "observation", "add")
    if may_add:
        with st.container(horizontal=True):
            measures.start_button(_("Enter an observation"))
            file_import.start_button(observation_import.words())
    with open_session() as session:
        sites = places.my_sites(session, actor, with_inactive=True)
    site, period, removed = measures.choose(sites, clock.today(), may_restore=may_add)
    with open_session() as session:
        found = observations.observations(session, actor, period, site.id if site else None, removed=removed)
    if not found:
        messages.empty(
            _("No observation in this time. Enter one to see its domain scores here.")
            if may_add
            else _("No observation in this time. A longer period may show some.")
        )
        return
    if not removed:
        _quality_figures.draw(actor, period, site.id if site else None)
        st.header(_("What is recorded"), anchor=False)
    measures.observation_rows(found)


def _open(actor: Actor, observation_id: uuid.UUID) -> None:
    with open_session() as session:
        opened = observations.open_observation(session, actor, observation_id)
    notes.way_back()
    title = _("{instrument}, {day}").format(
        instrument=label_of_code(opened.row.instrument_code), day=dates.full(opened.row.observed_on)
    )
    st.title(title, anchor=False)
    may_change = opened.row.may_change and not opened.row.removed
    if may_change and notes.correcting():
        _observation_correction.correct(actor, opened)
        return
    notes.told()
    if may_change:
        st.button(
            _("Correct this record"), icon=":material/edit:", key="record_correct", on_click=notes.start_correcting
        )
    measures.observation_about(opened)
    measures.observation_scores(opened)
    act = partial(_act, actor, opened.row)
    if opened.row.may_remove and not opened.row.removed:
        reading.remove(partial(act, remove_observation, "removed"), notes.problems())
    if opened.row.may_restore and opened.row.removed:
        reading.restore(partial(act, restore_observation, "restored"), notes.problems())


def _act(actor: Actor, row: observations.ObservationRow, command: Any, done: str, reason: str) -> None:
    with notes.outcome(done), open_session() as session:
        command(session, actor, row.id, row.version, reason)
