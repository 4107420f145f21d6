"""What a screen says when something is missing, wrong, saved or not to be found."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from components.words import _
from db.errors import Problem
from db.problems import SENTENCES


def sentence(problem: Problem) -> str:
    """Give a problem's sentence in the reader's language."""
    return _(SENTENCES[problem.code]).format(**problem.context)


def not_found() -> None:
    """Say that the address leads nowhere: the same for what does not exist and what this person may not see."""
    with st.container(border=True):
        st.markdown("**" + _("We could not find that.") + "**")
        st.text(_("It may have been removed, or it is not among the sites you work with."))
        link("/", _("Go to Today"))


def empty(text: str, *, page: str | None = None, label: str | None = None) -> None:
    """Say why there is nothing to show, and what to do next (a link to another screen)."""
    with st.container(border=True):
        st.text(text)
        if page and label:
            link(page, label)


def link(page: str, label: str, **query: str) -> None:
    """Draw a link to another screen by its address (such as ``/sites``), with filters."""
    from components.navigation import page_at

    st.page_link(page_at(page), label=label, query_params=query or None)


def problem_summary(problems: Sequence[Problem], labels: Mapping[str, str], anchor: Callable[[str], str]) -> None:
    """Draw all problems at the top of a form: each with its field's label, which leads to ``anchor`` of the field."""
    if not problems:
        return
    lines = [
        f"- [{labels.get(problem.field, problem.field)}](#{anchor(problem.field)}): {sentence(problem)}"
        for problem in problems
    ]
    st.error(_("Nothing was saved yet. Please check:") + "\n\n" + "\n".join(lines))


def problems_at(field: str, problems: Sequence[Problem]) -> None:
    """Draw the sentences for one field, right below it."""
    for problem in problems:
        if problem.field == field:
            st.markdown(":red[:material/error: " + sentence(problem) + "]")


def saved(text: str) -> None:
    """Say that something was stored. Read out by screen readers (role status)."""
    st.success(text, icon=":material/check_circle:")


def maybe_a_minute_old() -> None:
    """Say that what stands here may have been read a moment ago: so many sites are not read at every tap."""
    st.caption(_("With so many sites, these figures can be up to a minute old."))
