"""The style rules that Streamlit's theme has no option for, and what its menu is to a screen reader."""

from pathlib import Path

import streamlit as st

FOLDER = Path(__file__).parent

_rules = st.components.v2.component(
    "attune_look",
    css=(FOLDER / "look.css").read_text(),
    js=(FOLDER / "look.js").read_text(),
    isolate_styles=False,
)


def apply() -> None:
    """Apply them."""
    _rules(key="look")
