"""The tabs of one person, and the form for a new one."""

from functools import partial
from typing import Any

import streamlit as st

from components import clock, people_parts
from components.forms import person as person_forms
from components.forms import small
from components.words import _
from db import access
from db.actor import Actor
from db.commands import people, scopes
from db.engine import session as open_session
from db.queries import places
from db.queries.need_to_know import readings_of
from db.queries.people import PersonDetails, ScopeLine, scopes_of, supervisors
from pages import _tablets
from pages.organisation.writing import press, saving_by, write, write_new


def add(actor: Actor) -> None:
    """Draw the form for a new person."""
    with open_session() as session:
        leading = supervisors(session, actor)
    st.subheader(_("Add a person"), anchor=False)
    form = person_forms.person_form("person_new")
    told = _("The person was added. Next, assign what they may reach and set a password.")
    store = partial(write_new, actor, people.add_person, told, form, opens="person")
    draw = partial(person_forms.draw_person, supervisors=leading)
    small.draw(form, draw, saving_by(person_forms.make_person, store), _("Add person"))


def details(actor: Actor, person: PersonDetails) -> None:
    """Draw what is known about a person, to change where the actor may."""
    if not access.may(actor, "person", "change"):
        person_forms.details(person)
        return
    with open_session() as session:
        leading = supervisors(session, actor)
    form = person_forms.person_form(f"person_{person.id}_{person.version}", person)
    store = partial(write, actor, people.change_person, _("Saved."), person.id, person.version)
    draw = partial(person_forms.draw_person, supervisors=leading)
    small.draw(form, draw, saving_by(person_forms.make_person, store), _("Save person"))
    _tablets.of_person(actor, person.id)
    people_parts.activity(person, partial(_switch, actor, person))


def reach(actor: Actor, person: PersonDetails) -> None:
    """Draw what a person may reach, and the form to assign more."""
    may_change, today = access.may(actor, "person", "change"), clock.today()
    with open_session() as session:
        rows = scopes_of(session, actor, person.id)
    people_parts.scopes(rows, today, partial(_end, actor) if may_change else None)
    if not may_change:
        return
    with open_session() as session:
        offered: dict[str, Any] = {
            "site": places.my_sites(session, actor),
            "program": places.programs(session, actor),
            "region": places.regions(session, actor),
        }
    st.subheader(_("Assign"), anchor=False)
    form = person_forms.scope_form(f"scope_{person.id}", today)
    store = partial(write_new, actor, scopes.assign_scope, _("Assigned."), form)
    draw = partial(person_forms.draw_scope, places=offered, role=person.role)
    small.draw(form, draw, saving_by(partial(person_forms.make_scope, person_id=person.id), store), _("Assign"))


def readings(actor: Actor, person: PersonDetails) -> None:
    """Draw which screens a person with a case role opened that hide nothing from them."""
    with open_session() as session:
        found = readings_of(session, actor, person.id)
    people_parts.readings(found)


def password(actor: Actor, person: PersonDetails) -> None:
    """Draw the form for a new password."""
    form = person_forms.password_form(f"password_{person.id}")
    told = _("The password is set, and open screens of this person end. At the next sign-in they choose their own.")
    store = partial(write, actor, people.set_password, told, person.id)
    small.draw(form, person_forms.draw_password, saving_by(person_forms.make_password, store), _("Set password"))


def _end(actor: Actor, row: ScopeLine) -> None:
    press(actor, scopes.end_scope, _("Ended today."), row.id, row.version, clock.today())


def _switch(actor: Actor, person: PersonDetails) -> None:
    command = people.disable_person if person.active else people.enable_person
    press(actor, command, _("Saved."), person.id, person.version)
