"""Time away: every time a child lost care because of behavior, what was done around it, and what is due."""

from functools import partial
from typing import Any

import streamlit as st

from components import clock, exclusion_parts, filters, findings, measures, messages, navigation
from components.forms import after, exclusion, place, saving
from components.records import listing, notes
from components.words import _
from db import access
from db.actor import Actor
from db.commands.exclusions import record_exclusion
from db.engine import session as open_session
from db.errors import NotFound
from db.models.exclusion_input import RecordedExclusion
from db.period import Period
from db.queries import choices, compare, exclusions, places
from db.rollups import month_of
from pages import _opened_exclusion

FORM = "exclusion"


def render(actor: Actor) -> None:
    """Draw the ledger, one exclusion (``?id=``), or the form (``?do=enter``)."""
    if not access.may(actor, "visit", "see"):  # an administrator reads no record, nor counts of them
        messages.not_found()
        return
    try:
        opened = listing.opened_id()
        if opened is not None:
            _opened_exclusion.render(actor, opened)
        elif measures.entering() and access.may(actor, "exclusion", "add"):
            _enter(actor)
        else:
            _ledger(actor)
    except (filters.UnknownChoice, NotFound):
        messages.not_found()


def _ledger(actor: Actor) -> None:
    st.title(navigation.title("exclusions"), anchor=False)
    st.text(_("Every time a child lost care because of behavior counts here once, also an early pick-up."))
    if access.may(actor, "exclusion", "add"):
        measures.start_button(_("Record time away"))
    with open_session() as session:
        sites = places.my_sites(session, actor, with_inactive=True)
    today, reads_rows = clock.today(), access.may(actor, "exclusion", "see")
    may_restore = access.may(actor, "exclusion", "restore")
    site, period, removed = measures.choose(sites, today, may_restore=may_restore)
    key = site.id if site else None
    if reads_rows:
        with open_session() as session:
            exclusion_parts.counts(exclusions.ledger_counts(session, actor, period, key), period)
        _lines(actor, key, period, removed)
    if access.reach(actor, "exclusion", "see") != "scope":
        # Full months, as where sites are compared: the running one would be what the two screens differ by.
        full = Period(period.start, month_of(today))
        with open_session() as session:
            sums = compare.site_sums(session, actor, full)
        exclusion_parts.safe_counts([one for one in sums if key in (None, one.site_id)], full)


def _lines(actor: Actor, site_id: Any, period: Any, removed: bool) -> None:
    waiting = not removed and exclusion_parts.choose_waiting()
    with open_session() as session:
        found = exclusions.ledger(
            session, actor, period, site_id, clock.today(), findings.page_number(), waiting=waiting, removed=removed
        )
    if not found.lines:
        messages.empty(
            _("Nothing waits. Steps that are missing and looks that are due appear here.")
            if waiting
            else _("Nothing in this time. A longer period may show some.")
        )
        return
    exclusion_parts.lines(found.lines)
    findings.pages(found.total, exclusions.PAGE)


def _enter(actor: Actor) -> None:
    notes.way_back()
    st.title(_("Record time away"), anchor=False)
    st.text(_("For an incident that you record, enter the time away there: it appears in this list by itself."))
    with open_session() as session:
        sites = choices.capture_sites(session, actor, "exclusion")
    after.leave_saved(exclusion.exclusion_form(FORM, clock.now()))
    _fill(actor, sites)


@st.fragment
def _fill(actor: Actor, sites: list[choices.CaptureSite]) -> None:
    """Draw the form, or what became of it. Only this part runs again after a tap."""
    now = clock.now()
    form = exclusion.exclusion_form(FORM, now)
    if form.saved and form.state.get("go_on"):
        form.start_again()
        st.rerun()
    if form.saved:
        steps = after.Next(_("Go on: steps and the child's place"), ":material/checklist:", partial(_go_on, form))
        another = after.Next(_("Record another"), ":material/add:", partial(form.start_again, site_id=form["site_id"]))
        after.saved(form, _("Saved."), form.saved["facts"], [steps, another])
        return
    head_start = any(str(one.id) == form["site_id"] and one.head_start for one in sites)
    make = partial(exclusion.make_exclusion, head_start=head_start)
    hand = saving.Saving(make=make, ask=lambda _made: (), store=partial(_store, actor, sites))
    saving.check(form, hand)
    saving.problem_list(form)
    place.site(form, sites)
    exclusion.draw_exclusion(form, head_start=head_start)
    saving.bar(form, hand, _("Save"))


def _go_on(form: Any) -> None:
    """Lead from the form to what was stored. A link would leave the old address behind: it is the same screen."""
    filters.remember("do", None)
    filters.remember("id", form.saved["id"])
    form.state["go_on"] = True


def _store(actor: Actor, sites: list[choices.CaptureSite], made: RecordedExclusion) -> dict[str, Any]:
    with open_session() as session:
        stored = record_exclusion(session, actor, made)
    name = next(one.name for one in sites if one.id == made.site_id)
    return {"id": str(stored.id), "facts": exclusion.exclusion_facts(made, name)}
