"""Reading the ledger of time away: what happened, which steps are noted, what is due, and counts by kind.

Only for who may read the rows. Counts for everybody else are those of ``compare.site_sums``, which hides small ones.
"""

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlmodel import Session, col

from db import access
from db.actor import Actor
from db.errors import AccessDenied
from db.exclusion_care import (
    PLACE_FOLLOWED_FOR,
    STEPS,
    STEPS_FOR,
    STEPS_REQUIRED_FOR,
    TEMPORARY,
    Look,
    in_head_start,
    is_due,
    looks,
)
from db.models.incident_input import ExclusionInput
from db.models.incidents import Exclusion, ExclusionPlace, ExclusionStep
from db.models.organisation import Program, Site
from db.models.people import Person
from db.period import Period
from db.queries.query import single
from db.regions import same_region

PAGE = 20


class KindCount(NamedTuple):
    """How often one kind of time away happened, and the hours of care lost where they were noted."""

    kind: str
    times: int
    hours: float
    times_with_hours: int


class LedgerLine(NamedTuple):
    """One exclusion in the list. ``steps`` counts the kinds of steps noted; ``due`` names looks that are due."""

    id: uuid.UUID
    site: str
    kind: str
    started_on: date
    hours_lost: float | None
    head_start: bool
    of_incident: bool
    steps: int
    due: tuple[str, ...]

    @property
    def steps_missing(self) -> bool:
        """Whether 45 CFR 1302.17 asks for steps that nobody has noted."""
        return self.head_start and self.kind in STEPS_REQUIRED_FOR and self.steps < len(STEPS)


class LedgerPage(NamedTuple):
    """One page of the list, newest first, and how many fit in all."""

    lines: list[LedgerLine]
    total: int


class Due(NamedTuple):
    """What waits in the ledger: exclusions with steps not noted yet (Head Start), and looks at a child's place."""

    without_steps: int
    looks: int


class NotedStep(NamedTuple):
    """A step that was taken. ``who`` is a role; ``by`` wrote it down."""

    id: uuid.UUID
    version: int
    step: str
    done_on: date
    who: str | None
    note: str
    by: str
    may_remove: bool


class NotedPlace(NamedTuple):
    """Where the child was at a moment after the time away."""

    id: uuid.UUID
    version: int
    moment: str
    noted_on: date
    place: str
    by: str
    may_remove: bool


@dataclass(frozen=True)
class OpenExclusion:
    """One exclusion with all that was noted around it.

    ``steps_asked``: there is a checklist for its kind; ``steps_required``: 45 CFR 1302.17 requires it here.
    ``return_needed``: a suspension under that rule, which must be temporary, without a day on which it ends.
    """

    id: uuid.UUID
    version: int
    site_id: uuid.UUID
    site: str
    head_start: bool
    incident_id: uuid.UUID | None
    content: dict[str, Any]
    person: str
    created_at: datetime
    removed_at: datetime | None
    steps_asked: bool
    steps_required: bool
    return_needed: bool
    steps: list[NotedStep]
    places: list[NotedPlace]
    looks: list[Look]
    may_note: bool
    may_change: bool
    may_remove: bool
    may_restore: bool


def ledger_counts(session: Session, actor: Actor, period: Period, site_id: uuid.UUID | None) -> list[KindCount]:
    """Give the kinds of time away in the period by how often they happened, at the sites whose rows are open."""
    hours = col(Exclusion.hours_lost)
    statement = (
        select(
            col(Exclusion.type), func.count(), func.coalesce(func.sum(hours), 0.0),
            func.coalesce(func.sum(case((hours.is_not(None), 1), else_=0)), 0),
        )
        .where(*_standing(actor, period, site_id))
        .group_by(col(Exclusion.type))
        .order_by(func.count().desc(), col(Exclusion.type))
    )  # fmt: skip
    return [KindCount(*row) for row in session.connection().execute(statement)]


def ledger(
    session: Session,
    actor: Actor,
    period: Period,
    site_id: uuid.UUID | None,
    today: date,
    page: int = 1,
    *,
    waiting: bool = False,
    removed: bool = False,
) -> LedgerPage:
    """Give a page of the ledger, newest first.

    Args:
        session: where to read.
        actor: who asks.
        period: the months in which the time away began.
        site_id: one site, or all.
        today: what is due by now.
        page: from 1.
        waiting: only those with steps to note or a look due, whenever they began.
        removed: the removed ones instead.
    """
    where = _removed(actor, period, site_id) if removed else _standing(actor, None if waiting else period, site_id)
    due = _due_looks(session, actor, today, site_id)
    if waiting:
        where.append(or_(_steps_missing(), col(Exclusion.id).in_(list(due))))
    steps = _steps_noted().label("steps")
    statement = (
        _placed(
            select(
                col(Exclusion.id), col(Site.name), col(Exclusion.type), col(Exclusion.started_on),
                col(Exclusion.hours_lost), in_head_start(), col(Exclusion.incident_id).is_not(None), steps,
                func.count().over(),
            )
        )
        .where(*where)
        .order_by(col(Exclusion.started_on).desc(), col(Exclusion.id))
        .offset((page - 1) * PAGE)
        .limit(PAGE)
    )  # fmt: skip
    rows = session.connection().execute(statement).all()
    lines = [
        LedgerLine(
            row[0], row[1], row[2], row[3], row[4], bool(row[5]), bool(row[6]), row[7],
            () if removed else due.get(row[0], ()),
        )
        for row in rows
    ]  # fmt: skip
    return LedgerPage(lines, rows[0][8] if rows else 0)


def ledger_due(session: Session, actor: Actor, today: date) -> Due:
    """Give how much waits in the ledger at the sites whose rows are open to the actor: what Today says."""
    if not access.may(actor, "exclusion", "see"):
        return Due(0, 0)
    statement = _placed(select(func.count(col(Exclusion.id)))).where(*_standing(actor, None, None), _steps_missing())
    found = _due_looks(session, actor, today, None)
    return Due(session.connection().execute(statement).scalar_one(), sum(map(len, found.values())))


@single
def open_exclusion(session: Session, actor: Actor, exclusion_id: uuid.UUID) -> OpenExclusion:
    """Give one exclusion with its steps and looks; a removed one only to who may restore it.

    Raises:
        NotFound: it is outside the actor's reach, or does not exist.
    """
    rights = [_may(actor, verb, Exclusion).label(verb) for verb in ("add", "change", "remove", "restore")]
    columns = [getattr(Exclusion, name) for name in ExclusionInput.model_fields]
    statement = _placed(
        select(
            col(Exclusion.id), col(Exclusion.version), col(Exclusion.site_id), col(Site.name).label("site"),
            in_head_start().label("head_start"), col(Exclusion.incident_id), col(Exclusion.created_at),
            col(Exclusion.deleted_at), col(Person.display_name).label("person"), *columns, *rights,
        )
    )  # fmt: skip
    statement = statement.outerjoin(Person, col(Person.id) == col(Exclusion.created_by)).where(
        col(Exclusion.id) == exclusion_id,
        _may(actor, "see", Exclusion),
        or_(col(Exclusion.deleted_at).is_(None), _may(actor, "restore", Exclusion)),
    )
    row = session.connection().execute(statement).first()
    if row is None:
        raise AccessDenied("exclusion", "see", entity_id=exclusion_id)
    places = _places(session, actor, exclusion_id)
    content = {name: row._mapping[name] for name in ExclusionInput.model_fields}
    noted = {place.moment: place.noted_on for place in places}
    of_incident, removed = row.incident_id is not None, row.deleted_at is not None
    own = not of_incident and not removed
    endless = row.type in TEMPORARY and row.ended_on is None and row.return_on is None
    return OpenExclusion(
        row.id, row.version, row.site_id, row.site, bool(row.head_start), row.incident_id, content, row.person or "",
        row.created_at, row.deleted_at, row.type in STEPS_FOR,
        bool(row.head_start) and row.type in STEPS_REQUIRED_FOR, bool(row.head_start) and endless,
        _steps(session, actor, exclusion_id), places,
        looks(row.type, row.started_on, row.ended_on, row.return_on, noted),
        may_note=bool(row.add) and not removed, may_change=bool(row.change) and own,
        may_remove=bool(row.remove) and own, may_restore=bool(row.restore) and not of_incident and removed,
    )  # fmt: skip


def _steps(session: Session, actor: Actor, exclusion_id: uuid.UUID) -> list[NotedStep]:
    order = (col(ExclusionStep.done_on), col(ExclusionStep.id))
    rows = _noted(session, actor, exclusion_id, ExclusionStep, NotedStep, order)
    return [NotedStep(*row) for row in rows]


def _places(session: Session, actor: Actor, exclusion_id: uuid.UUID) -> list[NotedPlace]:
    order = (col(ExclusionPlace.noted_on), col(ExclusionPlace.id))
    rows = _noted(session, actor, exclusion_id, ExclusionPlace, NotedPlace, order)
    return [NotedPlace(*row) for row in rows]


def _noted(session: Session, actor: Actor, exclusion_id: uuid.UUID, table: Any, shape: Any, order: Any) -> Any:
    columns = [getattr(table, name) for name in shape._fields if name not in ("by", "may_remove")]
    statement = (
        select(*columns, func.coalesce(col(Person.display_name), ""), _may(actor, "remove", table))
        .outerjoin(Person, col(Person.id) == table.created_by)
        .where(table.exclusion_id == exclusion_id, table.deleted_at.is_(None))
        .order_by(*order)
    )
    return session.connection().execute(statement).all()


def _may(actor: Actor, verb: Any, table: Any) -> ColumnElement[bool]:
    owner = None if verb in ("see", "add") else table.created_by
    return access.within(actor, "exclusion", verb, site_id=table.site_id, region_id=table.region_id, owner_id=owner)


def _placed(statement: Select[Any]) -> Select[Any]:
    return (
        statement.select_from(Exclusion)
        .join(Site, col(Site.id) == col(Exclusion.site_id))
        .join(Program, col(Program.id) == col(Site.program_id))
    )


def _standing(actor: Actor, period: Period | None, site_id: uuid.UUID | None) -> list[ColumnElement[bool]]:
    return [_may(actor, "see", Exclusion), col(Exclusion.deleted_at).is_(None), *_where(period, site_id)]


def _removed(actor: Actor, period: Period, site_id: uuid.UUID | None) -> list[ColumnElement[bool]]:
    """Give the conditions of what the actor may restore here: what went with its incident is restored there."""
    alone = and_(col(Exclusion.deleted_at).is_not(None), col(Exclusion.incident_id).is_(None))
    return [_may(actor, "see", Exclusion), _may(actor, "restore", Exclusion), alone, *_where(period, site_id)]


def _where(period: Period | None, site_id: uuid.UUID | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if period is not None:
        conditions += [col(Exclusion.started_on) >= period.start, col(Exclusion.started_on) < period.end]
    if site_id is not None:
        conditions.append(col(Exclusion.site_id) == site_id)
    return conditions


def _steps_noted() -> Any:
    return (
        select(func.count(func.distinct(col(ExclusionStep.step))))
        .where(
            col(ExclusionStep.exclusion_id) == col(Exclusion.id),
            same_region(ExclusionStep, Exclusion),
            col(ExclusionStep.deleted_at).is_(None),
        )
        .correlate(Exclusion)
        .scalar_subquery()
    )


def _steps_missing() -> ColumnElement[bool]:
    """Give the condition of an exclusion in a Head Start setting whose steps are not all noted: 45 CFR 1302.17."""
    return and_(in_head_start(), col(Exclusion.type).in_(STEPS_REQUIRED_FOR), _steps_noted() < len(STEPS))


def _due_looks(
    session: Session, actor: Actor, today: date, site_id: uuid.UUID | None
) -> dict[uuid.UUID, tuple[str, ...]]:
    """Give the exclusions after which a look at the child's place is due, with the moments."""
    condition = [*_standing(actor, None, site_id), col(Exclusion.type).in_(PLACE_FOLLOWED_FOR)]
    statement = select(
        col(Exclusion.id), col(Exclusion.type), col(Exclusion.started_on), col(Exclusion.ended_on),
        col(Exclusion.return_on),
    ).where(*condition)  # fmt: skip
    rows = session.connection().execute(statement).all()
    noted = _moments(session, condition) if rows else {}
    found = {
        row.id: tuple(
            look.moment
            for look in looks(row.type, row.started_on, row.ended_on, row.return_on, noted.get(row.id, {}))
            if is_due(look, today)
        )
        for row in rows
    }
    return {key: moments for key, moments in found.items() if moments}


def _moments(session: Session, condition: list[ColumnElement[bool]]) -> dict[uuid.UUID, dict[str, date]]:
    """Give the looks that were noted for the exclusions under ``condition``, in one statement."""
    found: dict[uuid.UUID, dict[str, date]] = defaultdict(dict)
    statement = (
        select(col(ExclusionPlace.exclusion_id), col(ExclusionPlace.moment), col(ExclusionPlace.noted_on))
        .join(
            Exclusion, (col(Exclusion.id) == col(ExclusionPlace.exclusion_id)) & same_region(Exclusion, ExclusionPlace)
        )
        .where(*condition, col(ExclusionPlace.deleted_at).is_(None))
    )
    for key, moment, day in session.connection().execute(statement):
        found[key][moment] = day
    return found
