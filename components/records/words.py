"""What stands in a record, field by field, in plain words."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, Literal

from components import clock, dates
from components.choices import label_of
from components.words import _, plural
from db.audit import plain
from db.models import incident_input, visit_input

RecordKind = Literal["visit", "incident"]

_SINGLE: Mapping[str, str] = {
    "outcome": "visit_outcome",
    "mode": "visit_mode",
    "reason": "visit_reason",
    **incident_input.SINGLES,
    "exclusion.type": "exclusion_type",
    "exclusion.idea_decision": "idea_decision",
    "exclusion.consultant_engaged_before": "yes_no_unknown",
    "exclusion.family_met": "yes_no_unknown",
    "exclusion.written_plan": "yes_no_unknown",
}
_SEVERAL: Mapping[str, str] = {**visit_input.CHOICES, **incident_input.CHOICES}
_DAYS = frozenset(
    {
        "visited_on", "occurred_on", "permission_on", "family_notified_on",
        "exclusion.started_on", "exclusion.ended_on", "exclusion.return_on",
    }
)  # fmt: skip
_TIMES = frozenset({"started_at", "occurred_at"})
_MINUTES = frozenset(
    {"minutes", "minutes_program", "minutes_classroom", "minutes_child_family", "indirect_minutes", "travel_minutes"}
)


def value_text(field: str, value: Any, names: Mapping[str, str], labels: Mapping[str, str]) -> str:
    """Give a field's value in words.

    Args:
        field: its name in the input model; parts of an exclusion as ``exclusion.type``.
        value: the value, also as JSON holds it.
        names: what sites and classrooms are called, by key.
        labels: what fields are called on the screen.
    """
    value = plain(value)
    if value in (None, "", [], {}):
        return _("nothing entered")
    if field in _SINGLE:
        return label_of(_SINGLE[field], value)
    if field in _SEVERAL:
        return ", ".join(label_of(_SEVERAL[field], code) for code in value)
    if field in _DAYS:
        return dates.full(date.fromisoformat(value))
    if field in _TIMES:
        return dates.clock(time.fromisoformat(value))
    if field in _MINUTES:
        return plural("{count} minute", "{count} minutes", value).format(count=value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return _composed(field, value, names, labels)


def _composed(field: str, value: Any, names: Mapping[str, str], labels: Mapping[str, str]) -> str:
    if field in ("site_id", "classroom_id"):
        return names.get(value, _("a place that is not listed any more"))
    if field == "classroom_ids":
        return ", ".join(value_text("classroom_id", key, names, labels) for key in value)
    if field == "participants":
        return ", ".join(f"{label_of('participant_role', role)}: {count}" for role, count in value.items())
    if field == "follow_ups":
        return "\n".join(_promise(one) for one in value)
    if field == "exclusion":
        return "\n".join(
            f"{field_label(f'exclusion.{part}', labels)}: {value_text(f'exclusion.{part}', one, names, labels)}"
            for part, one in value.items()
            if one not in (None, "")
        )
    return f"{value:g}" if isinstance(value, float) else str(value)


def _promise(one: Mapping[str, Any]) -> str:
    owner = label_of("follow_up_owner", one["owner"])
    if not one["due_on"]:
        return f"{one['text']} ({owner})"
    day = dates.full(date.fromisoformat(one["due_on"]))
    return _("{promise} ({owner}, by {day})").format(promise=one["text"], owner=owner, day=day)


def field_label(field: str, labels: Mapping[str, str]) -> str:
    """Give what a field is called on the screen."""
    if field in ("exclusion", "follow_ups"):
        return _("Care time lost") if field == "exclusion" else _("Follow-ups")
    return labels.get(field, field.replace("_", " "))


def moment_text(moment: datetime) -> str:
    """Give a moment on the reader's clock: Fri, Nov 20, 2026, 9:05 AM."""
    here = clock.here(moment)
    return f"{dates.full(here.date())}, {dates.clock(here.time())}"
