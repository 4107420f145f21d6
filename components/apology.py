"""What a person sees when something unexpected went wrong: a short apology and a reference, never the details."""

import streamlit as st

from components.words import _


def show(reference: str) -> None:
    """Say that something went wrong, with the reference under which the log tells more."""
    st.error(
        _("Something went wrong on our side. What you typed is still here. Please try again.")
        + " "
        + _("If it happens again, tell whoever runs Attune this reference: {reference}").format(reference=reference),
        icon=":material/error:",
    )
