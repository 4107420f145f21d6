"""A closer look at a few of many sites: each against its own past, and who its children are."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import streamlit as st

from analytics.exposure import PER_CHILD_DAYS, PER_ENROLLED
from analytics.run_chart import run_tests
from components.charts import own_history
from components.charts.drawing import show
from components.charts.numbers import end_of_share
from components.charts.own_history import History
from components.charts.template import Palette
from components.choices import label_of
from components.text import escaped
from components.words import _

MOST = 6
FIRST_YEAR_DAYS = 365


def chosen(names: Mapping[uuid.UUID, str], proposed: Sequence[uuid.UUID]) -> list[uuid.UUID] | None:
    """Offer to look closer at a few sites; None until somebody opens it. ``proposed`` are chosen at first."""
    opened = st.expander(_("Look closer at a few sites"), key="closer_look", on_change="rerun")
    with opened:
        if not opened.open:
            return None
        found = st.multiselect(
            _("Up to {most} sites").format(most=MOST),
            list(names),
            default=list(proposed[:MOST]),
            format_func=lambda key: names[key],
            max_selections=MOST,
            key="closer_sites",
        )
        return list(found)


def histories(
    names: Mapping[uuid.UUID, str], rows: Mapping[uuid.UUID, Sequence[Any]], by_days: bool, colors: Palette
) -> None:
    """Draw the sites' rates by full month, each against its own median."""
    found = [_history(names[key], months, by_days) for key, months in rows.items() if months]
    if not found:
        return
    unit = _("incidents per 1,000 child-days") if by_days else _("incidents per 100 children and month")
    months = [row.month for row in next(iter(rows.values()))]
    drawing = own_history.draw(found, months, title=_("Each site against its own past"), unit=unit, colors=colors)
    show(drawing, "own_history")


def _history(name: str, months: Sequence[Any], by_days: bool) -> History:
    values = tuple(_rate(row, by_days) for row in months)
    hidden = frozenset(at for at, row in enumerate(months) if row.incidents_hidden)
    return History(name, values, hidden, run_tests(values))


def _rate(row: Any, by_days: bool) -> float | None:
    size = row.child_days if by_days else row.enrolled
    if row.covered is None or not size:
        return None
    return float((PER_CHILD_DAYS if by_days else PER_ENROLLED) * row.covered / size)


def children(mixes: Sequence[Any], today: date) -> None:
    """Draw who the children of the sites are: what to keep in mind, and no adjustment."""
    if not mixes:
        return
    st.subheader(_("Who the children are"), anchor=False)
    columns = {
        _("Site"): [escaped(mix.name) for mix in mixes],
        _("Setting"): [label_of("setting", mix.setting) for mix in mixes],
        _("Classrooms by age"): [_counted("age_group", mix.ages) for mix in mixes],
        _("Length of day"): [_counted("session", mix.sessions) for mix in mixes],
        _("Children with an IEP"): [_share(mix.iep) for mix in mixes],
        _("Takes subsidies"): [_yes_no(mix.subsidy) for mix in mixes],
        _("Consultation"): [_years(mix.service_start, today) for mix in mixes],
    }
    st.table(columns, hide_index=True, border="horizontal")
    st.caption(
        _(
            "Rates are not adjusted for any of this: younger children, longer days and a first year of recording all"
            " change what is counted. Compare sites that are alike, or ask before comparing."
        )
    )


def _counted(list_name: str, counts: Mapping[str, int]) -> str:
    return ", ".join(f"{label_of(list_name, code)} {count}" for code, count in sorted(counts.items())) or "–"


def _share(share: Any | None) -> str:
    if share is None:
        return _("not counted")
    if share.end is not None:
        return end_of_share(share.end == "low")
    return _("hidden to protect privacy") if share.hidden else f"{100 * share.value:.0f}%"


def _yes_no(value: bool | None) -> str:
    words = _("yes") if value else _("no")
    return _("not known") if value is None else words


def _years(start: date | None, today: date) -> str:
    if start is None:
        return _("not known")
    return _("first year") if (today - start).days < FIRST_YEAR_DAYS else _("since {year}").format(year=start.year)
