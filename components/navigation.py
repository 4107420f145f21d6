"""The list of screens: where each lives, what it is called, and for whom it is in the menu."""

from collections.abc import Callable, Collection, Mapping
from typing import Literal, NamedTuple

import streamlit as st
from streamlit.navigation.page import Page

from components.words import _
from db.access_matrix import Thing

Group = Literal["start", "record", "understand", "organize"]


class Screen(NamedTuple):
    """A screen: its address, the module in ``pages`` that draws it, its group, its icon, and whom it is meant for.

    ``thing`` is what all of it is about: who may see none of that finds only a way elsewhere there.
    """

    path: str
    module: str
    group: Group
    icon: str
    roles: frozenset[str]
    thing: Thing | None = None


EVERYONE = frozenset({"consultant", "supervisor", "director", "coordinator", "admin"})
WITH_RECORDS = EVERYONE - {"admin"}

SCREENS: tuple[Screen, ...] = (
    Screen("", "today", "start", ":material/today:", EVERYONE),
    Screen("log-visit", "log_visit", "start", ":material/edit_note:", frozenset({"consultant"})),
    Screen("record-incident", "record_incident", "start", ":material/bolt:", frozenset({"consultant", "director"})),
    Screen("records", "records", "record", ":material/folder_open:", WITH_RECORDS),
    Screen("exclusions", "exclusions", "record", ":material/event_busy:", WITH_RECORDS),
    Screen(
        "classroom-quality", "classroom_quality", "record", ":material/school:",
        frozenset({"consultant", "supervisor", "coordinator"}), "observation",
    ),
    Screen(
        "child-measures", "child_measures", "record", ":material/child_care:",
        frozenset({"consultant", "supervisor", "coordinator"}), "child_measure",
    ),
    Screen("staff-stress", "staff_stress", "record", ":material/spa:", WITH_RECORDS),
    Screen("who-to-call", "who_to_call", "understand", ":material/call:", WITH_RECORDS - {"director"}),
    Screen("site-trends", "site_trends", "understand", ":material/monitoring:", WITH_RECORDS),
    Screen("patterns", "patterns", "understand", ":material/filter_alt:", WITH_RECORDS),
    Screen("meeting", "meeting", "understand", ":material/diversity_3:", WITH_RECORDS - {"coordinator"}),
    Screen("outcomes", "outcomes", "understand", ":material/fact_check:", WITH_RECORDS),
    Screen("compare-sites", "compare_sites", "understand", ":material/scatter_plot:", WITH_RECORDS - {"director"}),
    Screen("equity", "equity", "understand", ":material/balance:", WITH_RECORDS),
    Screen("sites", "sites", "organize", ":material/home_work:", EVERYONE),
    Screen("instruments", "instruments", "organize", ":material/straighten:", EVERYONE - {"director"}),
    Screen("people", "people", "organize", ":material/group:", frozenset({"admin", "coordinator", "supervisor"})),
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


def menu(pages: Mapping[Screen, Page], offered: Collection[Screen], role: str) -> dict[str, list[Page]]:
    """Group the pages as ``role`` works: what one starts with stands first and needs no heading.

    Who records reads what is recorded next; who looks over many sites wants to understand before looking anything up.
    What is not ``offered`` is no part of the menu, but still an address.
    """
    headings: dict[Group, str] = {
        "start": "", "record": _("On record"), "understand": _("Understand"), "organize": _("Organize"),
    }  # fmt: skip
    order: tuple[Group, ...] = ("start", "record", "understand", "organize")
    if role in ("supervisor", "coordinator"):
        order = ("start", "understand", "record", "organize")
    groups: dict[str, list[Page]] = {headings[group]: [] for group in order}
    for screen, made in pages.items():
        groups[headings[screen.group if screen in offered else "start"]].append(made)
    return {heading: made for heading, made in groups.items() if made}


def page(screen: Screen, draw: Callable[[], None], *, offered: bool = True) -> Page:
    """Give Streamlit's page for a screen, which is in the menu when it is ``offered``."""
    return st.Page(
        draw,
        title=title(screen.path),
        icon=screen.icon,
        url_path=screen.path,
        default=screen.path == "",
        visibility="visible" if offered else "hidden",
    )


def page_at(address: str) -> Page:
    """Give the page at an address such as ``/sites``, to link to or switch to."""
    path = address.strip("/")
    screen = next(screen for screen in SCREENS if screen.path == path)
    return page(screen, _nothing)


def _nothing() -> None:
    """Stand in for a page's function where only its address matters."""
