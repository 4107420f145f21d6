"""What tells which of many sites need a call: facts per site, from the monthly roll-ups and what waits there."""

import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from analytics.calls import SiteFacts
from db import access
from db.actor import Actor
from db.call_rules import RULES
from db.models.incidents import Exclusion
from db.models.organisation import Program, Site
from db.models.records import SiteMonth
from db.models.visit_input import HELD
from db.models.visits import FollowUp, Visit
from db.period import Period
from db.queries.compare import SiteSums, sums_since
from db.regions import same_region
from db.site_choice import active_sites

LOOK_BACK_DAYS = 400
"""Days back in which a last visit is looked for."""


def call_facts(
    session: Session,
    actor: Actor,
    today: date,
    region_id: uuid.UUID | None = None,
    program_id: uuid.UUID | None = None,
) -> list[SiteFacts]:
    """Give the facts of every active site of the actor, by name.

    Counts are of full months, and None where they may not be told beside the sums of other screens: the latest months
    are two, those before twelve. Exclusions that end care are told only to who may read them.
    """
    rule, place = RULES["more_than_past"], (region_id, program_id)
    latest = _full_months(today, rule["months"])
    longer = _full_months(today, rule["months"] + rule["months_before"])
    both = sums_since(session, actor, [latest.start, longer.start], latest.end, *place)
    now, every = ({site.site_id: site for site in sums} for sums in both)
    rows = session.connection().execute(_waiting(actor, today, active_sites(actor, *place)))
    return [_facts(row, now.get(row.id), every.get(row.id), today) for row in rows]


def _full_months(today: date, months: int) -> Period:
    return Period(Period.last_months(months + 1, today).start, today.replace(day=1))


def _facts(row: Any, now: SiteSums | None, every: SiteSums | None, today: date) -> SiteFacts:
    told = now is not None and every is not None and now.in_child_days is not None and every.in_child_days is not None
    counted: Mapping[str, Any] = {"now": None, "before": None, "days_now": None, "days_before": None}
    if told and now is not None and every is not None:
        counted = {
            "now": now.in_child_days,
            "before": (every.in_child_days or 0) - (now.in_child_days or 0),
            "days_now": now.child_days,
            "days_before": (every.child_days or 0.0) - (now.child_days or 0.0),
        }
    began = row.service_start if row.service_start and row.service_start <= today else None
    return SiteFacts(
        site_id=row.id,
        name=row.name,
        program=row.program,
        **counted,
        care_ended=row.care_ended or 0,
        waits_since=row.last_on or began,
        never_visited=row.last_on is None,
        overdue=row.overdue or 0,
        months_without_enrolment=row.missing or 0,
    )


def _waiting(actor: Actor, today: date, chosen: list[Any]) -> Any:
    """Give the statement of what waits at each site: every part reads one site's rows by an index."""
    counted = [
        part.correlate(Site).scalar_subquery().label(name)
        for name, part in (
            ("last_on", _last_visit(today)),
            ("overdue", _overdue(actor, today)),
            ("care_ended", _care_ended(actor, today)),
            ("missing", _missing(today)),
        )
    ]
    return (
        select(col(Site.id), col(Site.name), col(Program.name).label("program"), col(Site.service_start), *counted)
        .join(Program, col(Program.id) == col(Site.program_id))
        .where(*chosen)
        .order_by(col(Site.name), col(Site.id))
    )


def _last_visit(today: date) -> Any:
    return select(func.max(col(Visit.visited_on))).where(
        col(Visit.site_id) == col(Site.id),
        col(Visit.visited_on) >= today - timedelta(days=LOOK_BACK_DAYS),
        col(Visit.outcome).in_(HELD),
        col(Visit.deleted_at).is_(None),
    )


def _overdue(actor: Actor, today: date) -> Any:
    """Count promises: a number without their words, so that seeing visits is enough."""
    return (
        select(func.count())
        .select_from(FollowUp)
        .join(
            Visit,
            (col(Visit.id) == col(FollowUp.visit_id)) & same_region(Visit, FollowUp) & col(Visit.deleted_at).is_(None),
        )
        .where(
            col(FollowUp.site_id) == col(Site.id),
            col(FollowUp.due_on) < today - timedelta(days=RULES["overdue"]["days"]),
            col(FollowUp.done_at).is_(None),
            col(FollowUp.deleted_at).is_(None),
            access.within(actor, "visit", "see", site_id=col(FollowUp.site_id), region_id=col(FollowUp.region_id),
                          owner_id=col(Visit.consultant_id)),
        )
    )  # fmt: skip


def _care_ended(actor: Actor, today: date) -> Any:
    rule = RULES["care_ended"]
    return select(func.count()).where(
        col(Exclusion.site_id) == col(Site.id),
        col(Exclusion.started_on) >= today - timedelta(days=rule["days"]),
        col(Exclusion.type).in_(rule["kinds"]),
        col(Exclusion.deleted_at).is_(None),
        access.within(actor, "exclusion", "see", site_id=col(Exclusion.site_id), region_id=col(Exclusion.region_id)),
    )


def _missing(today: date) -> Any:
    """Count the latest months with incidents or visits, but without the number of children."""
    period = _full_months(today, RULES["enrollment_missing"]["months"])
    return select(func.count()).where(
        col(SiteMonth.site_id) == col(Site.id),
        col(SiteMonth.month) >= period.start,
        col(SiteMonth.month) < period.end,
        or_(col(SiteMonth.incidents) > 0, col(SiteMonth.visits) > 0),
        col(SiteMonth.classrooms_enrolled) == 0,
    )
