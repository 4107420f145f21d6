"""How incidents are recorded at each site, and who the children are: what to know before sites are compared."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import and_, case, func, or_, select
from sqlmodel import Session, col

from analytics.suppression import Share
from db import access, site_stretches
from db.actor import Actor
from db.models.organisation import Classroom, EnrolmentGroup, Site
from db.models.records import SiteMonth
from db.period import Period
from db.site_choice import active_sites
from db.site_stretches import Stretches
from db.small_numbers import Flags, is_small, offered_starts, share_of_children, told_since

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


@dataclass
class CaseMix:
    """Who the children of a site are, as far as the data have it. ``iep`` is None where nobody counted.

    ``ages`` and ``sessions`` count open classrooms by code.
    """

    site_id: uuid.UUID
    name: str
    setting: str
    subsidy: bool | None
    service_start: date | None
    ages: dict[str, int] = field(default_factory=dict)
    sessions: dict[str, int] = field(default_factory=dict)
    iep: Share | None = None


def recording_effort(
    session: Session,
    actor: Actor,
    period: Period,
    region_id: uuid.UUID | None = None,
    program_id: uuid.UUID | None = None,
) -> list[Effort]:
    """Give how every active site of the actor records, in two statements.

    Who may not read the rows is told it only where every room's month keeps its room beside it, and where the sum of
    the incidents is told by other screens as well: months are hidden for the sake of those sums, not of others.
    """
    chosen = active_sites(actor, region_id, program_id)
    statement = select(col(Site.id), access.sites(actor, "incident").label("opens")).where(*chosen)
    sites = session.connection().execute(statement).all()
    opens = np.array([site.opens for site in sites], dtype=np.bool_)
    offered = [] if opens.all() else offered_starts(period.end)
    columns = _effort_columns() if opens.all() else _effort_columns() | site_stretches.incident_tallies()
    found = site_stretches.read(
        session, chosen, [site.id for site in sites], [period.start, *offered], period.end, columns
    )
    told: Flags = np.logical_or(opens, _told(found, period.start, offered)) if offered else opens
    sums = found.since(period.start)
    numbers = [[int(number) for number in row] for row in zip(*(sums[name] for name in EFFORT), strict=True)]
    return [
        Effort(site.id, months, room_months, *(counts if shown else (None, None, None)))
        for site, known, shown, (months, room_months, *counts) in zip(
            sites, np.any(found.known, axis=1).tolist(), told.tolist(), numbers, strict=True
        )
        if known
    ]


def _effort_columns() -> dict[str, Any]:
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


def case_mix(session: Session, actor: Actor, site_ids: Sequence[uuid.UUID], on: date) -> list[CaseMix]:
    """Give who the children of a few sites are, by name: as far as it was entered, on a day."""
    sites = (
        select(
            col(Site.id), col(Site.name), col(Site.setting), col(Site.subsidy), col(Site.service_start),
            col(Classroom.age_group), col(Classroom.session), func.count(col(Classroom.id)),
        )
        .outerjoin(
            Classroom,
            and_(
                col(Classroom.site_id) == col(Site.id),
                col(Classroom.deleted_at).is_(None),
                or_(col(Classroom.open_from).is_(None), col(Classroom.open_from) <= on),
                or_(col(Classroom.open_to).is_(None), col(Classroom.open_to) >= on),
            ),
        )
        .where(*active_sites(actor), col(Site.id).in_(site_ids))
        .group_by(
            col(Site.id), col(Site.name), col(Site.setting), col(Site.subsidy), col(Site.service_start),
            col(Classroom.age_group), col(Classroom.session),
        )
        .order_by(col(Site.name), col(Site.id))
    )  # fmt: skip
    reads = access.reach(actor, "incident", "see") != "case"
    found: dict[uuid.UUID, CaseMix] = {}
    for site_id, name, setting, subsidy, service_start, age, length, rooms in session.connection().execute(sites):
        mix = found.setdefault(site_id, CaseMix(site_id, name, setting, subsidy, service_start))
        if rooms:
            mix.ages[age] = mix.ages.get(age, 0) + rooms
            mix.sessions[length] = mix.sessions.get(length, 0) + rooms
    for site_id, with_iep, children in session.connection().execute(_iep(list(found), on)):
        small = any(count > 0 and is_small(count) for count in (with_iep, children - with_iep))
        # A percent of a known enrollment is a count: few children with an IEP, or few without, stay hidden.
        found[site_id].iep = Share(None) if small and not reads else share_of_children(with_iep, children)
    return list(found.values())


def _iep(site_ids: list[uuid.UUID], on: date) -> Any:
    """Give the statement of children with an IEP and of all counted, per site in its latest counted month."""
    group = EnrolmentGroup
    counted = (
        col(group.site_id).in_(site_ids),
        col(group.dimension) == "iep",
        col(group.category).in_(("yes", "no")),
        col(group.month) <= on,
        col(group.deleted_at).is_(None),
    )
    latest = (
        select(col(group.site_id), func.max(col(group.month)).label("month"))
        .where(*counted)
        .group_by(col(group.site_id))
        .subquery()
    )
    return (
        select(
            col(group.site_id),
            _sum(case((col(group.category) == "yes", col(group.children)), else_=0)),
            _sum(col(group.children)),
        )
        .join(latest, and_(latest.c.site_id == col(group.site_id), latest.c.month == col(group.month)))
        .where(*counted)
        .group_by(col(group.site_id))
    )


def _sum(column: Any) -> Any:
    return func.coalesce(func.sum(column), 0)
