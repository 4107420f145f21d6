"""Above the list of observations: how far observers agree, and what changed between two moments of the year."""

import uuid
from collections.abc import Sequence
from typing import Any

import streamlit as st

from analytics.agreement import absolute_agreement
from analytics.agreement import agreement as agreed
from analytics.change import paired_change, reliable_change
from analytics.room_pairs import Observed, paired_rooms
from components import quality_parts
from components.score_parts import measure
from components.words import _
from db.actor import Actor
from db.engine import session as open_session
from db.instruments import Instrument, instrument
from db.instruments.scoring import change_basis_of
from db.period import Period
from db.queries import quality_change


def draw(actor: Actor, period: Period, site_id: uuid.UUID | None) -> None:
    """Draw both, as far as there is anything."""
    with open_session() as session:
        twice = quality_change.coded_twice(session, actor, period, site_id)
        scores = quality_change.phase_scores(session, actor, period, site_id)
    if scores:
        _change(scores, period)
    if twice:
        st.header(_("Coded twice"), anchor=False)
        for code in sorted({one.instrument_code for one in twice}):
            _agreement(instrument(code), [one for one in twice if one.instrument_code == code])
        quality_parts.agreement_notes()


def _agreement(tool: Instrument, twice: Sequence[quality_change.CodedTwice]) -> None:
    pairs = {
        scale.code: [pair for one in twice for pair in one.cycles.get(scale.code, [])] for scale in tool.scales
    }  # fmt: skip
    found = agreed({code: some for code, some in pairs.items() if some})
    totals = [part.code for part in (tool.domains or tool.scales)]
    rated = {code: [one.totals[code] for one in twice if code in one.totals] for code in totals}
    correlations = {code: absolute_agreement(some) for code, some in rated.items()}
    quality_parts.agreement(tool, len(twice), found, correlations)


def _change(scores: Sequence[quality_change.ObservedScore], period: Period) -> None:
    st.header(_("Change between two moments"), anchor=False)
    before, after = quality_parts.choose_phases()
    if before == after:
        st.text(_("Please choose two different moments."))
        return
    of_both = [one for one in scores if one.phase == before or (one.phase == after and one.observed_on >= period.start)]
    drawn = False
    for code in sorted({one.instrument_code for one in of_both}):
        some = [one for one in of_both if one.instrument_code == code]
        if {one.phase for one in some} == {before, after}:
            tool = instrument(code)
            parts = [part.code for part in (tool.domains or tool.scales)]
            quality_parts.change(tool, [_measured(tool, part, some, before) for part in parts])
            drawn = True
    if drawn:
        quality_parts.expected_anyway()
    else:
        st.text(_("No instrument was used at both moments in this time."))


def _measured(tool: Instrument, code: str, scores: Sequence[Any], before: str) -> quality_parts.Measured:
    sides: dict[bool, list[Observed]] = {True: [], False: []}
    for one in scores:
        if one.code == code:
            sides[one.phase == before].append(Observed(one.classroom_id, one.observed_on, one.value))
    first, last = paired_rooms(sides[True], sides[False])
    change, part = paired_change(first, last), measure(tool, code)
    basis = change_basis_of(part)
    reliable = reliable_change(first, last, part.direction, basis) if basis and change.change is not None else None
    return quality_parts.Measured(code, change, reliable)
