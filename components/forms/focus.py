"""Leads keyboard and screen reader to the list of problems: Streamlit leaves them where they were."""

from pathlib import Path

import streamlit as st

_leads = st.components.v2.component("attune_focus", js=(Path(__file__).parent / "focus.js").read_text())


def on(key: str, turn: int) -> None:
    """Focus the container of that key once for each ``turn``, a number that grows with every save that was refused."""
    _leads(key=f"{key}_focus", data={"key": key, "turn": turn})
