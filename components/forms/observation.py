"""The form for an observation's scores: cycle by cycle, with the domain scores growing along."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import streamlit as st

from analytics.scoring import score_domains
from components import messages
from components.choices import label_of
from components.forms import fields, why
from components.forms.form import Form
from components.forms.instrument_form import InstrumentForm
from components.forms.saving import checked
from components.instruments import direction_label, instrument_label, range_label, scale_label
from components.words import _, plural
from db.errors import Problem
from db.instruments import INSTRUMENTS, Instrument, Scale, instrument, instruments_of
from db.instruments.scoring import scoring_of
from db.models.base import new_id
from db.models.observation_input import ObservationInput
from db.options import option

CHIPS_AT_MOST = 9
CYCLES = "cycles."
"""What the fields of scores begin with."""
NEEDED = ("site_id", "classroom_id", "instrument_code", "observed_on", "phase")
"""What needs an answer beside the scores."""


def observation_form(name: str, today: date, *, corrects: bool = False) -> Form:
    """Open the observation form called ``name``, with the score fields of the instrument chosen so far.

    ``corrects``: it corrects a stored one, and asks why.
    """
    defaults: dict[str, Any] = {
        "site_id": None, "classroom_id": None, "instrument_code": None, "observed_on": today, "phase": None,
        "certified_until": None, "cycles": None, "cycle_shown": 1, "incomplete_on_purpose": False,
    }  # fmt: skip
    labels = {
        "site_id": _("Site"), "classroom_id": _("Classroom"), "instrument_code": _("Instrument and edition"),
        "observed_on": _("Date"), "phase": _("When in the year"), "cycles": _("How many cycles?"),
        "certified_until": _("Your certification is valid until"),
        "incomplete_on_purpose": _("Save without the missing scores"),
    }  # fmt: skip
    sections: dict[str, tuple[str, ...]] = {"where": ("site_id", "classroom_id"), "scores": ("cycles",)}
    if corrects:
        why.add_to(defaults, labels, sections)
    form = InstrumentForm(name, defaults, labels, sections, CYCLES, _field_names)
    chosen = chosen_instrument(form)
    if chosen is None:
        return form
    for field, number, scale in _score_fields(chosen):
        name_of = scale_label(chosen, scale.code)
        labels[field] = (
            name_of if chosen.cycles_max == 1 else _("{scale} (cycle {number})").format(scale=name_of, number=number)
        )
    for number in range(1, chosen.cycles_max + 1):
        labels[f"cycles.{number}"] = _("Cycle {number}").format(number=number)
    scores = dict.fromkeys(_field_names(chosen))
    return InstrumentForm(name, {**defaults, **scores}, labels, form.sections, CYCLES, _field_names)


def _field_names(tool: Instrument) -> list[str]:
    return [field for field, _number, _scale in _score_fields(tool)]


def _score_fields(tool: Instrument) -> list[tuple[str, int, Scale]]:
    return [
        (f"cycles.{number}.{scale.code}", number, scale)
        for number in range(1, tool.cycles_max + 1)
        for scale in tool.scales
    ]


def observation_fields(content: Mapping[str, Any]) -> dict[str, Any]:
    """Give the form's fields for a stored observation (the shape of ``ObservationInput``)."""
    tool, cycles = instrument(content["instrument_code"]), content["cycles"]
    fields_of_scores = {
        f"cycles.{number}.{scale.code}": _as_typed(scale, cycle.get(scale.code))
        for number, cycle in enumerate(cycles, start=1)
        for scale in tool.scales
    }
    return {
        "site_id": str(content["site_id"]), "classroom_id": str(content["classroom_id"]),
        "instrument_code": tool.code, "observed_on": content["observed_on"], "phase": content["phase"],
        "certified_until": content["certified_until"], "cycles": len(cycles),
        "incomplete_on_purpose": any(value is None for value in fields_of_scores.values()), **fields_of_scores,
    }  # fmt: skip


def _as_typed(scale: Scale, value: float | None) -> float | None:
    """Give a stored score as its field holds it: chips hold whole numbers."""
    return int(value) if value is not None and _has_chips(scale) else value


def _has_chips(scale: Scale) -> bool:
    return scale.step == 1 and round(scale.maximum - scale.minimum) < CHIPS_AT_MOST


def how_far(values: Mapping[str, Any]) -> tuple[int, int]:
    """Give how many of the needed answers a draft has, and how many there are; a full cycle counts as one."""
    done = sum(bool(values.get(field)) for field in NEEDED)
    tool = INSTRUMENTS.get(values.get("instrument_code") or "")
    if tool is None:
        return done, len(NEEDED) + 1
    cycles = range(1, (values.get("cycles") or tool.cycles_usual) + 1)
    full = sum(
        all(values.get(f"cycles.{number}.{scale.code}") is not None for scale in tool.scales) for number in cycles
    )
    return done + full, len(NEEDED) + len(cycles)


def chosen_instrument(form: Form) -> Instrument | None:
    """Give the instrument chosen so far."""
    return instrument(form["instrument_code"]) if form["instrument_code"] else None


def make_observation(form: Form) -> ObservationInput:
    """Give the observation that the form describes.

    Raises:
        InvalidInput: with everything that is wrong, under the names of the form's fields.
    """
    missing = {field: "choose_one" for field in NEEDED if not form[field]}
    stand_ins = {
        "site_id": new_id(), "classroom_id": new_id(), "instrument_code": "class_infant",
        "observed_on": date.today(), "phase": "baseline",
    }  # fmt: skip
    values = {field: form[field] or stand_ins[field] for field in NEEDED}
    cycles = entered(form) if form["instrument_code"] else [{"teacher_sensitivity": 4}]
    return checked(
        ObservationInput,
        {
            **values,
            "client_uuid": form.client_uuid,
            "certified_until": form["certified_until"],
            "cycles": cycles,
            "incomplete_on_purpose": form["incomplete_on_purpose"] or not form["instrument_code"],
        },
        missing,
    )


def entered(form: Form) -> list[dict[str, float | None]]:
    """Give the scores typed so far, one mapping per cycle."""
    chosen = instrument(form["instrument_code"])
    count = form["cycles"] or chosen.cycles_usual
    return [
        {scale.code: form[f"cycles.{number}.{scale.code}"] for scale in chosen.scales} for number in range(1, count + 1)
    ]


def draw_about(form: Form, today: date, age_group: str | None) -> None:
    """Draw instrument, date, phase and certification. ``age_group`` is the room's, for a hint."""
    tools = instruments_of("observation")
    fields.named(
        form, "instrument_code", [(one.code, instrument_label(one)) for one in tools], required=True, then=_fit
    )
    chosen = chosen_instrument(form)
    if chosen is not None and (meant := _other_age(chosen, age_group)):
        st.info(
            _("Age group of this room: {group}. For this age there is {meant}.").format(
                group=label_of("age_group", str(age_group)).lower(), meant=meant
            )
        )
    with st.container(horizontal=True, gap="large"):
        with st.container(width="content"):
            shortcuts = ((_("Today"), today), (_("Yesterday"), today - timedelta(days=1)))
            fields.day(form, "observed_on", required=True, shortcuts=shortcuts)
        with st.container(width="content"):
            fields.day(form, "certified_until")
    _say_expired(form)
    fields.chips(form, "phase", "observation_phase", required=True)


def _say_expired(form: Form) -> None:
    """Say at once that a certificate ended before the day; after a refused save its own field says so."""
    expired = form["certified_until"] and form["observed_on"] and form["certified_until"] < form["observed_on"]
    if expired and all(problem.field != "certified_until" for problem in form.problems):
        st.warning(messages.sentence(Problem("certified_until", "certificate_expired")), icon=":material/badge:")


def _fit(form: Form) -> None:
    chosen = chosen_instrument(form)
    form["cycles"] = chosen.cycles_usual if chosen else None
    form["cycle_shown"] = 1
    form["incomplete_on_purpose"] = False


def _other_age(chosen: Instrument, age_group: str | None) -> str | None:
    """Give the name of the CLASS version for a room's age when another one was chosen."""
    meant = option("age_group", age_group).maps_to if age_group else None
    is_class = chosen.family.startswith("class_")
    return meant if is_class and meant and not chosen.name.startswith(meant) else None


def draw_scores(form: Form) -> None:
    """Draw one cycle's scores, and the domain scores that come of all cycles."""
    chosen = chosen_instrument(form)
    if chosen is None:
        st.text(_("Choose an instrument to enter its scores."))
        return
    fields.section(form, "scores", _("Scores"))
    st.text(_("Scores only, as you gave them. No item wording, no notes about a person, no names."))
    number = _choose_cycle(form, chosen)
    for domain, scales in _groups(chosen):
        if domain:
            heading = scale_label(chosen, domain)
            st.markdown("**" + heading + "**")
        for scale in scales:
            _score(form, chosen, scale, number)
    _next_cycle(form, number)
    _computed(form, chosen)


def _choose_cycle(form: Form, chosen: Instrument) -> int:
    if chosen.cycles_max == 1:
        form["cycles"] = 1
        return 1
    form["cycles"] = form["cycles"] or chosen.cycles_usual
    st.segmented_control(
        form.labels["cycles"],
        range(chosen.cycles_min, chosen.cycles_max + 1),
        required=True,
        key=form.key("cycles"),
        persist_state="session",
    )
    count = form["cycles"]
    if form["cycle_shown"] not in range(1, count + 1):
        form["cycle_shown"] = 1
    filled = [all(value is not None for value in cycle.values()) for cycle in entered(form)]
    st.segmented_control(
        _("Cycle to enter"),
        range(1, count + 1),
        format_func=lambda one: f"{one} :material/check:" if filled[one - 1] else str(one),
        required=True,
        key=form.key("cycle_shown"),
        persist_state="session",
    )
    for one in range(1, count + 1):
        fields.below(form, f"cycles.{one}")
    return int(form["cycle_shown"])


def _groups(chosen: Instrument) -> list[tuple[str | None, list[Scale]]]:
    grouped: list[tuple[str | None, list[Scale]]] = [
        (domain.code, [chosen.scale(code) for code in domain.scales]) for domain in chosen.domains
    ]
    inside = {code for domain in chosen.domains for code in domain.scales}
    alone = [scale for scale in chosen.scales if scale.code not in inside]
    return [*grouped, (None, alone)] if alone else grouped


def _score(form: Form, chosen: Instrument, scale: Scale, number: int) -> None:
    field = f"cycles.{number}.{scale.code}"
    title = scale_label(chosen, scale.code)
    if scale.reversed:
        title += " (" + direction_label(scale) + ")"
    if _has_chips(scale):
        values = range(int(scale.minimum), int(scale.maximum) + 1)
        st.segmented_control(title, values, key=form.key(field), persist_state="session")
    else:
        st.number_input(
            title + f" ({range_label(scale)})", value=None, step=scale.step, key=form.key(field), width=320,
            format="%g", persist_state="session",
        )  # fmt: skip
    fields.below(form, field)


def _next_cycle(form: Form, number: int) -> None:
    if form["cycles"] and number < form["cycles"]:
        st.button(
            _("Next: cycle {number}").format(number=number + 1), key=form.key("next_cycle"),
            icon=":material/arrow_forward:", on_click=form.__setitem__, args=("cycle_shown", number + 1),
        )  # fmt: skip


def _computed(form: Form, chosen: Instrument) -> None:
    """Draw what the scores come to so far, and what is still missing."""
    if not chosen.domains:
        st.text(_("This instrument has no domain score that could be computed: its scores stand by themselves."))
        return
    cycles = entered(form)
    in_range = all(
        value is None or chosen.scale(code).minimum <= value <= chosen.scale(code).maximum
        for cycle in cycles
        for code, value in cycle.items()
    )
    if not in_range:
        return
    with st.container(border=True, gap="xsmall"):
        st.markdown("**" + _("What the scores come to") + "**")
        for code, score in score_domains(scoring_of(chosen), cycles).items():
            name = scale_label(chosen, code)
            if score.value is not None:
                st.text(_("{domain}: {value}").format(domain=name, value=f"{score.value:.2f}"))
            else:
                st.text(_("{domain}: no score yet. Missing: {what}").format(
                    domain=name, what=_missing_names(chosen, cycles, score.missing)))  # fmt: skip
        for scale in chosen.scales:
            if scale.reversed:
                heading = _reversed_note(chosen, scale)
                st.caption(heading)


def _missing_names(chosen: Instrument, cycles: Sequence[dict[str, float | None]], missing: Sequence[str]) -> str:
    told = []
    for code in missing:
        empty = [str(number) for number, cycle in enumerate(cycles, start=1) if cycle.get(code) is None]
        name = scale_label(chosen, code)
        if len(empty) < len(cycles):
            cycles_told = plural("{name} (cycle {numbers})", "{name} (cycles {numbers})", len(empty))
            name = cycles_told.format(name=name, numbers=", ".join(empty))
        told.append(name)
    return "; ".join(told)


def _reversed_note(chosen: Instrument, scale: Scale) -> str:
    return _("{scale} counts the other way round: {sum} minus the score.").format(
        scale=scale_label(chosen, scale.code), sum=f"{scale.minimum + scale.maximum:g}"
    )


def offer_incomplete(form: Form) -> None:
    """Draw the box that lets scores be missing, once they were asked for."""
    asked = any(problem.code == "scores_missing" for problem in form.problems)
    if asked or form["incomplete_on_purpose"]:
        st.checkbox(
            form.labels["incomplete_on_purpose"], key=form.key("incomplete_on_purpose"), persist_state="session",
            help=_("A domain that misses a score in any cycle will have none. The other domains keep theirs."),
        )  # fmt: skip
