"""The director's Today: the site in four figures, each with its trend and one sentence."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import streamlit as st

from analytics.control_charts import u_chart
from analytics.exposure import choose_exposure
from analytics.sentences import finding
from components import dates
from components.charts.numbers import decimal, whole
from components.charts.sentences import say
from components.messages import link
from components.text import escaped
from components.words import _, language, plural
from db.instruments import instrument


class Shown(NamedTuple):
    """The site's full months, and its survey waves, newest first."""

    months: Sequence[Any]
    waves: Sequence[Any]


class Figure(NamedTuple):
    """A figure with its unit in the label, what it rests on, its months, and one sentence."""

    label: str
    value: str
    sentence: str
    basis: str
    history: tuple[float, ...] = ()


def draw(site: Any, shown: Shown) -> None:
    """Draw the four figures of a site, two in a row."""
    st.subheader(escaped(site.name), anchor=False)
    cards = [incidents(shown.months), visits(shown.months), lost_care(shown.months), stress(shown.waves)]
    for pair in (cards[:2], cards[2:]):
        for column, card in zip(st.columns(2), pair, strict=True):
            with column.container(border=True, height="stretch"):
                st.metric(card.label, card.value, chart_data=list(card.history) or None)
                st.text(card.sentence)
                st.caption(card.basis)
    link("/site-trends", _("See the site's trends"), site=str(site.id))


def incidents(months: Sequence[Any]) -> Figure:
    """Give the incident rate of the last full month, judged by the control chart of all of them."""
    label = _("Incidents per 1,000 child-days, last full month")
    exposure = choose_exposure([month.child_days for month in months], [month.enrolled for month in months])
    total = sum(month.incidents or 0 for month in months)
    basis = _records(plural("{count} incident", "{count} incidents", total).format(count=whole(total)), months)
    if months:
        latest = months[-1].incidents or 0
        basis = _("{month}: {incidents}. The line: {all}.").format(
            month=dates.month(months[-1].month),
            incidents=plural("{count} incident", "{count} incidents", latest).format(count=whole(latest)),
            all=basis,
        )
    if exposure.kind == "none":
        return Figure(
            label, "–", _("No rate yet: nobody has entered how many children are enrolled. See Sites."), basis
        )
    unit = _("per 1,000 child-days")
    if exposure.kind == "enrolled":
        label, unit = _("Incidents per 100 children, last full month"), _("per 100 children and month")
    keys = [f"{month.month:%Y-%m}" for month in months]
    chart = u_chart(keys, [month.covered for month in months], exposure.values, per=exposure.per)
    found = finding(chart)
    history = tuple(round(point.value, 1) for point in chart.points if point.value is not None)
    return Figure(label, decimal(found.latest), say(found, unit, "lower"), basis, history)


def visits(months: Sequence[Any]) -> Figure:
    """Give the hours of consultation in the last three full months."""
    latest = months[-3:]
    minutes, held = sum(month.minutes for month in latest), sum(month.visits for month in latest)
    off = sum(month.visits_not_held for month in latest)
    sentence = plural("{count} visit took place", "{count} visits took place", held).format(count=held)
    sentence += "; " + plural("{count} was called off.", "{count} were called off.", off).format(count=off)
    history = tuple(round(month.minutes / 60, 1) for month in months)
    return Figure(
        _("Hours of consultation, last 3 full months"),
        decimal(minutes / 60),
        sentence,
        _with_line(latest, months),
        history,
    )


def lost_care(months: Sequence[Any]) -> Figure:
    """Give the hours of care that children lost in the last three full months."""
    latest = months[-3:]
    hours, events = (
        sum(month.hours_lost or 0 for month in latest),
        sum(month.exclusions or 0 for month in latest),
    )
    sentence = (
        plural("{count} time a child lost care.", "{count} times a child lost care.", events).format(count=events)
        if events
        else _("No child lost care because of behavior.")
    )
    history = tuple(round(month.hours_lost or 0, 1) for month in months)
    return Figure(
        _("Hours of care lost, last 3 full months"), decimal(hours), sentence, _with_line(latest, months), history
    )


def stress(waves: Sequence[Any]) -> Figure:
    """Give the first scale of the latest survey wave, if enough people answered."""
    label = _("Staff stress, latest survey")
    if not waves:
        return Figure(label, "–", _("No staff survey yet. Your consultant can enter one."), "")
    wave = waves[0]
    used = instrument(wave.instrument_code)
    basis = f"{used.name}, {dates.full(wave.closed_on)}"
    result = next(iter(wave.results), None)
    if result is None or result.hidden:
        return Figure(label, "–", _("Hidden to protect privacy: too few people answered."), basis)
    scale = used.scale(result.scale_code)
    name = scale.es if language() == "es" else scale.en
    earlier = [
        one.mean
        for older in reversed(wave_family(waves))
        for one in older.results
        if one.scale_code == result.scale_code and not one.hidden
    ]
    sentence = _("{scale}: {mean} on a scale from {low} to {high}.").format(
        scale=name, mean=decimal(result.mean), low=f"{scale.minimum:g}", high=f"{scale.maximum:g}"
    )
    if len(earlier) < 2:
        return Figure(label, decimal(result.mean), sentence, basis)
    sentence += " " + _("Some improvement comes anyway after a hard time (regression to the mean).")
    return Figure(label, decimal(result.mean), sentence, basis, tuple(earlier))


def wave_family(waves: Sequence[Any]) -> list[Any]:
    """Give the waves with the same instrument as the latest: only these can be one line."""
    return [wave for wave in waves if wave.instrument_code == waves[0].instrument_code]


def _with_line(latest: Sequence[Any], months: Sequence[Any]) -> str:
    """Give the months of the figure, and those of the line above it."""
    if len(months) <= len(latest):
        return _records("", latest)
    return _("{span}. The line: {all}.").format(span=_records("", latest), all=_records("", months))


def _records(text: str, months: Sequence[Any]) -> str:
    if not months:
        return text
    first: date = months[0].month
    last: date = months[-1].month
    span = _("{first} to {last}").format(first=dates.month(first), last=dates.month(last))
    return f"{text}, {span}" if text else span
