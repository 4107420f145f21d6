"""Site trends: what happened at one site over time, and whether it is more than chance."""

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from analytics.calendar import month_label
from analytics.control_charts import u_chart
from analytics.exposure import choose_exposure
from analytics.run_chart import run_chart
from analytics.sentences import finding
from components import clock, score_parts, trend_parts
from components.charts.drawing import show
from components.charts.template import palette
from components.chips import choose_chip
from components.filters import UnknownChoice, choose_period, choose_site
from components.messages import empty, not_found
from components.text import literal
from components.words import _
from db.actor import Actor
from db.engine import session
from db.errors import NotFound
from db.period import Period
from db.quality_rounds import whole_quarters
from db.queries import places, quality, trends, waves

MOST_MONTHS = 48
"""How far back the limits of a control chart may rest; at least as long as the longest period offered."""


def render(actor: Actor) -> None:
    """Draw the screen."""
    st.title(_("Site trends"), anchor=False)
    with session() as opened:
        sites = places.my_sites(opened, actor)
    if not sites:
        empty(_("You have no sites yet. Please ask your coordinator or the administrator of Attune."))
        return
    try:
        left, right = st.columns([2, 1])
        with left:
            site: Any = choose_site(sites)
        with right:
            period = choose_period(clock.today())
        with session() as opened:
            head = trends.site_head(opened, actor, site.id)
        _tabs(actor, head, period, clock.today())
    except (UnknownChoice, NotFound):
        not_found()


def _tabs(actor: Actor, head: trends.SiteHead, period: Period, today: date) -> None:
    """Draw the part that is looked at, and no other."""
    literal(f"{head.program} · {head.region}")
    parts = {
        _("Overview"): partial(_overview, actor, head, period, today),
        _("Patterns"): partial(_patterns, actor, head, period),
        _("Lost care"): partial(_exclusions, actor, head, period),
        _("Classroom quality"): partial(_quality, actor, head, period),
        _("Staff stress"): partial(_stress, actor, head, period),
    }
    for tab, draw in zip(st.tabs(list(parts), key="view", bind="query-params"), parts.values(), strict=True):
        if tab.open:
            with tab:
                draw()


def _overview(actor: Actor, head: trends.SiteHead, period: Period, today: date) -> None:
    """Draw the incident rate and the hours delivered. The limits rest on all known months, whatever the period."""
    with session() as opened:
        history = trends.site_months(opened, actor, Period.last_months(MOST_MONTHS, today), head.id)
        marks = trend_parts.time_marks(trends.marks(opened, actor, period, head.id))
        missing = trends.missing_enrolment(opened, actor, period, head.id, today)
    months = [month for month in history if month.month >= period.start]
    full = [month for month in history if month.month < today.replace(day=1)]
    exposure = choose_exposure([month.child_days for month in full], [month.enrolled for month in full])
    labels, counts = [month_label(month.month) for month in full], [month.covered for month in full]
    rate = u_chart(labels, counts, exposure.values, exposure.per) if exposure.kind != "none" else None
    shown = replace(rate, points=rate.points[1 - len(months) :]) if rate else None
    found = finding(rate) if rate else None
    colors = palette()
    show(trend_parts.incident_rate(months, shown, found, exposure, marks, colors, head.id), "rate")
    trend_parts.missing_enrolment(missing, head.id)
    show(trend_parts.delivered(months, marks, colors), "delivered")


def _patterns(actor: Actor, head: trends.SiteHead, period: Period) -> None:
    with session() as opened:
        found = trends.incident_breakdowns(opened, actor, period, head.id)
    st.text(trend_parts.in_one_sentence(found))
    by = choose_chip(_("Show incidents by"), "by", list(trend_parts.breakdown_titles().items()))
    if not head.opens_incidents:
        st.caption(_("Full months only."))
    open_records = partial(trend_parts.record_links, by, found, head.id, len(period.months()))
    show(trend_parts.breakdown(by, found, palette()), f"by_{by}", open_records if head.opens_incidents else None)


def _exclusions(actor: Actor, head: trends.SiteHead, period: Period) -> None:
    with session() as opened:
        months = trends.site_months(opened, actor, period, head.id)
        marks = trend_parts.time_marks(trends.marks(opened, actor, period, head.id))
    show(trend_parts.exclusions(months, marks, palette()), "exclusions")


def _quality(actor: Actor, head: trends.SiteHead, period: Period) -> None:
    whole = whole_quarters(period)
    with session() as opened:
        rounds = quality.quality_rounds(opened, actor, whole, head.id)
    if not rounds:
        empty(_("No classroom observation is on record in this period. Choose a longer one, or plan an observation."))
        return
    notes = [_("Each point is the mean of the rooms observed in one quarter. Observers and days differ.")]
    if any(one.hidden for one in rounds):
        notes.append(_("A quarter with only one room observed is hidden: it would describe one team of teachers."))
    family = _family([one.instrument_code for one in rounds])
    _scores(score_parts.quality_lines(rounds, family), _("Classroom quality"), _("Rooms"), whole, tuple(notes))


def _stress(actor: Actor, head: trends.SiteHead, period: Period) -> None:
    with session() as opened:
        found = waves.waves(opened, actor, period, head.id)
    if not found:
        empty(_("No staff survey closed in this period. Choose a longer one, or plan a survey."))
        return
    results = [result for wave in found for result in wave.results]
    notes = [_("Scores describe a site as a workplace, not a person, and are no diagnosis.")]
    if any(result.hidden for result in results):
        notes.append(_("Hidden: fewer than 5 people answered, or the scores would tell what each of them said."))
    family = _family([wave.instrument_code for wave in found])
    _scores(score_parts.stress_lines(found, family), _("Staff stress"), _("People who answered"), period, tuple(notes))


def _family(codes: list[str]) -> str:
    chips = score_parts.families(codes)
    return chips[0][0] if len(chips) == 1 else choose_chip(_("Instrument"), "instrument", chips)


def _scores(groups: dict[Any, Any], title: str, size_words: str, period: Period, notes: tuple[str, ...]) -> None:
    charts = [(limits, chart) for limits, group in groups.items() for chart in score_parts.in_charts(group)]
    for at, (limits, group) in enumerate(charts):
        findings = {
            line.words: finding(run_chart([str(r.on) for r in line.readings], [r.value for r in line.readings]))
            for line in group
        }
        drawing = score_parts.scores(
            group, findings, title=title if len(charts) == 1 else f"{title} {at + 1}/{len(charts)}", limits=limits,
            size_words=size_words, months=period.months(), colors=palette(), notes=notes,
        )  # fmt: skip
        show(drawing, f"scores_{at}")
