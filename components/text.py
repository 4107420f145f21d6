"""Shows text that a person typed, letter by letter: never as Markdown or HTML, which could fetch or run things."""

import html
import re

import streamlit as st

_ADDRESS = re.compile(r"https?:|www|@", re.IGNORECASE)
_JOINER = "\u2060"
_ACTIVE = r"\`*_{}[]()<>#+-.!|~$:^=&@/"


def literal(text: str) -> None:
    """Show stored text as it was typed, with its line breaks."""
    st.text(text)


class Stored(str):
    """Text with something in it that somebody typed, on its way to where our own words may be Markdown."""


def as_markdown(text: str) -> str:
    """Give text for a place where Streamlit reads Markdown: ours as it is, stored text with its marks made plain."""
    return escaped(text) if isinstance(text, Stored) else text


def in_chart(text: str) -> str:
    """Give stored text for a chart: Plotly reads some marks in names and labels as HTML, links among them."""
    return html.escape(text, quote=False)


def escaped(text: str) -> str:
    r"""Give stored text for a place where Streamlit reads Markdown (a label, an option), with every mark made plain.

    A letter that Markdown reads as a mark is written as ``\`` and itself; line breaks become spaces. Addresses would be
    made into links even so: an invisible joiner (U+2060) inside them keeps them text.
    """
    flat = _ADDRESS.sub(lambda found: found[0] + _JOINER, " ".join(text.split()))
    return "".join(f"\\{letter}" if letter in _ACTIVE else letter for letter in flat)
