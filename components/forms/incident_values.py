"""From the incident form's fields to the input that is stored, and back."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from components import dates
from components.choices import label_of
from components.definitions import answers
from components.definitions.incident import ANOTHER_KEY, EXCLUSION, NO_KEY, incident_definition
from components.forms.form import Form
from components.forms.saving import checked
from components.words import _
from db.models.incident_input import IncidentInput

_AS_TYPED = (
    "site_id", "classroom_id", "occurred_on", "occurred_at", "permission_on", "behaviours", "activity",
    "others_involved", "motivation", "responses", "admin_followups", "antecedents", "severity", "duration_band",
    "injury", "effect", "location", "reported_by_role", "family_notified_on", "description", "child_race", "child_sex",
    "child_iep", "child_dll",
)  # fmt: skip


def make_incident(form: Form, *, head_start: bool = False) -> IncidentInput:
    """Give the incident that the form describes; ``head_start`` tells whether 45 CFR 1302.17 holds at its site.

    Raises:
        InvalidInput: with everything that is wrong, under the names of the form's fields.
    """
    definition = incident_definition()
    missing = answers.missing(definition, form.values(), head_start=head_start)
    typed = answers.complete(definition, form.values(), missing, date.today())
    return checked(IncidentInput, {**incident_values(typed), "client_uuid": form.client_uuid}, missing)


def incident_values(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a form's complete values say in the shape of the input, without its key."""
    behaviours = typed["behaviours"]
    return {
        **{name: typed[name] for name in _AS_TYPED},
        "primary_behaviour": typed["primary_behaviour"] or (behaviours[0] if behaviours else ""),
        "child_key": _child_key(typed),
        "first_aid": None if typed["first_aid"] is None else typed["first_aid"] == "yes",
        "exclusion": _exclusion(typed) if typed["lost_care"] == "yes" else None,
    }


def _exclusion(typed: Mapping[str, Any]) -> dict[str, Any]:
    return {name: typed[f"exclusion.{name}"] for name in EXCLUSION}


def _child_key(typed: Mapping[str, Any]) -> str | None:
    if typed["child"] in (NO_KEY, None):
        return None
    return str(typed["child_key"]).strip() if typed["child"] == ANOTHER_KEY else str(typed["child"])


def incident_fields(values: Mapping[str, Any]) -> dict[str, Any]:
    """Give the form's fields for a stored incident, in the shape of the input: what a correction begins with."""
    key, exclusion = values.get("child_key"), values.get("exclusion") or {}
    first_aid = values.get("first_aid")
    return {
        **{name: value for name, value in values.items() if name != "exclusion"},
        "site_id": str(values["site_id"]),
        "classroom_id": str(values["classroom_id"]),
        "child": ANOTHER_KEY if key else NO_KEY,
        "child_key": key or "",
        "first_aid": None if first_aid is None else ("yes" if first_aid else "no"),
        "lost_care": "yes" if exclusion else "no",
        **{f"exclusion.{name}": value for name, value in exclusion.items()},
    }


def incident_facts(made: IncidentInput, site: str, room: str) -> list[tuple[str, str]]:
    """Give what was stored in a few lines, as (label, value)."""
    lost = made.exclusion
    return [
        (_("Site"), f"{site}, {room}"),
        (_("When"), f"{dates.full(made.occurred_on)}, {dates.clock(made.occurred_at)}"),
        (_("Child"), made.child_key or _("no key")),
        (_("What the child did"), label_of("behaviour", made.primary_behaviour)),
        (_("Activity"), label_of("activity", made.activity)),
        (_("Care time lost"), label_of("exclusion_type", lost.type) if lost else ""),
    ]
