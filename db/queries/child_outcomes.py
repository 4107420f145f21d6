"""What changed for children between two measures, for every role: means of groups, or all where the rows are open."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select
from sqlmodel import Session, col

from analytics.change import PairedChange, ReliableChange, paired_change, reliable_change
from analytics.child_pairs import AFTER, BEFORE, Measured, Pair, first_pair
from analytics.room_pairs import MOST_DAYS
from db import access
from db.acting import whole_reach
from db.actor import Actor
from db.child_disclosure import Episode, told_episodes
from db.instruments import instrument, instruments_of
from db.instruments.scoring import change_basis_of
from db.models.base import utc_now
from db.models.children import ChildMeasure, ChildScore
from db.models.organisation import Site
from db.period import Period
from db.regions import same_region

About = tuple[str, str, str]
"""Instrument, scale, respondent."""


@dataclass(frozen=True)
class ChildOutcome:
    """What one scale of one instrument changed by, in the children who were measured twice by the same respondent.

    ``left_told``: ``change.counts`` also holds the children who were not measured again; without it, only the pairs
    are counted, because the rest would be a small number that the reader may not see. ``reliable`` is None where the
    noise of the scale is not known, and for readers who may not read the measures. ``held_back``: some pairs are not
    in here because they are too few to be told; all of them, where ``change.counts.paired`` is 0.
    """

    instrument_code: str
    scale_code: str
    respondent: str
    change: PairedChange
    reliable: ReliableChange | None
    left_told: bool
    held_back: bool


class _Child(NamedTuple):
    site_id: uuid.UUID
    region_id: uuid.UUID
    child_key: str
    open: bool
    reached: bool


def child_outcomes(
    session: Session, actor: Actor, site_ids: Sequence[uuid.UUID] | None, period: Period
) -> list[ChildOutcome]:
    """Give the change of children whose second measure (the end of consultation) lies in the period.

    Each child counts once per instrument, scale and respondent: with its first baseline and the first end that
    follows 30 to 400 days later. Who may not read the measures gets whole groups of at least ``children_minimum``
    children (``db.child_disclosure``). Screeners are no outcome measures and are left out.

    Args:
        session: where to read.
        actor: who asks; sites outside their reach are left out.
        site_ids: the sites, or None for all within reach.
        period: when the second measure was taken.
    """
    found: dict[About, dict[_Child, list[Measured]]] = {}
    statement = _measures(actor, site_ids)
    with whole_reach():  # groups are made of whole regions, and are the same for everybody
        rows = session.connection().execute(statement).all()
    for row in rows:
        child = _Child(row.site_id, row.region_id, row.child_key, bool(row.open), bool(row.reached))
        about = (row.instrument_code, row.scale_code, row.respondent)
        score = Measured(row.phase, row.measured_on, row.value, row.created_at.date())
        found.setdefault(about, {}).setdefault(child, []).append(score)
    outcomes = []
    for about, children in sorted(found.items(), key=lambda pair: _order(pair[0])):
        pairs = {child: pair for child, scores in children.items() if (pair := first_pair(scores))}
        outcome = _outcome(about, pairs, period, utc_now().date())
        if outcome is not None:
            outcomes.append(outcome)
    return outcomes


def _measures(actor: Actor, site_ids: Sequence[uuid.UUID] | None) -> Any:
    """Give the statement for all first and last scores of the regions that are asked for.

    Groups are made of a whole region, so its other sites are read as well where the reader may not read the rows.
    """
    asked = access.sites(actor, "aggregates")
    if site_ids is not None:
        asked = asked & col(Site.id).in_(list(site_ids))
    reached = col(ChildMeasure.site_id).in_(select(col(Site.id)).where(asked, col(Site.deleted_at).is_(None)))
    in_regions = col(ChildMeasure.region_id).in_(select(col(Site.region_id)).where(asked))
    outcomes = [one.code for one in instruments_of("rating") if not one.screener]
    return (
        select(
            col(ChildMeasure.site_id), col(ChildMeasure.region_id), col(ChildMeasure.child_key),
            col(ChildMeasure.instrument_code), col(ChildScore.scale_code), col(ChildMeasure.respondent),
            col(ChildMeasure.phase), col(ChildMeasure.measured_on), col(ChildMeasure.created_at),
            col(ChildScore.value), _open(actor).label("open"), reached.label("reached"),
        )
        .join(
            ChildScore,
            (col(ChildScore.child_measure_id) == col(ChildMeasure.id)) & same_region(ChildScore, ChildMeasure),
        )
        .where(
            reached if access.reach(actor, "child_measure", "see") == "scope" else in_regions,
            col(ChildMeasure.deleted_at).is_(None),
            col(ChildMeasure.phase).in_((BEFORE, AFTER)),
            col(ChildMeasure.instrument_code).in_(outcomes),
        )
    )  # fmt: skip


def _open(actor: Actor) -> ColumnElement[bool]:
    return access.within(
        actor, "child_measure", "see", site_id=col(ChildMeasure.site_id), region_id=col(ChildMeasure.region_id)
    )


def _order(about: About) -> tuple[str, int, str]:
    tool = instrument(about[0])
    return about[0], [scale.code for scale in tool.scales].index(about[1]), about[2]


def _outcome(about: About, pairs: Mapping[_Child, Pair], period: Period, today: date) -> ChildOutcome | None:
    """Give what may be told of one scale, or None where nobody within reach was measured."""
    sites = {child.site_id for child in pairs if child.reached}
    episodes = list(_episodes(pairs))
    told = told_episodes(episodes, sites, period, today)
    asked = [one for one in episodes if one.site_id in sites and period.start <= one.measured_on < period.end]
    all_open = all(child.open for child in pairs if child.reached)
    left = _left(pairs, period) if all_open else {}
    if not asked and not left:
        return None
    before = {(one.site_id, one.child_key): one.before for one in told}
    after = {(one.site_id, one.child_key): one.after for one in told}
    scale = instrument(about[0]).scale(about[1])
    change, basis = paired_change({**before, **left}, after), change_basis_of(scale)
    reliable = reliable_change(before, after, scale.direction, basis) if basis and all_open and told else None
    return ChildOutcome(*about, change, reliable, left_told=all_open, held_back=len(told) < len(asked))


def _episodes(pairs: Mapping[_Child, Pair]) -> Iterable[Episode]:
    for child, (before, after) in pairs.items():
        if after is not None:
            known = max(before.known_on, after.known_on)
            yield Episode(
                child.site_id, child.region_id, child.child_key, after.on, known, before.score, after.score, child.open
            )


def _left(pairs: Mapping[_Child, Pair], period: Period) -> dict[tuple[uuid.UUID, str], float]:
    """Give the children whose end could have come in the period, and who were not measured again."""
    since = period.start - timedelta(days=MOST_DAYS)
    return {
        (child.site_id, child.child_key): before.score
        for child, (before, after) in pairs.items()
        if child.reached and after is None and since <= before.on < period.end
    }
