"""Time away without an incident, the steps around every time away, and looks at the child's place afterwards."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from db.demo.exclusions import COLUMNS
from db.demo.order import MARK, Block, Keys, Order, blocks, pick, stamp
from db.demo.places import KEPT, PLACED, Place
from db.exclusion_care import HEAD_START_SETTINGS, MONTHS_AFTER, PLACE_FOLLOWED_FOR, STEPS, STEPS_FOR, months_later

ALONE_A_YEAR = 1.0
"""Times away per site and year for which nobody recorded an incident."""
TYPES = ("reduced_schedule", "asked_to_pick_up", "left_under_pressure", "transfer")
TYPE_SHARES = (0.5, 0.3, 0.12, 0.08)
ALL_STEPS, SOME_STEPS_ELSEWHERE, LOOKED_AT = 0.93, 0.3, 0.75
"""Share of times away in Head Start with every step noted; elsewhere with some; share of due looks that were noted."""
WHO = ("director", "consultant", "teacher", "specialist")
WHERE, WHERE_SHARES = ("same_full", "same_reduced", "better_fit", "elsewhere", "home"), (0.7, 0.12, 0.08, 0.06, 0.04)
_STEP = (*KEPT, "created_by", *PLACED, "exclusion_id", "step", "done_on", "who", "note")
_LOOK = (*KEPT, "created_by", *PLACED, "exclusion_id", "moment", "noted_on", "place")
Row = tuple[Any, ...]


def make(order: Order, keys: Keys, sites: list[Place], happened: Sequence[Block]) -> list[Block]:
    """Give what belongs to the ledger of ``sites`` beside the incidents that ``happened`` there."""
    random = order.random(11, sites[0].number)
    alone = [row for site in sites if site.truth is None for row in _alone(order, keys, random, site)]
    every = [row for block in happened if block.table == "exclusion" for row in block.rows] + alone
    head_start = {site.id for site in sites if site.setting in HEAD_START_SETTINGS}
    steps: list[Row] = []
    looks: list[Row] = []
    for row, chances in zip(every, random.random((len(every), 4)).tolist(), strict=True):
        steps += _steps(row, row[5] in head_start, chances)
        looks += _looks(order, row, chances)
    return blocks(
        ("exclusion", COLUMNS, alone),
        ("exclusion_step", _STEP, _with_keys(keys, steps)),
        ("exclusion_place", _LOOK, _with_keys(keys, looks)),
    )


def _with_keys(keys: Keys, rows: list[Row]) -> list[Row]:
    return [(key, *row) for key, row in zip(keys.take(len(rows)), rows, strict=True)]


def _alone(order: Order, keys: Keys, random: np.random.Generator, site: Place) -> list[Row]:
    days = [day for month in site.open_days for day in month if day >= site.start]
    count = int(random.poisson(ALONE_A_YEAR * len(site.open_days) / 12)) if days else 0
    rows = []
    for chances in random.random((count, 4)).tolist():
        started = days[int(chances[0] * len(days))]
        kind = pick(TYPES, TYPE_SHARES, chances[1])
        hours = {"reduced_schedule": 10.0 + int(chances[2] * 40), "asked_to_pick_up": 1.0 + int(chances[2] * 5)}
        back = min(order.until, started + timedelta(days=20)) if kind == "reduced_schedule" else None
        rows.append(
            (
                keys.one(), 1, stamp(started, 21), site.director_id, *site.placed, keys.one(), MARK, "web", None, kind,
                str(started), str(back) if back else None, hours.get(kind), str(back) if back else None,
                "yes" if chances[3] < 0.6 else "no", "yes", "no", "",
            )
        )  # fmt: skip
    return rows


def _steps(row: Row, head_start: bool, chances: list[float]) -> list[Row]:
    """Give the steps around one time away: in Head Start mostly all, elsewhere some or none."""
    if row[10] not in STEPS_FOR:
        return []
    full = head_start and chances[0] < ALL_STEPS
    some = head_start or chances[0] < SOME_STEPS_ELSEWHERE
    count = len(STEPS) if full else 1 + int(chances[1] * (len(STEPS) - 1)) if some else 0
    return [
        (1, row[2], row[3], row[4], row[5], row[0], step, row[11], WHO[(number + int(chances[2] * 4)) % 4], "")
        for number, step in enumerate(STEPS[:count])
    ]


def _looks(order: Order, row: Row, chances: list[float]) -> list[Row]:
    """Give the looks at a child's place that were due by the last day, most of them noted."""
    if row[10] not in PLACE_FOLLOWED_FOR or chances[3] > LOOKED_AT:
        return []
    start = date.fromisoformat(row[14] or row[12] or row[11])
    due = {moment: months_later(start, months) for moment, months in MONTHS_AFTER.items()}
    return [
        (1, stamp(day), row[3], row[4], row[5], row[0], moment, str(day), pick(WHERE, WHERE_SHARES, chances[1]))
        for moment, day in due.items()
        if day <= order.until
    ]
