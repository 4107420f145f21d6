"""Compare sites: one indicator at a time, with what chance explains, and without ranks."""

import uuid
from datetime import date
from functools import partial

import streamlit as st

from analytics.exposure import choose_exposure
from components import clock, compare_parts, dates, recording_parts
from components.charts.template import palette
from components.chips import choose_chip
from components.filters import UnknownChoice, choose_named, choose_period
from components.messages import empty, maybe_a_minute_old, not_found
from components.words import _
from db.actor import Actor
from db.engine import session
from db.kept_briefly import MANY
from db.period import Period
from db.queries import compare, places
from pages import _closer_look, _compare_scores

PER_YEAR_AND_100 = 1200.0
"""Per 100 children and year, from children summed over months."""


def render(actor: Actor) -> None:
    """Draw the screen."""
    st.title(_("Compare sites"), anchor=False)
    try:
        _draw(actor, clock.today())
    except UnknownChoice:
        not_found()


def _draw(actor: Actor, today: date) -> None:
    with session() as opened:
        regions, programs = places.regions(opened, actor), places.programs(opened, actor)
    indicator = choose_chip(_("Compare"), "indicator", list(compare_parts.indicators().items()))
    first, second, third = st.columns(3)
    with first:
        region = choose_named(_("Region"), "region", regions, none_label=_("All regions"))
    with second:
        program = choose_named(_("Program"), "program", programs, none_label=_("All programs"))
    with third:
        period = choose_period(today)
    months = len(period.months())
    full = Period(period.start, today.replace(day=1))
    place = {"region_id": region.id if region else None, "program_id": program.id if program else None}
    with session() as opened:
        sums, efforts = compare.compared_sites(opened, actor, full, **place)
    if not sums:
        empty(
            _(
                "No active site is within your reach here. Choose another region or program, or ask the"
                " administrator of Attune."
            )
        )
        return
    if len(sums) >= MANY:
        maybe_a_minute_old()
    if indicator in ("quality", "stress"):
        _compare_scores.draw(actor, period, place, sums, indicator)
    else:
        recorded = recording_parts.recording(
            [] if indicator == "visits" else efforts, {site.site_id: site.months_missing for site in sums}
        )
        found, by_days = _rates(sums, recorded, indicator, months, full)
        _closer_look.draw(actor, {site.site_id: site.name for site in sums}, found, by_days, full, today)


def _last(full: Period) -> str:
    months = full.months()
    return dates.month(months[-1]) if months else "–"


def _rates(
    sums: list[compare.SiteSums], recorded: recording_parts.Recording, indicator: str, months: int, full: Period
) -> tuple[list[uuid.UUID], bool]:
    """Draw one rate; gives the sites outside the limits, and whether incidents are divided by child-days."""
    st.caption(_("Full months only, up to {month}. No sums over sites are shown.").format(month=_last(full)))
    enrolled = [site.enrolled for site in sums]
    exposure = choose_exposure([site.child_days for site in sums], enrolled)
    days = exposure.kind == "child_days"
    if indicator == "incidents":
        counts = [site.in_child_days if days else site.in_enrolled for site in sums]
        words, values, per = compare_parts.incidents(days), exposure.values, exposure.per
        found = compare_parts.rated(
            sums, counts, values, per,
            partial(compare_parts.incident_count, days), lambda site: site.incidents_hidden, recorded,
        )  # fmt: skip
    elif indicator == "visits":
        words = compare_parts.visits()
        found = compare_parts.rated(
            sums, [site.visits for site in sums], enrolled, 100.0, compare_parts.visit_count, lambda site: False
        )
    else:
        words = compare_parts.exclusions()
        found = compare_parts.rated(
            sums, [site.exclusions for site in sums], enrolled, PER_YEAR_AND_100,
            compare_parts.exclusion_count, lambda site: site.exclusions_hidden, recorded,
        )  # fmt: skip
    compare_parts.compare(found, words, palette(), months)
    outside = [uuid.UUID(point.key) for point in found.funnel.points if point.zone != "inside"]
    return outside, days
