"""The grid of a month's enrollment, the groups within it, and the form for closures."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from zlib import crc32

import streamlit as st

from components import dates
from components.choices import label_of, pills_for
from components.filters import remember
from components.forms import fields, small
from components.forms.form import Form
from components.text import escaped, literal
from components.words import _, plural
from db.models.enrolment_input import CATEGORIES, ClosureInput, EnrolmentGroupInput, EnrolmentInput
from db.options import codes

_FIGURES = ("enrolled_average", "open_days", "attended_child_days")
_WIDTHS = (3, 2, 2, 2)
LISTED_MONTHS = 3
"""Missing months that are told with their rooms; older ones are named."""


def enrolment_form(name: str, grid: Any) -> Form:
    """Open the grid of a month. Where nothing was entered yet, the latest month before is carried over.

    The open days are proposed from the weekdays of the month without the site's closures.
    """
    defaults: dict[str, Any] = {}
    labels: dict[str, str] = {"month": _("Month")}
    for number, row in enumerate(grid.rows):
        new = row.version is None
        defaults[f"rows.{number}.enrolled_average"] = row.last_enrolled if new else row.enrolled_average
        defaults[f"rows.{number}.open_days"] = grid.weekdays_open if new else row.open_days
        defaults[f"rows.{number}.attended_child_days"] = row.attended_child_days
        labels |= {
            f"rows.{number}.enrolled_average": _("Children enrolled, {room}").format(room=escaped(row.name)),
            f"rows.{number}.open_days": _("Days open, {room}").format(room=escaped(row.name)),
            f"rows.{number}.attended_child_days": _("Child-days attended, {room}").format(room=escaped(row.name)),
        }
    versions = "_".join(f"{row.classroom_id}v{row.version}" for row in grid.rows)
    return small.small_form(f"{name}_{crc32(versions.encode())}", defaults, labels)


def draw_enrolment(form: Form, grid: Any) -> None:
    """Draw the grid: a row of three figures per classroom under one heading, with the way to take over a month."""
    if any(row.version is None and row.last_enrolled is not None for row in grid.rows):
        st.info(_("Carried over from the latest month before. Please check the figures, then save."))
    last = max((row.last_month for row in grid.rows if row.last_month), default=None)
    if last:
        st.button(
            _("Copy from {month}").format(month=dates.month(last)), key=form.key("take_over"),
            icon=":material/content_copy:", on_click=_take_over, args=(form, grid, last),
        )  # fmt: skip
    headings = (_("Classroom"), _("Children enrolled"), _("Days open"), _("Child-days attended"))
    with st.container(border=True, gap="xsmall"):
        for column, heading in zip(st.columns(_WIDTHS), headings, strict=True):
            column.caption(heading)
        for number, row in enumerate(grid.rows):
            name, *cells = st.columns(_WIDTHS, vertical_alignment="center")
            with name:
                literal(row.name if row.version else _("{room} (not entered yet)").format(room=row.name))
            for cell, figure in zip(cells, _FIGURES, strict=True):
                with cell:
                    _figure(form, f"rows.{number}.{figure}", figure)
    fields.hint(
        _(
            "Child-days attended: the attendance of all days added up. If you do not count it, leave it empty; then"
            " children enrolled times days open is used."
        )
    )


def _figure(form: Form, field: str, figure: str) -> None:
    """Draw one figure. The limits are the input's rules: Streamlit would drop what is out of range without a word."""
    whole = figure == "open_days"
    st.number_input(
        form.labels[field],
        value=None,
        step=1 if whole else 0.5 if figure == "enrolled_average" else 1.0,
        format="%d" if whole else "%g",
        key=form.key(field),
        label_visibility="collapsed",
        persist_state="session",
    )
    fields.below(form, field)


def _take_over(form: Form, grid: Any, last: date) -> None:
    for number, row in enumerate(grid.rows):
        if row.last_month == last:
            form[f"rows.{number}.enrolled_average"] = row.last_enrolled


def make_enrolment(form: Form, grid: Any, site_id: Any, month: date) -> EnrolmentInput:
    """Give the figures of all classrooms of the month.

    Raises:
        InvalidInput: with every problem, field by field.
    """
    rows = [
        {
            "classroom_id": row.classroom_id,
            "version": row.version,
            **{figure: form[f"rows.{number}.{figure}"] for figure in _FIGURES},
        }
        for number, row in enumerate(grid.rows)
    ]
    return EnrolmentInput.checked({"site_id": site_id, "month": month, "rows": rows})


def missing_months(missing: Any | None) -> None:
    """Say which rooms lack figures in which months, and what is held back without them; the latest month first."""
    if missing is None or not missing.months:
        return
    count = len(missing.months)
    with st.container(border=True, gap="xsmall"):
        told = plural("Enrollment is missing for {count} month", "Enrollment is missing for {count} months", count)
        st.markdown(":orange[:material/event_busy: **" + told.format(count=count) + "**]")
        for month, rooms in list(zip(missing.months, missing.rooms, strict=True))[: -LISTED_MONTHS - 1 : -1]:
            literal(held_back(month, rooms))
        if count > LISTED_MONTHS:
            named = ", ".join(dates.month(month) for month in missing.months[:-LISTED_MONTHS])
            st.caption(_("and {months}").format(months=named))
        latest = missing.months[-1]
        st.button(
            _("Enter {month}").format(month=dates.month(latest)),
            key="enter_missing",
            on_click=remember,
            args=("month", latest.isoformat()[:7]),
        )


def held_back(month: date, rooms: Sequence[str]) -> str:
    """Say what is missing in a month and which figures it holds back."""
    return plural(
        "{month}: {rooms} has no enrollment. Incident rates of this month are held back.",
        "{month}: {rooms} have no enrollment. Incident rates of this month are held back.", len(rooms),
    ).format(month=dates.month(month), rooms=", ".join(rooms))  # fmt: skip


def choose_group(rooms: Sequence[Any], key: str) -> tuple[Any, str]:
    """Draw the choice of a classroom and of what to divide its children by."""
    names = {str(room.classroom_id): escaped(room.name) for room in rooms}
    chosen = st.pills(
        _("Classroom"), list(names), format_func=names.get, key=f"{key}_room", default=next(iter(names)), required=True
    )
    st.session_state.setdefault(f"{key}_dimension", next(iter(CATEGORIES)))
    dimension = pills_for("demographic_dimension", key=f"{key}_dimension", required=True) or next(iter(CATEGORIES))
    return next(room for room in rooms if str(room.classroom_id) == chosen), dimension


def group_form(name: str, dimension: str, rows: Sequence[Any]) -> Form:
    """Open the form for the children of one classroom by one dimension."""
    stored = {row.category: row for row in rows if row.dimension == dimension}
    categories = codes(CATEGORIES[dimension])
    defaults = {f"children.{code}": stored[code].children if code in stored else None for code in categories}
    labels = {f"children.{code}": label_of(CATEGORIES[dimension], code) for code in categories}
    versions = "_".join(f"{code}{row.version}" for code, row in sorted(stored.items()))
    return small.small_form(f"{name}_{dimension}_{versions}", defaults, {**labels, "children": _("All groups")})


def draw_groups(form: Form, dimension: str, last: Any | None) -> None:
    """Draw a number per group; ``last`` are the groups of the latest month before, to take over."""
    earlier = {row.category: row.children for row in last.rows if row.dimension == dimension} if last else {}
    if last and earlier:
        st.button(
            _("Copy from {month}").format(month=dates.month(last.month)), key=form.key("take_over"),
            icon=":material/content_copy:", on_click=form.fill,
            args=({f"children.{code}": children for code, children in earlier.items()},),
        )  # fmt: skip
    fields.hint(_("Please count each child once. The groups should add up to the children enrolled."))
    columns = st.columns(2)
    for number, field in enumerate(form.defaults):
        with columns[number % 2]:
            fields.number(form, field)
    fields.below(form, "children")


def make_groups(form: Form, site_id: Any, room_id: Any, month: date, dimension: str, rows: Sequence[Any]) -> Any:
    """Give the groups that the form says; an empty number is nobody.

    Raises:
        InvalidInput: with every problem, field by field.
    """
    stored = {row.category: row for row in rows if row.dimension == dimension}
    children = {
        code: form[f"children.{code}"] or 0
        for code in codes(CATEGORIES[dimension])
        if form[f"children.{code}"] is not None or code in stored
    }
    return EnrolmentGroupInput.checked(
        {
            "site_id": site_id,
            "classroom_id": room_id,
            "month": month,
            "dimension": dimension,
            "children": children,
            "versions": {code: row.version for code, row in stored.items()},
        }
    )


def closure_form(name: str) -> Form:
    """Open the form for a day, or a stretch of days, on which a site was closed."""
    labels = {"closed_on": _("Closed on"), "last_on": _("Last day closed (if several)"), "reason": _("Reason")}
    return small.small_form(name, {"closed_on": None, "last_on": None, "reason": None}, labels)


def draw_closure(form: Form) -> None:
    """Draw the fields of a closure."""
    left, right = st.columns(2)
    with left:
        fields.day(form, "closed_on", required=True)
    with right:
        fields.day(form, "last_on")
    fields.chips(form, "reason", "closure_reason", required=True)


def make_closure(form: Form, site_id: Any) -> ClosureInput:
    """Give the closure that the form says.

    Raises:
        InvalidInput: with every problem, field by field.
    """
    return ClosureInput.checked({**form.values(), "site_id": site_id})
