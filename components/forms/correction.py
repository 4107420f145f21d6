"""Correcting a stored visit or incident: the same form, filled with what is stored, and the reason why."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import streamlit as st

from components.forms import child_measure, drafting, incident, observation, typing, visit, why
from components.forms.form import Form
from components.forms.incident_values import incident_fields, make_incident
from components.forms.visit_values import make_visit, visit_fields
from components.records.words import RecordKind
from components.words import _
from db.models.inputs import SubmittedInput

OPENING = {"visit": visit.visit_form, "incident": incident.incident_form}
FIELDS = {
    "visit": visit_fields, "incident": incident_fields, "observation": observation.observation_fields,
    "child_measure": child_measure.measure_fields,
}  # fmt: skip
TOGETHER: Mapping[RecordKind, tuple[tuple[str, ...], ...]] = {
    "visit": (
        ("site_id", "classroom_ids"),
        ("outcome", "minutes", "minutes_program", "minutes_classroom", "minutes_child_family", "permission_on"),
    ),
    "incident": (
        ("site_id", "classroom_id"),
        ("occurred_on", "occurred_at"),
        ("behaviours", "primary_behaviour"),
        ("child_key", "permission_on", "child_race", "child_sex", "child_iep", "child_dll"),
    ),
}
"""Fields that only make sense together: when two people change one record, they are taken from one of them."""


def correction_form(kind: RecordKind, now: datetime) -> Form:
    """Open the form that corrects a record of a kind."""
    return why.asking(OPENING[kind](f"correct_{kind}", now))


def begin(form: Form, record: Any, key: uuid.UUID, drafts: Sequence[Any]) -> None:
    """Fill the form with what is stored, or with a draft of its correction, once: what was typed since stays.

    Args:
        form: the form.
        record: the record as it is now (``OpenRecord``).
        key: what a new draft of its correction is called.
        drafts: one's own drafts of this kind of record, the latest first.
    """
    typing.send_after_a_pause(form.name)
    wanted = st.query_params.get(drafting.ADDRESS)
    mine = [one for one in drafts if one.entity_id == record.id and one.dropped_at is None]
    fresh = form.state.get("record") != str(record.id)
    if fresh:
        form.start_again(**_form_fields(record.kind, record.content))
        form.state.update(record=str(record.id), version=record.version, client_uuid=str(key))
        drafting.begin(form)
    named = [one for one in mine if str(one.client_uuid) == wanted]
    for draft in named or (mine[:1] if fresh else []):
        if drafting.is_newer(form, draft):
            drafting.fill(form, draft)
            form.state.update(record=str(record.id), version=draft.base_version)


def say_newer(form: Form, record: Any) -> None:
    """Say that the record changed since the correction was begun."""
    if form.state["version"] < record.version:
        st.info(_("Someone saved a newer version since you began. When you save, you see both and choose."))


def _form_fields(kind: str, content: Mapping[str, Any]) -> dict[str, Any]:
    return FIELDS[kind](content)


def refill(form: Form, kind: RecordKind, version: int, content: Mapping[str, Any]) -> None:
    """Fill the form with other content on top of a newer version; the reason stays."""
    form.fill(_form_fields(kind, content))
    form.state.update(version=version, failed=None, tried=True)


def make(kind: RecordKind, form: Form) -> SubmittedInput:
    """Give the record that the form describes.

    Raises:
        InvalidInput: with everything that is wrong, under the names of the form's fields.
    """
    return make_visit(form) if kind == "visit" else make_incident(form)


def draw(form: Form, kind: RecordKind, changed: Callable[[], None], *, head_start: bool) -> None:
    """Draw the fields after the place, and the question why. ``changed`` is called when only a part is drawn again."""
    if kind == "visit":
        visit.draw(form, None, changed)
    else:
        incident.draw(form, [], changed, head_start=head_start)
    why.draw(form)
