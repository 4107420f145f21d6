"""The first question of every form: where was it? Mostly answered already."""

import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from components.forms import fields
from components.forms.form import Form
from db.errors import NotFound


def named_in_address(form: Form) -> uuid.UUID | None:
    """Give the site that the address names (``?site=``) until it was chosen.

    Raises:
        NotFound: what it names is no key at all.
    """
    wanted = st.query_params.get("site")
    if wanted is None or wanted == form.state["address"]:
        return None
    try:
        return uuid.UUID(wanted)
    except ValueError:
        raise NotFound("not found") from None


def choose(form: Form, site_id: uuid.UUID) -> None:
    """Choose a site before the form is drawn, once per address: afterwards the person decides."""
    form["site_id"] = str(site_id)
    form.state["address"] = st.query_params.get("site")


def site(form: Form, sites: Sequence[Any]) -> uuid.UUID | None:
    """Draw the choice of a site (rows with id, name and program) unless there is only one; gives the chosen one."""
    fields.star()
    if len(sites) == 1:
        form["site_id"] = str(sites[0].id)
        st.text(sites[0].name)
    else:
        twice = Counter(one.name for one in sites)
        rows = [(str(one.id), one.name if twice[one.name] == 1 else f"{one.name} ({one.program})") for one in sites]
        fields.named(form, "site_id", rows, required=True)
    return uuid.UUID(form["site_id"]) if form["site_id"] else None


def arrived(form: Form, site_id: uuid.UUID) -> bool:
    """Tell whether this site was chosen just now: the moment to preselect what belongs to it."""
    if form.state.get("arrived") == str(site_id):
        return False
    form.state["arrived"] = str(site_id)
    return True


def rooms(form: Form, field: str, choices: Sequence[Any], *, multi: bool) -> None:
    """Draw the choice of classrooms (rows with id and name); the only one is taken."""
    fields.drop_unknown(form, field, {str(room.id) for room in choices}, multi)
    if not multi and form[field] is None and len(choices) == 1:
        form[field] = str(choices[0].id)
    fields.named(form, field, [(str(room.id), room.name) for room in choices], multi=multi, required=not multi)


def remembered(form: Form, site_id: uuid.UUID, read: Callable[[uuid.UUID], Any]) -> Any:
    """Give what ``read`` says about a site, read once per visit of the page: plain data, kept with the form."""
    known = form.state.setdefault("sites", {})
    if site_id not in known:
        known[site_id] = read(site_id)
    return known[site_id]
