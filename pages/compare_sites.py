"""Compare sites: one indicator at a time, with what chance explains, and without ranks."""

from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from analytics.exposure import choose_exposure
from analytics.funnel import mean_funnel
from analytics.spread import pooled_sd
from components import clock, compare_parts, dates, recording_parts, score_parts
from components.charts.numbers import whole
from components.charts.template import palette
from components.chips import choose_chip
from components.filters import UnknownChoice, choose_named, choose_period
from components.messages import empty, not_found
from components.words import _
from db.actor import Actor
from db.engine import session
from db.instruments import Domain, Instrument, Scale, instrument
from db.period import Period
from db.queries import compare, places, recording

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
        sums = compare.site_sums(opened, actor, full, **place)
    if not sums:
        empty(_("No active site is within your reach here. Choose another region or program."))
        return
    if indicator in ("quality", "stress"):
        _scores(actor, period, place, sums, indicator, months)
    else:
        with session() as opened:
            efforts = [] if indicator == "visits" else recording.recording_effort(opened, actor, full, **place)
        recorded = recording_parts.recording(efforts, {site.site_id: site.months_missing for site in sums})
        _rates(sums, recorded, indicator, months, full)


def _last(full: Period) -> str:
    months = full.months()
    return dates.month(months[-1]) if months else "–"


def _rates(
    sums: list[compare.SiteSums], recorded: recording_parts.Recording, indicator: str, months: int, full: Period
) -> None:
    st.caption(_("Full months only, up to {month}. No sums over sites are shown.").format(month=_last(full)))
    enrolled = [site.enrolled for site in sums]
    if indicator == "incidents":
        exposure = choose_exposure([site.child_days for site in sums], enrolled)
        days = exposure.kind == "child_days"
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


def _scores(
    actor: Actor, period: Period, place: dict[str, Any], sums: list[compare.SiteSums], indicator: str, months: int
) -> None:
    kind = "observation" if indicator == "quality" else "survey"
    with session() as opened:
        used = [instrument(code) for code in compare.instruments_used(opened, actor, period)]
    tools = [tool for tool in used if tool.kind == kind]
    if not tools:
        empty(_("Nothing of this kind is on record in this period. Choose a longer one."))
        return
    chips = [(tool.code, f"{score_parts.name(tool)}, {tool.edition}") for tool in tools]
    tool = instrument(choose_chip(_("Instrument and edition"), "instrument", chips))
    measures: list[Domain | Scale] = [*(tool.domains or tool.scales)]
    code = choose_chip(_("Scale"), "scale", [(one.code, score_parts.words_of(one)) for one in measures])
    read = compare.quality_scores if indicator == "quality" else compare.stress_scores
    with session() as opened:
        found = {score.site_id: score for score in read(opened, actor, period, tool.code, code, **place)}
    measure = score_parts.measure(tool, code)
    _means(sums, found, tool, measure, indicator == "stress", months)


def _means(
    sums: list[compare.SiteSums],
    found: dict[Any, compare.SiteScore],
    tool: Instrument,
    measure: Domain | Scale,
    people: bool,
    months: int,
) -> None:
    missing = _("too few answers, or no survey") if people else _("no observation that may be shown")
    entries = [score_parts.entry(site, found.get(site.site_id), missing) for site in sums]
    spreads = [(score.size, score.sd) for score in found.values() if score.sd]
    sd = pooled_sd(spreads) if len(spreads) == len(found) else None
    funnel = mean_funnel(
        [str(site.site_id) for site in sums],
        [site.name for site in sums],
        [found[site.site_id].value if site.site_id in found else None for site in sums],
        [found[site.site_id].size if site.site_id in found else None for site in sums],
        sd,
    )
    low, high = score_parts.bounds(tool, measure.code)
    unit = _("points ({low} to {high})").format(low=whole(low), high=whole(high))
    words = compare_parts.scored(score_parts.directed(measure), unit, score_parts.better(measure), people, (low, high))
    compare_parts.compare(compare_parts.averaged(entries, funnel, sd), words, palette(), months)
