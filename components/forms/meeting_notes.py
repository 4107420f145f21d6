"""What people at a meeting think: stored as it is typed, and never lost where two write at once."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import streamlit as st

from components import dates
from components.forms import typing
from components.text import literal
from components.words import _
from db.errors import Conflict

log = logging.getLogger(__name__)
LONGEST = 600
Store = Callable[[int, Mapping[str, str]], int]
"""Stores the texts on top of a version and gives the new one."""


def labels() -> dict[str, str]:
    """Give what each field is called."""
    return {
        "strengths": _("What went well, in our words"),
        "hypotheses": _("What may explain what we see?"),
    }


def draw(row: Any, store: Store, now: datetime) -> None:
    """Draw the fields of a meeting (``row``: as it is stored now) and say when they were kept."""
    state = _state(row)
    if state["version"] != row.version and not state["conflict"]:
        _take(row, state)
    typing.send_after_a_pause(f"meeting_{row.id}")
    st.caption(_("What were the children telling us? What in the room, the hour or the day could we change? No names."))
    for field, label in labels().items():
        st.text_area(
            label, key=_key(row, field), max_chars=LONGEST, height=120, on_change=_changed, args=(row, store, now)
        )
    if state["conflict"]:
        _both(row, state, store, now)
    elif state["failed"]:
        st.error(
            _("We could not keep this just now. What you typed is still here; please change a letter to try again.")
        )
    elif state["at"]:
        with st.container(key="not_on_paper_kept"):
            st.text(_("Kept at {time}").format(time=dates.clock(state["at"].time())))


def _both(row: Any, state: dict[str, Any], store: Store, now: datetime) -> None:
    """Say what somebody else wrote meanwhile, and let people choose; both are still there."""
    st.warning(_("Somebody else wrote here at the same time. Your text is above and not kept yet; theirs is:"))
    for field, label in labels().items():
        literal(f"{label} {getattr(row, field)}")
    with st.container(horizontal=True):
        st.button(_("Keep mine"), key=_key(row, "mine"), on_click=_keep_mine, args=(row, state, store, now))
        st.button(_("Take theirs"), key=_key(row, "theirs"), on_click=_take, args=(row, state))


def _state(row: Any) -> dict[str, Any]:
    fresh = {"version": None, "conflict": False, "failed": False, "at": None}
    state: dict[str, Any] = st.session_state.setdefault(_key(row, "state"), fresh)
    return state


def _take(row: Any, state: dict[str, Any]) -> None:
    for field in labels():
        st.session_state[_key(row, field)] = getattr(row, field)
    state.update(version=row.version, conflict=False, failed=False)


def _keep_mine(row: Any, state: dict[str, Any], store: Store, now: datetime) -> None:
    state.update(version=row.version, conflict=False)
    _changed(row, store, now)


def _changed(row: Any, store: Store, now: datetime) -> None:
    state = _state(row)
    try:
        texts = {field: st.session_state[_key(row, field)] for field in labels()}
        state.update(version=store(state["version"], texts), at=now, failed=False)
    except Conflict:
        state["conflict"] = True
    except Exception:  # whatever fails, the words that were typed stay on the screen: an error page would lose them
        log.exception("the notes of a meeting could not be kept")
        state["failed"] = True


def _key(row: Any, name: str) -> str:
    return f"meeting_{row.id}_{name}"
