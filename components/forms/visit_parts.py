"""The visit form's words and folded parts."""

from datetime import date, timedelta

import streamlit as st

from components.forms import fields
from components.forms.form import Form
from components.words import _

FOLLOW_UPS = 5


def notes(form: Form, held: bool, today: date) -> None:
    """Draw summary, recommendations and follow-ups."""
    fields.section(form, "notes", _("In your words"))
    fields.text(
        form, "summary", most=8000, required=held,
        told=_("What you saw and did together. Use roles and child keys, no names."),
    )  # fmt: skip
    part = fields.folded(form, "advice", _("Recommendations and follow-ups"), ("recommendations", "follow_ups"))
    if part.open:
        with part:
            fields.text(form, "recommendations", most=8000)
            _follow_ups(form, today)


def _follow_ups(form: Form, today: date) -> None:
    rows = form["follow_up_rows"]
    for row in range(rows):
        with st.container(border=True):
            fields.line(form, f"follow_ups.{row}.text", most=500)
            fields.chips(form, f"follow_ups.{row}.owner", "follow_up_owner")
            fields.day(
                form, f"follow_ups.{row}.due_on",
                shortcuts=(
                    (_("In 1 week"), today + timedelta(days=7)), (_("In 2 weeks"), today + timedelta(days=14)),
                    (_("In 4 weeks"), today + timedelta(days=28)),
                ),
            )  # fmt: skip
            st.button(
                _("Take this out"), key=form.key(f"drop_follow_up_{row}"), type="tertiary",
                icon=":material/close:", on_click=drop_follow_up, args=(form, row),
            )  # fmt: skip
    if rows < FOLLOW_UPS:
        st.button(
            _("Add a follow-up"), key=form.key("add_follow_up"), icon=":material/add:",
            on_click=form.__setitem__, args=("follow_up_rows", rows + 1),
        )  # fmt: skip


def drop_follow_up(form: Form, row: int) -> None:
    """Take one follow-up out and move up those below it."""
    last = form["follow_up_rows"] - 1
    for place in range(row, last + 1):
        for name in ("text", "owner", "due_on"):
            following = f"follow_ups.{place + 1}.{name}"
            field = f"follow_ups.{place}.{name}"
            form[field] = form[following] if place < last else form.defaults[field]
    form["follow_up_rows"] = last


def more(form: Form) -> None:
    """Draw what only some programs ask for."""
    part = fields.folded(
        form, "more", _("More about this visit (optional)"),
        ("tiers", "strategies", "children_present", "indirect_minutes", "travel_minutes", "relationship_checkin",
         "interpreter_language"),
    )  # fmt: skip
    if part.open:
        with part:
            fields.chips(form, "tiers", "tier", multi=True)
            fields.chips(form, "strategies", "strategy", multi=True)
            with st.container(horizontal=True):
                for field, most, step in (
                    ("children_present", 80, 1), ("indirect_minutes", 480, 5), ("travel_minutes", 480, 5)
                ):  # fmt: skip
                    with st.container(width="content"):
                        fields.number(form, field, most=most, step=step)
            _check_in(form)
            fields.line(form, "interpreter_language", most=60)


def _check_in(form: Form) -> None:
    st.segmented_control(
        form.labels["relationship_checkin"], (1, 2, 3, 4, 5), key=form.key("relationship_checkin"),
        persist_state="session",
    )  # fmt: skip
    fields.hint(_("Your own view of the working relationship: 1 is distant, 5 is close. It is never ranked."))
    fields.below(form, "relationship_checkin")


def reflection(form: Form) -> None:
    """Draw the consultant's own thoughts, kept apart from what the site receives."""
    part = fields.folded(form, "reflection", _("Private reflection (optional)"), ("reflection",))
    if part.open:
        with part:
            fields.text(
                form, "reflection", most=8000,
                told=_("Only you and your supervisor can read this. It is not part of the copy for the site."),
            )  # fmt: skip
