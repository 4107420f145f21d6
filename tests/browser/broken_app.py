"""Our own app with a fault on its first page, as any page may have one some day."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402

import pages.today  # noqa: E402
from app import app as ours  # noqa: E402


def broken(_actor: object) -> None:
    """Fail with a record's content in the message, as a careless library would."""
    raise ValueError("Maria's note: /srv/attune SELECT * FROM visit")


pages.today.render = broken

app = st.App(ROOT / "components" / "shell.py")  # `streamlit run` looks for this line
app = ours
