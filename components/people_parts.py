"""What the screen about people is made of."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import streamlit as st

from components import clock, dates, findings, messages, navigation
from components.choices import label_of
from components.filters import choose_one, remember
from components.forms import fields
from components.text import escaped, literal
from components.words import _, plural
from db.options import codes


def add_button() -> None:
    """Draw the button for a new person."""
    st.button(_("Add a person"), key="do_add", icon=":material/person_add:", on_click=remember, args=("do", "add"))


def filters() -> tuple[str | None, bool | None]:
    """Draw the filters of the list; gives the role, and whether people are to be active.

    Raises:
        UnknownChoice: the address holds something that is not offered.
    """
    left, right = st.columns(2)
    with left:
        roles = [(code, label_of("role", code)) for code in codes("role")]
        role = choose_one(_("Role"), "role", roles, none_label=_("All roles"))
    with right:
        active = choose_one(_("Active or not"), "active", findings.active_choices())
    return role, findings.ACTIVE[active or "active"]


def found(page: Any, per_page: int) -> None:
    """Draw one page of the people who were found."""
    if not page.people:
        messages.empty(_("No one fits this search. Try fewer letters, or other filters."))
        return
    fields.hint(plural("{count} person", "{count} people", page.total).format(count=f"{page.total:,}"))
    for person in page.people:
        facts = [label_of("role", person.role), person.sign_in_name, "" if person.active else _("not active")]
        findings.line(person.id, person.display_name, facts, "person")
    findings.pages(page.total, per_page)


def heading(person: Any, role: str) -> None:
    """Say who this is."""
    with st.container(gap="xxsmall"):
        st.subheader(escaped(person.display_name), anchor=False)
        literal(" · ".join([role, *([] if person.active else [_("not active")])]))
    if person.active and not person.can_sign_in:
        st.info(_("This person has no password yet and cannot sign in. Set one under Password."))


def scopes(rows: Sequence[Any], today: date, end: Callable[[Any], Any] | None) -> None:
    """Draw what a person may reach, with a button that ends it today where that is allowed."""
    if not rows:
        messages.empty(_("Nothing is assigned to this person yet."))
    for row in rows:
        with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            ends = _("until {day}").format(day=dates.full(row.valid_to)) if row.valid_to else _("no end")
            facts = [
                row.place,
                label_of("scope_type", row.scope_type),
                _("from {day}").format(day=dates.full(row.valid_from)),
                ends,
                _("case role") if row.case_role else "",
            ]
            st.text(" · ".join(fact for fact in facts if fact))
            stands = row.valid_from <= today and (row.valid_to is None or row.valid_to > today)
            if end and stands:
                st.button(_("End today"), key=f"end_{row.id}", icon=":material/event_busy:", on_click=end, args=(row,))


def activity(person: Any, switch: Callable[[], Any]) -> None:
    """Draw the button that keeps a person from signing in, or lets them in again."""
    st.divider()
    label = _("Deactivate this account") if person.active else _("Activate this account")
    if person.active:
        fields.hint(_("Someone whose account is not active cannot sign in. Open screens of theirs end at once."))
    st.button(label, key="switch_active", icon=":material/toggle_on:", on_click=switch)


def readings(found: Sequence[Any]) -> None:
    """Draw which screens were opened with a case role, when and about which site: once per screen, site and day."""
    st.caption(
        _(
            "With a case role, small numbers are not hidden, and single records are open. Each opening is noted, once a"
            " day per screen, site and record."
        )
    )
    if not found:
        st.text(_("Nothing was opened with a case role."))
        return
    titles = {screen.path: navigation.title(screen.path) for screen in navigation.SCREENS}
    rows = [
        {
            _("When"): f"{dates.full(moment.date())}, {dates.clock(moment.time())}",
            _("Screen"): titles.get("" if one.screen == "today" else one.screen, one.screen),
            _("Site"): escaped(one.site) if one.site else _("All sites of the case roles"),
        }
        for one in found
        for moment in [clock.here(one.at)]
    ]
    st.table({head: [row[head] for row in rows] for head in rows[0]}, hide_index=True, border="horizontal")
