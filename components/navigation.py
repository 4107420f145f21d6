"""The list of screens: where each lives, what it is called, and for whom it is in the menu."""

from collections.abc import Callable
from typing import NamedTuple

import streamlit as st
from streamlit.navigation.page import Page

from components.words import _


class Screen(NamedTuple):
    """A screen: its address, the module in ``pages`` that draws it, its icon, and the roles that it is meant for."""

    path: str
    module: str
    icon: str
    roles: frozenset[str]


EVERYONE = frozenset({"consultant", "supervisor", "director", "coordinator", "admin"})
WITH_RECORDS = EVERYONE - {"admin"}

SCREENS: tuple[Screen, ...] = (
    Screen("", "today", ":material/today:", EVERYONE),
    Screen("log-visit", "log_visit", ":material/edit_note:", frozenset({"consultant"})),
    Screen("record-incident", "record_incident", ":material/bolt:", frozenset({"consultant", "director"})),
    Screen("records", "records", ":material/folder_open:", WITH_RECORDS),
    Screen("exclusions", "exclusions", ":material/event_busy:", WITH_RECORDS),
    Screen(
        "classroom-quality", "classroom_quality", ":material/school:",
        frozenset({"consultant", "supervisor", "coordinator"}),
    ),
    Screen(
        "child-measures", "child_measures", ":material/child_care:",
        frozenset({"consultant", "supervisor", "coordinator"}),
    ),
    Screen("staff-stress", "staff_stress", ":material/spa:", WITH_RECORDS),
    Screen("outcomes", "outcomes", ":material/fact_check:", WITH_RECORDS),
    Screen("site-trends", "site_trends", ":material/monitoring:", WITH_RECORDS),
    Screen("patterns", "patterns", ":material/filter_alt:", WITH_RECORDS),
    Screen("meeting", "meeting", ":material/diversity_3:", WITH_RECORDS - {"coordinator"}),
    Screen("who-to-call", "who_to_call", ":material/call:", WITH_RECORDS - {"director"}),
    Screen("compare-sites", "compare_sites", ":material/scatter_plot:", WITH_RECORDS - {"director"}),
    Screen("equity", "equity", ":material/balance:", WITH_RECORDS),
    Screen("sites", "sites", ":material/home_work:", EVERYONE),
    Screen("instruments", "instruments", ":material/straighten:", EVERYONE - {"director"}),
    Screen("people", "people", ":material/group:", frozenset({"admin", "coordinator", "supervisor"})),
)  # fmt: skip


def title(path: str) -> str:
    """Give the name of the screen at ``path`` in the reader's language."""
    return {
        "": _("Today"),
        "log-visit": _("Log a visit"),
        "record-incident": _("Record an incident"),
        "records": _("Records"),
        "exclusions": _("Time away"),
        "classroom-quality": _("Classroom quality"),
        "child-measures": _("Children's measures"),
        "staff-stress": _("Staff stress"),
        "outcomes": _("Outcomes"),
        "site-trends": _("Site trends"),
        "patterns": _("Patterns"),
        "meeting": _("Meeting"),
        "who-to-call": _("Who needs a call"),
        "compare-sites": _("Compare sites"),
        "equity": _("Equity"),
        "sites": _("Sites"),
        "instruments": _("Instruments"),
        "people": _("People"),
    }[path]


def page(screen: Screen, draw: Callable[[], None], role: str) -> Page:
    """Give Streamlit's page for a screen: not in the menu, but still an address, for a role it is not meant for."""
    return st.Page(
        draw,
        title=title(screen.path),
        icon=screen.icon,
        url_path=screen.path,
        default=screen.path == "",
        visibility="visible" if role in screen.roles else "hidden",
    )


def page_at(address: str) -> Page:
    """Give the page at an address such as ``/sites``, to link to or switch to."""
    path = address.strip("/")
    screen = next(screen for screen in SCREENS if screen.path == path)
    return page(screen, _nothing, next(iter(screen.roles)))


def _nothing() -> None:
    """Stand in for a page's function where only its address matters."""
