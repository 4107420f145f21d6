"""Above the list of children's measures: what changed between two moments, for all children and child by child."""

import uuid
from collections.abc import Hashable, Mapping, Sequence

import streamlit as st

from analytics.change import beyond_noise, least_reliable_change, paired_change, reliable_change
from analytics.room_pairs import Observed, paired_rooms
from components import child_parts, quality_parts
from components.words import _
from db.actor import Actor
from db.engine import session as open_session
from db.instruments import Instrument, instrument
from db.instruments.scoring import change_basis_of
from db.period import Period
from db.queries import child_measures
from db.queries.child_measures import ChildPoint

Pairs = Mapping[tuple[Hashable, str], float]


def draw(actor: Actor, period: Period, site_id: uuid.UUID | None) -> None:
    """Draw the change of the children of a site, or of all sites within reach."""
    with open_session() as session:
        points = child_measures.child_points(session, actor, period, site_id)
    st.header(_("Change between two moments"), anchor=False)
    before, after = quality_parts.choose_phases()
    if before == after:
        st.text(_("Please choose two different moments."))
        return
    drawn = False
    for about in sorted({(one.instrument_code, one.respondent) for one in points}):
        tool, some = instrument(about[0]), [one for one in points if (one.instrument_code, one.respondent) == about]
        ends = [one for one in some if one.phase == after and one.measured_on >= period.start]
        starts = [one for one in some if one.phase == before]
        if starts and ends and not tool.screener:
            _instrument(tool, about[1], starts, ends)
            drawn = True
    if drawn:
        child_parts.expected_anyway()
    else:
        st.text(_("No questionnaire was used at both moments in this time."))


def _instrument(tool: Instrument, respondent: str, starts: Sequence[ChildPoint], ends: Sequence[ChildPoint]) -> None:
    child_parts.heading(tool, respondent)
    names = {(one.site_id, one.child_key): (one.site, one.child_key) for one in (*starts, *ends)}
    several = len({site for site, _child in names.values()}) > 1
    pairs = {scale.code: _paired(scale.code, starts, ends) for scale in tool.scales}
    known = {code: sides for code, sides in pairs.items() if sides[0] or sides[1]}
    child_parts.change(tool, [_measured(tool, code, *sides) for code, sides in known.items()])
    told = {
        child: f"{key} ({site})" if several else key
        for child, (site, key) in sorted(names.items(), key=lambda pair: pair[1])
    }
    child_parts.children(tool, respondent, {code: _each(tool, code, *sides, told) for code, sides in known.items()})


def _paired(code: str, starts: Sequence[ChildPoint], ends: Sequence[ChildPoint]) -> tuple[Pairs, Pairs]:
    first, last = (
        [Observed((one.site_id, one.child_key), one.measured_on, one.value) for one in side if one.scale_code == code]
        for side in (starts, ends)
    )
    return paired_rooms(first, last)


def _measured(tool: Instrument, code: str, first: Pairs, last: Pairs) -> quality_parts.Measured:
    change, scale = paired_change(first, last), tool.scale(code)
    basis = change_basis_of(scale)
    reliable = reliable_change(first, last, scale.direction, basis) if basis and change.change is not None else None
    return quality_parts.Measured(code, change, reliable)


def _each(
    tool: Instrument, code: str, first: Pairs, last: Pairs, names: Mapping[Hashable, str]
) -> list[child_parts.ChildChange]:
    basis, scale = change_basis_of(tool.scale(code)), tool.scale(code)
    threshold = least_reliable_change(basis.sd, basis.reliability) if basis else None
    found = []
    for child, name in names.items():
        before, after = first.get((child, "paired")), last.get((child, "paired"))
        if before is not None and after is not None:
            verdict = beyond_noise(before, after, scale.direction, threshold) if threshold else None
            found.append(child_parts.ChildChange(name, before, after, verdict))
    return found
