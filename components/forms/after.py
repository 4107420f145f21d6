"""What is shown after saving: what was stored, and what may come next."""

import logging
from collections.abc import Callable, Sequence
from typing import NamedTuple

import streamlit as st

from components import messages
from components.forms.form import Form
from components.words import _

log = logging.getLogger(__name__)


class Next(NamedTuple):
    """A button after saving."""

    label: str
    icon: str
    then: Callable[[], None]


def saved(
    form: Form,
    title: str,
    facts: Sequence[tuple[str, str]],
    following: Sequence[Next],
    copy: Callable[[], str] | None = None,
) -> None:
    """Draw what was stored, as label and value, and the buttons for what comes next.

    ``copy`` prepares the copy for the site and gives the address where it can be fetched once.
    """
    form.state["shown"] = True
    messages.saved(title)
    with st.container(border=True):
        for label, value in facts:
            if value:
                st.text(f"{label}: {value}")
    if copy is not None:
        _copy_for_site(form, copy)
    with st.bottom, st.container(horizontal=True):
        for number, choice in enumerate(following):
            st.button(
                choice.label, key=form.key(f"next_{number}"), icon=choice.icon, width="stretch",
                type="primary" if number == 0 else "secondary", on_click=choice.then,
            )  # fmt: skip


def _copy_for_site(form: Form, ask: Callable[[], str]) -> None:
    """Draw the copy that the facility keeps (Caring for Our Children 9.4.1.17)."""
    st.text(_("The site keeps a copy of every visit. Your private reflection is not part of it."))
    address = form.state.get("copy")
    if address is None:
        st.button(
            _("Copy for the site"), key=form.key("copy"), icon=":material/description:",
            on_click=_fetch, args=(form, ask),
        )  # fmt: skip
    elif address:
        st.link_button(_("Open the copy"), address, icon=":material/download:", type="primary")
        st.text(_("We noted that the site got its copy today. The link works once."))
    else:
        st.error(_("The copy could not be made just now. You can make it later under Records."))


def _fetch(form: Form, ask: Callable[[], str]) -> None:
    form.state["shown"] = False
    try:
        form.state["copy"] = ask()
    except Exception:  # the visit itself is stored: the screen says so, whatever became of the copy
        log.exception("a copy for the site could not be made")
        form.state["copy"] = ""


def leave_saved(form: Form) -> None:
    """Begin a new record when somebody comes back to a screen that still says "saved"."""
    if form.saved and form.state["shown"]:
        form.start_again()
