"""The form for a decision of a meeting: what, whose task, until when, and which figure it is to change."""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from components import meeting_words
from components.choices import label_of
from components.forms import fields, name_hint, small
from components.forms.form import Form
from components.forms.saving import checked
from components.words import _
from db.models.meeting_input import DecisionInput
from db.options import codes

NOTHING = "nothing"
PLAIN = ("incidents", "exclusions", "visits")
ROLES = tuple(code for code in codes("reported_by_role") if code != "consultant")
"""Roles that can be given a task where nobody has an account."""


def decision_form(meeting_id: uuid.UUID, today: date) -> Form:
    """Open the form for one more decision; it is due in four weeks unless told otherwise."""
    labels = {
        "text": _("What will we do?"), "owner": _("Whose task is it?"), "due_on": _("Until when?"),
        "about": _("Which figure shall it change?"), "figure": _("Which figure shall it change?"),
    }  # fmt: skip
    defaults = {"text": "", "owner": None, "due_on": today + timedelta(weeks=4), "about": NOTHING, "rule": None}
    return small.small_form(f"decision_{meeting_id}", defaults, labels)


def draw_decision(
    form: Form, today: date, owners: Sequence[Any], cuts: Sequence[Mapping[str, str]], names: Mapping[str, str]
) -> None:
    """Draw the fields; ``cuts`` are the patterns that were looked at."""
    fields.line(
        form, "text", most=300, required=True, told=_("One thing, as concrete as you can. No names of children.")
    )
    name_hint.draw(form, "text")
    people = [(f"person:{one.id}", one.name) for one in owners]
    roles = [(f"role:{code}", label_of("reported_by_role", code)) for code in ROLES]
    fields.named(form, "owner", [*people, *roles], multi=False, required=True)
    soon = [(_("In 2 weeks"), today + timedelta(weeks=2)), (_("In 4 weeks"), today + timedelta(weeks=4))]
    fields.day(form, "due_on", required=True, shortcuts=soon)
    patterns = [(json.dumps(dict(cut), sort_keys=True), meeting_words.figure("pattern", cut, names)) for cut in cuts]
    plain = [(code, meeting_words.figure(code, {}, names)) for code in PLAIN]
    fields.named(form, "about", [(NOTHING, _("None")), *plain, *patterns])


def make_decision(form: Form) -> DecisionInput:
    """Give the decision that the form says.

    Raises:
        InvalidInput: with every problem, field by field.
    """
    kind, _colon, key = (form["owner"] or "role:other").partition(":")
    about = form["about"] or NOTHING
    figure = None if about == NOTHING else about if about in PLAIN else "pattern"
    values = {
        "text": form["text"].strip() or "-",
        "owner_id": key if kind == "person" else None,
        "owner_role": key if kind == "role" else None,
        "due_on": form["due_on"] or date.today(),
        "rule": form["rule"],
        "figure": figure,
        "cut": json.loads(about) if figure == "pattern" else {},
    }
    missing = {"text": "required"} if not form["text"].strip() else {}
    missing |= {"owner": "owner_needed"} if not form["owner"] else {}
    missing |= {"due_on": "required"} if not form["due_on"] else {}
    return checked(DecisionInput, values, missing)


def suggest(form: Form, rule: str) -> None:
    """Begin the form with what a signal suggests: a callback. Nothing is stored before somebody saves it."""
    form.fill({"text": meeting_words.suggestion(rule), "rule": rule, "about": _about(rule)})


def _about(rule: str) -> str:
    figures = {
        "incidents_up": "incidents", "one_child": "incidents", "steps_missing": "exclusions", "no_visits": "visits",
    }  # fmt: skip
    return figures.get(rule, NOTHING)
