"""Sums of the months of many sites over stretches of time: one statement, and arrays to reckon with.

A sum over any of several periods that end together is a sum of stretches, so all of them are read at once.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import String, and_, case, func, or_, select, type_coerce
from sqlmodel import Session, col

from db.models.organisation import Site
from db.models.records import SiteMonth
from db.small_numbers import Flags, Numbers, is_small, told_since

TOLD_KINDS = ("in_child_days", "in_enrolled_only", "in_neither")
"""Incidents by what they can be divided by: each a sum of its own that screens tell."""


@dataclass(frozen=True)
class Stretches:
    """Sums by column, each of sites x stretches: a stretch lasts from one of ``begins`` to the next, or to the end.

    ``known`` says which stretches have a month at all.
    """

    begins: tuple[date, ...]
    known: Flags
    sums: Mapping[str, Numbers]

    def since(self, start: date) -> dict[str, list[float]]:
        """Give every column's sums from a start to the end, by site."""
        first = self.begins.index(start)
        return {name: found[:, first:].sum(axis=1).tolist() for name, found in self.sums.items()}

    def nothing_since(self, start: date) -> Flags:
        """Say which sites have no month from a start on."""
        none: Flags = np.logical_not(self.known[:, self.begins.index(start) :].any(axis=1))
        return none

    def told(self, kinds: Sequence[str], starts: Sequence[date]) -> dict[date, Flags]:
        """Say from which starts the sums of these kinds, read by ``tallies``, may be told at each site."""
        numbers = [[self.sums[f"{kind}{part}"] for part in ("", ":counted", ":small")] for kind in kinds]
        return told_since(starts, self.begins, np.moveaxis(np.array(numbers), (0, 1), (2, 3)))


def read(
    session: Session,
    chosen: Sequence[Any],
    site_ids: Sequence[uuid.UUID],
    begins: Sequence[date],
    end: date,
    columns: Mapping[str, Any],
) -> Stretches:
    """Read sums over the stretches from ``begins`` to ``end``.

    Args:
        session: where to read.
        chosen: conditions on the table ``site``.
        site_ids: the sites in the order that the arrays have; others are left out.
        begins: first days of months.
        end: the first day of the month after the last stretch.
        columns: what is summed over the months, by name: numbers that are never empty.
    """
    firsts = sorted(set(begins))
    stretch = case(*((col(SiteMonth.month) >= first, at) for at, first in reversed(list(enumerate(firsts)))))
    # Keys come as the driver gives them: turning each into a UUID would cost as much as the sums.
    key = type_coerce(col(SiteMonth.site_id), String)
    statement = (
        select(key, stretch.label("stretch"), *(func.sum(column) for column in columns.values()))
        .join(Site, col(Site.id) == col(SiteMonth.site_id))
        .where(*chosen, col(SiteMonth.month) >= firsts[0], col(SiteMonth.month) < end)
        .group_by(col(SiteMonth.site_id), stretch)
    )
    places: dict[Any, int] = {}
    for at, site_id in enumerate(site_ids):
        places[site_id] = places[site_id.hex] = at
    rows = [row for row in session.connection().execute(statement).all() if row[0] in places]
    known = np.zeros((len(site_ids), len(firsts)), dtype=np.bool_)
    sums = np.zeros((len(columns), len(site_ids), len(firsts)))
    if rows:
        keys, stretches, *numbers = zip(*rows, strict=True)
        where = [places[found] for found in keys], list(stretches)
        known[where] = True
        sums[:, where[0], where[1]] = np.array(numbers, dtype=np.float64)
    return Stretches(tuple(firsts), known, dict(zip(columns, sums, strict=True)))


def incident_tallies() -> dict[str, Any]:
    """Give the columns of incidents by ``TOLD_KINDS``, with what tells whether their sums may be told."""
    days, enrolled = knows_days(), knows_enrolment()
    covered = col(SiteMonth.incidents_covered)
    kinds = (
        case((days, covered), else_=0),
        case((and_(enrolled, days.is_not(True)), covered), else_=0),
        case((and_(days.is_not(True), enrolled.is_not(True)), col(SiteMonth.incidents)), else_=0),
    )
    return {
        name: column for kind, count in zip(TOLD_KINDS, kinds, strict=True) for name, column in tallies(kind, count)
    }


def tallies(kind: str, count: Any) -> list[tuple[str, Any]]:
    """Give the columns of a ``Tally`` over a site's months, by name."""
    return [
        (kind, count),
        (f"{kind}:counted", case((count > 0, 1), else_=0)),
        (f"{kind}:small", case((and_(count > 0, is_small(count)), 1), else_=0)),
    ]


def knows_days() -> Any:
    """Whether a month has child-days."""
    return col(SiteMonth.child_days) > 0


def knows_enrolment() -> Any:
    """Whether a month has enrolled children."""
    return col(SiteMonth.enrolled) > 0


def without_denominator() -> Any:
    """Count the incidents outside the rooms that a month's denominator is known for."""
    known = or_(knows_days(), knows_enrolment())
    return case((known, col(SiteMonth.incidents) - col(SiteMonth.incidents_covered)), else_=0)
