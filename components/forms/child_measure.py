"""The form for a child's questionnaire: whose it is by key, the family's permission, and the scores of its scales."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import streamlit as st

from components.definitions.incident import ANOTHER_KEY
from components.forms import fields, why
from components.forms.form import Form
from components.forms.instrument_form import InstrumentForm
from components.forms.saving import checked
from components.instruments import direction_label, instrument_label, range_label, rater_label, scale_label
from components.words import _
from db.instruments import INSTRUMENTS, Instrument, Scale, instrument, instruments_of
from db.models.base import new_id
from db.models.child_measure_input import RATERS, ChildMeasureInput

NEEDED = ("site_id", "child_key", "permission_on", "instrument_code", "respondent", "phase", "measured_on")
"""What needs an answer beside the scores."""
MOST_CHIPS = 11
SCORE = "scores."


def measure_form(name: str, today: date, *, corrects: bool = False) -> Form:
    """Open the form called ``name``, with the score fields of the instrument chosen so far.

    ``corrects``: it corrects a stored one, and asks why.
    """
    defaults: dict[str, Any] = {
        "site_id": None, "child": None, "child_key": "", "permission_on": None, "instrument_code": None,
        "respondent": None, "phase": None, "measured_on": today,
    }  # fmt: skip
    labels = _labels()
    sections: dict[str, tuple[str, ...]] = {
        "where": ("site_id", "child", "child_key", "permission_on"),
        "what": ("instrument_code", "respondent", "phase", "measured_on"),
        "scores": ("scores",),
    }
    if corrects:
        why.add_to(defaults, labels, sections)
    form = InstrumentForm(name, defaults, labels, sections, SCORE, _field_names)
    chosen = chosen_instrument(form)
    if chosen is None:
        return form
    all_labels = {**labels, **_score_labels(chosen)}
    scores = dict.fromkeys(_field_names(chosen))
    return InstrumentForm(name, {**defaults, **scores}, all_labels, sections, SCORE, _field_names)


def _field_names(tool: Instrument) -> list[str]:
    return [SCORE + scale.code for scale in tool.scales]


def labels_of(instrument_code: str) -> dict[str, str]:
    """Give what every field of a stored measure is called."""
    return {**_labels(), **_score_labels(instrument(instrument_code))}


def _score_labels(tool: Instrument) -> dict[str, str]:
    return {SCORE + scale.code: scale_label(tool, scale.code) for scale in tool.scales}


def _labels() -> dict[str, str]:
    return {
        "site_id": _("Site"), "child": _("Child"), "child_key": _("Child key"),
        "permission_on": _("Date on the parent's permission"), "instrument_code": _("Questionnaire and edition"),
        "respondent": _("Who answered it"), "phase": _("When in the consultation"),
        "measured_on": _("Date of the answers"), "scores": _("Scores"),
    }  # fmt: skip


def chosen_instrument(form: Form) -> Instrument | None:
    """Give the instrument chosen so far."""
    return instrument(form["instrument_code"]) if form["instrument_code"] else None


def make_measure(form: Form) -> ChildMeasureInput:
    """Give the measure that the form describes.

    Raises:
        InvalidInput: with everything that is wrong, under the names of the form's fields.
    """
    typed = {field: form[field] for field in NEEDED} | {"child_key": key_typed(form.values())}
    missing = {field: _asked_for(field) for field in NEEDED if not typed[field]}
    missing |= why.missing_in(form)
    measured_on = typed["measured_on"] or date.today()
    stand_ins: dict[str, Any] = {
        "site_id": new_id(), "child_key": "K-1", "permission_on": measured_on, "instrument_code": "sdq_2_4",
        "respondent": "teacher", "phase": "baseline", "measured_on": measured_on,
    }  # fmt: skip
    chosen = chosen_instrument(form)
    scores = {scale.code: form[SCORE + scale.code] for scale in chosen.scales} if chosen else {"total": 0}
    return checked(
        ChildMeasureInput,
        {
            **{field: typed[field] or stand_ins[field] for field in NEEDED},
            "client_uuid": form.client_uuid,
            "scores": {code: value for code, value in scores.items() if value is not None},
        },
        missing,
    )


def _asked_for(field: str) -> str:
    if field == "permission_on":
        return "permission_needed"
    return "required" if field in ("child_key", "measured_on") else "choose_one"


def key_typed(values: Mapping[str, Any]) -> str:
    """Give the child's key, chosen or typed, among a form's values."""
    chosen = values.get("child")
    return str((values.get("child_key") or "") if chosen in (None, ANOTHER_KEY) else chosen).strip()


def measure_fields(content: Mapping[str, Any]) -> dict[str, Any]:
    """Give the form's fields for a stored measure (the shape of ``ChildMeasureInput``)."""
    tool = instrument(content["instrument_code"])
    about = {field: content[field] for field in NEEDED} | {"site_id": str(content["site_id"]), "child": ANOTHER_KEY}
    return about | {SCORE + code: _as_typed(tool.scale(code), value) for code, value in content["scores"].items()}


def how_far(values: Mapping[str, Any]) -> tuple[int, int]:
    """Give how many of the needed answers a draft has, and how many there are; the scores count as one."""
    typed = {**values, "child_key": key_typed(values)}
    scored = any(value is not None for field, value in values.items() if field.startswith(SCORE))
    return sum(bool(typed.get(field)) for field in NEEDED) + scored, len(NEEDED) + 1


def _as_typed(scale: Scale, value: float) -> float:
    """Give a stored score as its field holds it: chips hold whole numbers."""
    return int(value) if _has_chips(scale) else float(value)


def _has_chips(scale: Scale) -> bool:
    return scale.step == 1 and round(scale.maximum - scale.minimum) < MOST_CHIPS


def draw_child(form: Form, known: Sequence[Any]) -> None:
    """Draw whose questionnaire it is. ``known`` are the child keys of the site (key, permission_on)."""
    form.state["permissions"] = {child.key: child.permission_on for child in known}
    if form["child"] not in (None, ANOTHER_KEY, *form.state["permissions"]):  # a draft names one that left the list
        form.fill({"child": ANOTHER_KEY, "child_key": form["child"]})
    if known:
        rows = [*((child.key, child.key) for child in known), (ANOTHER_KEY, _("Another key"))]
        fields.named(form, "child", rows, required=True, then=_take_permission)
    if not known or form["child"] == ANOTHER_KEY:
        told = _("The key that the site uses for this child: letters, digits, dashes. Never a name.")
        fields.line(form, "child_key", most=20, required=True, told=told)
    elif form["child"] is None:
        fields.below(form, "child_key")
    fields.day(form, "permission_on", required=True)


def _take_permission(form: Form) -> None:
    """A child that is known brings the date of the family's permission along."""
    form["permission_on"] = form.state["permissions"].get(form["child"])


def forget_child(form: Form) -> None:
    """Empty what is known about the child: a key belongs to one site."""
    form.fill({"child": None, "child_key": "", "permission_on": None})


def draw_questionnaire(form: Form, today: date, program_id: uuid.UUID | None) -> None:
    """Draw which questionnaire it is, and its scores."""
    fields.section(form, "what", _("Questionnaire"))
    draw_about(form, today, program_id)
    draw_scores(form)


def draw_about(form: Form, today: date, program_id: uuid.UUID | None) -> None:
    """Draw instrument, respondent, phase and date. ``program_id`` is the program of the site."""
    tools = [(one.code, instrument_label(one)) for one in instruments_of("rating", program_id)]
    stored = INSTRUMENTS.get(form["instrument_code"] or "")
    if stored is not None and stored.code not in dict(tools):
        tools.append((stored.code, instrument_label(stored)))
    fields.named(form, "instrument_code", tools, required=True, then=_usual_rater)
    fields.named(form, "respondent", [(code, rater_label(code).capitalize()) for code in RATERS], required=True)
    fields.chips(form, "phase", "observation_phase", required=True)
    shortcuts = ((_("Today"), today), (_("Yesterday"), today - timedelta(days=1)))
    fields.day(form, "measured_on", required=True, shortcuts=shortcuts)


def _usual_rater(form: Form) -> None:
    chosen = chosen_instrument(form)
    form["respondent"] = chosen.respondent if chosen and chosen.respondent in RATERS else None


def draw_scores(form: Form) -> None:
    """Draw the scales of the chosen instrument, each with its range."""
    chosen = chosen_instrument(form)
    if chosen is None:
        st.text(_("Choose a questionnaire to enter its scores."))
        return
    fields.section(form, "scores", _("Scores"))
    st.text(_("The scores of its scoring sheet only: no answers, no names. Leave a scale empty that was not scored."))
    if chosen.screener:
        st.info(_("This is a screener: it tells when to look closer. Its scores are not compared before and after."))
    for scale in chosen.scales:
        field = SCORE + scale.code
        told = f"{range_label(scale)}, {direction_label(scale)}"
        if _has_chips(scale):
            fields.scale(form, field, range(int(scale.minimum), int(scale.maximum) + 1), told=told)
        else:
            st.number_input(
                f"{form.labels[field]} ({told})", value=None, step=float(scale.step), key=form.key(field), width=420,
                format="%g", persist_state="session",
            )  # fmt: skip
            fields.below(form, field)
    fields.below(form, "scores")
