"""Shows text that a person typed, letter by letter: never as Markdown or HTML, which could fetch or run things."""

import re

import streamlit as st

_ADDRESS = re.compile(r"https?:|www|@", re.IGNORECASE)
_JOINER = "\u2060"
_ACTIVE = r"\`*_{}[]()<>#+-.!|~$:^=&@/"


def literal(text: str) -> None:
    """Show stored text as it was typed, with its line breaks."""
    st.text(text)


def escaped(text: str) -> str:
    r"""Give stored text for a place where Streamlit reads Markdown (a label, an option), with every mark made plain.

    A letter that Markdown reads as a mark is written as ``\`` and itself; line breaks become spaces. Addresses would be
    made into links even so: an invisible joiner (U+2060) inside them keeps them text.
    """
    flat = _ADDRESS.sub(lambda found: found[0] + _JOINER, " ".join(text.split()))
    return "".join(f"\\{letter}" if letter in _ACTIVE else letter for letter in flat)
