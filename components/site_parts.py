"""What the screen about sites is made of: filters, lines, and what is known about one site."""

import uuid
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import streamlit as st

from components import dates, findings, messages
from components.choices import label_of
from components.filters import choose_named, choose_one, remember
from components.forms import fields
from components.forms.site import site_labels
from components.text import literal
from components.words import _, plural

MONTHS_OFFERED = 25


def tasks(*, may_arrange: bool) -> None:
    """Draw the buttons for what can be done beside finding a site."""
    offered = [("add", _("Add a site"), ":material/add:"), ("import", _("Import a list"), ":material/upload_file:")]
    if may_arrange:
        offered.append(("programs", _("Programs and regions"), ":material/account_tree:"))
    with st.container(horizontal=True):
        for code, label, icon in offered:
            st.button(label, key=f"do_{code}", icon=icon, on_click=remember, args=("do", code))


def filters(regions: Sequence[Any], programs: Sequence[Any]) -> tuple[uuid.UUID | None, uuid.UUID | None, bool | None]:
    """Draw the filters of the list; gives the region, the program, and whether sites are to be active.

    Raises:
        UnknownChoice: the address holds something that this person cannot choose.
    """
    left, middle, right = st.columns(3)
    with left:
        region = choose_named(_("Region"), "region", regions, none_label=_("All regions"))
    with middle:
        program = choose_named(_("Program"), "program", programs, none_label=_("All programs"))
    with right:
        active = choose_one(_("Active or not"), "active", findings.active_choices())
    return region and region.id, program and program.id, findings.ACTIVE[active or "active"]


def found(page: Any, per_page: int, may_add: bool, any_program: bool) -> None:
    """Draw one page of the sites that were found. Without ``any_program`` there cannot be any site yet."""
    if not page.sites and may_add and not any_program:
        messages.empty(_("There is no site yet. Begin with Programs and regions: a site belongs to a program."))
        return
    if not page.sites:
        messages.empty(
            _("No site fits this search. Try fewer letters, or other filters.")
            + (" " + _("You can add a site, or import a list, with the buttons above.") if may_add else "")
        )
        return
    fields.hint(plural("{count} site", "{count} sites", page.total).format(count=f"{page.total:,}"))
    for site in page.sites:
        findings.line(site.id, site.name, findings.site_facts(site), "site", findings.missing_enrolment(site))
    findings.pages(page.total, per_page)


def heading(site: Any) -> None:
    """Say which site this is."""
    with st.container(gap="xxsmall"):
        st.subheader(findings.escaped(site.name), anchor=False)
        literal(
            " · ".join([site.program, site.region, *([site.city] if site.city else [])])
            + ("" if site.active else " · " + _("not active"))
        )


def details(site: Any) -> None:
    """Draw what is known about a site, to read."""
    labels = site_labels()
    shown = {
        "license_no": site.license_no, "setting": label_of("setting", site.setting), "address": site.address,
        "city": site.city, "county": site.county, "postal_code": site.postal_code, "capacity": site.capacity,
        "subsidy": _yes_no(site.subsidy), "rural": _yes_no(site.rural), "languages": ", ".join(site.languages),
        "service_start": site.service_start and dates.full(site.service_start),
        "service_end": site.service_end and dates.full(site.service_end),
        "planned_minutes_month": site.planned_minutes_month,
    }  # fmt: skip
    for field, value in shown.items():
        if value not in (None, ""):
            literal(f"{labels[field]}: {value}")


def activity(site: Any, label: str, switch: Callable[[], Any]) -> None:
    """Draw the button that deactivates a site, or brings it back."""
    st.divider()
    if site.active:
        fields.hint(_("A site that is not active leaves the lists to choose from. Its records and figures stay."))
    st.button(label, key="switch_active", icon=":material/toggle_on:", on_click=switch)


def room_facts(room: Any) -> list[str]:
    """Give what a line says about a classroom."""
    return [
        room.name,
        label_of("age_group", room.age_group),
        plural("{count} place", "{count} places", room.capacity).format(count=room.capacity) if room.capacity else "",
        label_of("session", room.session),
        _("closed on {day}").format(day=dates.full(room.open_to)) if room.open_to else "",
    ]


def staff_facts(one: Any) -> list[str]:
    """Give what a line says about someone who works at the site."""
    return [
        one.alias,
        label_of("staff_role", one.role),
        _("{share} of full time").format(share=f"{one.fte:.0%}"),
        _("since {day}").format(day=dates.full(one.hire_date)),
        _("left {day}").format(day=dates.full(one.leave_date)) if one.leave_date else "",
    ]


def choose_month(today: date) -> date:
    """Draw the choice of a month (``?month=``): the last whole month first, then the present one, then older ones.

    Raises:
        UnknownChoice: the address holds a month that is not offered.
    """
    number = today.year * 12 + today.month - 1
    months = [date(one // 12, one % 12 + 1, 1) for one in range(number, number - MONTHS_OFFERED, -1)]
    ordered = [months[1], months[0], *months[2:]]
    names = [(month.isoformat()[:7], dates.month(month)) for month in ordered]
    chosen = choose_one(_("Month"), "month", names)
    return date.fromisoformat(f"{chosen}-01")


def folded(title: str, key: str) -> Any:
    """Draw a part that is closed until it is opened; draw its content only while ``.open``."""
    return st.expander(title, key=f"part_{key}", on_change="rerun")


def closures(days: Sequence[Any], remove: Callable[[Any], Any] | None) -> None:
    """Draw the days on which a site was, or will be, closed."""
    facts = [f"{dates.full(day.closed_on)} · {label_of('closure_reason', day.reason)}" for day in days]
    findings.removable(days, facts, _("No closures entered in the last year."), remove)


def events(rows: Sequence[Any], remove: Callable[[Any], Any] | None) -> None:
    """Draw the marks on a site's time axis."""
    facts = [
        " · ".join(part for part in (dates.full(row.happened_on), label_of("site_event", row.kind), row.note) if part)
        for row in rows
    ]
    findings.removable(rows, facts, _("No events yet. They appear as marks on the site's trends."), remove)


def people(rows: Sequence[Any], today: date, *, may_assign: bool) -> None:
    """Draw who may reach a site, now or later; assignments that ended come last."""
    if not any(row.role == "consultant" and _now(row, today) for row in rows):
        messages.empty(
            _("No consultant is assigned to this site now."),
            page="/people" if may_assign else None,
            label=_("Assign one under People"),
        )
    for row in sorted(rows, key=lambda one: not _now(one, today)):
        with st.container(border=True):
            ends = _("until {day}").format(day=dates.full(row.valid_to)) if row.valid_to else _("no end")
            through = (
                ""
                if row.through == "site"
                else _("through the {scope}").format(scope=label_of("scope_type", row.through).lower())
            )
            literal(
                " · ".join(
                    part
                    for part in (
                        row.name,
                        label_of("role", row.role),
                        through,
                        _("from {day}").format(day=dates.full(row.valid_from)),
                        ends,
                    )
                    if part
                )
            )


def _now(row: Any, today: date) -> bool:
    return row.valid_from <= today and (row.valid_to is None or row.valid_to >= today)


def _yes_no(value: bool | None) -> str:
    return {True: _("yes"), False: _("no"), None: ""}[value]
