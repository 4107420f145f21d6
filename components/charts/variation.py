"""The icon in the head of a chart: improvement, concern, neutral or common cause, never told by color alone."""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

import streamlit as st

from analytics.sentences import Finding, Variation, variation
from components.charts.sentences import Better
from components.text import escaped
from components.words import _

Color = Literal["blue", "orange", "violet", "gray"]

LOOKS: Final[dict[Variation, tuple[str, Color]]] = {
    "improvement": (":material/diamond:", "blue"),
    "concern": (":material/warning:", "orange"),
    "neutral": (":material/crop_square:", "violet"),
    "common_cause": (":material/airwave:", "gray"),
    "cannot_tell": (":material/hourglass_empty:", "gray"),
}
"""Shape and color of each: the shapes are those of the marks in the charts."""


class Head(NamedTuple):
    """One icon: what kind of variation, and of which line where a chart has several."""

    kind: Variation
    line: str = ""


def head(found: Finding, better: Better, line: str = "") -> Head:
    """Give the icon for a finding."""
    return Head(variation(found, better), line)


def words(kind: Variation) -> str:
    """Give what an icon says."""
    return {
        "improvement": _("Improvement: better than chance usually explains"),
        "concern": _("Concern: more than chance usually explains"),
        "neutral": _("Changed, and neither good nor bad by itself"),
        "common_cause": _("Common cause: ordinary ups and downs"),
        "cannot_tell": _("Cannot tell yet"),
    }[kind]


def in_words(heads: Sequence[Head]) -> str:
    """Give all icons of a chart as a text, for those who do not see them."""
    return " ".join(f"{one.line} – {words(one.kind)}." if one.line else f"{words(one.kind)}." for one in heads)


def draw(heads: Sequence[Head]) -> None:
    """Draw the icons side by side, each with its words."""
    if not heads:
        return
    with st.container(horizontal=True, gap="small"):
        for one in heads:
            icon, color = LOOKS[one.kind]
            label = f"{one.line} – {words(one.kind)}" if one.line else words(one.kind)
            st.badge(escaped(label), icon=icon, color=color)
