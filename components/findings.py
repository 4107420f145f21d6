"""Lists of findings: a search that lives in the address, lines to open, and pages to turn."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from components import dates, messages
from components.choices import label_of
from components.filters import UnknownChoice, remember
from components.text import escaped
from components.words import _, plural

LONGEST_SEARCH = 120
PER_PAGE = 10
ACTIVE = {"active": True, "inactive": False, "all": None}


def search(label: str) -> str:
    """Draw the search field (``?find=``)."""
    key = "find_text"
    st.session_state[key] = st.query_params.get("find", "")[:LONGEST_SEARCH]
    return st.text_input(
        label, key=key, type="search", placeholder=_("Search"), max_chars=LONGEST_SEARCH, autocomplete="off",
        on_change=_searched, args=(key,),
    )  # fmt: skip


def _searched(key: str) -> None:
    remember("find", st.session_state[key].strip() or None)
    remember("page", None)


def active_choices() -> list[tuple[str, str]]:
    """Give what a list can be narrowed to."""
    return [("active", _("Active")), ("inactive", _("Not active")), ("all", _("All"))]


def page_number() -> int:
    """Give the page that the address asks for, from 1."""
    asked = st.query_params.get("page", "1")
    return min(int(asked), 10_000) if asked.isascii() and asked.isdigit() and int(asked[:6]) else 1


def on_page(found: Sequence[Any]) -> Sequence[Any]:
    """Give those of ``found`` that stand on the page that the address asks for, ten to a page."""
    last = max(1, -(-len(found) // PER_PAGE))
    first = PER_PAGE * (min(page_number(), last) - 1)
    return found[first : first + PER_PAGE]


def pages(total: int, per_page: int = PER_PAGE) -> None:
    """Draw the pages of a long list (``?page=``)."""
    count = -(-total // per_page)
    if count <= 1:
        return
    key = "find_page"
    st.session_state[key] = min(page_number(), count)
    st.pagination(count, key=key, on_change=lambda: remember("page", str(st.session_state[key])), max_visible_pages=7)


def line(key: Any, name: str, facts: Sequence[str], parameter: str, attention: str = "") -> None:
    """Draw one finding: its name opens it (``?parameter=key``); its facts and what is missing stand below."""
    with st.container(border=True, gap="xxsmall"):
        st.button(
            f"**{escaped(name)}**",
            key=f"open_{key}",
            type="tertiary",
            icon=":material/chevron_right:",
            icon_position="right",
            on_click=remember,
            args=(parameter, str(key)),
            wrap=True,
        )
        st.markdown(":small[" + escaped(" · ".join(fact for fact in facts if fact)) + "]")
        if attention:
            st.markdown(":small[:material/event_busy: " + escaped(attention) + "]")


def site_facts(site: Any) -> list[str]:
    """Give what a line of the list says about a site."""
    facts = [
        site.program,
        label_of("setting", site.setting),
        site.city or "",
        _("License {number}").format(number=site.license_no) if site.license_no else "",
        "" if site.active else _("not active"),
        plural("{count} classroom", "{count} classrooms", site.classrooms).format(count=site.classrooms)
        if site.classrooms
        else _("no classrooms entered"),
    ]
    if site.consultants is not None:
        facts.append(
            plural("{count} consultant", "{count} consultants", site.consultants).format(count=site.consultants)
            if site.consultants
            else _("no consultant")
        )
    if site.last_visit_on:
        facts.append(_("last visit {day}").format(day=dates.full(site.last_visit_on)))
    return facts


def missing_enrolment(site: Any) -> str:
    """Say for how many months a site's enrollment is missing; empty where nothing is."""
    if not site.missing or not site.missing.months:
        return ""
    count = len(site.missing.months)
    return plural(
        "Enrollment missing for {count} of {of} months", "Enrollment missing for {count} of {of} months", count
    ).format(count=count, of=site.missing.of)


def back(label: str, *parameters: str) -> None:
    """Draw the way back: it takes the parameters out of the address and leaves the filters."""
    st.button(
        label, key="back", type="tertiary", icon=":material/arrow_back:", on_click=_forget_all, args=(parameters,)
    )


def _forget_all(parameters: Sequence[str]) -> None:
    for parameter in parameters:
        remember(parameter, None)


def part(labels: Mapping[str, str]) -> str:
    """Draw the parts of a screen as chips (``?part=``); gives the chosen one.

    Raises:
        UnknownChoice: the address names a part that is not offered.
    """
    key, codes = "chosen_part", list(labels)
    wanted = st.query_params.get("part", codes[0])
    if wanted not in codes:
        raise UnknownChoice("part")
    st.session_state[key] = wanted
    chosen = st.pills(
        _("Part"), codes, format_func=labels.get, key=key, required=True, label_visibility="collapsed",
        on_change=lambda: remember("part", st.session_state[key]),
    )  # fmt: skip
    return chosen or codes[0]


def choose_row(rows: Sequence[Any], titles: Sequence[Sequence[str]], empty: str, *, may_change: bool) -> Any | None:
    """Draw stored rows (with ``id``) as lines, each with a button to change it; gives the chosen one, if any."""
    if not rows:
        messages.empty(empty)
        return None
    for row, facts in zip(rows, titles, strict=True):
        with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.text(" · ".join(fact for fact in facts if fact))
            if may_change:
                st.button(
                    _("Change"), key=f"change_{row.id}", icon=":material/edit:", on_click=_choose_row, args=(row.id,)
                )
    chosen = next((row for row in rows if str(row.id) == st.session_state.get("chosen_row")), None)
    if chosen and may_change:
        st.button(_("Stop changing"), key="choose_none", type="tertiary", on_click=_choose_row, args=(None,))
    return chosen if may_change else None


def _choose_row(key: Any | None) -> None:
    st.session_state["chosen_row"] = str(key) if key else None


def removable(rows: Sequence[Any], facts: Sequence[str], empty: str, remove: Callable[[Any], Any] | None) -> None:
    """Draw stored rows as lines, with a button to take each out where the person may."""
    if not rows:
        messages.empty(empty)
    for row, fact in zip(rows, facts, strict=True):
        with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.text(fact)
            if remove:
                st.button(
                    _("Take out"), key=f"remove_{row.id}", icon=":material/delete:", on_click=remove, args=(row.id,)
                )
