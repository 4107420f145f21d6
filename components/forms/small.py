"""Small forms that stand in the middle of a screen: their values, a button below, and what became of them."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from components import messages
from components.forms import fields, saving
from components.forms.form import Form
from components.words import _

_NOTES = "small_form_notes"
_TRUTHS = {"yes": True, "no": False}


def small_form(name: str, defaults: Mapping[str, Any], labels: Mapping[str, str]) -> Form:
    """Open a small form; what was stored before makes room for the next."""
    form = Form(name, defaults, labels, {"fields": tuple(defaults)})
    if form.saved is not None:
        form.start_again()
    return form


def draw(
    form: Form, draw_fields: Callable[[Form], None], hand: saving.Saving[Any], label: str, *, starred: bool = True
) -> None:
    """Draw a small form with its button; ``hand`` makes the input and stores it.

    ``starred``: some of its fields have a star.
    """
    saving.check(form, hand)
    if starred:
        fields.star()
    draw_fields(form)
    if form.state["failed"]:
        st.error(failure(form.state["failed"]))
    elif form.problems:
        saving.problem_list(form)
    st.button(
        label, key=form.key("save"), type="primary", icon=":material/check:", on_click=saving.save, args=(form, hand)
    )


def failure(kind: str) -> str:
    """Give the sentence for what could not be saved."""
    return {
        "not_found": _("This is not among what you may change any more. Nothing was saved."),
        "newer_version": saving.newer_version(),
        "removed": _("This was removed in the meantime."),
    }.get(kind, _("We could not save this just now. What you entered is still here. Please try again in a moment."))


def note(text: str) -> dict[str, Any]:
    """Say ``text`` at the top of the next drawing of the screen."""
    notes()["saved"] = text
    return {"note": text}


def notes() -> dict[str, str]:
    """Give what waits to be said: ``saved`` and ``problem``. Filled without a look at the session, which may stop."""
    waiting: dict[str, str] = st.session_state.setdefault(_NOTES, {})
    return waiting


def draw_note() -> None:
    """Draw what was saved a moment ago, or why it was not, once."""
    waiting = notes()
    if problem := waiting.pop("problem", None):
        st.error(problem)
    if text := waiting.pop("saved", None):
        messages.saved(text)


def yes_no(form: Form, field: str) -> None:
    """Draw a question that may stay open: yes, no, not known."""
    fields.chips(form, field, "yes_no_unknown")


def truth(code: str | None) -> bool | None:
    """Give the truth of a yes or no; None when it is not known."""
    return _TRUTHS.get(code or "")


def code_of(value: bool | None) -> str:
    """Give the chip of a stored truth."""
    return {True: "yes", False: "no", None: "unknown"}[value]


def decimal(form: Form, field: str, *, step: float, required: bool = False) -> None:
    """Draw a number with decimals. Its limits are the input's rules, as in ``fields.number``."""
    st.number_input(
        fields.label(form, field, required), value=None, step=step, key=form.key(field), width=170,
        persist_state="session",
    )  # fmt: skip
    fields.below(form, field)


def words_of(typed: str) -> tuple[str, ...]:
    """Give the words that stand between commas."""
    return tuple(word for word in (part.strip() for part in typed.split(",")) if word)
