"""What became of an action on a record, and which part of it is open: kept in the address and the session."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from components import filters, messages
from components.forms import drafting
from components.forms.form import Form
from components.words import _
from db.errors import Conflict, InvalidInput, NotFound, Problem

_NOTE, _PROBLEM = "record_note", "record_problem"


def way_back() -> None:
    """Draw the link back to the list as it was filtered."""
    st.button(_("Back to the list"), icon=":material/arrow_back:", key="record_back", type="tertiary", on_click=_close)


def _close() -> None:
    for parameter in ("id", "do", drafting.ADDRESS):
        filters.remember(parameter, None)


def correcting() -> bool:
    """Tell whether the address asks for the form."""
    return st.query_params.get("do") == "correct"


def start_correcting() -> None:
    """Put the form into the address."""
    filters.remember("do", "correct")


def stop_correcting(draft: str | None) -> None:
    """Leave the form without saving, with a note of what became of its draft: in a callback."""
    if draft is not None:
        st.session_state[_NOTE] = draft
    filters.remember("do", None)
    filters.remember(drafting.ADDRESS, None)


def leave(form: Form, note: str) -> None:
    """Go from the form back to the record, with a note of what was done."""
    form.start_again()
    st.session_state[_NOTE] = note
    filters.remember("do", None)
    filters.remember(drafting.ADDRESS, None)
    st.rerun()


@contextmanager
def outcome(done: str) -> Iterator[None]:
    """Run an action in a callback, and note what became of it for the next drawing."""
    st.session_state.pop(_PROBLEM, None)
    try:
        yield
        st.session_state[_NOTE] = done
    except InvalidInput as refused:
        st.session_state[_PROBLEM] = refused.problems
    except Conflict as conflict:
        st.session_state[_NOTE] = done if conflict.kind in ("removed", "not_removed") else "newer_version"
    except NotFound:
        st.session_state[_NOTE] = "not_found"


def problems() -> list[Problem]:
    """Give what was wrong with the last action, once."""
    return st.session_state.pop(_PROBLEM, [])  # type: ignore[no-any-return]


def told() -> None:
    """Say what became of the last action, once."""
    note = st.session_state.pop(_NOTE, None)
    if note in ("corrected", "computed_again", "removed", "restored"):
        messages.saved(
            {
                "corrected": _("Corrected. The earlier version stays in the list of versions."),
                "computed_again": _("Corrected, and computed again. The audit keeps the earlier version."),
                "removed": _("Removed. It counts in no figure now. You can restore it below."),
                "restored": _("Restored. It counts again."),
            }[note]
        )
    elif note == "kept":
        st.info(_("Not saved yet: your correction is kept as a draft on Today."))
    elif note == "discarded":
        st.info(_("Discarded. You can take it back on Today until tomorrow."))
    elif note == "newer_version":
        st.warning(_("Someone changed this record meanwhile. Please look at it again before you go on."))
    elif note == "not_found":
        st.warning(_("This can not be changed any more."))
