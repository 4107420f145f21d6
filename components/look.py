"""The style rules that Streamlit's theme has no option for, applied to the whole page once."""

from pathlib import Path

import streamlit as st

_rules = st.components.v2.component(
    "attune_look", css=(Path(__file__).parent / "look.css").read_text(), isolate_styles=False
)


def apply() -> None:
    """Apply the style rules."""
    _rules(key="look")
