"""Log a visit: what a consultant did at a site, with minutes by level."""

import uuid
from datetime import date
from functools import partial
from typing import Any, NamedTuple

import streamlit as st

from components import clock, messages
from components.forms import after, drafting, fields, place, saving, visit
from components.forms.form import Form
from components.forms.visit_values import make_visit, visit_facts
from components.words import _
from db import asking
from db.actor import Actor, reading_now
from db.commands.downloads import ask_download
from db.commands.drafts import FormName
from db.commands.visits import log_visit, share_visit
from db.engine import session as open_session
from db.errors import NotFound
from db.models.visit_input import VisitInput
from db.queries import choices, places
from pages import _drafts, _place

FORM: FormName = "visit"


class Here(NamedTuple):
    """What the form offers at one site."""

    rooms: list[places.RoomChoice]
    last: choices.LastVisit | None


def render(actor: Actor) -> None:
    """Draw the screen."""
    st.title(_("Log a visit"), anchor=False)
    form = visit.visit_form(FORM, clock.now())
    after.leave_saved(form)
    drafting.bring_back(form, _drafts.keeper(actor, FORM), clock.now())
    with open_session() as session:
        sites = choices.capture_sites(session, actor, "visit")
        last = choices.last_visit_place(session, actor)
    if not sites:
        messages.empty(_("You have no sites yet. Please ask your supervisor or coordinator to add you to one."))
        return
    try:
        _place.choose(form, actor, "visit", sites, last)
    except NotFound:
        messages.not_found()
        return
    form.state.pop("sites", None)
    _fill(actor, sites)


@st.fragment
def _fill(actor: Actor, sites: list[choices.CaptureSite]) -> None:
    """Draw the form, or what became of it. Only this part runs again after a tap."""
    now = clock.now()
    form = visit.visit_form(FORM, now)
    if form.saved:
        _say_saved(form, actor)
        return
    hand = saving.Saving(
        make=make_visit,
        ask=partial(_questions, actor, now.date()),
        store=partial(_store, actor, {site.id: site.name for site in sites}),
    )
    saving.check(form, hand)
    keeper = _drafts.keeper(actor, FORM)
    drafting.say(form, now)
    saving.problem_list(form)
    fields.section(form, "where", _("Where and when"))
    site_id = place.site(form, sites)
    here = place.remembered(form, site_id, partial(_read, actor)) if site_id else Here([], None)
    if site_id and place.arrived(form, site_id):
        kept = [str(room.id) for room in here.rooms if str(room.id) in form["classroom_ids"]]
        form["classroom_ids"] = kept or [str(room) for room in _likely_rooms(here)]
    if here.rooms:
        place.rooms(form, "classroom_ids", here.rooms, multi=True)
    draft = drafting.Keeping(form, keeper)
    with draft.fields:
        visit.draw(form, here.last, draft.changed)
    draft.keep()
    drafting.start_over(form, keeper)
    saving.bar(form, hand, _("Save visit"))


def _read(actor: Actor, site_id: uuid.UUID) -> Here:
    with open_session() as session:
        actor = reading_now(session, actor)
        rooms = places.classrooms(session, actor, site_id)
        return Here(rooms, choices.last_visit(session, actor, site_id))


def _likely_rooms(here: Here) -> tuple[uuid.UUID, ...]:
    if here.last is not None:
        return here.last.classroom_ids
    return (here.rooms[0].id,) if len(here.rooms) == 1 else ()


def _questions(actor: Actor, today: date, made: VisitInput) -> list[asking.Question]:
    with open_session() as session:
        closure = choices.closure_on(session, actor, made.site_id, made.visited_on)
    return list(asking.about_visit(made, today, closure))


def _store(actor: Actor, site_names: dict[uuid.UUID, str], made: VisitInput) -> dict[str, Any]:
    with open_session() as session:
        stored = log_visit(session, actor, made)
    return {"id": str(stored.id), "facts": visit_facts(made, site_names[made.site_id])}


def _say_saved(form: Form, actor: Actor) -> None:
    kept = {name: form[name] for name in ("site_id", "classroom_ids", "visited_on")}
    after.saved(
        form,
        _("Saved. The visit is on record."),
        form.saved["facts"],
        [
            after.Next(_("Log another here"), ":material/add:", partial(form.start_again, **kept)),
            after.Next(_("Log another visit"), ":material/edit_note:", form.start_again),
        ],
        partial(_copy, actor, uuid.UUID(form.saved["id"])),
    )


def _copy(actor: Actor, visit_id: uuid.UUID) -> str:
    """Prepare the copy for the site, note that it got one, and give the copy's address."""
    with open_session() as session:
        token = ask_download(session, actor, "visit_copy", visit_id)
        share_visit(session, actor, visit_id)
    return f"/download/{token}"
