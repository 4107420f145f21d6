"""The visit form: the fields of Caring for Our Children 9.4.1.17, most of them answered by a tap."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import streamlit as st

from components import dates
from components.choices import hints
from components.forms import fields, visit_parts
from components.forms.form import Form
from components.words import _
from db.models.visit_input import HELD

LEVELS = ("program", "classroom", "child_family")
MINUTES = (15, 30, 45, 60, 90, 120)
ROLES = ("teacher", "assistant", "director", "family", "specialist", "child_group")
MINUTE_STEP = 5


def visit_form(name: str, now: datetime) -> Form:
    """Open the visit form called ``name``; a new one begins today, at this quarter of an hour."""
    return Form(name, _defaults(now), _labels(), _SECTIONS)


_SECTIONS: Mapping[str, Sequence[str]] = {
    "where": ("site_id", "classroom_ids", "visited_on", "started_at"),
    "how": ("outcome", "mode", "reason"),
    "minutes": ("minutes", "levels", "minutes_program", "minutes_classroom", "minutes_child_family", "permission_on"),
    "what": ("activities", "participants"),
    "notes": ("summary", "recommendations", "follow_ups"),
    "more": ("tiers", "strategies", "children_present", "indirect_minutes", "travel_minutes", "relationship_checkin",
             "interpreter_language", "reflection"),
}  # fmt: skip


def _defaults(now: datetime) -> dict[str, Any]:
    quarter = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
    return {
        "site_id": None, "classroom_ids": [], "visited_on": now.date(), "started_at": quarter.time(),
        "outcome": "completed", "mode": "in_person", "reason": "planned",
        "minutes": None, "levels": [], **{f"minutes_{level}": None for level in LEVELS}, "permission_on": None,
        "activities": [], "participants": [], **{f"participants.{role}": 1 for role in ROLES},
        "summary": "", "recommendations": "", "follow_up_rows": 0,
        **{f"follow_ups.{row}.{part}": value for row in range(visit_parts.FOLLOW_UPS)
           for part, value in (("text", ""), ("owner", "consultant"), ("due_on", None))},
        "tiers": [], "strategies": [], "children_present": None, "indirect_minutes": None, "travel_minutes": None,
        "relationship_checkin": None, "interpreter_language": "", "reflection": "",
    }  # fmt: skip


def _labels() -> dict[str, str]:
    return {
        "site_id": _("Site"), "classroom_ids": _("Classrooms"), "visited_on": _("Date"), "started_at": _("Start"),
        "outcome": _("How it went"), "mode": _("How you met"), "reason": _("Reason for the visit"),
        "minutes": _("Minutes"), "levels": _("Level of consultation"),
        "minutes_program": _("Minutes: program"), "minutes_classroom": _("Minutes: classroom"),
        "minutes_child_family": _("Minutes: child and family"),
        "permission_on": _("Date on the parent's permission"),
        "activities": _("What you did"), "participants": _("Who took part"),
        "participants.teacher": _("Teachers"), "participants.assistant": _("Assistants"),
        "participants.director": _("Director"), "participants.family": _("Family members"),
        "participants.specialist": _("Specialists"), "participants.child_group": _("Children"),
        "summary": _("Summary"), "recommendations": _("Recommendations"),
        **{f"follow_ups.{row}.text": _("What will be done") for row in range(visit_parts.FOLLOW_UPS)},
        **{f"follow_ups.{row}.owner": _("Who follows up") for row in range(visit_parts.FOLLOW_UPS)},
        **{f"follow_ups.{row}.due_on": _("By when") for row in range(visit_parts.FOLLOW_UPS)},
        "tiers": _("Promotion, prevention or intervention"), "strategies": _("Strategies"),
        "children_present": _("Children in the room"), "indirect_minutes": _("Preparation and notes (minutes)"),
        "travel_minutes": _("Travel (minutes)"), "relationship_checkin": _("How connected did it feel? (1 to 5)"),
        "interpreter_language": _("Interpreter's language"), "reflection": _("Private reflection"),
    }  # fmt: skip


def draw(form: Form, now: datetime, last: Any) -> None:
    """Draw everything after the place. ``last`` is the latest visit here (``LastVisit``), or None."""
    when(form, now)
    fields.section(form, "how", _("The visit"))
    fields.chips(form, "outcome", "visit_outcome", required=True)
    held = form["outcome"] in HELD
    if held:
        fields.chips(form, "mode", "visit_mode", required=True)
    fields.chips(form, "reason", "visit_reason", required=True)
    if held:
        _minutes(form, now.date(), last)
        _people_and_activities(form)
    visit_parts.notes(form, held, now.date())
    if held:
        visit_parts.more(form)
    visit_parts.reflection(form)


def when(form: Form, now: datetime) -> None:
    """Draw date and time."""
    today = now.date()
    with st.container(horizontal=True, gap="medium"):
        with st.container(width="content"):
            fields.day(
                form, "visited_on", required=True,
                shortcuts=((_("Today"), today), (_("Yesterday"), today - timedelta(days=1))),
            )  # fmt: skip
        with st.container(width="content"):
            fields.clock_time(form, "started_at", now, minutes_ago=(0, 60))


def _offer_last(form: Form, last: Any) -> None:
    st.button(
        _("Same as on {day}: {minutes} minutes").format(day=dates.short(last.visited_on), minutes=last.minutes),
        key=form.key("same_as_last"), icon=":material/content_copy:", on_click=take_last, args=(form, last),
        help=_("Takes level, minutes, activities and people from your last visit here."),
    )  # fmt: skip


def take_last(form: Form, last: Any) -> None:
    """Fill in what the latest visit here was like."""
    minutes = {level: getattr(last, f"minutes_{level}") for level in LEVELS}
    form.fill(
        {
            "minutes": last.minutes, "levels": [level for level in LEVELS if minutes[level]], "mode": last.mode,
            **{f"minutes_{level}": value or None for level, value in minutes.items()},
            "permission_on": last.permission_on if minutes["child_family"] else None,
            "activities": list(last.activities), "participants": list(last.participants),
            **{f"participants.{role}": count for role, count in last.participants.items()},
        }
    )  # fmt: skip


def _minutes(form: Form, today: date, last: Any) -> None:
    fields.section(form, "minutes", _("Minutes by level"))
    if last is not None:
        _offer_last(form, last)
    fields.number(
        form, "minutes", least=0, most=600, step=MINUTE_STEP, required=True, quick=MINUTES, then=share_minutes
    )
    fields.chips(form, "levels", "consultation_level", multi=True, required=True, then=share_minutes)
    fields.hint(hints("consultation_level", form["levels"]))
    if len(form["levels"]) > 1:
        _split(form)
    fields.below(form, "minutes_program")
    if "child_family" in form["levels"]:
        fields.day(form, "permission_on", required=True, shortcuts=((_("Today"), today),))


def share_minutes(form: Form) -> None:
    """Share the visit evenly among the levels just chosen, in steps of five minutes: a start to correct from."""
    chosen, total = form["levels"], form["minutes"] or 0
    if len(chosen) > 1:
        part = total // len(chosen) // MINUTE_STEP * MINUTE_STEP
        for level in chosen[1:]:
            form[f"minutes_{level}"] = part
        form[f"minutes_{chosen[0]}"] = total - part * (len(chosen) - 1)


def _split(form: Form) -> None:
    chosen = [level for level in LEVELS if level in form["levels"]]
    with st.container(horizontal=True):
        for level in chosen:
            with st.container(width="content"):
                st.number_input(
                    form.labels[f"minutes_{level}"], min_value=0, max_value=600, value=None, step=MINUTE_STEP,
                    key=form.key(f"minutes_{level}"), width=210, persist_state="session",
                )  # fmt: skip
    placed, total = sum(form[f"minutes_{level}"] or 0 for level in chosen), form["minutes"] or 0
    if placed == total:
        fields.hint(_(":material/check: {placed} of {total} minutes placed.").format(placed=placed, total=total))
    elif placed < total:
        fields.hint(_("{placed} of {total} minutes placed: {left} left.").format(
            placed=placed, total=total, left=total - placed))  # fmt: skip
    else:
        fields.hint(_("{placed} minutes placed, {over} more than the visit took.").format(
            placed=placed, over=placed - total))  # fmt: skip


def _people_and_activities(form: Form) -> None:
    fields.section(form, "what", _("What and who"))
    fields.chips(form, "activities", "visit_activity", multi=True, required=True)
    fields.chips(form, "participants", "participant_role", multi=True)
    chosen = [role for role in ROLES if role in form["participants"]]
    if chosen:
        with st.container(horizontal=True):
            for role in chosen:
                st.number_input(
                    _("{role}: how many?").format(role=form.labels[f"participants.{role}"]),
                    min_value=1, max_value=40, value=None, step=1, key=form.key(f"participants.{role}"), width=170,
                    persist_state="session",
                )  # fmt: skip
