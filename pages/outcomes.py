"""Outcomes: what changed for children, staff and classrooms, and whether that is more than chance."""

import uuid
from collections.abc import Sequence
from datetime import date

import streamlit as st

from components import clock, outcome_cards
from components.filters import UnknownChoice, choose_named, choose_site
from components.messages import empty, not_found
from components.outcome_parts import Consulted, Row
from components.words import _
from db.actor import Actor
from db.comparison import COMPARED_MONTHS, Comparison, since_start, year_before
from db.errors import NotFound
from db.queries import places, trends
from db.queries.places import SiteChoice
from db.replica import reading
from pages import _outcome_counts, _outcome_scores
from pages._outcome_reading import Found, Place, read, reads_incidents

USUAL_LEVEL = {"director": "site", "consultant": "site"}


def render(actor: Actor) -> None:
    """Draw the screen."""
    st.title(_("Outcomes"), anchor=False)
    with reading(actor) as opened:
        sites = places.my_sites(opened, actor)
    if not sites:
        empty(_("You have no sites yet. Please ask your coordinator or the administrator of Attune."))
        return
    try:
        place, start = _choose_place(actor, sites)
        comparison = _choose_time(actor, start, clock.today())
        with reading(actor) as opened:
            found = read(opened, actor, place, comparison, clock.today())
    except (UnknownChoice, NotFound):
        not_found()
        return
    drawn, dose = rows(found), Consulted(*found.dose, outcome_cards.span(comparison.now))
    outcome_cards.place(place.name, len(place.sites))
    outcome_cards.overview(drawn)
    outcome_cards.cards(drawn, dose)


def rows(found: Found) -> list[Row]:
    """Give the rows in the order of ``outcome_parts.OUTCOMES``."""
    return [
        _outcome_scores.children(found), _outcome_scores.relationships(found), _outcome_counts.behaviour(found),
        _outcome_counts.exclusions(found), _outcome_scores.quality(found), _outcome_scores.survey(found, "stress"),
        _outcome_scores.survey(found, "burnout"), _outcome_counts.staff_turnover(found),
    ]  # fmt: skip


def _choose_place(actor: Actor, sites: Sequence[SiteChoice]) -> tuple[Place, date | None]:
    """Draw the filters of the place; gives also when consultation began, where that is one day."""
    usual = "site" if "site" in st.query_params else USUAL_LEVEL.get(actor.role, "region")
    level = outcome_cards.choose_level(usual)
    if level == "site":
        site = choose_site(sites)
        if site is None:
            raise NotFound("not found")
        with reading(actor) as opened:
            head = trends.site_head(opened, actor, site.id)
        return Place(head.name, (site.id,), site_id=site.id), head.service_start
    with reading(actor) as opened:
        offered = places.regions(opened, actor) if level == "region" else places.programs(opened, actor)
    key = f"{level}_id"
    label = _("Region") if level == "region" else _("Program")
    chosen = choose_named(label, level, [one for one in offered if _inside(sites, key, one.id)])
    if chosen is None:
        raise NotFound("not found")
    return Place(chosen.name, _inside(sites, key, chosen.id), **{key: chosen.id}), None


def _inside(sites: Sequence[SiteChoice], key: str, place_id: uuid.UUID) -> tuple[uuid.UUID, ...]:
    return tuple(site.id for site in sites if getattr(site, key) == place_id)


def _choose_time(actor: Actor, start: date | None, today: date) -> Comparison:
    since = since_start(start, today) if start and reads_incidents(actor) else None
    wanted = outcome_cards.choose_months(COMPARED_MONTHS, since is not None)
    if since is not None and wanted == outcome_cards.SINCE_START:
        return since
    return year_before(int(wanted), today)
