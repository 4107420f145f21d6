"""Classroom observations: raw scores around a level that rises a little, the computed domains, and some coded twice."""

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
DIFFERENT, STEPS_BESIDE = 0.45, (-2, -1, -1, -1, -1, 1, 1, 1, 1, 2)
"""Share of the scores of a second observer that are not the first one's, and how many steps away they usually are."""
_OBSERVATION = (
    *KEPT, "created_by", *PLACED, "client_uuid", "content_digest", "source", "classroom_id",
    "instrument_code",
    "observed_on", "observer_id", "certified_until", "phase", "cycles",
)  # fmt: skip
_SCORE = ("observation_id", "scale_code", "cycle", "instrument_code", "value", "region_id")
_COMPUTED = ("observation_id", "code", "value", "cycles", "formula_version", "region_id")


class _Tables:
    """Collects the rows of a chunk of sites."""

    def __init__(self) -> None:
        self.observations: list[tuple[Any, ...]] = []
        self.scores: list[tuple[Any, ...]] = []
        self.computed: list[tuple[Any, ...]] = []


def make(order: Order, keys: Keys, sites: list[Place]) -> list[Block]:
    """Give the observations of ``sites``."""
    random, second = order.random(9, sites[0].number), order.random(15, sites[0].number)
    tables = _Tables()
    for site in sites:
        earlier = site.truth == "edition_change" or (site.truth is None and random.random() < EARLIER_EDITION)
        for room in site.rooms[:ROOMS_OBSERVED]:
            level = float(random.normal(0.55, 0.1))
            for turn, day in enumerate(_days(order, random, site)):
                tool = BY_AGE[room.age_group]
                if tool == "class_prek_2" and earlier and turn == 0:
                    tool = "class_prek_1"
                rated = _observe(order, keys, random, tables, site, room, day, tool, level + 0.05 * turn, turn)
                other = _second_observer(sites, site)
                if order.detailed and room is site.rooms[0] and other:
                    _store(keys, tables, site, room, day, tool, _again(second, tool, rated), turn, other)
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
    day: date, code: str, level: float, turn: int,
) -> list[dict[str, float]]:  # fmt: skip
    """Add an observation by the site's consultant and give what was rated."""
    tool = instrument(code)
    cycles = tool.cycles_usual if order.detailed else min(2, tool.cycles_usual)
    rated = [_cycle(random, tool, level) for _ in range(cycles)]
    _store(keys, tables, site, room, day, code, rated, turn, site.consultant_id)
    return rated


def _store(
    keys: Keys, tables: _Tables, site: Place, room: Room, day: date, code: str, rated: list[dict[str, float]],
    turn: int, observer_id: str,
) -> None:  # fmt: skip
    key, client = keys.take(2)
    phase = ("baseline", "mid", "post")[turn] if turn < 3 else "follow_up"
    until = str(day + timedelta(days=200))
    tables.observations.append(
        (
            key, 1, stamp(day), observer_id, *site.placed, client, MARK, "web", room.id, code, str(day),
            observer_id, until, phase, len(rated),
        )
    )  # fmt: skip
    tables.scores += [
        (key, scale, number, code, value, site.region_id)
        for number, ratings in enumerate(rated, start=1)
        for scale, value in ratings.items()
    ]
    tables.computed += [
        (key, domain.code, domain.value, domain.n_cycles, domain.formula_version, site.region_id)
        for domain in score_domains(scoring_of(instrument(code)), rated).values()
    ]


def _second_observer(sites: list[Place], site: Place) -> str | None:
    """Give a consultant who observes beside the site's own, of the same region where there is another, or None."""
    near = sorted(sites, key=lambda one: one.region != site.region)
    return next((one.consultant_id for one in near if one.consultant_id != site.consultant_id), None)


def _again(random: np.random.Generator, code: str, rated: list[dict[str, float]]) -> list[dict[str, float]]:
    """Give what a second observer rates who saw the same: mostly the same score, sometimes beside it."""
    scales = {scale.code: scale for scale in instrument(code).scales}
    return [{name: _beside(random, scales[name], value) for name, value in cycle.items()} for cycle in rated]


def _beside(random: np.random.Generator, scale: Scale, value: float) -> float:
    steps = int(random.choice(STEPS_BESIDE)) if random.random() < DIFFERENT else 0
    return round(min(max(value + steps * scale.step, scale.minimum), scale.maximum), 4)


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
