"""Who needs a call: among many sites those with a reason, and the reason in words."""

from datetime import date

import streamlit as st

from analytics.calls import who_to_call
from components import call_parts, clock
from components.filters import UnknownChoice, choose_named
from components.messages import empty, maybe_a_minute_old, not_found
from components.words import _
from db.access import may
from db.actor import Actor
from db.call_rules import RULES
from db.engine import session
from db.kept_briefly import MANY
from db.queries import calls, places


def render(actor: Actor) -> None:
    """Draw the screen."""
    st.title(_("Who needs a call"), anchor=False)
    try:
        _draw(actor, clock.today())
    except UnknownChoice:
        not_found()


def _draw(actor: Actor, today: date) -> None:
    with session() as opened:
        regions, programs = places.regions(opened, actor), places.programs(opened, actor)
    call_parts.require_kind()
    first, second = st.columns(2)
    with first:
        region = choose_named(_("Region"), "region", regions, none_label=_("All regions"))
    with second:
        program = choose_named(_("Program"), "program", programs, none_label=_("All programs"))
    with session() as opened:
        facts = calls.call_facts(opened, actor, today, region.id if region else None, program.id if program else None)
    if not facts:
        empty(
            _(
                "No active site is within your reach here. Choose another region or program, or ask the"
                " administrator of Attune."
            )
        )
        return
    found = who_to_call(facts, RULES, today)
    if len(facts) >= MANY:
        maybe_a_minute_old()
    call_parts.draw(facts, found, sees_time_away=may(actor, "exclusion", "see"))
