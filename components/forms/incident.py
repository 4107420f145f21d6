"""The incident form: the blocks of the NCPMI Behavior Incident Report, answered by taps in a minute."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import streamlit as st

from components.choices import hints, list_label, pills_for
from components.forms import fields, incident_parts
from components.forms.form import Form
from components.words import _

NO_KEY, ANOTHER_KEY = "", "another"
HOURS = range(5, 21)
EXCLUSION_DEFAULTS: Mapping[str, Any] = {
    "type": None,
    "started_on": None,
    "ended_on": None,
    "hours_lost": None,
    "return_on": None,
    "consultant_engaged_before": "unknown",
    "family_met": "unknown",
    "written_plan": "unknown",
    "idea_decision": None,
    "override_note": "",
}
_SECTIONS: Mapping[str, Sequence[str]] = {
    "where": ("site_id", "classroom_id", "occurred_on", "occurred_at"),
    "child": ("child", "child_key", "permission_on"),
    "what": ("behaviours", "primary_behaviour", "activity", "others_involved", "motivation"),
    "then": ("responses",),
    "care": ("lost_care", "exclusion"),
    "more": (
        *("severity", "duration_band", "injury", "first_aid", "effect", "location", "antecedents"),
        *("reported_by_role", "admin_followups", "family_notified_on", "description"),
        *("child_race", "child_sex", "child_iep", "child_dll"),
    ),
}


def incident_form(name: str, now: datetime) -> Form:
    """Open the incident form called ``name``; a new one begins now, unless children are at home at this hour."""
    return Form(name, _defaults(now), _labels(), _SECTIONS)


def _defaults(now: datetime) -> dict[str, Any]:
    moment = now.time().replace(second=0, microsecond=0)
    return {
        "site_id": None, "classroom_id": None, "occurred_on": now.date(),
        "occurred_at": moment if moment.hour in HOURS else None,
        "child": NO_KEY, "child_key": "", "permission_on": None,
        "behaviours": [], "primary_behaviour": None, "activity": None, "others_involved": [],
        "motivation": "not_known", "responses": [], "admin_followups": [],
        "lost_care": "no", **{f"exclusion.{name}": value for name, value in EXCLUSION_DEFAULTS.items()},
        "severity": None, "duration_band": None, "injury": None, "first_aid": None, "effect": None,
        "location": None, "antecedents": [], "reported_by_role": None, "family_notified_on": None,
        "description": "", "child_race": [], "child_sex": None, "child_iep": None, "child_dll": None,
    }  # fmt: skip


def _labels() -> dict[str, str]:
    listed = {
        "activity": "activity", "others_involved": "others_involved", "motivation": "motivation",
        "responses": "response", "admin_followups": "admin_followup", "severity": "severity",
        "duration_band": "duration_band", "injury": "injury", "effect": "effect", "location": "location",
        "antecedents": "antecedent", "reported_by_role": "reported_by_role", "child_race": "race",
        "child_sex": "sex", "exclusion.type": "exclusion_type", "exclusion.idea_decision": "idea_decision",
    }  # fmt: skip
    return {
        **{field: list_label(list_code) for field, list_code in listed.items()},
        "site_id": _("Site"), "classroom_id": _("Classroom"), "occurred_on": _("Date"), "occurred_at": _("Time"),
        "child": _("Which child?"), "child_key": _("Child key"),
        "permission_on": _("Date on the parent's permission"),
        "behaviours": _("What the child did"), "primary_behaviour": _("Which was the main one?"),
        "lost_care": _("Did the child lose care time?"), "first_aid": _("Was first aid given?"),
        "family_notified_on": _("Family told on"), "description": _("In a few words"),
        "child_iep": _("Has an IEP or IFSP"), "child_dll": _("Learns in two languages"),
        "exclusion.started_on": _("From"), "exclusion.ended_on": _("Until"),
        "exclusion.return_on": _("Came back, or will, on"), "exclusion.hours_lost": _("Hours of care lost"),
        "exclusion.consultant_engaged_before": _("Was a consultant involved before?"),
        "exclusion.family_met": _("Did you meet with the family?"),
        "exclusion.written_plan": _("Is there a written plan?"),
        "exclusion.override_note": _("What happened, and why"),
    }  # fmt: skip


def when(form: Form, now: datetime) -> None:
    """Draw date and time."""
    today = now.date()
    with st.container(horizontal=True, gap="medium"):
        with st.container(width="content"):
            yesterday = today - timedelta(days=1)
            shortcuts = ((_("Today"), today), (_("Yesterday"), yesterday))
            fields.day(form, "occurred_on", required=True, shortcuts=shortcuts)
        with st.container(width="content"):
            fields.clock_time(form, "occurred_at", now, required=True, minutes_ago=(0, 15, 30))


def draw(form: Form, now: datetime, known: Sequence[Any], *, head_start: bool) -> None:
    """Draw everything after the place.

    ``known`` are the child keys of the site (``KnownChild``); ``head_start`` whether 45 CFR 1302.17 holds there.
    """
    when(form, now)
    _child(form, known, now)
    _what(form)
    fields.section(form, "then", _("What came after"))
    fields.chips(form, "responses", "response", multi=True)
    if "physical_hold" in form["responses"]:
        fields.hint(hints("response", ["physical_hold"]))
    incident_parts.care(form, now.date(), head_start=head_start)
    incident_parts.details(form, now.date())
    incident_parts.about_child(form)


def forget_child(form: Form) -> None:
    """Empty what is known about the child: a key belongs to one site."""
    form.fill({"child": NO_KEY, "child_key": "", "permission_on": None})


def _child(form: Form, known: Sequence[Any], now: datetime) -> None:
    fields.section(form, "child", _("Child"))
    keys = [child.key for child in known]
    names = {NO_KEY: _("No key, or a group"), **{key: key for key in keys}, ANOTHER_KEY: _("Another key")}
    if form["child"] not in names:
        form["child"] = NO_KEY
    st.pills(
        form.labels["child"],
        list(names),
        format_func=lambda key: names[key],
        required=True,
        key=form.key("child"),
        on_change=_take_permission,
        args=(form, {child.key: child.permission_on for child in known}),
        persist_state="session",
    )
    if form["child"] == ANOTHER_KEY:
        hint = _("The site's own key for this child: letters and digits, never a name or initials.")
        fields.line(form, "child_key", most=20, required=True, told=hint)
    if form["child"] != NO_KEY:
        fields.day(form, "permission_on", required=True, shortcuts=((_("Today"), now.date()),))


def _take_permission(form: Form, permissions: Mapping[str, Any]) -> None:
    """A child that was recorded before brings the date of the parent's permission along."""
    form["permission_on"] = permissions.get(form["child"])


def _what(form: Form) -> None:
    fields.section(form, "what", _("What happened"))
    fields.chips(form, "behaviours", "behaviour", multi=True, required=True)
    fields.hint(hints("behaviour", form["behaviours"]))
    if form["primary_behaviour"] not in form["behaviours"]:
        form["primary_behaviour"] = None
    if len(form["behaviours"]) > 1:
        fields.chips(form, "primary_behaviour", "behaviour", only=form["behaviours"], required=True)
    fields.chips(form, "activity", "activity", required=True)
    fields.chips(form, "others_involved", "others_involved", multi=True, alone=("none",))
    pills_for("motivation", key=form.key("motivation"), label=form.labels["motivation"], required=True)
    fields.below(form, "motivation")
