"""Site trends: what happened at one site over time, and whether it is more than chance."""

from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from components import clock, pattern_parts, trend_parts
from components.filters import UnknownChoice, choose_period, choose_site
from components.forms import small
from components.messages import empty, link, not_found
from components.text import literal
from components.words import _
from db.actor import Actor
from db.errors import NotFound
from db.period import Period
from db.queries import places, trends
from db.replica import reading
from pages import _trend_figures as figures
from pages import _trend_scores as scores
from pages._trend_lost_care import lost_care
from pages._trend_past import Looked


def render(actor: Actor) -> None:
    """Draw the screen."""
    st.title(_("Site trends"), anchor=False)
    small.draw_note()
    with reading(actor) as opened:
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
        with reading(actor) as opened:
            head = trends.site_head(opened, actor, site.id)
        _tabs(actor, head, period, clock.today())
    except (UnknownChoice, NotFound):
        not_found()


def _tabs(actor: Actor, head: trends.SiteHead, period: Period, today: date) -> None:
    """Draw the part that is looked at, and no other."""
    literal(f"{head.program} · {head.region}")
    looked = Looked(actor, head, period, today)
    parts = {
        _("Overview"): partial(figures.overview, looked),
        _("Consultation"): partial(figures.consultation, looked),
        _("Patterns"): partial(_patterns, actor, head, period),
        _("Lost care"): partial(lost_care, looked),
        _("Classroom quality"): partial(scores.classroom_quality, looked),
        _("Staff stress"): partial(scores.staff_stress, looked),
    }
    for tab, draw in zip(st.tabs(list(parts), key="view", bind="query-params"), parts.values(), strict=True):
        if tab.open:
            with tab:
                draw()


def _patterns(actor: Actor, head: trends.SiteHead, period: Period) -> None:
    """Say what is most frequent, and lead to the screen that looks closer."""
    with reading(actor) as opened:
        found = trends.incident_breakdowns(opened, actor, period, head.id)
    told = trend_parts.in_one_sentence(found)
    if told:
        literal(told)
        st.caption(pattern_parts.basis(found, found.period))
    elif found.total == 0:
        empty(_("No incident is on record in this period. Choose a longer period, or come back later."))
    link(
        "/patterns", _("Look closer: where, when, during what, and why"), site=str(head.id),
        period=str(len(period.months())),
    )  # fmt: skip
