"""The visit form on the screen: its own answers to a tap, and what it draws beyond chips and fields."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import streamlit as st

from components import dates
from components.definitions.visit import LEVELS, MINUTE_STEP, visit_definition
from components.forms import defined, fields
from components.forms.form import Form
from components.words import _


def visit_form(name: str, now: datetime) -> Form:
    """Open the visit form called ``name``; a new one begins today, at this quarter of an hour."""
    return defined.open_form(name, visit_definition(), now)


def draw(form: Form, last: Any, changed: Callable[[], None]) -> None:
    """Draw everything after the place. ``last`` is the latest visit here (``LastVisit``), or None.

    ``changed`` is called when only a part was drawn again.
    """
    defined.draw(
        form, visit_definition(), changed,
        special={"last": lambda _asked: _offer_last(form, last), "placed": lambda asked: _placed(form, asked.name)},
        effects={"share_minutes": share_minutes},
    )  # fmt: skip


def _offer_last(form: Form, last: Any) -> None:
    if last is not None:
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


def share_minutes(form: Form) -> None:
    """Share the visit evenly among the levels just chosen, in steps of five minutes: a start to correct from."""
    chosen, total = form["levels"], form["minutes"] or 0
    if len(chosen) > 1:
        part = total // len(chosen) // MINUTE_STEP * MINUTE_STEP
        for level in chosen[1:]:
            form[f"minutes_{level}"] = part
        form[f"minutes_{chosen[0]}"] = total - part * (len(chosen) - 1)


def _placed(form: Form, field: str) -> None:
    placed = sum(form[f"minutes_{level}"] or 0 for level in form["levels"])
    total = form["minutes"] or 0
    if placed == total:
        fields.hint(_(":material/check: {placed} of {total} minutes placed.").format(placed=placed, total=total))
    elif placed < total:
        fields.hint(_("{placed} of {total} minutes placed: {left} left.").format(
            placed=placed, total=total, left=total - placed))  # fmt: skip
    else:
        fields.hint(_("{placed} minutes placed, {over} more than the visit took.").format(
            placed=placed, over=placed - total))  # fmt: skip
    fields.below(form, field)
