"""The parts that Today is made of: figures with a sentence, lines that lead somewhere, promises with a tick."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import streamlit as st

from components.messages import link
from components.text import escaped
from components.words import _


class Line(NamedTuple):
    """One line of a list that leads to a screen with filters."""

    text: str
    detail: str
    address: str
    query: dict[str, str]


def lines(heading: str, rows: Sequence[Line], *, empty: str, most: int = 8) -> None:
    """Draw a headed list of links with a detail each; ``empty`` where there is nothing, which is good news."""
    st.subheader(heading, anchor=False)
    if not rows:
        st.text(empty)
        return
    with st.container(border=True, gap="xsmall"):
        for row in rows[:most]:
            left, right = st.columns([3, 2], vertical_alignment="center")
            with left:
                link(row.address, escaped(row.text), **row.query)
            right.text(row.detail)
        if len(rows) > most:
            st.caption(_("and {count} more").format(count=len(rows) - most))


def share(part: int, whole: int) -> str:
    """Give a count with its percent, as in "3 of 24 sites (13 %)"."""
    percent = f" ({100 * part / whole:.0f} %)" if whole else ""
    return _("{part} of {whole} sites").format(part=part, whole=whole) + percent


class Figure(NamedTuple):
    """A figure with its unit, what it rests on, and one sentence."""

    label: str
    value: str
    basis: str
    sentence: str
    history: tuple[float, ...] = ()


def figures(shown: Sequence[Figure]) -> None:
    """Draw figures as cards, two in a row, each with its trend as a small line."""
    for pair in (shown[start : start + 2] for start in range(0, len(shown), 2)):
        for column, figure in zip(st.columns(2), pair, strict=False):
            with column.container(border=True, height="stretch"):
                st.metric(
                    figure.label, figure.value, chart_data=list(figure.history) or None, chart_type="line"
                )
                st.text(figure.sentence)
                st.caption(figure.basis)


def tick(label: str, key: str, on_done: Callable[[], None]) -> None:
    """Draw the button that marks a promise as kept."""
    st.button(label, key=key, icon=":material/check:", on_click=on_done)
