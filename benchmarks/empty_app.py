"""Our own app, gate and shell and all, with nothing on its first page: what every other page is compared with."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import streamlit as st

import pages.today
from app import app as ours


def nothing(_actor: object) -> None:
    """Draw one line of text."""
    st.text("Nothing here.")


pages.today.render = nothing

app = st.App(Path(__file__).resolve().parent.parent / "components" / "shell.py")  # `streamlit run` looks for this line
app = ours
