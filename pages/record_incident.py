"""Record an incident: what happened, when and where, and what the adults did."""

import uuid
from functools import partial
from typing import Any, NamedTuple

import streamlit as st

from components import clock, messages
from components.forms import after, drafting, fields, incident, place, saving
from components.forms.form import Form
from components.forms.incident_values import incident_facts, make_incident
from components.words import _
from db import asking
from db.actor import Actor, reading_now
from db.commands.drafts import FormName
from db.commands.incidents import record_incident
from db.engine import session as open_session
from db.errors import NotFound
from db.models.incident_input import IncidentInput
from db.queries import choices, places
from pages import _drafts, _place

FORM: FormName = "incident"
KEPT = ("site_id", "classroom_id", "occurred_on", "occurred_at", "activity")


class Here(NamedTuple):
    """What the form offers at one site."""

    rooms: list[places.RoomChoice]
    children: list[choices.KnownChild]


def render(actor: Actor) -> None:
    """Draw the screen."""
    st.title(_("Record an incident"), anchor=False)
    form = incident.incident_form(FORM, clock.now())
    after.leave_saved(form)
    drafting.bring_back(form, _drafts.keeper(actor, FORM), clock.now())
    with open_session() as session:
        sites = choices.capture_sites(session, actor, "incident")
        last = choices.last_incident_place(session, actor)
    if not sites:
        messages.empty(_("You have no sites yet. Please ask your supervisor or coordinator to add you to one."))
        return
    try:
        if _place.choose(form, actor, "incident", sites, last) and last is not None:
            form["classroom_id"] = str(last.classroom_ids[0])
    except NotFound:
        messages.not_found()
        return
    form.state.pop("sites", None)
    _fill(actor, sites)


@st.fragment
def _fill(actor: Actor, sites: list[choices.CaptureSite]) -> None:
    """Draw the form, or what became of it. Only this part runs again after a tap."""
    now = clock.now()
    form = incident.incident_form(FORM, now)
    if form.saved:
        _say_saved(form)
        return
    by_id = {site.id: site for site in sites}
    head_start = {str(site.id) for site in sites if site.head_start}
    hand = saving.Saving(
        make=lambda form: make_incident(form, head_start=form["site_id"] in head_start),
        ask=partial(_questions, actor),
        store=partial(_store, actor, form, by_id),
    )
    saving.check(form, hand)
    keeper = _drafts.keeper(actor, FORM)
    drafting.say(form, now)
    saving.problem_list(form)
    fields.section(form, "where", _("Where and when"))
    site_id = place.site(form, sites)
    here = place.remembered(form, site_id, partial(_read, actor)) if site_id else Here([], [])
    if site_id:
        if place.arrived(form, site_id):
            incident.forget_child(form)
        place.rooms(form, "classroom_id", here.rooms, multi=False)
        if not here.rooms:
            messages.empty(_("This site has no classrooms yet."), page="/sites", label=_("Add one under Sites"))
    draft = drafting.Keeping(form, keeper)
    with draft.fields:
        incident.draw(form, here.children, draft.changed, head_start=form["site_id"] in head_start)
    draft.keep()
    drafting.start_over(form, keeper)
    saving.bar(form, hand, _("Save incident"))


def _read(actor: Actor, site_id: uuid.UUID) -> Here:
    with open_session() as session:
        actor = reading_now(session, actor)
        rooms = places.classrooms(session, actor, site_id)
        return Here(rooms, choices.recent_children(session, actor, site_id, clock.today()))


def _questions(actor: Actor, made: IncidentInput) -> list[asking.Question]:
    with open_session() as session:
        actor = reading_now(session, actor)
        closure = choices.closure_on(session, actor, made.site_id, made.occurred_on)
        same_child = (
            choices.similar_incidents(session, actor, made.site_id, made.child_key, made.occurred_on, made.occurred_at)
            if made.child_key
            else []
        )
    return list(asking.about_incident(closure, same_child))


def _store(
    actor: Actor, form: Form, sites: dict[uuid.UUID, choices.CaptureSite], made: IncidentInput
) -> dict[str, Any]:
    rooms = place.remembered(form, made.site_id, partial(_read, actor)).rooms
    room = next((room.name for room in rooms if room.id == made.classroom_id), "")
    with open_session() as session:
        stored = record_incident(session, actor, made)
    return {"id": str(stored.id), "facts": incident_facts(made, sites[made.site_id].name, room)}


def _say_saved(form: Form) -> None:
    kept = {name: form[name] for name in KEPT}
    place_kept = {name: form[name] for name in KEPT[:2]}
    after.saved(
        form,
        _("Saved. The incident is on record."),
        form.saved["facts"],
        [
            after.Next(_("Another like this"), ":material/content_copy:", partial(form.start_again, **kept)),
            after.Next(_("A different one"), ":material/bolt:", partial(form.start_again, **place_kept)),
        ],
    )
