"""The list of records: filters that live in the address, one line to tap per record, pages."""

import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple

import streamlit as st

from components import dates, filters
from components.choices import label_of, list_label
from components.messages import link
from components.records.words import RecordKind
from components.text import escaped
from components.words import _, plural
from db.options import codes

HOURS = range(5, 21)
OF_INCIDENTS = ("behaviour", "response", "hour", "weekday", "location", "motivation", "child")
"""Filters that only incidents have."""


class Asked(NamedTuple):
    """What the address asks for beyond kind, site and period. ``narrowed``: something beyond those is chosen."""

    person: Any | None
    classroom: Any | None
    activity: str | None
    behaviour: str | None
    response: str | None
    hour: int | None
    weekday: int | None
    location: str | None
    motivation: str | None
    child_key: str | None
    narrowed: bool


def choose_kind(kinds: Sequence[RecordKind]) -> RecordKind:
    """Draw the choice between visits and incidents (``?kind=``); what only fits the other kind leaves the address.

    Raises:
        UnknownChoice: the address names a kind that this person cannot see.
    """
    wanted = kind_in_address(kinds)
    if len(kinds) == 1:
        return wanted
    labels = {"visit": _("Visits"), "incident": _("Incidents")}
    st.session_state["records_kind"] = wanted
    st.segmented_control(
        _("What are you looking for?"),
        kinds,
        format_func=labels.get,
        required=True,
        key="records_kind",
        on_change=_change_kind,
    )
    return wanted


def kind_in_address(kinds: Sequence[RecordKind]) -> RecordKind:
    """Give the kind that the address names; the first when it names none.

    Raises:
        UnknownChoice: the address names a kind that this person cannot see.
    """
    named = st.query_params.get("kind")
    for kind in kinds:
        if named in (None, kind):
            return kind
    raise filters.UnknownChoice("kind")


def choose_removed() -> bool:
    """Draw the switch to the removed records (``?removed=1``)."""
    st.session_state["records_removed"] = st.query_params.get("removed") == "1"
    return st.toggle(_("Removed ones"), key="records_removed", on_change=_change_removed)


def _change_removed() -> None:
    filters.remember("removed", "1" if st.session_state["records_removed"] else None)
    filters.remember("page", None)


def _change_kind() -> None:
    filters.remember("kind", st.session_state["records_kind"])
    for parameter in (*OF_INCIDENTS, "activity", "person", "page"):
        filters.remember(parameter, None)


def choose_more(
    kind: RecordKind, people: Sequence[Any], rooms: Sequence[Any], children: Sequence[tuple[str, str]] = ()
) -> Asked:
    """Draw the filters beyond kind, site and period, folded away while none is in use.

    ``children`` are (mark, key): the address holds the mark, never the key.

    Raises:
        UnknownChoice: the address names something that this person cannot choose.
    """
    incident = kind == "incident"
    names = ["person", "classroom", "activity", *(OF_INCIDENTS if incident else ())]
    used = [name for name in names if name in st.query_params]
    title = (
        plural("{count} more filter in use", "{count} more filters in use", len(used)) if used else _("More filters")
    )
    with st.expander(title.format(count=len(used)), expanded=bool(used)):
        with st.container(horizontal=True, gap="medium"):
            person = _named(_("Recorded by"), "person", people)
            room = _named(_("Classroom"), "classroom", rooms) if rooms else None
            activity = _listed("activity", "activity" if incident else "visit_activity")
            more = _of_incidents(children) if incident else {}
        if used:
            st.button(_("Clear these filters"), key="records_clear", on_click=_clear, args=(used,))
    number = {name: int(more[name]) if more.get(name) else None for name in ("hour", "weekday")}
    return Asked(
        person, room, activity, more.get("behaviour"), more.get("response"), number["hour"], number["weekday"],
        more.get("location"), more.get("motivation"), dict(children).get(more.get("child") or ""), bool(used),
    )  # fmt: skip


def _of_incidents(children: Sequence[tuple[str, str]]) -> dict[str, str | None]:
    """Draw the filters that only incidents have; gives their codes."""
    hours = [(str(one), _hour(one)) for one in HOURS]
    weekdays = [(str(number), name) for number, name in enumerate(_weekdays())]
    asked = {name: _listed(name, name) for name in ("behaviour", "response", "location", "motivation")}
    asked["hour"] = _among("hour", _("Time of day"), hours)
    asked["weekday"] = _among("weekday", _("Weekday"), weekdays)
    if children or "child" in st.query_params:
        asked["child"] = _among("child", _("Child key"), children)
    return asked


def _clear(parameters: Sequence[str]) -> None:
    for parameter in (*parameters, "page"):
        filters.remember(parameter, None)


def _named(title: str, parameter: str, rows: Sequence[Any]) -> Any | None:
    with st.container(width=240):
        return filters.choose_named(title, parameter, rows, none_label=_("All"))


def _listed(parameter: str, list_code: str) -> str | None:
    return _among(parameter, list_label(list_code), [(code, label_of(list_code, code)) for code in codes(list_code)])


def _among(parameter: str, title: str, choices: Sequence[tuple[str, str]]) -> str | None:
    with st.container(width=240):
        return filters.choose_one(title, parameter, choices, none_label=_("All"))


def _hour(hour: int) -> str:
    return _("{start} to {end}").format(start=_clock_hour(hour), end=_clock_hour(hour + 1))


def _clock_hour(hour: int) -> str:
    return f"{hour % 12 or 12} {'AM' if hour < 12 else 'PM'}"


def _weekdays() -> list[str]:
    return [
        _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
    ]  # fmt: skip


def rows(kind: RecordKind, found: Sequence[Any]) -> None:
    """Draw one line per record, which opens it, and below where it was and who wrote it."""
    with st.container(gap="xsmall"):
        for row in found:
            with st.container(border=True, gap="xxsmall"):
                st.button(
                    _headline(kind, row), key=f"open_{row.id}", type="tertiary", icon=":material/chevron_right:",
                    icon_position="right", on_click=_open, args=(kind, row.id),
                )  # fmt: skip
                st.caption(
                    _("{places} · recorded by {person}").format(
                        places=" · ".join(escaped(one) for one in (row.site, ", ".join(row.classrooms)) if one),
                        person=escaped(row.person),
                    )
                )


def _open(kind: RecordKind, record_id: uuid.UUID) -> None:
    filters.remember("kind", kind)
    filters.remember("id", str(record_id))


def _headline(kind: RecordKind, row: Any) -> str:
    when = f"**{dates.full(row.on)}**" + (f", {dates.clock(row.at)}" if row.at else "")
    if kind == "incident":
        return f"{when} · {label_of('behaviour', row.about)} · {label_of('activity', row.detail)}"
    if row.minutes:
        length = _("{minutes} min").format(minutes=row.minutes)
        return f"{when} · {label_of('visit_reason', row.about)} · {label_of('visit_mode', row.detail)} · {length}"
    return f"{when} · {label_of('visit_reason', row.about)} · {label_of('visit_outcome', row.outcome)}"


def count_line(kind: RecordKind, total: int, most: int, *, removed: bool) -> None:
    """Say how many records fit."""
    if total >= most:
        st.text(_("More than {count} fit. Filters narrow the list.").format(count=f"{most:,}"))
        return
    if removed:
        told = plural("{count} removed record", "{count} removed records", total)
    elif kind == "visit":
        told = plural("{count} visit", "{count} visits", total)
    else:
        told = plural("{count} incident", "{count} incidents", total)
    st.text(told.format(count=total))


def pager(page: int, pages: int) -> None:
    """Draw the buttons to newer and older records."""
    if pages == 1:
        return
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        _turn(_("Newer"), ":material/chevron_left:", page - 1, page == 1)
        st.text(_("Page {page} of {pages}").format(page=page, pages=pages))
        _turn(_("Older"), ":material/chevron_right:", page + 1, page == pages)


def _turn(label: str, icon: str, page: int, off: bool) -> None:
    st.button(
        label, icon=icon, key=f"records_page_{label}", disabled=off, on_click=filters.remember,
        args=("page", None if page <= 1 else str(page)),
    )  # fmt: skip


def page_number() -> int:
    """Give the page that the address asks for; the first when it names none."""
    wanted = st.query_params.get("page", "1")
    return int(wanted) if wanted.isdigit() and len(wanted) < 4 else 1


def opened_id() -> uuid.UUID | None:
    """Give the record that the address names.

    Raises:
        UnknownChoice: what it names is no key at all.
    """
    wanted = st.query_params.get("id")
    if wanted is None:
        return None
    try:
        return uuid.UUID(wanted)
    except ValueError:
        raise filters.UnknownChoice("id") from None


def nothing(kind: RecordKind, *, narrowed: bool, removed: bool, may_add: bool) -> None:
    """Say why the list is empty and what to do next."""
    with st.container(border=True):
        if removed:
            st.text(_("No removed record fits. What you remove appears here, and you can restore it."))
            return
        if narrowed:
            st.text(_("Nothing fits all of these filters."))
            return
        if kind == "visit":
            st.text(_("No visit in this time. A longer period may show some."))
        else:
            st.text(_("No incident in this time. A longer period may show some."))
        if may_add:
            label = _("Log a visit") if kind == "visit" else _("Record an incident")
            link("/log-visit" if kind == "visit" else "/record-incident", label)
