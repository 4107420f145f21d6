"""Shows text that a person typed, letter by letter: never as Markdown or HTML, which could fetch or run things."""

import streamlit as st

_ACTIVE = r"\`*_{}[]()<>#+-.!|~$:^=&@/"


def literal(text: str) -> None:
    """Show stored text as it was typed, with its line breaks."""
    st.text(text)


def escaped(text: str) -> str:
    r"""Give stored text for a place where Streamlit reads Markdown (a label, an option), with every mark made plain.

    A letter that Markdown reads as a mark is written as ``\`` and itself; line breaks become spaces.
    """
    flat = " ".join(text.split())
    return "".join(f"\\{letter}" if letter in _ACTIVE else letter for letter in flat)
