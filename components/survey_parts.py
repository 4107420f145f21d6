"""A staff survey that is open: how it goes, its codes to print, and closing it."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from components import clock, filters, messages
from components.text import literal
from components.words import LANGUAGE_NAMES, _
from db.errors import Conflict, NotFound

_ADDRESS, _WHY = "survey_codes_address", "survey_why"


def start_buttons() -> None:
    """Draw the buttons for a survey on phones (``?do=ask``) and for a file of answers (``?do=import``)."""
    st.button(
        _("Ask staff on their phones"), icon=":material/qr_code_2:", key="survey_ask",
        on_click=filters.remember, args=("do", "ask"),
    )  # fmt: skip
    st.button(
        _("Import survey answers"), icon=":material/upload_file:", key="survey_import",
        on_click=filters.remember, args=("do", "import"),
    )  # fmt: skip


def asking() -> bool:
    """Tell whether the address asks for that form."""
    return st.query_params.get("do") == "ask"


def how_it_goes(row: Any, least: int) -> None:
    """Say about how many have answered, and when results come."""
    literal(_("Asked in: {languages}").format(languages=", ".join(LANGUAGE_NAMES[one] for one in row.languages)))
    literal(progress_sentence(row.progress, least))
    if row.closed_on < clock.today():
        st.text(over())
        return
    st.text(_("There are no results before the survey is closed: two of them would tell what one person answered."))


def over() -> str:
    """Say that nobody can answer any more, and that the answers were not counted yet."""
    return _("The last day is over: nobody can answer any more. The answers are counted soon.")


def progress_sentence(progress: str, least: int) -> str:
    """Say roughly how many have answered so far."""
    return {
        "few": _("Fewer than {least} people have answered so far.").format(least=least),
        "under_half": _("Under half of those invited have answered so far."),
        "half_to_three_quarters": _("Half to three quarters of those invited have answered so far."),
        "three_quarters_or_more": _("Three quarters or more of those invited have answered so far."),
        "over_half": _("Over half of those invited have answered so far."),
    }[progress]


def codes(ask: Callable[[], str]) -> None:
    """Draw the codes to print: made when they are fetched, and kept nowhere. ``ask`` gives the address for once."""
    st.header(_("Codes for staff"), anchor=False)
    st.text(
        _(
            "Print one slip for each person: a QR code and a code to type. We do not keep the codes. Each print makes"
            " new ones and the earlier ones stop working, so print once, before the first person answers."
        )
    )
    address = st.session_state.pop(_ADDRESS, None)
    if address:
        st.link_button(_("Open the codes"), address, icon=":material/download:", type="primary")
    else:
        st.button(
            _("Make the codes"), key="survey_codes", icon=":material/qr_code_2:", on_click=_fetch, args=(ask,)
        )  # fmt: skip


def closing(close: Callable[[], None], today: Any, row: Any) -> None:
    """Draw what closes the survey and counts it: after a tick, because it cannot be undone."""
    st.header(_("Close and count"), anchor=False)
    why = st.session_state.pop(_WHY, None)
    if why:
        st.error(_why(why))
    if today < row.opened_on:
        st.text(_("The survey has not begun yet."))
        return
    st.text(_("Counting keeps the averages and destroys every answer sheet. Nobody can answer after that."))
    sure = st.checkbox(_("Close the survey now. This cannot be undone."), key="survey_sure")
    st.button(
        _("Close and count"), key="survey_close", icon=":material/lock:", disabled=not sure,
        on_click=_try, args=(close,),
    )  # fmt: skip


def opened_note() -> None:
    """Say that a survey was just opened."""
    if st.session_state.pop("survey_opened", False):
        messages.saved(_("The survey is open. Print the codes next."))


def note_opened() -> None:
    """Remember to say so."""
    st.session_state["survey_opened"] = True


def _fetch(ask: Callable[[], str]) -> None:
    try:
        st.session_state[_ADDRESS] = ask()
    except NotFound:
        st.session_state[_WHY] = "not_found"


def _try(action: Callable[[], None]) -> None:
    try:
        action()
    except (Conflict, NotFound) as refused:
        st.session_state[_WHY] = getattr(refused, "kind", "not_found")


def _why(kind: str) -> str:
    if kind == "not_begun":
        return _("The survey has not begun yet.")
    if kind == "not_scored":
        return _(
            "The answers cannot be counted: the pack that says how was removed. They are still in the box. Please ask"
            " an administrator to add the pack again."
        )
    return _("This was changed in the meantime. Please reload the page to see how it stands now.")
