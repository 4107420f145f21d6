"""What happens when somebody taps Save: check, ask back, store once; and what they are told."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import streamlit as st

from components import dates, messages
from components.choices import label_of
from components.forms import focus
from components.forms.form import Form
from components.words import _, plural
from db.asking import SENTENCES, Question
from db.errors import Conflict, InvalidInput, NotFound, Problem
from db.models.inputs import Input

log = logging.getLogger(__name__)
Made = TypeVar("Made", bound=Input)


@dataclass(frozen=True)
class Saving(Generic[Made]):
    """What a page hands to its form.

    ``make`` turns the form into a checked input (or raises InvalidInput), ``ask`` gives what to confirm first,
    ``store`` runs the command and gives what the screen says about it afterwards.
    """

    make: Callable[[Form], Made]
    ask: Callable[[Made], Iterable[Question]]
    store: Callable[[Made], dict[str, Any]]


def checked(model: type[Made], values: Mapping[str, Any], missing: Mapping[str, str]) -> Made:
    """Give the input made of ``values``, or everything that is wrong at once.

    Rules that compare fields run only when every field has a value of the right type. So a needed field that is empty
    comes with a stand-in among ``values``, and is named in ``missing`` with the problem's code.

    Raises:
        InvalidInput: with every problem, what is missing first.
    """
    problems = [Problem(field, code) for field, code in missing.items()]
    try:
        made = model.checked(values)
    except InvalidInput as refused:
        problems += [problem for problem in refused.problems if problem.field not in missing]
    if problems:
        raise InvalidInput(problems)
    return made


def check(form: Form, saving: Saving[Any]) -> None:
    """Note what is wrong, once a save was tried: sentences disappear as soon as their field is right."""
    if not form.state["tried"]:
        return
    try:
        saving.make(form)
    except InvalidInput as refused:
        form.problems = refused.problems
    # What only the database knew stays until the field changes.
    known = {problem.field for problem in form.problems}
    for problem, value in form.state["refused"]:
        if problem.field not in known and repr(form.values()) == value:
            form.problems.append(problem)


def save(form: Form, saving: Saving[Any], anyway: bool = False) -> None:
    """Store what the form says: a callback. A second tap in the same moment finds it stored, or stores the same once.

    Nothing is drawn here: a tap that comes in between stops a run at the next thing drawn, never inside a transaction.
    """
    state = form.state
    if state["saved"]:
        return
    state.update(tried=True, failed=None, refused=[])
    typed = repr(form.values())
    try:
        made = saving.make(form)
        questions = [] if anyway else list(saving.ask(made))
        if questions:
            state["asked"] = (typed, [question_sentence(question) for question in questions])
            return
        state["saved"] = saving.store(made)
    except InvalidInput as refused:
        state["refused"] = [(problem, typed) for problem in refused.problems]
        state["refused_at"] = time.time_ns() // 1_000_000
    except NotFound:
        state["failed"] = "not_found"
    except Conflict as conflict:
        state["failed"] = conflict.kind
    except Exception:  # whatever fails, what was typed stays on the screen: an error page would lose it
        log.exception("a form could not be saved: %s", form.name)
        state["failed"] = "unavailable"


def question_sentence(question: Question) -> str:
    """Give a question in the reader's language."""
    context = dict(question.context)
    if "reason" in context:
        context["reason"] = label_of("closure_reason", context["reason"]).lower()
    if "times" in context:
        context["times"] = ", ".join(dates.clock(moment) for moment in context["times"])
    return _(SENTENCES[question.code]).format(**context)


def _failure(kind: str) -> str:
    return {
        "not_found": _("This site is not among the sites you work with any more. Nothing was saved."),
        "other_content": _("This was saved already. To change it, correct it under Records."),
        "removed": _("This was saved and removed since. You can restore it under Records."),
        "newer_version": newer_version(),
    }.get(
        kind,
        _("We could not save this just now. What you entered is still here. Please try again in a moment."),
    )


def newer_version() -> str:
    """Say that somebody else was faster."""
    return _(
        "Somebody else saved this in the meantime. Nothing of yours was saved. Please reload the page to see"
        " how it stands now, and enter your change again."
    )


def problem_list(form: Form) -> None:
    """Draw all problems at the top of the form, with links to their fields, and lead the keyboard there once."""
    if not form.problems:
        return
    key = form.key("problems")
    with st.container(key=key):
        messages.problem_summary(form.problems, form.labels, lambda field: f"{form.name}-{form.anchor(field)}")
    focus.on(key, form.state.get("refused_at", 0))


def bar(form: Form, saving: Saving[Any], save_label: str) -> None:
    """Draw the bar at the bottom of the screen: always in reach, with what stands in the way of saving."""
    with st.bottom:
        if form.state["failed"]:
            st.error(_failure(form.state["failed"]))
        elif form.problems:
            _say_problems(form)
        elif form.state["asked"] and form.state["asked"][0] == repr(form.values()):
            _ask(form, saving)
            return
        st.button(
            save_label, key=form.key("save"), type="primary", width="stretch", icon=":material/check:",
            on_click=save, args=(form, saving),
        )  # fmt: skip


def _say_problems(form: Form) -> None:
    count = len(form.problems)
    told = plural("Not saved yet: one thing to check.", "Not saved yet: {count} things to check.", count)
    fields = dict.fromkeys(problem.field for problem in form.problems)
    links = " · ".join(f"[{form.labels.get(field, field)}](#{form.name}-{form.anchor(field)})" for field in fields)
    st.error(f"{told.format(count=count)} {links}")


def _ask(form: Form, saving: Saving[Any]) -> None:
    st.warning("\n\n".join(form.state["asked"][1]), icon=":material/help:")
    with st.container(horizontal=True):
        st.button(
            _("Save anyway"), key=form.key("save_anyway"), type="primary", width="stretch",
            on_click=save, args=(form, saving, True),
        )  # fmt: skip
        st.button(_("Change it"), key=form.key("change_it"), width="stretch", on_click=_forget, args=(form,))


def _forget(form: Form) -> None:
    form.state["asked"] = None
