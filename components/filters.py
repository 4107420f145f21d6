"""Filters whose values live in the address: a copied address shows the same view."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any, Protocol

import streamlit as st

from components import dates
from components.words import _, plural
from db.period import OFFERED_MONTHS, Period

USUAL_PERIOD = 12
EVERYTHING = ""
"""The choice that leaves a filter out: Streamlit draws nothing for None."""


class Named(Protocol):
    """Anything with a key and a name, such as a site, a program or a person in a list."""

    @property
    def id(self) -> uuid.UUID:
        """What the address holds."""

    @property
    def name(self) -> str:
        """What the list shows."""


TOLD = ("site", "region", "program", "period")
"""The filters that are named in a file of numbers."""


class UnknownChoice(LookupError):
    """The address names something that this person cannot choose: show ``messages.not_found()``."""


def remember(parameter: str, value: str | None) -> None:
    """Put a filter into the address, or take it out."""
    if value is None:
        st.query_params.pop(parameter, None)
    else:
        st.query_params[parameter] = value


def choose_one(
    label: str, parameter: str, choices: Sequence[tuple[str, str]], *, none_label: str | None = None
) -> str | None:
    """Draw a filter over ``choices`` (code, label) that is kept in the address as ``parameter``.

    With ``none_label`` nothing chosen is a choice of its own (all); without it, the first is taken.

    Raises:
        UnknownChoice: the address holds a code that is not among the choices.
    """
    labels = dict(choices) if none_label is None else {EVERYTHING: none_label, **dict(choices)}
    codes = list(labels)
    wanted = st.query_params.get(parameter)
    if wanted is not None and wanted not in codes:
        raise UnknownChoice(parameter)
    if not codes:
        return None
    key = f"filter_{parameter}"
    st.session_state[key] = wanted if wanted in codes else codes[0]
    chosen = st.selectbox(
        label,
        codes,
        key=key,
        format_func=lambda code: labels[code],
        on_change=lambda: remember(parameter, st.session_state[key] or None),
        filter_mode="contains" if len(codes) > 12 else None,
    )
    _note(parameter, label, labels[chosen])
    return chosen or None


def _note(parameter: str, label: str, chosen: str) -> None:
    st.session_state[f"told_{parameter}"] = (label, chosen)


def told(*, with_period: bool = True) -> list[tuple[str, str]]:
    """Give the filters that stand on the screen in words, such as (Site, Maple Demo Center)."""
    return [
        st.session_state[f"told_{parameter}"]
        for parameter in TOLD
        if (with_period or parameter != "period")
        and f"filter_{parameter}" in st.session_state
        and f"told_{parameter}" in st.session_state
    ]


def choose_named(label: str, parameter: str, choices: Sequence[Named], *, none_label: str | None = None) -> Any | None:
    """Draw a filter over rows with ``id`` and ``name``; gives the chosen row.

    Raises:
        UnknownChoice: the address names a row that this person cannot choose.
    """
    rows = {str(row.id): row for row in choices}
    chosen = choose_one(label, parameter, [(key, row.name) for key, row in rows.items()], none_label=none_label)
    return rows.get(chosen) if chosen else None


def choose_site(sites: Sequence[Any], *, none_label: str | None = None) -> Any | None:
    """Draw the site filter (``?site=``); gives the chosen ``SiteChoice``, or None for all or none.

    Raises:
        UnknownChoice: the address names a site that this person cannot choose.
    """
    return choose_named(_("Site"), "site", sites, none_label=none_label)


def choose_period(today: date) -> Period:
    """Draw the period filter (``?period=`` months, the present one included).

    Raises:
        UnknownChoice: the address holds a period that is not offered.
    """
    choices = [
        (str(months), plural("Last month", "Last {count} months", months).format(count=months))
        for months in OFFERED_MONTHS
    ]
    if "period" not in st.query_params:
        key = "filter_period"
        st.session_state.setdefault(key, str(USUAL_PERIOD))
        chosen = st.selectbox(
            _("Period"),
            [code for code, _label in choices],
            key=key,
            format_func=dict(choices).get,
            on_change=lambda: remember("period", st.session_state[key]),
            filter_mode=None,
        )
    else:
        chosen = choose_one(_("Period"), "period", choices)
    period = Period.last_months(int(chosen or USUAL_PERIOD), today)
    months = period.months()
    span = f"{dates.month(months[0])} – {dates.month(months[-1])}"
    _note("period", _("Period"), f"{dict(choices)[chosen or str(USUAL_PERIOD)]} ({span})")
    return period
