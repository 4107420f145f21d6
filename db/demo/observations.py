"""Classroom observations: raw scores around a level that rises a little, and the computed domains."""

from datetime import date, timedelta
from typing import Any

import numpy as np

from analytics.scoring import score_domains
from db.demo.order import MARK, Block, Keys, Order, blocks, stamp
from db.demo.places import KEPT, PLACED, Place, Room
from db.instruments import Instrument, Scale, instrument
from db.instruments.scoring import scoring_of

APART = 182
"""Days between two observations of a room."""
ROOMS_OBSERVED = 2
BY_AGE = {
    "infant": "class_infant",
    "toddler": "class_toddler",
    "preschool": "class_prek_2",
    "mixed": "class_toddler",
}
OTHER_TOOLS = ("tpot", "tpot", "ecers3", "child", "arnett_cis")
"""What some sites use besides CLASS, in turn."""
EARLIER_EDITION = 0.25
"""Share of sites whose first observation used the first edition of CLASS Pre-K."""
USUAL = {
    "positive_climate": 0.2, "teacher_sensitivity": 0.15, "behaviour_management": 0.15, "productivity": 0.2,
    "negative_climate": 0.2, "concept_development": -0.25, "quality_of_feedback": -0.25,
    "language_modelling": -0.2, "facilitation_of_learning": -0.15,
}  # fmt: skip
"""How far some scales lie from the room's level in most rooms: climate above, instruction below."""
_OBSERVATION = (
    *KEPT, "created_by", *PLACED, "client_uuid", "content_digest", "source", "classroom_id",
    "instrument_code",
    "observed_on", "observer_id", "certified_until", "phase", "cycles",
)  # fmt: skip
_SCORE = ("observation_id", "scale_code", "cycle", "instrument_code", "value")
_COMPUTED = ("observation_id", "code", "value", "cycles", "formula_version")


class _Tables:
    """Collects the rows of a chunk of sites."""

    def __init__(self) -> None:
        self.observations: list[tuple[Any, ...]] = []
        self.scores: list[tuple[Any, ...]] = []
        self.computed: list[tuple[Any, ...]] = []


def make(order: Order, keys: Keys, sites: list[Place]) -> list[Block]:
    """Give the observations of ``sites``."""
    random = order.random(9, sites[0].number)
    tables = _Tables()
    for site in sites:
        earlier = site.truth == "edition_change" or (site.truth is None and random.random() < EARLIER_EDITION)
        for room in site.rooms[:ROOMS_OBSERVED]:
            level = float(random.normal(0.55, 0.1))
            for turn, day in enumerate(_days(order, random, site)):
                tool = BY_AGE[room.age_group]
                if tool == "class_prek_2" and earlier and turn == 0:
                    tool = "class_prek_1"
                _observe(order, keys, random, tables, site, room, day, tool, level + 0.05 * turn, turn)
        if site.number % 3 == 0:
            tool = OTHER_TOOLS[site.number // 3 % len(OTHER_TOOLS)]
            for turn, day in enumerate(_days(order, random, site)):
                _observe(order, keys, random, tables, site, site.rooms[0], day, tool, 0.6 + 0.05 * turn, turn)
    return blocks(
        ("observation", _OBSERVATION, tables.observations),
        ("score", _SCORE, tables.scores),
        ("computed_score", _COMPUTED, tables.computed),
    )


def _days(order: Order, random: np.random.Generator, site: Place) -> list[date]:
    """Give the days of a room's observations: as consultation starts (or the period), then twice a year."""
    day = max(site.start, order.first_day) + timedelta(days=int(random.integers(5, 25)))
    if site.truth == "edition_change":
        day = order.first_day + timedelta(days=10)
    found = []
    while day < order.until:
        found.append(next(one for one in (day, day + timedelta(1), day + timedelta(2)) if one.weekday() < 5))
        day += timedelta(days=APART)
    return [day for day in found if day < order.until]


def _observe(
    order: Order, keys: Keys, random: np.random.Generator, tables: _Tables, site: Place, room: Room,
    day: date,
    code: str, level: float, turn: int,
) -> None:  # fmt: skip
    tool = instrument(code)
    cycles = tool.cycles_usual if order.detailed else min(2, tool.cycles_usual)
    key, client = keys.take(2)
    phase = ("baseline", "mid", "post")[turn] if turn < 3 else "follow_up"
    until = str(day + timedelta(days=200))
    tables.observations.append(
        (
            key, 1, stamp(day), site.consultant_id, *site.placed, client, MARK, "web", room.id, code,
            str(day),
            site.consultant_id, until, phase, cycles,
        )
    )  # fmt: skip
    rated = [_cycle(random, tool, level) for _ in range(cycles)]
    tables.scores += [
        (key, scale, number, code, value)
        for number, ratings in enumerate(rated, start=1)
        for scale, value in ratings.items()
    ]
    tables.computed += [
        (key, domain.code, domain.value, domain.n_cycles, domain.formula_version)
        for domain in score_domains(scoring_of(tool), rated).values()
    ]


def _cycle(random: np.random.Generator, tool: Instrument, level: float) -> dict[str, float]:
    chances = random.normal(level, 0.12, len(tool.scales)).tolist()
    return {
        scale.code: _rating(scale, chance + USUAL.get(scale.code, 0.0))
        for scale, chance in zip(tool.scales, chances, strict=True)
    }


def _rating(scale: Scale, level: float) -> float:
    """Give the value of a scale at a level from 0 (poor) to 1 (excellent), on one of its steps."""
    level = min(max(level, 0.0), 1.0)
    if scale.direction == "lower_better":
        level = (1 - level) / 3
    steps = round((scale.maximum - scale.minimum) / scale.step)
    return round(scale.minimum + scale.step * round(level * steps), 4)
