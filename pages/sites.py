"""Sites: find one, see what is known about it, keep its classrooms, enrollment, closures, staff and events."""

import uuid
from collections.abc import Callable

import streamlit as st

from components import clock, filters, findings, messages, navigation, site_parts
from components.forms import small
from components.words import _
from db import access
from db.actor import Actor
from db.engine import session as open_session
from db.errors import NotFound
from db.queries import places
from db.queries.sites import PAGE, SiteDetails, find_sites, one_site
from pages.organisation import site_months, site_tabs, site_tasks


def render(actor: Actor) -> None:
    """Draw the list, one site (``?site=``), or one of the tasks (``?do=``)."""
    st.title(navigation.title("sites"), anchor=False)
    small.draw_note()
    tasks = {"add": site_tasks.add, "import": site_tasks.import_list, "programs": site_tasks.programs}
    task = tasks.get(st.query_params.get("do", "")) if access.may(actor, "site", "add") else None
    try:
        if task:
            findings.back(_("All sites"), "do")
            task(actor)
        elif "site" in st.query_params:
            findings.back(_("All sites"), "site", "part", "month", "calendar")
            _open(actor, st.query_params["site"])
        else:
            _find(actor)
    except (filters.UnknownChoice, NotFound):
        messages.not_found()


def _find(actor: Actor) -> None:
    may_add = access.may(actor, "site", "add")
    with open_session() as session:
        regions, all_programs = places.regions(session, actor), places.programs(session, actor)
    if may_add:
        site_parts.tasks(may_arrange=access.may(actor, "program", "add"))
    text = findings.search(_("Find by name, license number or city"))
    region, program, active = site_parts.filters(regions, all_programs)
    with open_session() as session:
        found = find_sites(
            session, actor, clock.today(), text=text, region_id=region, program_id=program, active=active,
            page=findings.page_number(),
        )  # fmt: skip
    site_parts.found(found, PAGE, may_add, bool(all_programs))


def _open(actor: Actor, wanted: str) -> None:
    try:
        key = uuid.UUID(wanted)
    except ValueError:
        raise NotFound("not found") from None
    with open_session() as session:
        site = one_site(session, actor, key)
    site_parts.heading(site)
    parts: dict[str, tuple[str, Callable[[Actor, SiteDetails], None]]] = {
        "details": (_("Details"), site_tabs.details), "classrooms": (_("Classrooms"), site_tabs.classrooms),
        "enrollment": (_("Enrollment"), site_months.enrolment), "closures": (_("Closures"), site_months.closures),
        "staff": (_("Staff"), site_tabs.staff), "marks": (_("Events"), site_tabs.events),
    }  # fmt: skip
    if access.may(actor, "person", "see"):
        parts["people"] = (_("People"), site_tabs.people)
    chosen = findings.part({code: label for code, (label, _draw) in parts.items()})
    parts[chosen][1](actor, site)
