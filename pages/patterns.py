"""Patterns: what a site's incidents have in common, down to one precise sentence."""

from functools import partial
from typing import Any

import streamlit as st

from components import clock, navigation, pattern_parts, precision
from components.charts.drawing import show
from components.charts.template import palette
from components.chips import choose_chip
from components.filters import UnknownChoice, choose_period, choose_site
from components.messages import empty, not_found
from components.words import _
from db.actor import Actor
from db.engine import session as open_session
from db.errors import NotFound
from db.incident_cuts import DIMENSIONS
from db.period import Period
from db.queries import patterns, places, trends
from db.rollups import month_of

WITHOUT_ROWS = trends.BREAKDOWNS
"""What may be told one by one to who may not read the records."""


def render(actor: Actor) -> None:
    """Draw the screen."""
    st.title(navigation.title("patterns"), anchor=False)
    with open_session() as session:
        sites = places.my_sites(session, actor)
    if not sites:
        empty(_("You have no sites yet. Please ask your coordinator or the administrator of Attune."))
        return
    try:
        left, right = st.columns([2, 1])
        with left:
            site: Any = choose_site(sites)
        with right:
            period = choose_period(clock.today())
        _drill(actor, site.id, period)
    except (UnknownChoice, NotFound):
        not_found()


def _drill(actor: Actor, site_id: Any, period: Any) -> None:
    with open_session() as session:
        head = trends.site_head(session, actor, site_id)
        rooms = places.classrooms(session, actor, site_id)
        children = patterns.child_keys(session, actor, site_id) if "child" in st.query_params else []
        names = {str(room.id): room.name for room in rooms} | dict(children)
        dimensions = DIMENSIONS if head.opens_incidents else WITHOUT_ROWS
        cut = pattern_parts.cut_in_address(DIMENSIONS, {"classroom": names, "child": dict(children)})
        found = patterns.incident_patterns(session, actor, period, site_id, cut)
    names |= precision.names_of(found.parts)
    if cut or found.total != 0:
        pattern_parts.filters_in_use(cut, names)
    shown = period if head.opens_incidents else Period(period.start, month_of(clock.today()))
    pattern_parts.statement(cut, found, names, shown)
    if head.opens_incidents and found.count:
        pattern_parts.to_records(cut, site_id, period)
    if not found.total and head.opens_incidents:
        empty(
            _("No incident is on record in this period. Choose a longer period, or come back later."),
            page="/record-incident", label=_("Record an incident"),
        )  # fmt: skip
        return
    pattern_parts.next_cut(found, names)
    if not head.opens_incidents:
        st.caption(_("Full months only."))
    pattern_parts.counts(dimensions, cut, found, names, several=head.opens_incidents)
    drawn = sorted((one for one in pattern_parts.DRAWN if one in dimensions), key=lambda one: one in cut)
    by = choose_chip(_("Show as bars"), "by", [(one, precision.title(one)) for one in drawn])
    links = partial(pattern_parts.record_links, by, cut, found, names, str(site_id), period)
    show(pattern_parts.chart(by, found, names, palette()), f"by_{by}", links if head.opens_incidents else None)
