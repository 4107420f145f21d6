"""How incidents are recorded at each site: from how many classrooms and months forms come, where that may be told."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import and_, case
from sqlmodel import col

from db import site_stretches
from db.models.records import SiteMonth
from db.site_stretches import Stretches
from db.small_numbers import Flags, told_since

EFFORT = ("months", "room_months", "forms", "reporting", "silent")


class Effort(NamedTuple):
    """How much a site records: months with enrolment, and classrooms with enrolment, summed over months (room-months).

    ``forms`` are the incident forms from these classrooms, ``reporting`` the room-months with any, ``silent`` the
    months with none. All three are None where they may not be told (``hidden``).
    """

    site_id: uuid.UUID
    months: int
    room_months: int
    forms: int | None
    reporting: int | None
    silent: int | None

    @property
    def hidden(self) -> bool:
        """Whether the counts may not be told."""
        return self.forms is None


def columns() -> dict[str, Any]:
    """Give what is summed over a site's months, in the order of ``EFFORT``, and what decides whether it is told."""
    month = SiteMonth
    enrolled = col(month.classrooms_enrolled) > 0
    return {
        "months": case((enrolled, 1), else_=0),
        "room_months": col(month.classrooms_enrolled),
        "forms": col(month.incidents_covered),
        "reporting": col(month.classrooms_reporting),
        "silent": case((and_(enrolled, col(month.incidents_covered) == 0), 1), else_=0),
    }


def _told(found: Stretches, start: date, offered: Sequence[date]) -> Flags:
    """Say at which sites the counts since ``start`` may be told."""
    incidents = found.nothing_since(offered[0])
    if start in offered:
        incidents = incidents | found.told(site_stretches.TOLD_KINDS, offered)[start]
    # A room's month with a form holds at least one: as many parts as room-months report, any of them small.
    reporting = found.sums["reporting"]
    tallies = np.stack([found.sums["forms"], reporting, np.minimum(reporting, 1)], axis=-1)[:, :, np.newaxis]
    return incidents & told_since({start, *offered}, found.begins, tallies)[start]


def efforts(
    site_ids: Sequence[uuid.UUID], opens: Flags, found: Stretches, start: date, offered: Sequence[date]
) -> list[Effort]:
    """Give how every site that has any month records since ``start``.

    Who may not read the rows is told it only where every room's month keeps its room beside it, and where the sum of
    the incidents is told by other screens as well: months are hidden for the sake of those sums, not of others.

    Args:
        site_ids: the sites in the order of ``found``.
        opens: which of them the reader may read the rows of.
        found: their sums, with those of ``columns`` and, where ``opens`` is not all, of ``incident_tallies``.
        start: the first month.
        offered: the first months of all periods that screens offer; none where nothing is hidden.
    """
    told: Flags = np.logical_or(opens, _told(found, start, offered)) if offered else opens
    sums = found.since(start)
    numbers = [[int(number) for number in row] for row in zip(*(sums[name] for name in EFFORT), strict=True)]
    known = ~found.nothing_since(start)
    return [
        Effort(site_id, months, room_months, *(counts if shown else (None, None, None)))
        for site_id, has_any, shown, (months, room_months, *counts) in zip(
            site_ids, known.tolist(), told.tolist(), numbers, strict=True
        )
        if has_any
    ]
