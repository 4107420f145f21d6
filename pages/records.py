"""Records: find visits and incidents, open one, correct, remove and restore it."""

import streamlit as st

from components import clock, filters, messages
from components.records import listing
from components.records.words import RecordKind
from components.words import _
from db import access
from db.actor import Actor
from db.engine import session as open_session
from db.queries import patterns, places, records
from db.queries.records import RecordFilter
from pages import _opened_record

KINDS: tuple[RecordKind, ...] = ("visit", "incident")


def render(actor: Actor) -> None:
    """Draw the list, or the record that the address names."""
    kinds = [kind for kind in KINDS if access.may(actor, kind, "see")]
    try:
        record_id = listing.opened_id()
        if record_id is not None:
            _opened_record.render(actor, listing.kind_in_address(kinds), record_id)
        elif kinds:
            _find(actor, kinds)
        else:
            messages.not_found()
    except filters.UnknownChoice:
        messages.not_found()


def _find(actor: Actor, kinds: list[RecordKind]) -> None:
    st.title(_("Records"), anchor=False)
    with open_session() as session:
        sites = places.my_sites(session, actor, with_inactive=True)
    if not sites:
        messages.empty(_("No site is assigned to you yet. Please ask your coordinator or the administrator."))
        return
    kind = listing.choose_kind(kinds)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        with st.container(width=280):
            site = filters.choose_site(sites, none_label=_("All my sites"))
        with st.container(width=200):
            period = filters.choose_period(clock.today())
        removed = access.may(actor, kind, "restore") and listing.choose_removed()
    wanted = RecordFilter(kind, period, site.id if site else None, removed=removed)
    with open_session() as session:
        people = records.recorders(session, actor, wanted)
        rooms = places.classrooms(session, actor, site.id) if site else []
        children = patterns.child_keys(session, actor, site.id) if site and kind == "incident" else []
    asked = listing.choose_more(kind, people, rooms, children)
    wanted = RecordFilter(
        kind,
        period,
        site.id if site else None,
        person_id=asked.person.id if asked.person else None,
        classroom_id=asked.classroom.id if asked.classroom else None,
        activity=asked.activity,
        behaviour=asked.behaviour,
        response=asked.response,
        hour=asked.hour,
        weekday=asked.weekday,
        location=asked.location,
        motivation=asked.motivation,
        child_key=asked.child_key,
        removed=removed,
    )
    with open_session() as session:
        found = records.find_records(session, actor, wanted, listing.page_number())
    if not found.rows:
        may_add = access.may(actor, kind, "add")
        listing.nothing(kind, narrowed=asked.narrowed, removed=removed, may_add=may_add)
        return
    listing.count_line(kind, found.total, records.COUNTED_AT_MOST, removed=removed)
    listing.rows(kind, found.rows)
    listing.pager(found.page, found.pages)
