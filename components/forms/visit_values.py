"""From the visit form's fields to the input that is stored, and back."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from components import dates
from components.choices import label_of
from components.definitions import answers
from components.definitions.visit import LEVELS, visit_definition
from components.forms.form import Form
from components.forms.saving import checked
from components.words import _
from db.errors import InvalidInput, Problem
from db.models.visit_input import VisitInput

_AS_TYPED = (
    "site_id", "classroom_ids", "visited_on", "started_at", "outcome", "mode", "reason", "activities", "tiers",
    "strategies", "children_present", "indirect_minutes", "travel_minutes", "relationship_checkin", "permission_on",
    "summary", "recommendations", "reflection",
)  # fmt: skip


def make_visit(form: Form) -> VisitInput:
    """Give the visit that the form describes.

    Raises:
        InvalidInput: with everything that is wrong, under the names of the form's fields.
    """
    definition = visit_definition()
    missing = answers.missing(definition, form.values())
    typed = answers.complete(definition, form.values(), missing, date.today())
    try:
        return checked(VisitInput, {**visit_values(typed), "client_uuid": form.client_uuid}, missing)
    except InvalidInput as refused:
        raise InvalidInput(_at_fields(typed, _told(refused.problems, missing))) from None


def _told(problems: list[Problem], missing: Mapping[str, str]) -> list[Problem]:
    """Leave out a sum that was checked against a stand-in."""
    return [one for one in problems if one.code != "minutes_add_up" or "minutes" not in missing]


def visit_values(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a form's complete values say in the shape of the input, without its key."""
    return {
        **{name: typed[name] for name in _AS_TYPED},
        "minutes": typed["minutes"] or 0,
        **{f"minutes_{level}": minutes for level, minutes in _minutes(typed).items()},
        "interpreter_language": typed["interpreter_language"].strip() or None,
        "participants": {role: typed[f"participants.{role}"] or 1 for role in sorted(typed["participants"])},
        "follow_ups": [_follow_up(typed, row) for row in _rows(typed)],
    }


def _minutes(typed: Mapping[str, Any]) -> dict[str, int]:
    chosen = typed["levels"]
    if len(chosen) == 1:
        return {level: (typed["minutes"] or 0) if level in chosen else 0 for level in LEVELS}
    return {level: (typed[f"minutes_{level}"] or 0) if level in chosen else 0 for level in LEVELS}


def _rows(typed: Mapping[str, Any]) -> list[int]:
    """Give the rows in which something is promised; a row that was added and left empty is not one."""
    return [row for row in range(typed["follow_ups_rows"]) if typed[f"follow_ups.{row}.text"].strip()]


def _follow_up(typed: Mapping[str, Any], row: int) -> dict[str, Any]:
    return {name: typed[f"follow_ups.{row}.{name}"] for name in ("text", "owner", "due_on")}


def _at_fields(typed: Mapping[str, Any], problems: list[Problem]) -> list[Problem]:
    """Name problems by the fields on the screen: empty rows are not sent, and one level has no field of its own."""
    rows = _rows(typed)
    shares = "placed" if len(typed["levels"]) > 1 else "minutes"
    placed: list[Problem] = []
    for problem in problems:
        parts = problem.field.split(".")
        if parts[0] == "follow_ups" and len(parts) > 2:
            problem = problem._replace(field=f"follow_ups.{rows[int(parts[1])]}.{parts[2]}")
        elif parts[0] in {f"minutes_{level}" for level in LEVELS}:
            problem = problem._replace(field=shares)
        if problem not in placed:
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
        "follow_ups_rows": len(promised),
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
