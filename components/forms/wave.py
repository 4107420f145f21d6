"""The form for a staff survey wave: how many answered each scale, their mean and spread."""

import uuid
from datetime import date
from typing import Any

import streamlit as st

from components.forms import fields, why
from components.forms.form import Form
from components.forms.saving import checked
from components.instruments import direction_label, instrument_label, range_label, scale_label
from components.words import _
from db.instruments import Instrument, instrument, instruments_of
from db.models.base import new_id
from db.models.wave_input import WaveInput

PARTS = ("respondents", "mean", "sd")
ABOUT = ("instrument_code", "opened_on", "closed_on", "invited")


def wave_form(name: str, today: date, *, corrects: bool = False) -> Form:
    """Open the wave form called ``name``, with the result fields of the survey chosen so far.

    ``corrects``: it corrects a stored one, and asks why.
    """
    defaults: dict[str, Any] = {
        "site_id": None, "instrument_code": None, "opened_on": today, "closed_on": today, "invited": None
    }  # fmt: skip
    labels = {
        "site_id": _("Site"), "instrument_code": _("Survey"), "opened_on": _("First day"), "closed_on": _("Last day"),
        "invited": _("People invited"), "results": _("Results"),
    }  # fmt: skip
    sections: dict[str, tuple[str, ...]] = {"where": ("site_id", "instrument_code"), "results": ("results", "invited")}
    if corrects:
        why.add_to(defaults, labels, sections)
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


def fill(form: Form, row: Any, today: date) -> Form:
    """Fill a correction with what may be shown of a stored wave, once. Gives the form with its result fields.

    What is hidden stays empty: it is typed again from the sheet.
    """
    if form.state.get("record") == (str(row.id), row.version):
        return form
    form.start_again(site_id=str(row.site_id), **{name: getattr(row, name) for name in ABOUT})
    form = wave_form(form.name, today, corrects=True)
    told = {f"results.{one.scale_code}.{part}": getattr(one, part) for one in row.results for part in PARTS}
    form.start_again(**{field: form[field] for field in ("site_id", *ABOUT)}, **told)
    form.state.update(record=(str(row.id), row.version), scales=[one.scale_code for one in row.results])
    return form


def chosen_survey(form: Form) -> Instrument | None:
    """Give the survey chosen so far."""
    return instrument(form["instrument_code"]) if form["instrument_code"] else None


def make_wave(form: Form) -> WaveInput:
    """Give the wave that the form describes. A scale with no number was not asked; in a correction it is missing.

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
        if all(value is None for value in typed.values()) and scale.code not in form.state.get("scales", ()):
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
    missing |= why.missing_in(form)
    values = {field: form[field] or stand_in for field, stand_in in stand_ins.items()}
    return checked(WaveInput, {**values, "client_uuid": form.client_uuid, "results": results}, missing)


def draw(form: Form, today: date, least: int, program_id: uuid.UUID | None) -> None:
    """Draw everything after the site, which is of ``program_id``. ``least``: the fewest answers that are shown."""
    surveys = [(one.code, instrument_label(one)) for one in instruments_of("survey", program_id)]
    fields.named(form, "instrument_code", surveys, required=True)
    _days(form)
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
    _results(form, chosen)


def draw_correction(form: Form, least: int) -> None:
    """Draw days, results and the question why: what is hidden from everyone is not filled in here either."""
    _days(form)
    fields.section(form, "results", _("Results"))
    st.info(
        _("Only what may be shown is filled in. Please type the rest from your sheet: results of fewer than {least}"
          " people are hidden from everyone, also from you.").format(least=least),
        icon=":material/visibility_off:",
    )  # fmt: skip
    chosen = chosen_survey(form)
    assert chosen is not None
    _results(form, chosen)
    why.draw(form, why.in_the_audit())


def _days(form: Form) -> None:
    with st.container(horizontal=True, gap="large"):
        for field in ("opened_on", "closed_on"):
            with st.container(width="content"):
                fields.day(form, field, required=True)


def _results(form: Form, chosen: Instrument) -> None:
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
