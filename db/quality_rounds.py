"""How observations become means that no single teacher can be read from: per site, domain and whole quarter."""

from typing import Any

from sqlalchemy import Integer, case, cast, extract, func, select, union_all
from sqlmodel import col

from db import access
from db.actor import Actor
from db.current_scores import current_scores
from db.instruments import instruments_of
from db.models.instruments import Observation, Score
from db.period import Period
from db.regions import same_region

FEWEST_ROOMS = 2
"""A mean of one room is one pair of teachers: shown only to whoever may read the observation itself."""
MONTHS_OF_A_ROUND = 3


def whole_quarters(period: Period) -> Period:
    """Give the period widened to the first month of the quarter in which it starts."""
    first = period.start.month - (period.start.month - 1) % MONTHS_OF_A_ROUND
    return Period(period.start.replace(month=first), period.end)


def round_means(actor: Actor, period: Period, *conditions: Any) -> Any:
    """Give the subquery of means per site, instrument, domain and quarter that the actor's aggregates reach.

    Columns: site_id, instrument_code, code, first_on, last_on, rooms, value, opens (may read the rows).
    """
    reached = (
        col(Observation.observed_on) >= period.start,
        col(Observation.observed_on) < period.end,
        col(Observation.deleted_at).is_(None),
        _within(actor, "aggregates"),
        *conditions,
    )
    computed = current_scores()
    domains = (
        select(*_observed(), computed.c.code, computed.c.value)
        .join(computed, (computed.c.observation_id == col(Observation.id)) & same_region(computed, Observation))
        .where(*reached, computed.c.value.is_not(None))
    )
    plain = [tool.code for tool in instruments_of("observation") if not tool.domains]
    scales = (
        select(*_observed(), col(Score.scale_code), col(Score.value))
        .join(Score, (col(Score.observation_id) == col(Observation.id)) & same_region(Score, Observation))
        .where(*reached, col(Observation.instrument_code).in_(plain))
    )
    scored = union_all(domains, scales).subquery()
    return (
        select(
            scored.c.site_id,
            scored.c.instrument_code,
            scored.c.code,
            func.min(scored.c.observed_on).label("first_on"),
            func.max(scored.c.observed_on).label("last_on"),
            func.count(scored.c.classroom_id.distinct()).label("rooms"),
            func.avg(scored.c.value).label("value"),
            _within(actor, "observation", scored.c.site_id, scored.c.region_id).label("opens"),
        )
        .group_by(scored.c.site_id, scored.c.region_id, scored.c.instrument_code, scored.c.code, scored.c.quarter)
        .subquery("rounds")
    )


def _observed() -> tuple[Any, ...]:
    day = col(Observation.observed_on)
    month = cast(extract("month", day), Integer)
    third = case((month <= 3, 0), (month <= 6, 1), (month <= 9, 2), else_=3)
    quarter = cast(extract("year", day), Integer) * 4 + third
    return (
        col(Observation.site_id).label("site_id"),
        col(Observation.region_id).label("region_id"),
        col(Observation.classroom_id).label("classroom_id"),
        col(Observation.instrument_code).label("instrument_code"),
        day.label("observed_on"),
        quarter.label("quarter"),
    )


def _within(actor: Actor, thing: Any, site_id: Any = None, region_id: Any = None) -> Any:
    return access.within(
        actor,
        thing,
        "see",
        site_id=col(Observation.site_id) if site_id is None else site_id,
        region_id=col(Observation.region_id) if region_id is None else region_id,
    )
