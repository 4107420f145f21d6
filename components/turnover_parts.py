"""The figure of staff turnover: how many left for how many who worked there, in a year's time."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from components import dates, measures
from components.charts.numbers import decimal
from components.forms import fields
from components.text import literal
from components.words import _, plural
from db.period import Period

INTENT = "turnover_intent"


def tile(found: Any | None, period: Period) -> None:
    """Draw the turnover of a period (``analytics.turnover.Turnover``) with what it rests on, and how sure it is."""
    months = period.months()
    span = _("{first} to {last}").format(first=dates.month(months[0]), last=dates.month(months[-1]))
    with st.container(border=True):
        if found is None:
            st.metric(_("Staff who left, per 100 staff and year"), "–")
            st.caption(_("{span}: no staff entered for this time.").format(span=span))
            return
        st.metric(_("Staff who left, per 100 staff and year"), decimal(found.annual_percent, 0))
        told = plural(
            "{span}: {count} person left; {average} worked here on average ({fte} full-time places).",
            "{span}: {count} people left; {average} worked here on average ({fte} full-time places).", found.leavers,
        )  # fmt: skip
        st.text(
            told.format(
                span=span, count=found.leavers, average=decimal(found.average_headcount), fte=decimal(found.average_fte)
            )
        )
        low, high = decimal(found.interval.low, 0), decimal(found.interval.high, 0)
        fields.hint(
            _("95% interval: {low} to {high}. In a small team, chance alone moves this figure a lot.").format(
                low=low, high=high
            )
        )


def intent(waves: Sequence[Any], least: int) -> None:
    """Draw the latest answer to "intent to leave", as far as it may be shown; nothing where nobody was asked.

    ``least`` is the smallest number of people that is shown.
    """
    latest = next((wave for wave in waves if wave.instrument_code == INTENT and wave.results), None)
    if latest is None:
        return
    with st.container(border=True):
        for label, told in measures.wave_facts(latest, least):
            literal(f"{label}, {dates.full(latest.closed_on)}: {told}")
        fields.hint(_("On a scale from 1 (very unlikely to look for another job within a year) to 5 (very likely)."))
