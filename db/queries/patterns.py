"""What incidents at a site have in common: counts by every dimension under the filters that are set.

Who may read the rows gets any combination of filters. Who may not gets one filter at a time, over full months, with
small counts and their complement hidden: the counts of ``trends.incident_breakdowns`` and nothing more, so that no two
answers can be subtracted from each other that could not be before. Any other combination is refused.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, String, case, cast, func, literal, select, union_all
from sqlmodel import Session, col

from analytics.concentration import Concentration, Count, concentrations
from analytics.suppression import show_mean
from db import access, incident_cuts
from db.actor import Actor
from db.incident_cuts import Cut, child_mark
from db.models.base import utc_now
from db.models.incidents import Incident, IncidentChoice
from db.models.organisation import Classroom, Enrolment, Site
from db.period import Period
from db.queries import trends
from db.regions import same_region
from db.rollups import child_days, month_of
from db.settings import settings

DEEPEST = 3
"""Filters in a statement that was found by itself: more is no pattern but an anecdote."""
DOMINATES = 1 / 3
"""From this share on, one child's incidents are named as such (domain.md 2.2, unit problem)."""


@dataclass(frozen=True)
class PatternPart:
    """One answer of a dimension: its count in the cut and at the site. ``name`` is stored text: a room, a child key."""

    code: str
    name: str
    count: int | None
    whole: int | None
    hidden: bool = False


class ChildShare(NamedTuple):
    """How the incidents of a cut spread over children, without saying who.

    ``children`` are known by a key in ``known`` incidents, ``largest`` is the count of the one with most. For who may
    not read the rows only ``dominated`` is told, and that only where nobody small is behind it.
    """

    dominated: bool | None
    children: int | None = None
    known: int | None = None
    largest: int | None = None


@dataclass(frozen=True)
class Patterns:
    """The incidents of a cut (``count``) out of all at the site in the period (``total``), by every dimension.

    ``refused``: this cut is not told to the actor, to protect privacy. ``standing_out``: what to look at next.
    """

    parts: dict[str, list[PatternPart]] = field(default_factory=dict)
    count: int | None = 0
    total: int | None = 0
    reads_rows: bool = True
    refused: bool = False
    child: ChildShare | None = None
    standing_out: list[Concentration] = field(default_factory=list)


def incident_patterns(session: Session, actor: Actor, period: Period, site_id: uuid.UUID, cut: Cut) -> Patterns:
    """Give a site's incidents under a cut; nothing when the actor may not see the site."""
    site = select(access.sites(actor, "incident")).where(
        col(Site.id) == site_id, col(Site.deleted_at).is_(None), access.sites(actor, "aggregates")
    )
    reads_rows = session.connection().execute(site).scalar_one_or_none()
    if reads_rows is None:
        return Patterns()
    if not reads_rows:
        return _told_without_rows(session, actor, period, site_id, cut)
    there = [_may_read(actor), *_in_period(period, site_id)]
    inside = incident_cuts.condition(cut, _child_of(session, actor, site_id, cut))
    parts = _counted(session, there, site_id, inside)
    total, count = (sum(getattr(part, name) or 0 for part in parts["behaviour"]) for name in ("whole", "count"))
    counts = [Count(by, part.code, part.count or 0, part.whole or 0) for by in parts for part in parts[by]]
    return Patterns(
        {by: [part for part in found if part.count] for by, found in parts.items()},
        count,
        total,
        child=_child_share(parts["child"], count),
        standing_out=concentrations(
            [one for one in counts if one.dimension not in cut], count, total, _room_shares(session, period, site_id)
        ),
    )


@dataclass(frozen=True)
class PreciseCut:
    """A cut that stands out, with its count out of all, and the motives noted in it by their counts."""

    cut: Cut
    count: int
    total: int
    motives: dict[str, int]


def precise_cuts(session: Session, actor: Actor, period: Period, site_id: uuid.UUID, most: int = 3) -> list[PreciseCut]:
    """Give the cuts that stand out most at a site, each as deep as something stands out in it.

    Each begins with another dimension. None for who may not read the rows, and where nothing stands out.
    """
    whole = incident_patterns(session, actor, period, site_id, {})
    starts: dict[str, Concentration] = {}
    for one in whole.standing_out:
        starts.setdefault(one.dimension, one)
    found: list[PreciseCut] = []
    for start in list(starts.values())[:most]:
        cut = {start.dimension: start.code}
        inside = incident_patterns(session, actor, period, site_id, cut)
        while len(cut) < DEEPEST and (more := [one for one in inside.standing_out if one.dimension != "motivation"]):
            cut = {**cut, more[0].dimension: more[0].code}
            inside = incident_patterns(session, actor, period, site_id, cut)
        if all(set(cut.items()) != set(other.cut.items()) for other in found):
            motives = {part.code: part.count or 0 for part in inside.parts["motivation"]}
            found.append(PreciseCut(cut, inside.count or 0, inside.total or 0, motives))
    return found


def child_keys(session: Session, actor: Actor, site_id: uuid.UUID) -> list[tuple[str, str]]:
    """Give the children with a key in a site's incidents, as (mark, key): none for who may not read the incidents."""
    key = col(Incident.child_key)
    statement = (
        select(key)
        .where(_may_read(actor), col(Incident.site_id) == site_id, key.is_not(None), col(Incident.deleted_at).is_(None))
        .distinct()
        .order_by(key)
    )
    return [(child_mark(site_id, str(key)), str(key)) for key in session.connection().execute(statement).scalars()]


def _may_read(actor: Actor) -> ColumnElement[bool]:
    return access.within(actor, "incident", "see", site_id=col(Incident.site_id), region_id=col(Incident.region_id))


def _in_period(period: Period, site_id: uuid.UUID) -> list[ColumnElement[bool]]:
    return [
        col(Incident.site_id) == site_id,
        col(Incident.occurred_on) >= period.start,
        col(Incident.occurred_on) < period.end,
        col(Incident.deleted_at).is_(None),
    ]


def _child_of(session: Session, actor: Actor, site_id: uuid.UUID, cut: Cut) -> str | None:
    if "child" not in cut:
        return None
    return dict(child_keys(session, actor, site_id)).get(cut["child"], "")


def _counted(
    session: Session, there: list[ColumnElement[bool]], site_id: uuid.UUID, inside: ColumnElement[bool]
) -> dict[str, list[PatternPart]]:
    """Count every dimension at the site and in the cut, in one statement."""
    within = func.sum(case((inside, 1), else_=0))
    statements: list[Any] = []
    for by in incident_cuts.DIMENSIONS:
        if by == "response":
            code: Any = col(IncidentChoice.code)
            statement = select(literal(by), code, literal(""), func.count(), within).join(
                IncidentChoice,
                (col(IncidentChoice.incident_id) == col(Incident.id))
                & same_region(IncidentChoice, Incident)
                & (col(IncidentChoice.list) == "response"),
            )
        elif by == "classroom":
            code, name = cast(col(Incident.classroom_id), String), col(Classroom.name)
            statement = select(literal(by), code, func.max(name), func.count(), within).join(
                Classroom, (col(Classroom.id) == col(Incident.classroom_id)) & same_region(Classroom, Incident)
            )
        else:
            code = incident_cuts.column(by)
            statement = select(literal(by), code, literal(""), func.count(), within)
        statements.append(statement.select_from(Incident).where(*there, code.is_not(None)).group_by(code))
    parts: dict[str, list[PatternPart]] = {by: [] for by in incident_cuts.DIMENSIONS}
    for by, code, name, whole, count in session.connection().execute(union_all(*statements)):
        if by == "classroom":
            code = str(uuid.UUID(code))
        elif by == "child":
            code, name = child_mark(site_id, code), code
        parts[by].append(PatternPart(code, name, int(count), whole))
    return {by: sorted(found, key=lambda part: part.code) for by, found in parts.items()}


def _child_share(parts: Iterable[PatternPart], count: int) -> ChildShare:
    """Give how the cut's incidents spread over the children who are known by a key."""
    counts = [part.count for part in parts if part.count]
    largest = max(counts, default=0)
    return ChildShare(largest > DOMINATES * count, len(counts), sum(counts), largest)


def _room_shares(session: Session, period: Period, site_id: uuid.UUID) -> dict[str, float]:
    """Give each classroom's share of the site's child-days; none when a room's are not known."""
    room = cast(col(Enrolment.classroom_id), String)
    statement = (
        select(room, func.sum(child_days()), func.count(), func.count(child_days()))
        .where(
            col(Enrolment.site_id) == site_id,
            col(Enrolment.month) >= period.start,
            col(Enrolment.month) < period.end,
            col(Enrolment.deleted_at).is_(None),
        )
        .group_by(room)
    )
    rows = session.connection().execute(statement).all()
    total = sum(row[1] or 0 for row in rows)
    if not total or any(known < months for _room, _days, months, known in rows):
        return {}
    return {str(uuid.UUID(key)): float(days) / float(total) for key, days, _months, _known in rows}


def _told_without_rows(session: Session, actor: Actor, period: Period, site_id: uuid.UUID, cut: Cut) -> Patterns:
    """Give the counts of one dimension at a time, and the count of a cut that is one of them."""
    found = trends.incident_breakdowns(session, actor, period, site_id)
    parts = {
        by: [PatternPart(part.code, "", part.count, part.count, part.hidden) for part in told]
        for by, told in found.parts.items()
    }
    count, refused = found.total, False
    if cut:
        (by, code), *more = cut.items()
        asked = next((part for part in parts.get(by, []) if part.code == code), PatternPart(code, "", 0, 0))
        count, refused = _one_count(asked, found.total, more=bool(more) or by not in parts)
    child = _child_band(session, found.period, site_id, found.total) if not cut else None
    return Patterns(parts, count, found.total, reads_rows=False, refused=refused, child=child)


def _one_count(asked: PatternPart, total: int | None, *, more: bool) -> tuple[int | None, bool]:
    """Give the count of a cut by one dimension, and whether it is refused."""
    smallest = settings().children_minimum
    if more or asked.hidden or total is None or asked.count is None:
        return None, True
    if asked.count and not show_mean(asked.count, smallest, total - asked.count):
        return None, True
    return asked.count, False


def _child_band(session: Session, period: Period, site_id: uuid.UUID, total: int | None) -> ChildShare | None:
    """Tell whether one child has more than a third, where both that child's incidents and the rest are many."""
    if not total:
        return None
    present = month_of(utc_now().date())
    statement = (
        select(func.count())
        .select_from(Incident)
        .where(*_in_period(period, site_id), col(Incident.occurred_on) < present, col(Incident.child_key).is_not(None))
        .group_by(col(Incident.child_key))
    )
    largest = max(session.connection().execute(statement).scalars(), default=0)
    told = show_mean(largest, settings().children_minimum, total - largest)
    return ChildShare(largest > DOMINATES * total if told else None)
