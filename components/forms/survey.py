"""The form that opens a staff survey on phones."""

import uuid
from datetime import date, timedelta
from typing import Any

import streamlit as st

from components.forms import fields
from components.forms.form import Form
from components.forms.saving import checked
from components.instruments import instrument_label
from components.words import LANGUAGE_NAMES, _
from db.instruments import instrument_for, instruments_of
from db.models.base import new_id
from db.models.survey_input import SurveyInput, asked_in, can_be_asked

USUAL_DAYS = 14


def survey_form(name: str, today: date) -> Form:
    """Open the form called ``name``: two weeks from today, in both languages."""
    defaults: dict[str, Any] = {
        "site_id": None, "instrument_code": None, "languages": list(LANGUAGE_NAMES), "opened_on": today,
        "closed_on": today + timedelta(days=USUAL_DAYS), "invited": None,
    }  # fmt: skip
    labels = {
        "site_id": _("Site"), "instrument_code": _("Survey"), "languages": _("Languages"),
        "opened_on": _("First day"), "closed_on": _("Last day"), "invited": _("People invited"),
    }  # fmt: skip
    return Form(name, defaults, labels, {"where": tuple(defaults)})


def make_survey(form: Form) -> SurveyInput:
    """Give the survey that the form describes.

    Raises:
        InvalidInput: with everything that is wrong, under the names of the form's fields.
    """
    stand_ins: dict[str, Any] = {
        "site_id": new_id(), "instrument_code": _askable()[0].code, "languages": ["en"], "opened_on": date.today(),
        "closed_on": date.today(), "invited": 1,
    }  # fmt: skip
    choices = ("site_id", "instrument_code", "languages")
    missing = {field: "choose_one" if field in choices else "required" for field in stand_ins if not form[field]}
    values = {field: form[field] or stand_in for field, stand_in in stand_ins.items()}
    return checked(SurveyInput, {**values, "client_uuid": form.client_uuid}, missing)


def draw(form: Form, program_id: uuid.UUID | None) -> None:
    """Draw everything after the site, with the surveys that its program has words for."""
    surveys = [(one.code, f"{instrument_label(one)} ({_languages(one)})") for one in _askable(program_id)]
    fields.named(form, "instrument_code", surveys, required=True)
    fields.named(form, "languages", list(LANGUAGE_NAMES.items()), multi=True, required=True)
    with st.container(horizontal=True, gap="large"):
        for field in ("opened_on", "closed_on"):
            with st.container(width="content"):
                fields.day(form, field, required=True)
    fields.number(form, "invited", required=True)
    fields.hint(_("One slip with a code is printed for each. Invite everybody who works there, also on other shifts."))


def _askable(program_id: uuid.UUID | None = None) -> list[Any]:
    offered = instruments_of("survey", program_id)
    here = [instrument_for(one.code, program_id) for one in offered] if program_id else offered
    return [one for one in here if can_be_asked(one)]


def _languages(one: Any) -> str:
    return ", ".join(LANGUAGE_NAMES[code] for code in asked_in(one))
