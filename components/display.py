"""A screen for a room full of people: large type without menus, and on paper without buttons."""

from pathlib import Path

import streamlit as st

from components.words import _

FOLDER = Path(__file__).parent

_shows = st.components.v2.component(
    "attune_display",
    css=(FOLDER / "display.css").read_text(),
    js=(FOLDER / "display.js").read_text(),
    isolate_styles=False,
)


def toolbar() -> None:
    """Draw the buttons for the shared display and for paper. What they do happens in the browser alone."""
    with st.container(horizontal=True, key="display_tools"):
        st.button(_("Full screen"), key="display_large", icon=":material/fullscreen:")
        st.button(_("Close full screen"), key="display_usual", icon=":material/fullscreen_exit:")
        st.button(_("Print"), key="display_print", icon=":material/print:")
    _shows(key="display")
