"""How incidents are recorded at each site, and who the children are: what to know before sites are compared."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import and_, case, func, or_, select
from sqlmodel import Session, col

from analytics.suppression import Share, Tally
from db import access
from db.actor import Actor
from db.models.organisation import Classroom, EnrolmentGroup, Site
from db.models.records import SiteMonth
from db.period import Period
from db.queries.compare import site_sums
from db.site_choice import active_sites
from db.small_numbers import is_small, offered_starts, share_of_children, told_starts


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
    """Give how every active site of the actor records, in one statement, or two more for who may not read the rows.

    They are told it only where every room's month keeps its room beside it, and where the sum of the incidents is told
    by other screens as well: months are hidden for the sake of those sums, not of others.
    """
    starts = [period.start]
    if access.reach(actor, "incident", "see") == "case":
        starts = sorted({*offered_starts(period.end), period.start})
    stretch = case(*((col(SiteMonth.month) >= start, at) for at, start in reversed(list(enumerate(starts)))))
    enrolled = col(SiteMonth.classrooms_enrolled) > 0
    silent = and_(enrolled, col(SiteMonth.incidents_covered) == 0)
    statement = (
        select(
            col(Site.id), access.sites(actor, "incident").label("opens"), stretch.label("stretch"),
            _sum(case((enrolled, 1), else_=0)), _sum(col(SiteMonth.classrooms_enrolled)),
            _sum(col(SiteMonth.incidents_covered)), _sum(col(SiteMonth.classrooms_reporting)),
            _sum(case((silent, 1), else_=0)),
        )
        .join(SiteMonth, col(SiteMonth.site_id) == col(Site.id))
        .where(
            *active_sites(actor, region_id, program_id),
            col(SiteMonth.month) >= starts[0],
            col(SiteMonth.month) < period.end,
        )
        .group_by(col(Site.id), stretch)
    )  # fmt: skip
    found: dict[uuid.UUID, dict[date, tuple[int, ...]]] = defaultdict(dict)
    open_sites = set()
    for site_id, opens, at, *counts in session.connection().execute(statement):
        found[site_id][starts[at]] = tuple(counts)
        if opens:
            open_sites.add(site_id)
    told = set(found)
    if told != open_sites:
        sums = site_sums(session, actor, period, region_id, program_id)
        told = {one.site_id for one in sums if not one.incidents_hidden}
    return [
        _effort(site_id, period, starts, stretches, opens=site_id in open_sites, told=site_id in told)
        for site_id, stretches in found.items()
    ]


def _effort(
    site_id: uuid.UUID,
    period: Period,
    starts: list[date],
    stretches: dict[date, tuple[int, ...]],
    *,
    opens: bool,
    told: bool,
) -> Effort:
    inside = [sums for start, sums in stretches.items() if start >= period.start]
    months, room_months, forms, reporting, silent = (
        (sum(column) for column in zip(*inside, strict=True)) if inside else (0,) * 5
    )
    # A room's month with a form holds at least one: as many parts as room-months report, any of them small.
    tallies = {start: (Tally(sums[2], sums[3], min(sums[3], 1)),) for start, sums in stretches.items()}
    if opens or (told and period.start in told_starts(starts, tallies)):
        return Effort(site_id, months, room_months, forms, reporting, silent)
    return Effort(site_id, months, room_months, None, None, None)


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
