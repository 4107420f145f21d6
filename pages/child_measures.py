"""Children's measures: enter a questionnaire's scores, look at those of late, and at what changed."""

import uuid
from functools import partial
from typing import Any

import streamlit as st

from components import child_parts, clock, filters, measures, messages, navigation
from components.forms import child_import, child_measure, file_import
from components.instruments import label_of_code
from components.records import listing, notes, reading
from components.words import _
from db import access
from db.actor import Actor
from db.commands.child_measures import remove_child_measure, restore_child_measure
from db.engine import session as open_session
from db.errors import NotFound
from db.queries import child_measures, history, places
from pages import _child_changes, _child_import, _child_measure_correction, _child_measure_entry


def render(actor: Actor) -> None:
    """Draw the list, one measure (``?id=``), or the form (``?do=enter``)."""
    if not access.may(actor, "child_measure", "see"):
        _elsewhere()
        return
    try:
        opened = listing.opened_id()
        if opened is not None:
            _open(actor, opened)
        elif measures.entering() and access.may(actor, "child_measure", "add"):
            _child_measure_entry.enter(actor)
        elif measures.importing() and access.may(actor, "child_measure", "add"):
            _child_import.import_list(actor)
        else:
            _recent(actor)
    except (filters.UnknownChoice, NotFound):
        messages.not_found()


def _elsewhere() -> None:
    st.title(navigation.title("child-measures"), anchor=False)
    messages.empty(
        _("Single children's scores stay with the people who work with their adults. All together are under Outcomes."),
        page="/outcomes",
        label=_("Go to Outcomes"),
    )


def _recent(actor: Actor) -> None:
    st.title(navigation.title("child-measures"), anchor=False)
    st.text(_("Scores of questionnaires about single children, known by a key, with their families' permission."))
    may_add = access.may(actor, "child_measure", "add")
    if may_add:
        with st.container(horizontal=True):
            measures.start_button(_("Enter a questionnaire"))
            file_import.start_button(child_import.words())
    with open_session() as session:
        sites = places.my_sites(session, actor, with_inactive=True)
    may_restore = access.may(actor, "child_measure", "restore")
    site, period, removed = measures.choose(sites, clock.today(), may_restore=may_restore)
    key = site.id if site else None
    with open_session() as session:
        found = child_measures.child_measures(session, actor, period, key, removed=removed)
    if not found:
        messages.empty(
            _("No questionnaire in this time. Enter one before and one after, and the change shows here.")
            if may_add
            else _("No questionnaire in this time. A longer period may show some.")
        )
        return
    if not removed:
        _child_changes.draw(actor, period, key)
        st.header(_("What is recorded"), anchor=False)
    child_parts.rows(found)
    if len(found) == child_measures.LIST_LIMIT:
        st.text(
            _("The latest {count} are shown. A site or a shorter period narrows the list.").format(count=len(found))
        )


def _open(actor: Actor, measure_id: uuid.UUID) -> None:
    with open_session() as session:
        opened = child_measures.open_child_measure(session, actor, measure_id)
    row = opened.row
    notes.way_back()
    st.title(label_of_code(row.instrument_code), anchor=False)
    if row.may_change and not row.removed and notes.correcting():
        _child_measure_correction.correct(actor, opened)
        return
    notes.told()
    if row.may_change and not row.removed:
        st.button(_("Correct this"), icon=":material/edit:", key="record_correct", on_click=notes.start_correcting)
    child_parts.about(opened)
    labels = child_measure.labels_of(row.instrument_code)
    reading.versions(partial(_versions, actor, row.id), {}, labels)
    act = partial(_act, actor, row)
    if row.may_remove and not row.removed:
        reading.remove(partial(act, remove_child_measure, "removed"), notes.problems())
    if row.may_restore and row.removed:
        reading.restore(partial(act, restore_child_measure, "restored"), notes.problems())


def _versions(actor: Actor, measure_id: uuid.UUID) -> list[Any]:
    with open_session() as session:
        entries = history.child_measure_history(session, actor, measure_id)
    return [child_parts.version_words(entry) for entry in entries]


def _act(actor: Actor, row: child_measures.ChildMeasureRow, command: Any, done: str, reason: str) -> None:
    with notes.outcome(done), open_session() as session:
        command(session, actor, row.id, row.version, reason)
