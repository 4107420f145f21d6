"""The forms of the ledger of time away: one without an incident, a step that was taken, a look at the child's place."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from components import dates
from components.choices import label_of, list_label
from components.definitions import answers
from components.definitions.definition import Asked, Definition, Section, Shortcut
from components.definitions.incident import EXCLUSION, incident_definition
from components.definitions.stand_ins import NOWHERE
from components.forms import defined, fields, name_hint, small, why
from components.forms.form import Form
from components.forms.saving import checked
from components.records.words import field_label
from components.words import _, language
from db.models.exclusion_input import PlaceInput, RecordedExclusion, StepInput


def ledger_definition() -> Definition:
    """Give the form for time away without an incident: the questions are those of the incident form."""
    return _ledger_definition(language())


@lru_cache(maxsize=4)
def _ledger_definition(_language: str) -> Definition:
    asked = next(one.fields for one in incident_definition().sections if one.anchor == "exclusion")
    days = (Shortcut(_("Today")), Shortcut(_("Yesterday"), days=-1))
    site = Asked("site_id", "site", _("Site"), required=True, missing="choose_one", stand_in=NOWHERE)
    return Definition(
        "exclusion",
        (
            Section("where", _("Where"), (site,)),
            Section("exclusion", _("Care time lost"), tuple(_standing_alone(one, days) for one in asked)),
        ),
    )


def _standing_alone(asked: Asked, days: tuple[Shortcut, ...]) -> Asked:
    """Give a question of the incident form without the incident's day, which the beginning was taken from."""
    if asked.name == "exclusion.started_on":
        return replace(asked, begins_from=None, default="today", shortcuts=days)
    return asked


def exclusion_form(name: str, now: datetime, *, correcting: bool = False) -> Form:
    """Open the form called ``name``; a correction also asks for its reason."""
    form = defined.open_form(name, ledger_definition(), now)
    return why.asking(form) if correcting else form


def fill(form: Form, opened: Any) -> None:
    """Fill a correction with what is stored, once: what was typed since stays."""
    if form.state.get("record") == (str(opened.id), opened.version):
        return
    stored = {f"exclusion.{name}": value for name, value in opened.content.items()}
    form.start_again(site_id=str(opened.site_id), **stored)
    form.state["record"] = (str(opened.id), opened.version)


def draw_exclusion(form: Form, *, head_start: bool) -> None:
    """Draw everything after the place; a correction ends with its reason. No draft of it is kept."""
    defined.draw(form, ledger_definition(), changed=lambda: None, head_start=head_start)
    if why.REASON in form.defaults:
        why.draw(form, why.in_the_audit())


def make_exclusion(form: Form, *, head_start: bool) -> RecordedExclusion:
    """Give what the form says.

    Raises:
        InvalidInput: with everything that is wrong, under the names of the form's fields.
    """
    definition = ledger_definition()
    missing = answers.missing(definition, form.values(), head_start=head_start)
    typed = answers.complete(definition, form.values(), missing, date.today())
    lost = {name: typed[f"exclusion.{name}"] for name in EXCLUSION}
    values = {"client_uuid": form.client_uuid, "site_id": typed["site_id"], "exclusion": lost}
    return checked(RecordedExclusion, values, {**missing, **why.missing_in(form)})


def exclusion_facts(made: RecordedExclusion, site: str) -> list[tuple[str, str]]:
    """Give what was stored in a few lines, as (label, value)."""
    lost = made.exclusion
    return [
        (_("Site"), site),
        (list_label("exclusion_type"), label_of("exclusion_type", lost.type)),
        (_("From"), dates.full(lost.started_on)),
        (_("Hours of care lost"), "" if lost.hours_lost is None else f"{lost.hours_lost:g}"),
    ]


def stored_label(field: str) -> str:
    """Give what a stored field of an exclusion is called."""
    return field_label(f"exclusion.{field}", answers.labels(ledger_definition()))


def step_form(opened: Any, step: str, today: date) -> Form:
    """Open the form for one step of the checklist."""
    labels = {"step": list_label("exclusion_step"), "done_on": _("Done on"), "who": _("Who did it"), "note": _("Note")}
    return small.small_form(
        f"step_{opened.id}_{step}", {"step": step, "done_on": today, "who": None, "note": ""}, labels
    )


def draw_step(form: Form, today: date) -> None:
    """Draw when the step was taken and by whom."""
    fields.day(form, "done_on", required=True, shortcuts=[(_("Today"), today)])
    fields.chips(form, "who", "reported_by_role")
    fields.line(form, "note", most=300, told=_("Roles and facts, no names."))
    name_hint.draw(form, "note")


def make_step(form: Form) -> StepInput:
    """Give the step that the form says.

    Raises:
        InvalidInput: with every problem, field by field.
    """
    return StepInput.checked(form.values())


def place_form(opened: Any, today: date, open_moments: Sequence[str], due: str | None) -> Form:
    """Open the form for a look at the child's place; it begins with the moment that is due."""
    labels = {
        "moment": list_label("place_moment"), "noted_on": _("Reviewed on"), "place": list_label("child_place")
    }  # fmt: skip
    first = due or (open_moments[0] if len(open_moments) == 1 else None)
    name = f"place_{opened.id}_{'_'.join(open_moments)}"
    return small.small_form(name, {"moment": first, "noted_on": today, "place": None}, labels)


def draw_place(form: Form, today: date, open_moments: Sequence[str]) -> None:
    """Draw which moment it was, when, and where the child is."""
    fields.chips(form, "moment", "place_moment", only=open_moments, required=True)
    fields.day(form, "noted_on", required=True, shortcuts=[(_("Today"), today)])
    fields.chips(form, "place", "child_place", required=True)


def make_place(form: Form) -> PlaceInput:
    """Give the look that the form says.

    Raises:
        InvalidInput: with every problem, field by field.
    """
    stands = {"moment": "closure", "place": "not_known"}
    missing = {field: "choose_one" for field in stands if not form[field]}
    return checked(PlaceInput, {**form.values(), **{field: stands[field] for field in missing}}, missing)
