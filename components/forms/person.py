"""The forms about a person with an account, what they may reach, and their password."""

import secrets
from collections.abc import Sequence
from datetime import date
from typing import Any

import streamlit as st

from components.choices import label_of
from components.forms import fields, small
from components.forms.form import Form
from components.text import literal
from components.words import LANGUAGE_NAMES, _
from db.models.people_input import LANGUAGES, PersonInput, ScopeInput

_WORDS = (
    "amber", "barley", "cedar", "dapple", "ember", "fennel", "garnet", "hazel", "indigo",
    "juniper", "kettle", "lantern", "maple", "nectar", "orchard", "pebble", "quartz", "russet",
    "saffron", "thistle", "umber", "velvet", "willow", "yarrow", "zephyr", "anchor", "bramble",
    "copper", "drizzle", "evening", "feather", "glacier", "harbor", "island", "jasmine", "kindle",
    "lagoon", "meadow", "nutmeg", "opal", "prairie", "quiver", "ribbon", "summit", "tundra",
    "upland", "violet", "walnut", "yonder", "zinnia", "acorn", "beacon", "clover", "dune",
    "estuary", "fjord", "granite", "hollow", "iris", "jetty", "knoll", "lichen", "marsh",
    "northern",
)  # fmt: skip
WORDS_IN_A_PASSWORD = 8


def person_form(name: str, person: Any | None = None) -> Form:
    """Open the form about a person: a new one, or ``person`` (``PersonDetails``) as stored."""
    defaults: dict[str, Any] = {
        "display_name": "", "sign_in_name": "", "role": None, "language": "en", "supervisor_id": None, "license": "",
        "endorsement": "", "fte": None, "languages": "", "caseload_cap": None,
    }  # fmt: skip
    if person is not None:
        defaults = {field: getattr(person, field) for field in defaults}
        defaults.update(
            license=person.license or "", endorsement=person.endorsement or "", languages=", ".join(person.languages),
            supervisor_id=str(person.supervisor_id) if person.supervisor_id else None,
        )  # fmt: skip
    return small.small_form(name, defaults, person_labels())


def person_labels() -> dict[str, str]:
    """Give what each field of a person is called on the screen."""
    return {
        "display_name": _("Name"), "sign_in_name": _("Sign-in name"), "role": _("Role"), "language": _("Language"),
        "supervisor_id": _("Supervisor"), "license": _("License"), "endorsement": _("Endorsement"),
        "fte": _("Share of full time (1 is full time)"), "languages": _("Languages spoken"),
        "caseload_cap": _("Sites at most"), "password": _("Password"),
    }  # fmt: skip


def draw_person(form: Form, supervisors: Sequence[Any]) -> None:
    """Draw the fields about a person; those about a consultant only for one."""
    left, right = st.columns(2)
    with left:
        fields.line(form, "display_name", most=120, required=True)
    with right:
        fields.line(form, "sign_in_name", most=120, required=True)
    fields.chips(form, "role", "role", required=True)
    st.pills(
        fields.label(form, "language", True), LANGUAGES, key=form.key("language"), required=True,
        format_func=LANGUAGE_NAMES.get, persist_state="session",
    )  # fmt: skip
    if form["role"] != "consultant":
        return
    if supervisors:
        fields.named(form, "supervisor_id", [(str(one.id), one.name) for one in supervisors])
    left, right = st.columns(2)
    with left:
        fields.line(form, "license", most=80)
        small.decimal(form, "fte", step=0.1)
    with right:
        fields.line(form, "endorsement", most=80)
        fields.number(form, "caseload_cap")
    fields.line(form, "languages", most=300, told=_("Several languages: put commas between them."))


def make_person(form: Form) -> PersonInput:
    """Give the person that the form says.

    Raises:
        InvalidInput: with every problem, field by field.
    """
    values = form.values()
    supervisor = values["supervisor_id"] if values["role"] == "consultant" else None
    words = small.words_of(values["languages"])
    return PersonInput.checked({**values, "languages": words, "supervisor_id": supervisor})


def scope_form(name: str, today: date) -> Form:
    """Open the form that lets a person reach a place, from today on unless told otherwise."""
    defaults = {
        "scope_type": "site", "target_id": None, "case_role": False, "valid_from": today, "valid_to": None,
    }  # fmt: skip
    labels = {
        "scope_type": _("What they may reach"), "target_id": _("Which one"), "valid_from": _("From"),
        "valid_to": _("Until (leave empty for no end)"), "case_role": _("Case role"),
    }  # fmt: skip
    return small.small_form(name, defaults, labels)


def draw_scope(form: Form, places: dict[str, Sequence[Any]], role: str) -> None:
    """Draw the fields of an assignment. ``places`` are the sites, programs and regions to choose from."""
    fields.chips(form, "scope_type", "scope_type", required=True)
    fields.named(
        form, "target_id", [(str(one.id), one.name) for one in places[form["scope_type"]]], required=True
    )  # fmt: skip
    left, right = st.columns(2)
    with left:
        fields.day(form, "valid_from", required=True)
    with right:
        fields.day(form, "valid_to")
    if role == "coordinator":
        st.checkbox(
            _("Case role: may read records of single children there"), key=form.key("case_role"),
            persist_state="session",
        )  # fmt: skip
        fields.below(form, "case_role")


def make_scope(form: Form, person_id: Any) -> ScopeInput:
    """Give the assignment that the form says.

    Raises:
        InvalidInput: with every problem, field by field.
    """
    return ScopeInput.checked({**form.values(), "person_id": person_id})


def password_form(name: str) -> Form:
    """Open the form for a new password."""
    return small.small_form(name, {"password": ""}, {"password": _("New password")})


def draw_password(form: Form) -> None:
    """Draw the field for a new password, with a button that proposes one."""
    fields.hint(_("15 characters or more. Hand it over in person or by phone; it is shown only here."))
    fields.line(form, "password", most=200, required=True)
    st.button(
        _("Propose one"), key=form.key("propose"), icon=":material/casino:", on_click=_propose, args=(form,)
    )  # fmt: skip


def make_password(form: Form) -> str:
    """Give the password as it was typed."""
    return str(form["password"])


def _propose(form: Form) -> None:
    form["password"] = " ".join(secrets.choice(_WORDS) for _number in range(WORDS_IN_A_PASSWORD))


def details(person: Any) -> None:
    """Draw what is known about a person, to read."""
    labels = person_labels()
    shown = {
        "sign_in_name": person.sign_in_name, "role": label_of("role", person.role), "supervisor_id": person.supervisor,
        "license": person.license, "endorsement": person.endorsement, "fte": person.fte,
        "languages": ", ".join(person.languages), "caseload_cap": person.caseload_cap,
    }  # fmt: skip
    for field, value in shown.items():
        if value not in (None, ""):
            literal(f"{labels[field]}: {value}")
