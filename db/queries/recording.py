"""Who the children of a few sites are: what to know before sites are compared."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlmodel import Session, col

from analytics.suppression import Share
from db import access
from db.actor import Actor
from db.models.organisation import Classroom, EnrolmentGroup, Site
from db.regions import same_region
from db.site_choice import active_sites
from db.small_numbers import is_small, share_of_children


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
        select(col(group.region_id), col(group.site_id), func.max(col(group.month)).label("month"))
        .where(*counted)
        .group_by(col(group.site_id), col(group.region_id))
        .subquery()
    )
    return (
        select(
            col(group.site_id),
            _sum(case((col(group.category) == "yes", col(group.children)), else_=0)),
            _sum(col(group.children)),
        )
        .join(
            latest,
            (latest.c.site_id == col(group.site_id))
            & same_region(latest, group)
            & (latest.c.month == col(group.month)),
        )
        .where(*counted)
        .group_by(col(group.site_id))
    )


def _sum(column: Any) -> Any:
    return func.coalesce(func.sum(column), 0)
