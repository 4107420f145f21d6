"""The numbers of a chart as a file, CSV or Excel: what the table on the screen says, fetched once, with a trace."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from components import clock, filters
from components.charts.numbers import hidden_words, nothing_known
from components.words import _
from db.errors import InvalidInput, NotFound
from db.exchange.chart_file import ChartTable

MAKER = "chart_files"
Maker = Callable[[ChartTable, str], str]


def use(make: Maker) -> None:
    """Tell how this session's files are made: ``make(table, "csv" or "excel")`` gives an address that works once."""
    st.session_state[MAKER] = make


def offer(
    title: str, about: Sequence[tuple[str, str]], head: Sequence[str], rows: Sequence[Sequence[str]],
    notes: Sequence[str], key: str,
) -> None:  # fmt: skip
    """Draw the buttons that make a file of these numbers, and then the link that fetches it once."""
    if MAKER not in st.session_state:
        return
    table = ChartTable(
        title=title,
        about=[
            *filters.told(with_period=_("Period") not in dict(about)),
            *about,
            (_("Made on"), clock.today().isoformat()),
        ],
        head=list(head),
        rows=[list(row) for row in rows],
        notes=[*notes, _marks()],
        made_on=clock.today(),
    )
    address = st.session_state.pop(f"{key}_file", None)
    if address:
        st.link_button(_("Open the file"), address, icon=":material/download:")
        st.caption(_("The link works once."))
        return
    if address is not None:
        st.error(_("The file could not be made just now. Please try again in a moment."))
    with st.container(horizontal=True, gap="small"):
        for kind, label in (("csv", _("Download CSV")), ("excel", _("Download Excel"))):
            st.button(
                label, key=f"{key}_{kind}", icon=":material/download:",
                on_click=partial(_make, f"{key}_file", table, kind),
            )  # fmt: skip


def _make(key: str, table: ChartTable, kind: str) -> None:
    try:
        st.session_state[key] = st.session_state[MAKER](table, kind)
    except (InvalidInput, NotFound):
        st.session_state[key] = ""


def _marks() -> str:
    """Say what the three marks mean: hidden, none, and not known."""
    return _(
        '"{hidden}": there is a number that is not told. 0: there is none. "{nothing}": nothing is on record.'
    ).format(hidden=hidden_words(), nothing=nothing_known())
