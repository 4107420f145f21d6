"""The form about a site, and the forms about its classrooms, staff and marks."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from components.forms import fields, small
from components.forms.form import Form
from components.words import _
from db.models.organisation_input import ClassroomInput, SiteEventInput, SiteInput, StaffInput


def site_form(name: str, site: Any | None = None) -> Form:
    """Open the form about a site: a new one, or ``site`` (``SiteDetails``) as it is stored."""
    defaults: dict[str, Any] = {
        "program_id": None, "name": "", "license_no": "", "setting": None, "address": "", "city": "", "county": "",
        "postal_code": "", "capacity": None, "subsidy": "unknown", "rural": "unknown", "languages": "",
        "service_start": None, "service_end": None, "planned_minutes_month": None,
    }  # fmt: skip
    if site is not None:
        defaults = {field: getattr(site, field) for field in defaults}
        defaults = {field: "" if value is None and field in _LINES else value for field, value in defaults.items()}
        defaults.update(
            program_id=str(site.program_id), subsidy=small.code_of(site.subsidy), rural=small.code_of(site.rural),
            languages=", ".join(site.languages),
        )  # fmt: skip
    return small.small_form(name, defaults, site_labels())


_LINES = {"license_no": 60, "address": 200, "city": 100, "county": 100, "postal_code": 20}


def site_labels() -> dict[str, str]:
    """Give what each field of a site is called on the screen."""
    return {
        "program_id": _("Program"), "name": _("Name"), "license_no": _("License number"), "setting": _("Setting"),
        "license_type": _("License type"), "address": _("Street"), "city": _("City"), "county": _("County"),
        "postal_code": _("ZIP code"), "capacity": _("Licensed places"), "subsidy": _("Accepts child care subsidy"),
        "rural": _("In a rural area"), "languages": _("Languages spoken"), "service_start": _("Consultation began"),
        "service_end": _("Consultation ended"),
        "planned_minutes_month": _("Consultation agreed with the site, minutes a month"),
    }  # fmt: skip


def draw_site(form: Form, programs: Sequence[Any]) -> None:
    """Draw the fields of a site."""
    fields.line(form, "name", most=160, required=True)
    fields.named(form, "program_id", [(str(one.id), one.name) for one in programs], required=True)
    fields.chips(form, "setting", "setting", required=True)
    left, right = st.columns(2)
    with left:
        fields.line(form, "license_no", most=_LINES["license_no"])
        fields.line(form, "address", most=_LINES["address"])
        fields.line(form, "city", most=_LINES["city"])
    with right:
        fields.number(form, "capacity")
        fields.line(form, "county", most=_LINES["county"])
        fields.line(form, "postal_code", most=_LINES["postal_code"])
    left, right = st.columns(2)
    with left:
        small.yes_no(form, "subsidy")
        fields.day(form, "service_start")
    with right:
        small.yes_no(form, "rural")
        fields.day(form, "service_end")
    fields.number(form, "planned_minutes_month")
    fields.line(form, "languages", most=300, told=_("Several languages: put commas between them."))


def make_site(form: Form) -> SiteInput:
    """Give the site that the form says.

    Raises:
        InvalidInput: with every problem, field by field.
    """
    values = form.values()
    values.update(
        subsidy=small.truth(values["subsidy"]), rural=small.truth(values["rural"]),
        languages=small.words_of(values["languages"]),
    )  # fmt: skip
    return SiteInput.checked(values)


def room_form(name: str, room: Any | None = None) -> Form:
    """Open the form about a classroom: a new one, or ``room`` as it is stored."""
    defaults = {"name": "", "age_group": None, "capacity": None, "session": "full", "open_from": None, "open_to": None}
    labels = {
        "name": _("Name of the room"), "age_group": _("Age group"), "capacity": _("Places"), "session": _("Session"),
        "open_from": _("Open from"), "open_to": _("Last day (if it closed)"),
    }  # fmt: skip
    return small.small_form(name, _stored(defaults, room), labels)


def draw_room(form: Form) -> None:
    """Draw the fields of a classroom."""
    fields.line(form, "name", most=80, required=True)
    fields.chips(form, "age_group", "age_group", required=True)
    left, right = st.columns(2)
    with left:
        fields.number(form, "capacity")
        fields.day(form, "open_from")
    with right:
        fields.chips(form, "session", "session", required=True)
        fields.day(form, "open_to")


def make_room(form: Form, site_id: Any) -> ClassroomInput:
    """Give the classroom that the form says.

    Raises:
        InvalidInput: with every problem, field by field.
    """
    return ClassroomInput.checked({**form.values(), "site_id": site_id})


def staff_form(name: str, one: Any | None = None) -> Form:
    """Open the form about someone who works at a site."""
    defaults = {
        "alias": "", "role": None, "fte": 1.0, "hire_date": None, "leave_date": None, "leave_reason": None,
    }  # fmt: skip
    labels = {
        "alias": _("Alias"), "role": _("Role"), "fte": _("Share of full time (1 is full time)"),
        "hire_date": _("First day"), "leave_date": _("Last day"), "leave_reason": _("Reason for leaving"),
    }  # fmt: skip
    return small.small_form(name, _stored(defaults, one), labels)


def draw_staff(form: Form) -> None:
    """Draw the fields about someone who works at a site."""
    fields.line(form, "alias", most=60, required=True, told=_("A short code such as T1. Please do not enter a name."))
    fields.chips(form, "role", "staff_role", required=True)
    left, right = st.columns(2)
    with left:
        fields.day(form, "hire_date", required=True)
        small.decimal(form, "fte", step=0.1, required=True)
    with right:
        fields.day(form, "leave_date")
    if form["leave_date"]:
        fields.chips(form, "leave_reason", "leave_reason")


def make_staff(form: Form, site_id: Any) -> StaffInput:
    """Give the staff member that the form says.

    Raises:
        InvalidInput: with every problem, field by field.
    """
    values = form.values()
    reason = values["leave_reason"] if values["leave_date"] else None
    return StaffInput.checked({**values, "leave_reason": reason, "site_id": site_id})


def event_form(name: str) -> Form:
    """Open the form for a new mark on a site's time axis."""
    labels = {"kind": _("What happened"), "happened_on": _("Date"), "note": _("Note (no names)")}
    return small.small_form(name, {"kind": None, "happened_on": None, "note": ""}, labels)


def draw_event(form: Form) -> None:
    """Draw the fields of a mark."""
    fields.chips(form, "kind", "site_event", required=True)
    fields.day(form, "happened_on", required=True)
    fields.line(form, "note", most=120)


def make_event(form: Form, site_id: Any) -> SiteEventInput:
    """Give the mark that the form says.

    Raises:
        InvalidInput: with every problem, field by field.
    """
    return SiteEventInput.checked({**form.values(), "site_id": site_id})


def _stored(defaults: dict[str, Any], row: Any | None) -> dict[str, Any]:
    return defaults if row is None else {field: getattr(row, field) for field in defaults}
