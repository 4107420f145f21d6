"""How the outcome scorecard looks: a card per outcome, which reads from top to bottom on a tablet held upright."""

from collections.abc import Sequence

import streamlit as st

from components import dates
from components.chips import choose_chip
from components.filters import remember
from components.messages import link
from components.outcome_parts import (
    Consulted,
    Row,
    beside_trends,
    change,
    consulted,
    counted_words,
    expected_anyway,
    how_judged,
    in_short,
    interval_level,
    limits,
    note,
    outcome_words,
    sentence,
    value,
    verdict_icon,
    verdict_words,
)
from components.text import escaped, literal
from components.words import _
from db.period import Period

SINCE_START = "start"
LEVELS = ("site", "program", "region")


def choose_level(usual: str) -> str:
    """Draw the chips for what is judged together (``?level=``), the usual one first.

    Raises:
        UnknownChoice: the address holds another level.
    """
    labels = {"site": _("A site"), "program": _("A program"), "region": _("A region")}
    return choose_chip(_("Look at"), "level", sorted(labels.items(), key=lambda pair: pair[0] != usual))


def choose_months(offered: Sequence[int], start_known: bool) -> str:
    """Draw the chips for the time (``?months=``): so many full months, or since consultation began.

    Of a place that has no one such day the last wish is forgotten: it was about another.

    Raises:
        UnknownChoice: the address holds another time.
    """
    labels = {12: _("12 months"), 6: _("6 months"), 3: _("A quarter")}
    chips = [(str(months), labels[months]) for months in offered]
    if start_known:
        chips.append((SINCE_START, _("Since consultation began")))
    elif st.query_params.get("months") == SINCE_START:
        remember("months", None)
    return choose_chip(_("Period"), "months", chips)


def span(period: Period) -> str:
    """Give a period of whole months in words."""
    months = period.months()
    return _("{first} to {last}").format(first=dates.month(months[0]), last=dates.month(months[-1]))


def place(name: str, sites: int) -> None:
    """Say what is judged."""
    st.header(escaped(name), anchor=False)
    if sites > 1:
        literal(counted_words("sites", sites))


def overview(rows: Sequence[Row]) -> None:
    """Say in short which outcomes changed, and how every figure below has to be read."""
    for verdict, told in in_short(list(rows)):
        st.markdown(f"{verdict_icon(verdict)} {told}")
    st.info(expected_anyway(), icon=":material/info:")
    st.caption(f"{how_judged()} {beside_trends()}")


def cards(rows: Sequence[Row], dose: Consulted) -> None:
    """Draw a card per outcome."""
    for row in rows:
        with st.container(border=True, gap="xsmall", key=f"outcome_{row.outcome}"):
            _card(row, dose)


def _card(row: Row, dose: Consulted) -> None:
    judged = row.judged
    st.subheader(outcome_words(row.outcome), anchor=False)
    st.markdown(f"{verdict_icon(judged.verdict)} **{verdict_words(judged.verdict)}**")
    if row.measure:
        told = _("Measure: {measure} ({unit})") if row.unit else _("Measure: {measure}")
        literal(told.format(measure=row.measure, unit=row.unit))
    if judged.before is not None or judged.now is not None:
        before, now, changed = st.columns(3)
        with before:
            _figure(_("Before"), value(row, judged.before), row, 0)
        with now:
            _figure(_("Now"), value(row, judged.now), row, 1)
        with changed:
            _figure(_("What changed"), change(row), row, None)
    st.markdown(f":material/chat_info: **{escaped(sentence(row))}**")
    st.caption(consulted(dose))
    if row.notes:
        st.caption(" ".join(note(code, row) for code in row.notes))
    if judged.verdict == "cannot_tell" and row.action:
        link(row.action.address, row.action.label, **row.action.query)


def _figure(label: str, number: str, row: Row, side: int | None) -> None:
    st.metric(label, number)
    if side is not None:
        literal(f"{counted_words(row.counted, row.judged.counts[side])}\n{row.spans[side]}")
    elif row.judged.interval is not None:
        low, high = limits(row)
        literal(_("{level}% interval: {low} to {high}").format(level=interval_level(), low=low, high=high))
