"""Which changes of children may be told to those who may not read the measures: fixed groups, never single children.

Two means of nearly the same children would tell the one child by which they differ. So children are put into groups
that never overlap and never change with what is asked for: as their second measure becomes known, month by month, the
children of one site make a group as soon as there are enough of them, and what is left of a region makes one together.
A figure holds whole groups only; then whatever two figures differ by is a whole group, too.
"""

import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from db.period import Period
from db.rollups import month_of
from db.settings import settings


class Episode(NamedTuple):
    """One child with one scale before and after.

    ``known_on``: since when both are stored. ``open``: the reader may read the measures themselves.
    """

    site_id: uuid.UUID
    region_id: uuid.UUID
    child_key: str
    measured_on: date
    known_on: date
    before: float
    after: float
    open: bool


def told_episodes(
    episodes: Iterable[Episode], sites: Collection[uuid.UUID], period: Period, today: date
) -> list[Episode]:
    """Give the episodes of one scale that a figure over ``sites`` and ``period`` may hold.

    Args:
        episodes: all of the regions of these sites, whenever they were measured.
        sites: those that are asked for and within the reader's reach.
        period: when the second measure was taken.
        today: months that are not over make no groups yet.
    """
    every = list(episodes)
    told = [one for one in every if one.open and _asked(one, sites, period)]
    for group in groups([one for one in every if one.known_on < month_of(today)]):
        closed = [one for one in group if not one.open]
        if all(_asked(one, sites, period) for one in closed) and _safe(closed):
            told += closed
    return told


def groups(episodes: Sequence[Episode]) -> list[list[Episode]]:
    """Give the fixed groups: of one site where that has enough children, otherwise of what is left of its region."""
    least, found = settings().children_minimum, []
    waiting: dict[uuid.UUID, dict[uuid.UUID, list[Episode]]] = {}
    for _month, known in groupby(sorted(episodes, key=_known), key=_known):
        for one in known:
            waiting.setdefault(one.region_id, {}).setdefault(one.site_id, []).append(one)
        for by_site in waiting.values():
            enough = [site for site, members in by_site.items() if len(members) >= least]
            found += [by_site.pop(site) for site in enough]
            rest = [one for members in by_site.values() for one in members]
            if len(rest) >= least:
                found.append(rest)
                by_site.clear()
    return found


def _known(one: Episode) -> date:
    return month_of(one.known_on)


def _asked(one: Episode, sites: Collection[uuid.UUID], period: Period) -> bool:
    return one.site_id in sites and period.start <= one.measured_on < period.end


def _safe(closed: Sequence[Episode]) -> bool:
    """Tell whether these are enough children, and not all alike: the mean would then be each one's score."""
    if len(closed) < settings().children_minimum:
        return False
    return len({one.before for one in closed}) > 1 and len({one.after for one in closed}) > 1
