"""A month of weekdays on which a tap says that the site was closed, or was open after all."""

import calendar
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import streamlit as st

from components import dates, filters
from components.choices import label_of, pills_for
from components.forms import fields
from components.words import _

MONTHS_BACK, MONTHS_AHEAD = 24, 12
WEEKDAYS = 5
_REASON = "closure_calendar_reason"


def choose_month(today: date) -> date:
    """Draw the month with the ways to the one before and after (``?calendar=``); gives its first day.

    Raises:
        UnknownChoice: the address holds a month that is not offered.
    """
    present = today.year * 12 + today.month - 1
    offered = {_code(number): number for number in range(present - MONTHS_BACK, present + MONTHS_AHEAD + 1)}
    wanted = st.query_params.get("calendar", _code(present))
    if wanted not in offered:
        raise filters.UnknownChoice("calendar")
    number = offered[wanted]
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        _turn(_("Month before"), ":material/chevron_left:", number - 1, offered)
        st.markdown(f"**{dates.month(_first(number))}**", width="content")
        _turn(_("Month after"), ":material/chevron_right:", number + 1, offered)
    return _first(number)


def _turn(label: str, icon: str, number: int, offered: Mapping[str, int]) -> None:
    code = _code(number)
    st.button(
        label, key=f"closure_month_{icon}", icon=icon, disabled=code not in offered,
        on_click=filters.remember, args=("calendar", code),
    )  # fmt: skip


def _code(number: int) -> str:
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def _first(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


def draw(month: date, closed: Mapping[date, Any], tap: Callable[[date, str], None] | None) -> None:
    """Draw the weekdays of a month, those that were closed with their reason.

    Args:
        month: its first day.
        closed: the closures of the month by day (``ClosedDay``).
        tap: called with the day and the reason chosen; None for who may only look.
    """
    if tap:
        st.session_state.setdefault(_REASON, "holiday")
        pills_for("closure_reason", key=_REASON, required=True)
        fields.hint(_("Tap a day to mark it as closed for this reason. Tap it again if the site was open."))
    for column, weekday in zip(st.columns(WEEKDAYS, gap="xsmall"), range(WEEKDAYS), strict=True):
        column.caption(dates.weekday(weekday))
    for week in calendar.Calendar().monthdatescalendar(month.year, month.month):
        days = week[:WEEKDAYS]
        if any(day.month == month.month for day in days):
            for column, day in zip(st.columns(WEEKDAYS, gap="xsmall"), days, strict=True):
                if day.month == month.month:
                    with column:
                        _day(day, closed.get(day), tap)


def _day(day: date, closure: Any | None, tap: Callable[[date, str], None] | None) -> None:
    label = f"{day.day} · {label_of('closure_reason', closure.reason)}" if closure else str(day.day)
    st.button(
        label, key=f"closed_{day}", type="primary" if closure else "secondary", width="stretch", disabled=tap is None,
        on_click=_tapped, args=(tap, day),
    )  # fmt: skip


def _tapped(tap: Callable[[date, str], None], day: date) -> None:
    tap(day, st.session_state[_REASON])
