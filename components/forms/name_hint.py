"""A quiet word below a field whose text seems to name a child or a family. It stops nothing and is sent nowhere."""

import streamlit as st

from analytics.name_hint import names_in
from components.forms.form import Form
from components.words import _


def sentence() -> str:
    """Give the hint in the reader's language: the screens and the tablet app say the same."""
    return _("This may name a child or a family. Please use the child key or a role.")


def draw(form: Form, field: str) -> None:
    """Draw the hint below a field of free text while what it says reads as if it named somebody."""
    if names_in(form[field] or ""):
        st.markdown(f":small[:gray[:material/person_off: {sentence()}]]")
