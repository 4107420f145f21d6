"""Today: what is waiting for this person, and where to start."""

import uuid
from datetime import date, timedelta

import streamlit as st

from analytics import attention
from components import clock, today_director
from components import today_parts as parts
from components.messages import empty, link
from components.navigation import page_at
from components.words import _
from db.actor import Actor
from db.commands.visits import finish_follow_up
from db.engine import session
from db.outcome_measures import instruments_for
from db.period import Period
from db.queries import places, today, trends, waves
from pages import _drafts, _tablets, _waiting

DAYS_BACK, DAYS_AHEAD, LONG_WAIT_DAYS, LOOK_BACK_DAYS = 7, 14, 35, 400
CARE_ENDED = ("out_of_program_suspension", "left_under_pressure", "expulsion")


def render(actor: Actor) -> None:
    """Draw Today for the actor's role."""
    st.title(_("Today"), anchor=False)
    if actor.role != "consultant":
        _drafts.on_today(actor)
    {"consultant": consultant, "director": director, "admin": admin}.get(actor.role, overview)(actor, clock.today())
    _tablets.own(actor)


def consultant(actor: Actor, day: date) -> None:
    """Draw start buttons, promises due, sites that wait, and the last visits."""
    left, right = st.columns(2)
    if left.button(_("Log a visit"), type="primary", icon=":material/edit_note:", width="stretch"):
        st.switch_page(page_at("/log-visit"))
    if right.button(_("Record an incident"), type="primary", icon=":material/bolt:", width="stretch"):
        st.switch_page(page_at("/record-incident"))
    _drafts.on_today(actor)
    with session() as opened:
        mine = places.my_sites(opened, actor)
        due = today.follow_ups_due(opened, actor, day + timedelta(days=DAYS_AHEAD))
        decided = today.decisions_due(opened, actor, day + timedelta(days=DAYS_AHEAD))
        waits = today.waiting_sites(opened, actor, *_wait_days(day))
        recent = today.recent_visits(opened, actor, day - timedelta(days=DAYS_BACK))
    if not mine:
        empty(_("No site is assigned to you yet. Please ask your coordinator or the administrator of Attune."))
        return
    parts.promises(due, day, lambda key: keep_promise(actor, key))
    parts.decisions(decided, day)
    _waiting.on_today(actor, day, with_enrolment=True)
    parts.waits(waits, len(mine), day, LONG_WAIT_DAYS)
    parts.visits(recent, DAYS_BACK)


def overview(actor: Actor, day: date) -> None:
    """Draw what needs attention, worst first: signals, care that ended, waits, missing enrolment, promises."""
    end = Period.last_months(1, day).start
    latest, first = Period.last_months(3, day).start, Period.last_months(15, day).start
    with session() as opened:
        mine = places.my_sites(opened, actor)
        counts = today.site_counts(opened, actor, first, latest, end)
        ended = today.exclusion_tally(opened, actor, day - timedelta(days=90), CARE_ENDED)
        waits = today.waiting_sites(opened, actor, *_wait_days(day))
        alone = today.sites_without_consultant(opened, actor, day)
        due = today.follow_ups_due(opened, actor, day - timedelta(days=1))
        decided = today.decisions_due(opened, actor, day - timedelta(days=1))
    if not mine:
        empty(_("No site is within your reach yet. Please ask the administrator of Attune."))
        return
    told = [row for row in counts if row.incidents is not None]
    changes = attention.changes(
        [row.incidents or 0 for row in told],
        [row.child_days for row in told],
        [row.incidents_before or 0 for row in told],
        [row.child_days_before for row in told],
    )
    parts.signals(list(zip(told, changes, strict=True)), len(mine), len(counts) - len(told))
    parts.care_ended(ended)
    _waiting.on_today(actor, day, with_enrolment=False)
    parts.waits(waits, len(mine), day, LONG_WAIT_DAYS)
    parts.missing_enrolment(counts, len(mine))
    parts.without_consultant(alone, len(mine))
    parts.promises(due, day, lambda key: keep_promise(actor, key))
    parts.decisions(decided, day)


def director(actor: Actor, day: date) -> None:
    """Draw the site in four figures with a sentence each, then promises and visits."""
    full = Period(Period.last_months(19, day).start, Period.last_months(1, day).start)
    with session() as opened:
        mine = places.my_sites(opened, actor)
        site = mine[0] if mine else None
        shown = today_director.Shown(
            months=trends.site_months(opened, actor, full, site.id) if site else [],
            waves=_about_stress(waves.waves(opened, actor, Period.last_months(24, day), site.id)) if site else [],
        )
        due = today.follow_ups_due(opened, actor, day + timedelta(days=DAYS_AHEAD))
        decided = today.decisions_due(opened, actor, day + timedelta(days=DAYS_AHEAD))
        recent = today.recent_visits(opened, actor, day - timedelta(days=31))
    if site is None:
        empty(_("Your account is not linked to a site yet. Please ask the administrator of Attune."))
        return
    today_director.draw(site, shown)
    _waiting.on_today(actor, day, with_enrolment=True)
    parts.promises(due, day, lambda key: keep_promise(actor, key))
    parts.decisions(decided, day)
    parts.visits(recent, 31)


def _about_stress(found: list[waves.WaveRow]) -> list[waves.WaveRow]:
    """Give the counted rounds of surveys about stress or burnout: not one that is open, nor of other questions."""
    asking = instruments_for("stress", "burnout")
    return [wave for wave in found if not wave.open and wave.instrument_code in asking]


def admin(actor: Actor, day: date) -> None:
    """Draw what keeps people from working: sites without a consultant."""
    with session() as opened:
        mine = places.my_sites(opened, actor)
        alone = today.sites_without_consultant(opened, actor, day)
    if not mine:
        next_step = _("There are no sites yet. Import a list of sites, or add the first one.")
        empty(next_step, page="/sites", label=_("Go to Sites"))
        return
    parts.without_consultant(alone, len(mine))
    link("/people", _("Go to People"))


def keep_promise(actor: Actor, follow_up_id: uuid.UUID) -> None:
    """Mark a follow-up as done."""
    with session() as opened:
        finish_follow_up(opened, actor, follow_up_id)


def _wait_days(day: date) -> tuple[date, date]:
    return day - timedelta(days=LOOK_BACK_DAYS), day - timedelta(days=LONG_WAIT_DAYS)
