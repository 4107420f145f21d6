"""Measures of the children for whom consultation was asked: before, and for most of them after."""

from datetime import date, timedelta
from typing import Any

import numpy as np

from db.demo.order import MARK, Block, Keys, Order, blocks, stamp
from db.demo.places import KEPT, PLACED, Place
from db.instruments import Instrument, Scale, instrument
from db.rollups import month_after, month_of

PLANTED = {"improves": 0.125, "stays": 0.0}
"""By how much of the range of each scale the concern falls at the sites with a truth: 5 of the 40 points of the SDQ."""
PLANTED_CHILDREN = 12
PLANTED_TOOL = "sdq_4_17"
ELSEWHERE = 0.04
"""Consultation is asked for at the worst moment: some improvement comes anyway."""
FEWEST, MOST = 2, 5
AFTER_DAYS = 140
MEASURED_AGAIN = 0.85
TOOLS = ("sdq_4_17", "deca_p2", "sdq_2_4", "perm")
"""What sites use, in turn."""
SDQ_PARTS = ("emotional", "conduct", "hyperactivity", "peer")
LEVEL, BETWEEN, NOISE = 0.48, 0.1, 0.05
"""The usual concern on a scale from 0 to 1, how far children differ, and how far two ratings of one child do."""
_MEASURE = (
    *KEPT, "created_by", *PLACED, "client_uuid", "content_digest", "source", "child_key", "permission_on",
    "instrument_code", "measured_on", "respondent", "phase", "recorded_by",
)  # fmt: skip
_SCORE = ("child_measure_id", "scale_code", "instrument_code", "value", "region_id")
Row = tuple[Any, ...]


def make(order: Order, keys: Keys, sites: list[Place]) -> list[Block]:
    """Give the children's measures of ``sites``."""
    random = order.random(16, sites[0].number)
    measures: list[Row] = []
    scores: list[Row] = []
    for site in sites:
        planted = site.truth in PLANTED
        count = PLANTED_CHILDREN if planted else int(random.integers(FEWEST, MOST + 1))
        tool = instrument(PLANTED_TOOL if planted else TOOLS[site.number % len(TOOLS)])
        fall = PLANTED[str(site.truth)] if planted else ELSEWHERE
        for child in _children(site, count):
            level = float(random.normal(LEVEL, BETWEEN))
            first, last = _days(order, site, random)
            again = planted or random.random() < MEASURED_AGAIN
            for phase, day, concern in (("baseline", first, level), ("post", last, level - fall)):
                if day >= order.until or (phase == "post" and not again):
                    continue
                key = keys.one()
                measures.append(
                    (
                        key, 1, stamp(day), site.consultant_id, *site.placed, keys.one(), MARK, "web", child,
                        str(first - timedelta(days=3)), tool.code, str(day), tool.respondent, phase,
                        site.consultant_id,
                    )
                )  # fmt: skip
                scores += [
                    (key, code, tool.code, value, site.region_id)
                    for code, value in _scores(tool, concern, random).items()
                ]
    return blocks(("child_measure", _MEASURE, measures), ("child_score", _SCORE, scores))


def _children(site: Place, count: int) -> list[str]:
    """Give the keys of some children, as their incidents name them: in turn from every room."""
    rooms = len(site.rooms)
    return [f"R{child % rooms + 1}-{child // rooms + 1:02d}" for child in range(count)]


def _days(order: Order, site: Place, random: np.random.Generator) -> tuple[date, date]:
    """Give the days before and after: as consultation begins, and early in a month about five months later."""
    first = max(site.start, order.first_day + timedelta(days=3)) + timedelta(days=int(random.integers(3, 20)))
    last = month_after(month_of(max(site.start, order.first_day) + timedelta(days=AFTER_DAYS)))
    return _weekday(first), _weekday(last + timedelta(days=int(random.integers(4, 24))))


def _weekday(day: date) -> date:
    return day - timedelta(days=max(0, day.weekday() - 4))


def _scores(tool: Instrument, concern: float, random: np.random.Generator) -> dict[str, float]:
    rated = random.normal(concern, NOISE, len(tool.scales)).tolist()
    found = {scale.code: _score(scale, one) for scale, one in zip(tool.scales, rated, strict=True)}
    if tool.family == "sdq":
        found["total"] = sum(found[part] for part in SDQ_PARTS)
    return found


def _score(scale: Scale, concern: float) -> float:
    """Give the value of a scale at a concern from 0 to 1, on one of its steps."""
    concern = min(max(concern, 0.0), 1.0)
    share = concern if scale.direction == "lower_better" else 1 - concern
    steps = round((scale.maximum - scale.minimum) / scale.step)
    return round(scale.minimum + scale.step * round(share * steps), 4)
