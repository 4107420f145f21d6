"""Setting the limits of a chart anew from a month on, and taking that back: always by a person, with a reason."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import date

from sqlmodel import Session, col, select

from db import access
from db.actor import Actor
from db.chart_points import FEWEST_POINTS, chart_points
from db.commands.command import Saved, command, made_before, stated
from db.commands.kept_record import add_row, remove_row, require_row
from db.errors import InvalidInput, Problem
from db.local_time import local_now
from db.models.base import new_id
from db.models.chart_rebase_input import ChartRebaseInput
from db.models.meetings import ChartRebase


@command
def add_chart_rebase(session: Session, actor: Actor, rebase: ChartRebaseInput, key: uuid.UUID | None = None) -> Saved:
    """Store a new start of a chart's limits. ``key`` is made by the form: sent twice, stored once.

    Raises:
        NotFound: the site is outside the actor's reach.
        InvalidInput: a rule is broken, the chart has no points before that month or too few around it, or it is there.
    """
    site = access.require_site(session, actor, "chart_rebase", "add", rebase.site_id)
    if again := made_before(session, actor, ChartRebase, "chart_rebase", key):
        return again
    rebase.require_valid()
    starts = session.exec(
        select(col(ChartRebase.starts_on)).where(
            col(ChartRebase.site_id) == site.id,
            col(ChartRebase.chart) == rebase.chart,
            col(ChartRebase.deleted_at).is_(None),
        )
    ).all()
    points = chart_points(session, site.id, rebase.chart, local_now(session, site.region_id).date())
    if problems := list(_problems(rebase, starts, points)):
        raise InvalidInput(problems)
    row = ChartRebase(id=key or new_id(), region_id=site.region_id, created_by=actor.person_id, **rebase.model_dump())
    return add_row(session, actor, "add_chart_rebase", row, reason=rebase.reason)


@command
def remove_chart_rebase(session: Session, actor: Actor, rebase_id: uuid.UUID, reason: str) -> Saved:
    """Take a new start back: the limits rest again on what they rested on before.

    Raises:
        NotFound: it is outside the actor's reach.
        InvalidInput: no reason is given.
        Conflict: ``removed`` when it is taken back already.
    """
    row = require_row(session, actor, ChartRebase, "chart_rebase", "remove", rebase_id)
    return remove_row(session, actor, "remove_chart_rebase", row, reason=stated(reason))


def _problems(rebase: ChartRebaseInput, starts: Sequence[date], points: Sequence[date]) -> Iterator[Problem]:
    """Give what speaks against the month: it is there, lies before the data, or leaves a stretch with few points."""
    if rebase.starts_on in starts:
        yield Problem("starts_on", "already_there")
        return
    if not points or rebase.starts_on <= points[0]:
        yield Problem("starts_on", "rebase_before_data")
        return
    edges = [date.min, *sorted({*starts, rebase.starts_on}), date.max]
    at = edges.index(rebase.starts_on)
    for first, stop in ((edges[at - 1], edges[at]), (edges[at], edges[at + 1])):
        if sum(first <= point < stop for point in points) < FEWEST_POINTS:
            yield Problem("starts_on", "rebase_few_points", {"fewest": FEWEST_POINTS})
            return
