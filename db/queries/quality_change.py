"""Scores of single observations, for those who may see these: coded twice, and before and after."""

import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, select, union_all
from sqlmodel import Session, col

from analytics.room_pairs import MOST_DAYS
from db import access
from db.actor import Actor
from db.current_scores import current_scores
from db.instruments import instruments_of
from db.models.instruments import Observation, Score
from db.models.organisation import Site
from db.period import Period
from db.regions import same_region

AT_ONCE = 500
"""Keys in one statement."""
About = tuple[str, uuid.UUID, date]


class ObservedScore(NamedTuple):
    """One domain score of an observation (a scale's mean over the cycles, where the instrument has no domains)."""

    instrument_code: str
    code: str
    classroom_id: uuid.UUID
    observed_on: date
    phase: str
    value: float


class CodedTwice(NamedTuple):
    """Two observations of one room on one day with one instrument, by two people.

    ``cycles`` hold for each scale the pairs (first, second) of scores, ``totals`` the two scores of each domain.
    """

    instrument_code: str
    classroom_id: uuid.UUID
    observed_on: date
    cycles: Mapping[str, list[tuple[float, float]]]
    totals: Mapping[str, tuple[float, float]]


def phase_scores(
    session: Session,
    actor: Actor,
    period: Period,
    site_id: uuid.UUID | None = None,
    region_id: uuid.UUID | None = None,
    program_id: uuid.UUID | None = None,
) -> list[ObservedScore]:
    """Give the scores of the observations of a period and of the 400 days before it, oldest first."""
    reached = _reached(actor, period, site_id, timedelta(days=MOST_DAYS))
    if region_id is not None:
        reached.append(col(Observation.region_id) == region_id)
    if program_id is not None:
        reached.append(col(Observation.site_id).in_(select(col(Site.id)).where(col(Site.program_id) == program_id)))
    scored = _scores().subquery()
    statement = (
        select(
            col(Observation.instrument_code), scored.c.code, col(Observation.classroom_id),
            col(Observation.observed_on), col(Observation.phase), scored.c.value,
        )
        .join(scored, (scored.c.observation_id == col(Observation.id)) & same_region(scored, Observation))
        .where(*reached, scored.c.value.is_not(None))
        .order_by(col(Observation.observed_on), col(Observation.id))
    )  # fmt: skip
    return [ObservedScore(*row) for row in session.connection().execute(statement)]


def coded_twice(session: Session, actor: Actor, period: Period, site_id: uuid.UUID | None = None) -> list[CodedTwice]:
    """Give the observations of a period that two people made of the same room, day and instrument.

    Of three people the two whose keys come first are taken, so that every observation counts once.
    """
    pairs = _pairs(session, _reached(actor, period, site_id))
    ids = [key for pair in pairs.values() for key in pair]
    raw: dict[uuid.UUID, dict[tuple[str, int], float]] = {key: {} for key in ids}
    totals: dict[uuid.UUID, dict[str, float]] = {key: {} for key in ids}
    run, scored = session.connection().execute, _scores().subquery()
    for at in range(0, len(ids), AT_ONCE):
        some = ids[at : at + AT_ONCE]
        given = select(col(Score.observation_id), col(Score.scale_code), col(Score.cycle), col(Score.value))
        for key, scale, cycle, value in run(given.where(col(Score.observation_id).in_(some))):
            raw[key][scale, cycle] = value
        whole = select(scored.c.observation_id, scored.c.code, scored.c.value)
        for key, code, value in run(whole.where(scored.c.observation_id.in_(some), scored.c.value.is_not(None))):
            totals[key][code] = value
    return [
        CodedTwice(tool, room, day, _cycles(raw[one], raw[two]), _both(totals[one], totals[two]))
        for (tool, room, day), (one, two) in pairs.items()
    ]


def _pairs(session: Session, reached: list[Any]) -> dict[About, tuple[uuid.UUID, uuid.UUID]]:
    """Give the two observations by instrument, room and day. The same two people keep the same places."""
    tool, room, day = col(Observation.instrument_code), col(Observation.classroom_id), col(Observation.observed_on)
    doubled = (
        select(tool.label("tool"), col(Observation.region_id), room.label("room"), day.label("day"))
        .where(*reached)
        .group_by(tool, col(Observation.region_id), room, day)
        .having(func.count(col(Observation.observer_id).distinct()) > 1)
        .subquery()
    )
    rows = session.connection().execute(
        select(col(Observation.id), tool, room, day, col(Observation.observer_id))
        .join(
            doubled,
            same_region(doubled, Observation)
            & (tool == doubled.c.tool)
            & (room == doubled.c.room)
            & (day == doubled.c.day),
        )
        .where(*reached)
        .order_by(tool, day, room, col(Observation.observer_id), col(Observation.id))
    )
    found: dict[About, dict[uuid.UUID, uuid.UUID]] = {}
    for key, code, classroom_id, on, observer in rows:
        found.setdefault((code, classroom_id, on), {}).setdefault(observer, key)
    people = {about: list(keys.values()) for about, keys in found.items()}
    return {about: (keys[0], keys[1]) for about, keys in people.items()}


def _cycles(
    first: Mapping[tuple[str, int], float], second: Mapping[tuple[str, int], float]
) -> dict[str, list[tuple[float, float]]]:
    found: dict[str, list[tuple[float, float]]] = {}
    for scale, cycle in sorted(first.keys() & second.keys()):
        found.setdefault(scale, []).append((first[scale, cycle], second[scale, cycle]))
    return found


def _both(first: Mapping[str, float], second: Mapping[str, float]) -> dict[str, tuple[float, float]]:
    return {code: (first[code], second[code]) for code in sorted(first.keys() & second.keys())}


def _reached(actor: Actor, period: Period, site_id: uuid.UUID | None, earlier: timedelta = timedelta()) -> list[Any]:
    conditions = [
        access.within(
            actor, "observation", "see", site_id=col(Observation.site_id), region_id=col(Observation.region_id),
            owner_id=col(Observation.observer_id),
        ),
        col(Observation.deleted_at).is_(None),
        col(Observation.observed_on) >= period.start - earlier,
        col(Observation.observed_on) < period.end,
    ]  # fmt: skip
    return conditions if site_id is None else [*conditions, col(Observation.site_id) == site_id]


def _scores() -> Any:
    """Give observation_id, region_id, code and value: domain scores, or means over cycles without domains."""
    computed = current_scores()
    plain = [tool.code for tool in instruments_of("observation") if not tool.domains]
    return union_all(
        select(computed.c.observation_id, computed.c.region_id, computed.c.code, computed.c.value),
        select(
            col(Score.observation_id), col(Score.region_id), col(Score.scale_code).label("code"),
            func.avg(col(Score.value)).label("value"),
        )
        .where(col(Score.instrument_code).in_(plain))
        .group_by(col(Score.observation_id), col(Score.scale_code), col(Score.region_id)),
    )  # fmt: skip
