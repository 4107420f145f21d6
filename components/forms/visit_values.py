"""From the visit form's fields to the input that is stored, and back."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from components import dates
from components.choices import label_of
from components.forms.form import Form
from components.forms.saving import checked
from components.forms.visit import LEVELS
from components.words import _
from db.errors import InvalidInput
from db.models.base import new_id
from db.models.visit_input import HELD, VisitInput

# In place of what is still missing, so that the other rules can be checked too.
_STAND_INS = {"site_id": new_id(), "minutes": 30, "levels": ["classroom"]}
_AS_TYPED = (
    "site_id", "classroom_ids", "visited_on", "started_at", "outcome", "reason", "summary", "recommendations",
    "reflection",
)  # fmt: skip
_WHEN_HELD = (
    "activities", "tiers", "strategies", "children_present", "indirect_minutes", "travel_minutes",
    "relationship_checkin",
)  # fmt: skip


def make_visit(form: Form) -> VisitInput:
    """Give the visit that the form describes.

    Raises:
        InvalidInput: with everything that is wrong, under the names of the form's fields.
    """
    missing = _missing(form)
    stand_ins = {"visited_on": date.today(), **_STAND_INS}
    instead = {field: stand_ins[field] for field in missing}
    try:
        return checked(VisitInput, visit_values(form, instead), missing)
    except InvalidInput as refused:
        raise InvalidInput(_at_rows(form, refused.problems)) from None


def visit_values(form: Form, instead: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Give what the form says in the shape of the input; hidden fields count as empty."""
    typed = {**form.values(), **(instead or {})}
    held = typed["outcome"] in HELD
    values = {name: typed[name] for name in _AS_TYPED}
    values |= {"client_uuid": form.client_uuid, "mode": typed["mode"] if held else form.defaults["mode"]}
    if not held:
        return values
    values |= {name: typed[name] for name in _WHEN_HELD}
    values |= _minutes(typed)
    values["interpreter_language"] = typed["interpreter_language"] or None
    values["participants"] = {role: typed[f"participants.{role}"] or 1 for role in sorted(typed["participants"])}
    values["follow_ups"] = [_follow_up(typed, row) for row in _rows(typed)]
    return values


def _minutes(typed: Mapping[str, Any]) -> dict[str, Any]:
    total, chosen = typed["minutes"] or 0, typed["levels"]
    placed = {level: typed[f"minutes_{level}"] or 0 for level in chosen}
    by_level = {chosen[0]: total} if len(chosen) == 1 else placed
    permission = typed["permission_on"] if "child_family" in chosen else None
    return {
        "minutes": total, "permission_on": permission,
        **{f"minutes_{level}": by_level.get(level, 0) for level in LEVELS},
    }  # fmt: skip


def _rows(typed: Mapping[str, Any]) -> list[int]:
    """Give the rows in which something is promised; a row that was added and left empty is not one."""
    return [row for row in range(typed["follow_up_rows"]) if typed[f"follow_ups.{row}.text"].strip()]


def _follow_up(typed: Mapping[str, Any], row: int) -> dict[str, Any]:
    return {name: typed[f"follow_ups.{row}.{name}"] for name in ("text", "owner", "due_on")}


def _missing(form: Form) -> dict[str, str]:
    held = form["outcome"] in HELD
    needed = {"site_id": "choose_one", "visited_on": "required"}
    if held:
        needed |= {"minutes": "required", "levels": "choose_one"}
    return {field: code for field, code in needed.items() if not form[field]}


def _at_rows(form: Form, problems: list[Any]) -> list[Any]:
    """Name problems of follow-ups by the row on the screen: empty rows are not sent."""
    rows = _rows(form.values())
    placed = []
    for problem in problems:
        parts = problem.field.split(".")
        if parts[0] == "follow_ups" and len(parts) > 2:
            problem = problem._replace(field=f"follow_ups.{rows[int(parts[1])]}.{parts[2]}")
        elif parts[0] in ("minutes_classroom", "minutes_child_family"):
            problem = problem._replace(field="minutes_program")
        placed.append(problem)
    return placed


def visit_fields(values: Mapping[str, Any]) -> dict[str, Any]:
    """Give the form's fields for a stored visit, in the shape of the input: what a correction begins with."""
    levels = [level for level in LEVELS if values.get(f"minutes_{level}")]
    people = values.get("participants", {})
    promised = values.get("follow_ups", ())
    return {
        **values, "site_id": str(values["site_id"]), "classroom_ids": [str(room) for room in values["classroom_ids"]],
        "levels": levels, "interpreter_language": values.get("interpreter_language") or "",
        **{name: list(values.get(name, ())) for name in ("activities", "tiers", "strategies")},
        "participants": list(people), **{f"participants.{role}": count for role, count in people.items()},
        "follow_up_rows": len(promised),
        **{f"follow_ups.{row}.{name}": one[name] for row, one in enumerate(promised) for name in one},
    }  # fmt: skip


def visit_facts(made: VisitInput, site: str) -> list[tuple[str, str]]:
    """Give what was stored in a few lines, as (label, value)."""
    levels = [
        _("{level} {minutes} min").format(level=label_of("consultation_level", level), minutes=minutes)
        for level in LEVELS
        if (minutes := getattr(made, f"minutes_{level}"))
    ]
    return [
        (_("Site"), site),
        (_("Date"), dates.full(made.visited_on)),
        (_("Minutes"), str(made.minutes) if made.held else ""),
        (_("Level"), ", ".join(levels)),
        (_("How it went"), "" if made.held else label_of("visit_outcome", made.outcome)),
    ]
