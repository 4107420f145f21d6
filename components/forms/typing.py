"""Sends what is typed after a short pause: Streamlit's text area would wait until the field is left."""

from pathlib import Path

import streamlit as st

_listens = st.components.v2.component("attune_typing", js=(Path(__file__).parent / "typing.js").read_text())


def send_after_a_pause(name: str) -> None:
    """Send the texts of the form ``name`` while they are typed. Not in its fragment: no tap sends it anew."""
    _listens(key=f"{name}_typing", on_back_change=_draw_all)


def _draw_all() -> None:
    """Nothing more: that the connection is back makes the whole page run, and its drafts come back."""
