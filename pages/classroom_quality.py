"""Classroom quality: enter an observation's scores, and look at those of late."""

import uuid
from functools import partial
from typing import Any

import streamlit as st

from components import clock, dates, filters, measures, messages
from components.forms import after, drafting, fields, observation, observation_import, place, saving
from components.instruments import label_of_code
from components.records import listing, notes, reading
from components.words import _
from db import access
from db.actor import Actor
from db.commands.drafts import FormName
from db.commands.observations import record_observation, remove_observation, restore_observation
from db.engine import session as open_session
from db.errors import NotFound
from db.models.observation_input import ObservationInput
from db.queries import choices, observations, places
from pages import _drafts, _observation_import

FORM: FormName = "observation"


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
            _enter(actor)
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
            observation_import.start_button()
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
    measures.observation_rows(found)


def _open(actor: Actor, observation_id: uuid.UUID) -> None:
    with open_session() as session:
        opened = observations.open_observation(session, actor, observation_id)
    notes.way_back()
    title = _("{instrument}, {day}").format(
        instrument=label_of_code(opened.row.instrument_code), day=dates.full(opened.row.observed_on)
    )
    st.title(title, anchor=False)
    notes.told()
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


def _enter(actor: Actor) -> None:
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
