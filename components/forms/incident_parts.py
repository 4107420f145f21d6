"""The incident form's conditional and folded parts: care lost, details, about the child."""

from datetime import date, timedelta

import streamlit as st

from components.choices import hints
from components.forms import fields
from components.forms.form import Form
from components.words import _

DETAILS = (
    "severity", "duration_band", "injury", "first_aid", "effect", "location", "antecedents", "reported_by_role",
    "admin_followups", "family_notified_on", "description",
)  # fmt: skip
ABOUT_CHILD = ("child_race", "child_sex", "child_iep", "child_dll")
HOURS_QUICK = (1, 2, 4, 8)


def care(form: Form, today: date, *, head_start: bool) -> None:
    """Draw whether the child lost care time, and the exclusion when it did."""
    fields.section(form, "care", _("Care time"))
    fields.chips(form, "lost_care", "yes_no_unknown", only=("no", "yes"), then=_begin_exclusion)
    if form["lost_care"] != "yes":
        return
    with st.container(border=True):
        if head_start:
            st.info(
                _("Head Start and Early Head Start may not expel a child for behavior, and suspend only as a last"
                  " resort and for a short time (45 CFR 1302.17). Every step taken needs to be written down.")
            )  # fmt: skip
        fields.chips(form, "exclusion.type", "exclusion_type", required=True)
        chosen = form["exclusion.type"]
        fields.hint(hints("exclusion_type", [chosen] if chosen else []))
        fields.number(form, "exclusion.hours_lost", most=2000, quick=HOURS_QUICK)
        _dates(form, today)
        for field in ("consultant_engaged_before", "family_met", "written_plan"):
            fields.chips(form, f"exclusion.{field}", "yes_no_unknown")
        fields.chips(form, "exclusion.idea_decision", "idea_decision")
        if chosen == "expulsion":
            fields.text(form, "exclusion.override_note", most=600, required=head_start)


def _begin_exclusion(form: Form) -> None:
    if form["exclusion.started_on"] is None:
        form["exclusion.started_on"] = form["occurred_on"]


def _dates(form: Form, today: date) -> None:
    with st.container(horizontal=True):
        for field, required in (("started_on", True), ("ended_on", False), ("return_on", False)):
            with st.container(width="content"):
                next_day = ((_("Tomorrow"), today + timedelta(days=1)),) if field == "return_on" else ()
                fields.day(form, f"exclusion.{field}", required=required, shortcuts=next_day)


def details(form: Form, today: date) -> None:
    """Draw what may be told about the incident beyond the core."""
    part = fields.folded(form, "details", _("More about what happened (optional)"), DETAILS)
    if not part.open:
        return
    with part:
        fields.text(
            form, "description", most=600,
            told=_("What you saw and heard, as a camera would: no names, no labels, no guesses."),
        )  # fmt: skip
        fields.chips(form, "antecedents", "antecedent", multi=True, alone=("not_seen",))
        fields.chips(form, "severity", "severity")
        fields.hint(hints("severity", ("low", "moderate", "high", "severe")))
        for field in ("duration_band", "injury", "effect", "location"):
            fields.chips(form, field, field)
        fields.chips(form, "first_aid", "yes_no_unknown", only=("yes", "no"))
        fields.chips(form, "admin_followups", "admin_followup", multi=True, alone=("not_applicable",))
        fields.day(form, "family_notified_on", shortcuts=((_("Today"), today),))
        fields.chips(form, "reported_by_role", "reported_by_role")


def about_child(form: Form) -> None:
    """Draw the demographic block of the BIR, apart, with its reason and use."""
    part = fields.folded(form, "about_child", _("About the child (optional)"), ABOUT_CHILD)
    if not part.open:
        return
    with part:
        fields.hint(
            _("Why we ask: so that your program can see whether some groups of children are reported, or lose care,"
              " more often than others. How it is used: only in grouped counts, and small groups are hidden."
              " Answer only what is in the site's records; please do not guess.")
        )  # fmt: skip
        fields.chips(form, "child_race", "race", multi=True, alone=("unknown", "declined"))
        fields.chips(form, "child_sex", "sex")
        fields.chips(form, "child_iep", "yes_no_unknown")
        fields.chips(form, "child_dll", "yes_no_unknown")
