"""Below a chart: where its limits were set anew, by whom and why, and the events on its axis; with forms for both."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import streamlit as st

from components import dates, site_parts
from components.forms import fields, saving, small
from components.forms.form import Form
from components.text import literal
from components.words import _
from db.models.chart_rebase_input import ChartRebaseInput


def rebase_form(site_id: uuid.UUID, charts: Mapping[str, str]) -> Form:
    """Open the form for a new start of the limits of one of these charts (by code, with their words)."""
    first = next(iter(charts))
    labels = {"chart": _("Of which score"), "starts_on": _("Limits are set anew from"), "reason": _("Why? (no names)")}
    chosen = first if len(charts) == 1 else None
    return small.small_form(
        f"rebase_{site_id}_{first.split(':')[0]}", {"chart": chosen, "starts_on": None, "reason": ""}, labels
    )


def make_rebase(form: Form, site_id: uuid.UUID) -> ChartRebaseInput:
    """Give the new start that the form says.

    Raises:
        InvalidInput: with every problem, field by field.
    """
    return ChartRebaseInput.checked({**form.values(), "site_id": site_id})


def undo_form(rebase_id: uuid.UUID) -> Form:
    """Open the form that takes a new start back."""
    labels = {"reason_for_change": _("Why is it taken back?")}
    return small.small_form(f"undo_{rebase_id}", {"reason_for_change": ""}, labels)


def rebases(rows: Sequence[Any], undo: Callable[[Form, Any], saving.Saving[Any]], charts: Mapping[str, str]) -> None:
    """Draw every new start with its reason, who made it and when, and the way to take it back."""
    for row in rows:
        with st.container(border=True, gap="xxsmall"):
            head = " · ".join(part for part in (charts[row.chart], row.reason) if part)
            literal(_("Limits set anew from {month}").format(month=dates.month(row.starts_on)) + f": {head}")
            literal(_("{person}, {day}").format(person=row.by, day=dates.full(row.created_at.date())))
            if row.may_remove:
                with st.popover(_("Take back"), icon=":material/undo:", key=f"undo_open_{row.id}"):
                    form = undo_form(row.id)
                    small.draw(form, _draw_undo, undo(form, row), _("Take back"))


def _draw_undo(form: Form) -> None:
    fields.line(form, "reason_for_change", most=300, required=True)


def draw_rebase(
    form: Form, charts: Mapping[str, str], months: Sequence[date], key: str, hand: saving.Saving[Any]
) -> None:
    """Draw the folded form for a new start: the month, and why."""
    part = site_parts.folded(_("Set the limits anew from a month on"), key)
    with part:
        if not part.open:
            return
        fields.hint(
            _(
                "Only where you know what changed, such as a new way of recording: a new start hides a change that the"
                " old limits would show. Limits come with twelve new points."
            )
        )
        small.draw(form, lambda one: _draw_fields(one, charts, months), hand, _("Set the limits anew"))


def _draw_fields(form: Form, charts: Mapping[str, str], months: Sequence[date]) -> None:
    if len(charts) > 1:
        fields.named(form, "chart", list(charts.items()), required=True)
    named = [(month.isoformat(), dates.month(month)) for month in reversed(months)]
    fields.named(form, "starts_on", named, required=True)
    fields.line(form, "reason", most=300, required=True)
