"""The incident form on the screen: the choice of a child, and what it draws beyond chips and fields."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import streamlit as st

from components.definitions.definition import Asked
from components.definitions.incident import ANOTHER_KEY, NO_KEY, incident_definition
from components.forms import defined, fields
from components.forms.form import Form
from components.words import _


def incident_form(name: str, now: datetime) -> Form:
    """Open the incident form called ``name``; a new one begins now, unless children are at home at this hour."""
    return defined.open_form(name, incident_definition(), now)


def draw(form: Form, known: Sequence[Any], changed: Callable[[], None], *, head_start: bool) -> None:
    """Draw everything after the place.

    ``known`` are the child keys of the site (``KnownChild``); ``head_start`` whether 45 CFR 1302.17 holds there;
    ``changed`` is called when only a part was drawn again.
    """
    special = {"child": partial(_child, form, known)}
    defined.draw(form, incident_definition(), changed, head_start=head_start, special=special)


def forget_child(form: Form) -> None:
    """Empty what is known about the child: a key belongs to one site."""
    form.fill({"child": NO_KEY, "child_key": "", "permission_on": None})


def _child(form: Form, known: Sequence[Any], asked: Asked) -> None:
    names = {NO_KEY: asked.told or "", **{child.key: child.key for child in known}, ANOTHER_KEY: _("Another key")}
    if form["child"] not in names:
        form["child"] = NO_KEY
    st.pills(
        asked.label,
        list(names),
        format_func=lambda key: names[key],
        required=True,
        key=form.key("child"),
        on_change=_take_permission,
        args=(form, {child.key: child.permission_on for child in known}),
        persist_state="session",
    )
    fields.below(form, "child")


def _take_permission(form: Form, permissions: Mapping[str, Any]) -> None:
    """A child that was recorded before brings the date of the parent's permission along."""
    form["permission_on"] = permissions.get(form["child"])
