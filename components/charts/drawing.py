"""What every chart comes with: a title that says what it shows, what it rests on, one sentence, a table, a text."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import plotly.graph_objects as go
import streamlit as st

from components.charts import files, variation
from components.charts.numbers import cell
from components.charts.template import CONFIG
from components.messages import link
from components.text import as_markdown
from components.words import _


class Action(NamedTuple):
    """What to do next where there is nothing to draw: a screen and its filters."""

    address: str
    label: str
    query: dict[str, str]


class Table(NamedTuple):
    """The numbers of a chart. Cells are our own words and numbers; what somebody typed comes as ``Stored``."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Drawing:
    """A chart, ready to be shown. Without a ``figure`` it says why, and ``action`` leads to what helps.

    ``heads`` are the icons of variation that stand under the title. ``period``: in words, where it is not the one that
    the screen's filter says.
    """

    title: str
    sentence: str
    basis: str = ""
    figure: go.Figure | None = None
    alt: str = ""
    table: Table | None = None
    notes: tuple[str, ...] = ()
    action: Action | None = None
    heads: tuple[variation.Head, ...] = ()
    period: str = ""


def show(drawing: Drawing, key: str, more: Callable[[], None] | None = None) -> None:
    """Draw a chart with all that belongs to it; ``more`` draws into the part that opens on demand."""
    st.subheader(drawing.title, anchor=False)
    variation.draw(drawing.heads)
    if drawing.basis:
        st.caption(drawing.basis)
    if drawing.figure is None:
        _empty(drawing)
    else:
        st.plotly_chart(drawing.figure, key=key, theme=None, config=CONFIG, alt=drawing.alt)
        st.markdown(f":material/chat_info: **{drawing.sentence}**")
    for note in drawing.notes:
        st.caption(as_markdown(note))
    if drawing.table is not None and drawing.table.rows:
        _numbers(replace(drawing, figure=None), drawing.table, key, more)


@st.fragment
def _numbers(drawing: Drawing, table: Table, key: str, more: Callable[[], None] | None) -> None:
    """Offer the numbers behind a chart, on the screen and as a file; nothing is built until someone opens it."""
    label = _("Show the numbers") if more is None else _("Show the numbers and open the records")
    opened = st.expander(label, key=f"{key}_numbers", on_change="rerun")
    with opened:
        if opened.open:
            columns = as_columns(table)
            st.table(columns, hide_index=True, border="horizontal")
            about = [(_("Basis"), drawing.basis)] if drawing.basis else []
            about += [(_("Period"), drawing.period)] if drawing.period else []
            rows = [[cell(words) for words in row] for row in table.rows]
            files.offer(drawing.title, about, table.head, rows, (drawing.sentence, *drawing.notes), key)
            if more is not None:
                more()


def as_columns(table: Table) -> dict[str, list[str]]:
    """Give a table as Streamlit reads it: with heads that differ, and Markdown in no stored text."""
    columns = {}
    for at, head in enumerate(table.head):
        again = table.head[: at + 1].count(head)
        told = as_markdown(head) if again == 1 else f"{as_markdown(head)} ({again})"
        columns[told] = [as_markdown(cell(row[at])) for row in table.rows]
    return columns


def _empty(drawing: Drawing) -> None:
    with st.container(border=True):
        st.text(drawing.sentence)
        if drawing.action is not None:
            link(drawing.action.address, drawing.action.label, **drawing.action.query)


def joined(parts: Sequence[str]) -> str:
    """Give several sentences as one text."""
    return " ".join(part for part in parts if part)
