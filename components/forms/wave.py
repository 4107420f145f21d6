"""The form for a staff survey wave: how many answered each scale, their mean and spread."""

import uuid
from datetime import date
from typing import Any

import streamlit as st

from components.forms import fields
from components.forms.form import Form
from components.forms.saving import checked
from components.instruments import direction_label, instrument_label, range_label, scale_label
from components.words import _
from db.instruments import Instrument, instrument, instruments_of
from db.models.base import new_id
from db.models.wave_input import WaveInput

PARTS = ("respondents", "mean", "sd")


def wave_form(name: str, today: date) -> Form:
    """Open the wave form called ``name``, with the result fields of the survey chosen so far."""
    defaults: dict[str, Any] = {
        "site_id": None, "instrument_code": None, "opened_on": today, "closed_on": today, "invited": None
    }  # fmt: skip
    labels = {
        "site_id": _("Site"), "instrument_code": _("Survey"), "opened_on": _("First day"), "closed_on": _("Last day"),
        "invited": _("People invited"), "results": _("Results"),
    }  # fmt: skip
    sections = {"where": ("site_id", "instrument_code"), "results": ("results", "invited")}
    form = Form(name, defaults, labels, sections)
    chosen = chosen_survey(form)
    if chosen is None:
        return form
    for scale in chosen.scales:
        name_of = scale_label(chosen, scale.code)
        for part, title in (
            ("respondents", _("people who answered")), ("mean", _("mean")), ("sd", _("standard deviation")),
        ):  # fmt: skip
            defaults[f"results.{scale.code}.{part}"] = None
            labels[f"results.{scale.code}.{part}"] = f"{name_of}: {title}"
        labels[f"results.{scale.code}"] = name_of
    return Form(name, defaults, labels, sections)


def chosen_survey(form: Form) -> Instrument | None:
    """Give the survey chosen so far."""
    return instrument(form["instrument_code"]) if form["instrument_code"] else None


def make_wave(form: Form) -> WaveInput:
    """Give the wave that the form describes; a scale with no number at all was not asked.

    Raises:
        InvalidInput: with everything that is wrong, under the names of the form's fields.
    """
    stand_ins: dict[str, Any] = {
        "site_id": new_id(), "instrument_code": "pss10", "opened_on": date.today(), "closed_on": date.today(),
        "invited": 500,
    }  # fmt: skip
    chosen = chosen_survey(form)
    missing = {
        field: "choose_one" if field in ("site_id", "instrument_code") else "required"
        for field in stand_ins
        if not form[field] and (chosen or field != "invited")  # asked once the survey is chosen
    }
    results: list[dict[str, Any]] = []
    for scale in chosen.scales if chosen else ():
        typed = {part: form[f"results.{scale.code}.{part}"] for part in PARTS}
        if all(value is None for value in typed.values()):
            continue
        for part in ("respondents", "mean"):
            if typed[part] is None:
                missing[f"results.{scale.code}.{part}"] = "required"
        results.append(
            {
                "scale_code": scale.code,
                "respondents": typed["respondents"] or 1,
                "mean": scale.minimum if typed["mean"] is None else typed["mean"],
                "sd": typed["sd"] if typed["respondents"] and typed["mean"] is not None else None,
            }
        )
    if chosen is None:
        results = [{"scale_code": "total", "respondents": 1, "mean": 0}]
    values = {field: form[field] or stand_in for field, stand_in in stand_ins.items()}
    return checked(WaveInput, {**values, "client_uuid": form.client_uuid, "results": results}, missing)


def draw(form: Form, today: date, least: int, program_id: uuid.UUID | None) -> None:
    """Draw everything after the site, which is of ``program_id``. ``least``: the fewest answers that are shown."""
    surveys = [(one.code, instrument_label(one)) for one in instruments_of("survey", program_id)]
    fields.named(form, "instrument_code", surveys, required=True)
    with st.container(horizontal=True, gap="large"):
        for field in ("opened_on", "closed_on"):
            with st.container(width="content"):
                fields.day(form, field, required=True)
    chosen = chosen_survey(form)
    if chosen is None:
        fields.hint(_("Choose a survey to enter its results."))
        return
    fields.section(form, "results", _("Results"))
    st.info(
        _("Please check your numbers before you save. Results of fewer than {least} people are hidden from everyone"
          " afterwards, also from you: they could tell what one person answered.").format(least=least),
        icon=":material/visibility_off:",
    )  # fmt: skip
    fields.number(form, "invited", required=True)
    for scale in chosen.scales:
        heading = scale_label(chosen, scale.code)
        st.markdown("**" + heading + "**")
        heading = f"{range_label(scale)}, {direction_label(scale)}"
        st.caption(heading)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            for part, title, step, form_of in (
                ("respondents", _("People who answered"), 1, "%d"), ("mean", _("Mean"), 0.1, "%.2f"),
                ("sd", _("Standard deviation, if known"), 0.1, "%.2f"),
            ):  # fmt: skip
                st.number_input(
                    title, value=None, step=step, format=form_of, key=form.key(f"results.{scale.code}.{part}"),
                    width=205, persist_state="session",
                )  # fmt: skip
        for part in PARTS:
            fields.below(form, f"results.{scale.code}.{part}")
    fields.below(form, "results")
