"""Classroom quality of sites over time, as means that no single teacher can be read from."""

import uuid
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlmodel import Session, col

from db.actor import Actor
from db.models.instruments import Observation
from db.period import Period
from db.quality_rounds import FEWEST_ROOMS, round_means, whole_quarters


class QualityRound(NamedTuple):
    """The mean of one domain over the rooms observed in one quarter. ``value`` is None when ``hidden``."""

    instrument_code: str
    code: str
    first_on: date
    last_on: date
    rooms: int
    value: float | None
    hidden: bool


def quality_rounds(session: Session, actor: Actor, period: Period, site_id: uuid.UUID) -> list[QualityRound]:
    """Give the site's means per instrument, domain and quarter, in order of time.

    A quarter is always taken whole: cutting it would let a mean of three rooms be compared with one of two.
    An instrument without domains gives its scales.
    """
    rounds = round_means(actor, whole_quarters(period), col(Observation.site_id) == site_id)
    statement = select(rounds).order_by(rounds.c.first_on, rounds.c.instrument_code, rounds.c.code)
    found = []
    for row in session.connection().execute(statement):
        hidden = not row.opens and row.rooms < FEWEST_ROOMS
        found.append(
            QualityRound(
                row.instrument_code, row.code, row.first_on, row.last_on, row.rooms,
                None if hidden else float(row.value), hidden,
            )
        )  # fmt: skip
    return found
