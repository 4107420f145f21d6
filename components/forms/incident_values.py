"""From the incident form's fields to the input that is stored, and back."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from components import dates
from components.choices import label_of
from components.forms.form import Form
from components.forms.incident import ANOTHER_KEY, EXCLUSION_DEFAULTS, NO_KEY
from components.forms.saving import checked
from components.words import _
from db.models.base import new_id
from db.models.incident_input import IncidentInput

# In place of what is still missing, so that the other rules can be checked too.
_STAND_INS = {
    "site_id": new_id(), "classroom_id": new_id(), "occurred_at": time(12), "behaviours": ["other"],
    "primary_behaviour": "other", "activity": "other", "child_key": "XX", "exclusion.type": "other_room",
    "exclusion.override_note": "-",
}  # fmt: skip
_AS_TYPED = (
    "site_id", "classroom_id", "occurred_on", "occurred_at", "behaviours", "activity", "others_involved",
    "motivation", "responses", "admin_followups", "antecedents", "severity", "duration_band", "injury", "effect",
    "location", "reported_by_role", "family_notified_on", "description", "child_race", "child_sex", "child_iep",
    "child_dll",
)  # fmt: skip


def make_incident(form: Form, *, head_start: bool = False) -> IncidentInput:
    """Give the incident that the form describes; ``head_start`` tells whether 45 CFR 1302.17 holds at its site.

    Raises:
        InvalidInput: with everything that is wrong, under the names of the form's fields.
    """
    missing = _missing(form, head_start)
    stand_ins = {**_STAND_INS, "occurred_on": date.today(), "exclusion.started_on": date.max}
    instead = {field: stand_ins[field] for field in missing}
    if "primary_behaviour" in missing:
        instead["primary_behaviour"] = form["behaviours"][0]
    return checked(IncidentInput, incident_values(form, instead), missing)


def incident_values(form: Form, instead: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Give what the form says in the shape of the input; hidden fields count as empty."""
    typed = {**form.values(), **(instead or {})}
    behaviours = typed["behaviours"]
    key = _child_key(typed)
    exclusion = {name: typed[f"exclusion.{name}"] for name in EXCLUSION_DEFAULTS}
    if exclusion["type"] != "expulsion":
        exclusion["override_note"] = ""
    return {
        **{name: typed[name] for name in _AS_TYPED},
        "client_uuid": form.client_uuid,
        "primary_behaviour": behaviours[0] if len(behaviours) == 1 else typed["primary_behaviour"],
        "child_key": key,
        "permission_on": typed["permission_on"] if key else None,
        "first_aid": None if typed["first_aid"] is None else typed["first_aid"] == "yes",
        "exclusion": exclusion if typed["lost_care"] == "yes" else None,
    }


def _child_key(typed: Mapping[str, Any]) -> str | None:
    if typed["child"] == NO_KEY:
        return None
    return str(typed["child_key"]).strip() if typed["child"] == ANOTHER_KEY else str(typed["child"])


def _missing(form: Form, head_start: bool) -> dict[str, str]:
    needed = {
        "site_id": "choose_one", "classroom_id": "choose_one", "occurred_on": "required", "occurred_at": "required",
        "behaviours": "behaviour_needed", "activity": "choose_one",
    }  # fmt: skip
    if len(form["behaviours"]) > 1:
        needed["primary_behaviour"] = "choose_one"
    if form["child"] == ANOTHER_KEY:
        needed["child_key"] = "required"
    if form["lost_care"] == "yes":
        needed |= {"exclusion.type": "choose_one", "exclusion.started_on": "required"}
    if head_start and form["lost_care"] == "yes" and form["exclusion.type"] == "expulsion":
        needed["exclusion.override_note"] = "expulsion_rule"
    return {field: code for field, code in needed.items() if form[field] in (None, "", [])}


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
