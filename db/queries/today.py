"""What Today shows: recent visits, promises that are due, sites that wait, and where to look first."""

import uuid
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import and_, case, func, or_, select
from sqlmodel import Session, col

from db import access
from db.actor import Actor
from db.models.incidents import Exclusion
from db.models.meetings import Meeting, MeetingDecision
from db.models.organisation import Program, Site
from db.models.people import Person, PersonScope
from db.models.records import SiteMonth
from db.models.visit_input import HELD
from db.models.visits import FollowUp, Visit
from db.queries.compare import SiteSums, sums_since
from db.regions import same_region


class RecentVisit(NamedTuple):
    """A visit as Today lists it: no free text."""

    id: uuid.UUID
    visited_on: date
    site: str
    consultant: str
    outcome: str
    mode: str
    minutes: int


class DueFollowUp(NamedTuple):
    """A promise that is not kept yet."""

    id: uuid.UUID
    visit_id: uuid.UUID
    site: str
    text: str
    owner: str
    due_on: date | None


class DueDecision(NamedTuple):
    """A decision of a site's meeting that is still open. ``owner`` is a person's name."""

    id: uuid.UUID
    site_id: uuid.UUID
    site: str
    text: str
    owner: str | None
    owner_role: str | None
    due_on: date


class SiteWait(NamedTuple):
    """A site with the date of its last visit that took place; None when there was none in the time looked at."""

    id: uuid.UUID
    name: str
    program: str
    last_visit_on: date | None


class SiteCounts(NamedTuple):
    """What a site's months of two stretches of time come to: the latest months, and those before.

    The counts are None where they may not be told beside the sums of other periods on other screens: not even whether
    they are more than chance explains, because that alone would bound a small number.
    """

    id: uuid.UUID
    name: str
    program: str
    incidents: int | None
    child_days: float
    incidents_before: int | None
    child_days_before: float
    months_without_enrolment: int


class SiteTally(NamedTuple):
    """A site with a number of records."""

    id: uuid.UUID
    name: str
    program: str
    records: int


def recent_visits(session: Session, actor: Actor, since: date, limit: int = 8) -> list[RecentVisit]:
    """Give the latest visits since a day: a consultant's own, for others all that they may see."""
    statement = (
        select(
            col(Visit.id), col(Visit.visited_on), col(Site.name), col(Person.display_name), col(Visit.outcome),
            col(Visit.mode), col(Visit.minutes),
        )
        .join(Site, col(Site.id) == col(Visit.site_id))
        .join(Person, col(Person.id) == col(Visit.consultant_id))
        .where(
            access.within(
                actor, "visit", "see", site_id=col(Visit.site_id), region_id=col(Visit.region_id),
                owner_id=col(Visit.consultant_id),
            ),
            col(Visit.deleted_at).is_(None),
            col(Visit.visited_on) >= since,
        )
        .order_by(col(Visit.visited_on).desc(), col(Visit.started_at).desc(), col(Visit.id).desc())
        .limit(limit)
    )  # fmt: skip
    if actor.role == "consultant":
        statement = statement.where(col(Visit.consultant_id) == actor.person_id)
    return [RecentVisit(*row) for row in session.connection().execute(statement)]


def follow_ups_due(session: Session, actor: Actor, until: date, limit: int = 20) -> list[DueFollowUp]:
    """Give open follow-ups that are due by ``until`` or have no date, the oldest first."""
    statement = (
        select(
            col(FollowUp.id), col(FollowUp.visit_id), col(Site.name), col(FollowUp.text), col(FollowUp.owner),
            col(FollowUp.due_on),
        )
        .join(Site, col(Site.id) == col(FollowUp.site_id))
        .join(Visit, (col(Visit.id) == col(FollowUp.visit_id)) & same_region(Visit, FollowUp))
        .where(
            access.within(
                actor, "visit_text", "see", site_id=col(FollowUp.site_id), region_id=col(FollowUp.region_id)
            ),
            col(FollowUp.deleted_at).is_(None),
            col(Visit.deleted_at).is_(None),
            col(FollowUp.done_at).is_(None),
            or_(col(FollowUp.due_on).is_(None), col(FollowUp.due_on) <= until),
        )
        .order_by(func.coalesce(col(FollowUp.due_on), date(9999, 1, 1)), col(FollowUp.id))
        .limit(limit)
    )  # fmt: skip
    if actor.role == "consultant":
        statement = statement.where(col(Visit.consultant_id) == actor.person_id)
    return [DueFollowUp(*row) for row in session.connection().execute(statement)]


def decisions_due(session: Session, actor: Actor, until: date, limit: int = 8) -> list[DueDecision]:
    """Give open decisions of meetings that are due by ``until``, the oldest first: one's own, and those of the sites.

    Only for those who hold meetings.
    """
    if not access.may(actor, "meeting", "add"):
        return []
    row = MeetingDecision
    statement = (
        select(
            col(row.id), col(row.site_id), col(Site.name), col(row.text), col(Person.display_name), col(row.owner_role),
            col(row.due_on),
        )
        .join(Meeting, (col(Meeting.id) == col(row.meeting_id)) & same_region(Meeting, row))
        .join(Site, col(Site.id) == col(row.site_id))
        .outerjoin(Person, col(Person.id) == col(row.owner_id))
        .where(
            access.within(actor, "meeting", "see", site_id=col(row.site_id), region_id=col(row.region_id)),
            col(row.deleted_at).is_(None),
            col(Meeting.deleted_at).is_(None),
            col(row.status) == "open",
            col(row.due_on) <= until,
        )
        .order_by(case((col(row.owner_id) == actor.person_id, 0), else_=1), col(row.due_on), col(row.id))
        .limit(limit)
    )  # fmt: skip
    return [DueDecision(*found) for found in session.connection().execute(statement)]


def waiting_sites(session: Session, actor: Actor, since: date, before: date) -> list[SiteWait]:
    """Give active sites whose last visit that took place lies before ``before``, the longest wait first.

    Visits before ``since`` are not looked at: such a site has no last visit here.
    """
    if not access.may(actor, "visit", "see"):
        return []
    last = (
        select(func.max(col(Visit.visited_on)))
        .where(
            col(Visit.site_id) == col(Site.id),
            col(Visit.visited_on) >= since,
            col(Visit.outcome).in_(HELD),
            col(Visit.deleted_at).is_(None),
        )
        .correlate(Site)
        .scalar_subquery()
    )
    found = (
        select(col(Site.id), col(Site.name), col(Program.name).label("program"), last.label("last_on"))
        .join(Program, col(Program.id) == col(Site.program_id))
        .where(access.sites(actor, "visit"), col(Site.active), col(Site.deleted_at).is_(None))
        .subquery()
    )
    statement = (
        select(found)
        .where(or_(found.c.last_on.is_(None), found.c.last_on < before))
        .order_by(case((found.c.last_on.is_(None), 0), else_=1), found.c.last_on, found.c.name)
    )
    return [SiteWait(*row) for row in session.connection().execute(statement)]


def site_counts(session: Session, actor: Actor, first: date, latest: date, end: date) -> list[SiteCounts]:
    """Give incidents and child-days per active site: from ``latest`` to ``end``, and from ``first`` to before that.

    ``months_without_enrolment`` counts the latest months that have incidents or visits but no enrolment.
    """
    recent = col(SiteMonth.month) >= latest
    days = func.coalesce(col(SiteMonth.child_days), 0.0)
    counted = case((days > 0, col(SiteMonth.incidents_covered)), else_=0)  # only what the child-days belong to

    def total(condition: Any, value: Any) -> Any:
        return func.coalesce(func.sum(case((condition, value), else_=0)), 0)

    statement = (
        select(
            col(Site.id), col(Site.name), col(Program.name),
            total(recent, counted), total(recent, days),
            total(~recent, counted), total(~recent, days),
            total(and_(recent, col(SiteMonth.classrooms_enrolled) == 0), 1),
            access.sites(actor, "incident").label("opens"),
        )
        .join(SiteMonth, col(SiteMonth.site_id) == col(Site.id))
        .join(Program, col(Program.id) == col(Site.program_id))
        .where(
            access.sites(actor, "aggregates"), col(Site.active), col(Site.deleted_at).is_(None),
            col(SiteMonth.month) >= first, col(SiteMonth.month) < end,
        )
        .group_by(col(Site.id), col(Site.name), col(Program.name))
    )  # fmt: skip
    rows = session.connection().execute(statement).all()
    found = [SiteCounts(*row[:-1]) for row in rows]
    if all(row.opens for row in rows):
        return found
    now, every = ({row.site_id: row for row in sums} for sums in sums_since(session, actor, [latest, first], end))
    return [
        one if row.opens else _told(one, now.get(one.id), every.get(one.id))
        for one, row in zip(found, rows, strict=True)
    ]


def _told(counts: SiteCounts, now: SiteSums | None, every: SiteSums | None) -> SiteCounts:
    """Give what of the counts follows from two sums that other screens tell."""
    if now is None or every is None or now.in_child_days is None or every.in_child_days is None:
        return counts._replace(incidents=None, incidents_before=None)
    return counts._replace(incidents=now.in_child_days, incidents_before=every.in_child_days - now.in_child_days)


def exclusion_tally(session: Session, actor: Actor, since: date, kinds: tuple[str, ...]) -> list[SiteTally]:
    """Give the sites with exclusions of the given kinds since a day, the most first.

    Only for those who may see the exclusions themselves: a count of one is a child.
    """
    count = func.count(col(Exclusion.id))
    statement = (
        select(col(Site.id), col(Site.name), col(Program.name), count)
        .join(Exclusion, col(Exclusion.site_id) == col(Site.id))
        .join(Program, col(Program.id) == col(Site.program_id))
        .where(
            access.within(
                actor, "exclusion", "see", site_id=col(Exclusion.site_id), region_id=col(Exclusion.region_id)
            ),
            col(Exclusion.deleted_at).is_(None),
            col(Exclusion.started_on) >= since,
            col(Exclusion.type).in_(kinds),
        )
        .group_by(col(Site.id), col(Site.name), col(Program.name))
        .order_by(count.desc(), col(Site.name))
    )
    return [SiteTally(*row) for row in session.connection().execute(statement)]


def sites_without_consultant(session: Session, actor: Actor, on: date) -> list[SiteTally]:
    """Give active sites to which no consultant is assigned on a day: for those who assign."""
    if not access.may(actor, "person", "see"):
        return []
    assigned = (
        select(col(PersonScope.site_id))
        .join(Person, col(Person.id) == col(PersonScope.person_id))
        .where(
            col(PersonScope.site_id).is_not(None),
            col(PersonScope.deleted_at).is_(None),
            col(PersonScope.valid_from) <= on,
            or_(col(PersonScope.valid_to).is_(None), col(PersonScope.valid_to) >= on),
            col(Person.role) == "consultant",
            col(Person.disabled_at).is_(None),
        )
    )
    statement = (
        select(col(Site.id), col(Site.name), col(Program.name))
        .join(Program, col(Program.id) == col(Site.program_id))
        .where(
            access.sites(actor),
            col(Site.active),
            col(Site.deleted_at).is_(None),
            col(Site.id).not_in(assigned),
        )
        .order_by(col(Site.name))
    )
    return [SiteTally(*row, 0) for row in session.connection().execute(statement)]
