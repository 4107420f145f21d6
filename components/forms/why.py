"""The question why, at the end of every correction."""

from typing import Any

import streamlit as st

from components.forms import fields
from components.forms.form import Form
from components.words import _

REASON = "reason_for_change"


def add_to(defaults: dict[str, Any], labels: dict[str, str], sections: dict[str, tuple[str, ...]]) -> None:
    """Add the question to what a form is made of."""
    defaults[REASON], labels[REASON], sections["why"] = "", _("Why are you correcting this?"), (REASON,)


def asking(form: Form) -> Form:
    """Give the same form with the question."""
    defaults, labels = dict(form.defaults), dict(form.labels)
    sections = {anchor: tuple(asked) for anchor, asked in form.sections.items()}
    add_to(defaults, labels, sections)
    return Form(form.name, defaults, labels, sections)


def missing_in(form: Form) -> dict[str, str]:
    """Give the question as a problem, where the form asks it and there is no answer."""
    return {REASON: "reason_needed"} if REASON in form.defaults and not form[REASON].strip() else {}


def in_the_audit() -> str:
    """Say where the earlier version stays of what no screen shows the versions of."""
    return _("The audit keeps the earlier version, with this reason.")


def draw(form: Form, told: str | None = None) -> None:
    """Draw the question; ``told`` says what becomes of the earlier version."""
    st.divider()
    fields.section(form, "why", _("The reason"))
    told = told or _("The earlier version stays readable, with this reason.")
    fields.line(form, REASON, most=300, required=True, told=told)
