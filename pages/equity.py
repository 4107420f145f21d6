"""Equity: whether incidents, time away and support fall on groups of children alike."""

from datetime import date, timedelta
from typing import Any

import streamlit as st

from analytics.disproportion import Comparison, Group, compare
from components import clock, equity_parts, navigation
from components.charts.drawing import show
from components.charts.template import palette
from components.equity_sentences import outcomes
from components.filters import UnknownChoice
from components.messages import empty, not_found
from components.words import _
from db.actor import Actor
from db.equity_counts import DIMENSIONS
from db.period import Period
from db.queries import equity
from db.replica import reading


def render(actor: Actor) -> None:
    """Draw the screen."""
    st.title(navigation.title("equity"), anchor=False)
    equity_parts.meaning()
    try:
        _draw(actor, clock.today())
    except UnknownChoice:
        not_found()


def _draw(actor: Actor, today: date) -> None:
    with reading(actor) as opened:
        places = equity.equity_places(opened, actor)
    if not places:
        empty(
            _(
                "No whole program or region is within your reach, and no site whose records you may read. Please ask"
                " your coordinator or the administrator of Attune."
            )
        )
        return
    outcome, dimension = equity_parts.choose_what(DIMENSIONS)
    first, second, third = st.columns([1.6, 1, 1.1])
    with first:
        place = equity_parts.choose_place(places)
    reads = place is None or place.reads
    with second:
        months = equity_parts.choose_months() if reads else equity.TOLD_MONTHS
        if not reads:
            equity_parts.one_period(months)
    period = Period.last_months(months, today.replace(day=1) - timedelta(days=1))
    asked: dict[str, Any] = {f"{place.kind}_id": place.id} if place else {}
    with reading(actor) as opened:
        counts = equity.group_counts(opened, actor, outcome, dimension, period, **asked)
    with third:
        codes = [one.code for one in counts.groups if one.code and not one.hidden]
        reference = equity_parts.choose_reference(dimension, codes)
    _show(counts, _compared(counts, reference), outcome, dimension, reference or "")
    equity_parts.missing(counts)
    equity_parts.next_steps(place, reads)


def _compared(counts: equity.EquityCounts, reference: str | None) -> Comparison:
    told = [one for one in counts.groups if not one.hidden]
    groups = [
        Group(one.code, one.children or 0, one.of or 0.0, one.reports or 0, one.squares or 0, one.most)
        for one in told
        if one.code
    ]
    nobody = next((one for one in told if not one.code), None)
    return compare(groups, (nobody and nobody.children) or 0, (nobody and nobody.of) or 0.0, reference)


def _show(counts: equity.EquityCounts, found: Comparison, outcome: str, dimension: str, reference: str) -> None:
    words = outcomes()[outcome]
    if not counts.groups:
        equity_parts.nothing(counts, outcome)
        return
    show(equity_parts.picture(found, counts, dimension, words, palette()), "equity")
    equity_parts.cards(found, counts, dimension, words, reference)
    equity_parts.unplaced(counts)
    if not found.too_incomplete and not any(one.hidden for one in counts.groups) and outcome != "supported":
        with st.expander(_("For reports that ask for the E-formula"), key="e_formula", on_change="rerun") as opened:
            if opened.open:
                equity_parts.e_table(found, dimension)
