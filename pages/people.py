"""People: find someone with an account, see and arrange what they may reach."""

import uuid

import streamlit as st

from components import filters, findings, messages, navigation, people_parts
from components.choices import label_of
from components.forms import small
from components.words import _
from db import access
from db.actor import Actor
from db.engine import session as open_session
from db.errors import NotFound
from db.queries.people import PAGE, find_people
from db.queries.people import one_person as read_person
from pages.organisation import person_tasks


def render(actor: Actor) -> None:
    """Draw the list, one person (``?person=``), or the form for a new one (``?do=add``)."""
    st.title(navigation.title("people"), anchor=False)
    small.draw_note()
    try:
        if st.query_params.get("do") == "add" and access.may(actor, "person", "add"):
            findings.back(_("All people"), "do")
            person_tasks.add(actor)
        elif "person" in st.query_params:
            findings.back(_("All people"), "person", "part")
            _open(actor, st.query_params["person"])
        else:
            _find(actor)
    except (filters.UnknownChoice, NotFound):
        messages.not_found()


def _find(actor: Actor) -> None:
    if not access.may(actor, "person", "see"):
        raise NotFound("not found")
    if access.may(actor, "person", "add"):
        people_parts.add_button()
    text = findings.search(_("Find by name or sign-in name"))
    role, active = people_parts.filters()
    with open_session() as session:
        found = find_people(session, actor, text=text, role=role, active=active, page=findings.page_number())
    people_parts.found(found, PAGE)


def _open(actor: Actor, wanted: str) -> None:
    try:
        key = uuid.UUID(wanted)
    except ValueError:
        raise NotFound("not found") from None
    with open_session() as session:
        person = read_person(session, actor, key)
    people_parts.heading(person, label_of("role", person.role))
    parts = {"details": (_("Details"), person_tasks.details), "reach": (_("What they may reach"), person_tasks.reach)}
    if person.role == "coordinator" and (actor.role == "supervisor" or access.may(actor, "person", "change")):
        parts["read"] = (_("What they have read"), person_tasks.readings)
    if access.may(actor, "person", "change") and key != actor.person_id:
        parts["password"] = (_("Password"), person_tasks.password)
    chosen = findings.part({code: label for code, (label, _draw) in parts.items()})
    parts[chosen][1](actor, person)
