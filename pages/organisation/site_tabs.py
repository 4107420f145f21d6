"""The tabs of one site: details, classrooms, staff, events, and the people who work with it."""

from functools import partial
from typing import Any

import streamlit as st

from analytics.turnover import Employment, turnover
from components import clock, findings, site_parts, turnover_parts
from components.forms import saving, small
from components.forms import site as site_forms
from components.words import _
from db import access
from db.actor import Actor
from db.commands import site_events, sites
from db.commands import staff as staffing
from db.engine import session as open_session
from db.period import Period
from db.queries import places, site_details, waves
from db.queries.sites import SiteDetails
from db.rollups import month_of
from db.settings import settings
from pages.organisation.writing import press, saving_by, write, write_new

MONTHS_ASKED = 24
"""How far back an answer to "intent to leave" still says something."""


def details(actor: Actor, site: SiteDetails) -> None:
    """Draw what is known about a site, to change where the actor may."""
    if not access.may(actor, "site", "change"):
        site_parts.details(site)
        return
    with open_session() as session:
        choices = places.programs(session, actor)
    form = site_forms.site_form(f"site_{site.id}_{site.version}", site)
    store = partial(write, actor, sites.change_site, _("The site was saved."), site.id, site.version)
    small.draw(
        form, partial(site_forms.draw_site, programs=choices), saving_by(site_forms.make_site, store), _("Save site")
    )
    command, note, label = (
        (sites.deactivate_site, _("The site is not active any more."), _("Deactivate this site"))
        if site.active
        else (sites.activate_site, _("The site is active again."), _("Activate this site"))
    )
    site_parts.activity(site, label, partial(press, actor, command, note, site.id, site.version))


def classrooms(actor: Actor, site: SiteDetails) -> None:
    """Draw a site's classrooms, and the form to add or change one."""
    with open_session() as session:
        rooms = site_details.rooms(session, actor, site.id)
    make = partial(site_forms.make_room, site_id=site.id)
    chosen = findings.choose_row(
        rooms, [site_parts.room_facts(room) for room in rooms], _("No classrooms yet. Add the first one below."),
        may_change=access.may(actor, "classroom", "change"),
    )  # fmt: skip
    form = site_forms.room_form(f"room_{chosen.id}_{chosen.version}" if chosen else f"room_{site.id}", chosen)
    store = (
        partial(write, actor, sites.change_classroom, _("The classroom was saved."), chosen.id, chosen.version)
        if chosen
        else partial(write_new, actor, sites.add_classroom, _("The classroom was added."), form)
    )
    _below(actor, "classroom", bool(chosen), form, site_forms.draw_room, saving_by(make, store), _("Add a classroom"))


def staff(actor: Actor, site: SiteDetails) -> None:
    """Draw who works at a site, under aliases, and the form to add or change one."""
    with open_session() as session:
        rows = site_details.staff(session, actor, site.id)
        asked = waves.waves(session, actor, Period.last_months(MONTHS_ASKED, clock.today()), site.id)
    year = Period(Period.last_months(13, clock.today()).start, month_of(clock.today()))
    times = [Employment(row.hire_date, row.leave_date, row.fte) for row in rows]
    turnover_parts.tile(turnover(times, year.start, year.end), year)
    turnover_parts.intent(asked, settings().staff_minimum)
    may_change = access.may(actor, "staff", "change")
    facts = [site_parts.staff_facts(row) for row in rows]
    chosen = findings.choose_row(rows, facts, _("No staff entered yet."), may_change=may_change)
    form = site_forms.staff_form(f"staff_{chosen.id}_{chosen.version}" if chosen else f"staff_{site.id}", chosen)
    store = (
        partial(write, actor, staffing.change_staff, _("Saved."), chosen.id, chosen.version)
        if chosen
        else partial(write_new, actor, staffing.add_staff, _("Added."), form)
    )
    make = partial(site_forms.make_staff, site_id=site.id)
    _below(actor, "staff", bool(chosen), form, site_forms.draw_staff, saving_by(make, store), _("Add someone"))


def events(actor: Actor, site: SiteDetails) -> None:
    """Draw the marks on a site's time axis, and the form to add one."""
    with open_session() as session:
        rows = site_details.events(session, actor, site.id)
    remove = partial(press, actor, site_events.remove_site_event, _("The event was taken out."))
    site_parts.events(rows, remove if access.may(actor, "site_event", "remove") else None)
    form = site_forms.event_form(f"event_{site.id}")
    store = partial(write_new, actor, site_events.add_site_event, _("The event was added."), form)
    hand = saving_by(partial(site_forms.make_event, site_id=site.id), store)
    _below(actor, "site_event", False, form, site_forms.draw_event, hand, _("Add an event"))


def people(actor: Actor, site: SiteDetails) -> None:
    """Draw who may reach a site."""
    with open_session() as session:
        people = site_details.site_people(session, actor, site.id)
    site_parts.people(people, clock.today(), may_assign=access.may(actor, "person", "change"))


def _below(
    actor: Actor, thing: Any, chosen: bool, form: Any, draw: Any, hand: saving.Saving[Any], add_label: str
) -> None:
    if access.may(actor, thing, "change" if chosen else "add"):
        st.subheader(_("Change") if chosen else add_label, anchor=False)
        small.draw(form, draw, hand, _("Save"))
