"""A closer look at a few of the compared sites: read only when somebody opens it."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date

import streamlit as st

from components import closer_look
from components.charts.template import palette
from db.actor import Actor
from db.engine import session
from db.period import Period
from db.queries import recording, trends


@st.fragment
def draw(
    actor: Actor,
    names: Mapping[uuid.UUID, str],
    outside: Sequence[uuid.UUID],
    by_days: bool,
    period: Period,
    today: date,
) -> None:
    """Draw each chosen site against its own past, and who its children are; at first those outside the limits."""
    keys = closer_look.chosen(names, outside)
    if not keys:
        return
    with session() as opened:
        months = {key: trends.site_months(opened, actor, period, key) for key in keys}
        mixes = recording.case_mix(opened, actor, keys, today)
    closer_look.histories(names, months, by_days, palette())
    closer_look.children(mixes, today)
