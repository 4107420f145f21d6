"""Enrolment per classroom and month, whole and by group: the denominators, some missing on purpose."""

from datetime import date
from typing import Any

import numpy as np

from db.demo.children import RACES, SEXES, YES_NO, Children
from db.demo.order import Block, Keys, Order, blocks, stamp
from db.demo.places import KEPT, PLACED, Place, Room
from db.rollups import month_after

ONLY_ENROLMENT = 0.10
"""Share of sites that know how many children are enrolled, but not the open days."""
ATTENDANCE_KNOWN = 0.15
"""Share of sites that know the attended child-days."""
FORGOTTEN = 0.02
"""Share of classroom months for which nobody entered anything."""
_ENROLMENT = (
    *KEPT, *PLACED, "classroom_id", "month", "enrolled_average", "attended_child_days", "open_days"
)  # fmt: skip
_GROUP = (*KEPT, *PLACED, "classroom_id", "month", "dimension", "category", "children")


def make(order: Order, keys: Keys, children: Children) -> list[Block]:
    """Give the enrolments of the classrooms of ``children``."""
    random = order.random(5, children.rooms[0][0].number)
    months = order.month_starts()
    wanted_groups = [order.detailed or month.month % 3 == 1 for month in months]
    enrolments: list[tuple[Any, ...]] = []
    groups: list[tuple[Any, ...]] = []
    kind_of: dict[str, float] = {}
    for number, (site, room) in enumerate(children.rooms):
        kind = kind_of.setdefault(site.id, float(random.random()))
        chances = random.random((len(months), 2))
        if site.truth == "no_denominator":
            continue
        for index, month in enumerate(months):
            if site.truth is None and chances[index, 0] < FORGOTTEN:
                continue
            enrolled = room.enrolled - int(3 * chances[index, 1])
            enrolments.append(_enrolment(site, room, month, enrolled, len(site.open_days[index]), kind))
            if wanted_groups[index]:
                groups += _groups(site, room, month, enrolled, children, number)
    return blocks(
        ("enrolment", _ENROLMENT, _with_keys(keys, enrolments)),
        ("enrolment_group", _GROUP, _with_keys(keys, groups)),
    )


def _with_keys(keys: Keys, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [(key, *row) for key, row in zip(keys.take(len(rows)), rows, strict=True)]


def _enrolment(site: Place, room: Room, month: date, enrolled: int, open_days: int, kind: float) -> tuple[Any, ...]:
    attended = None
    if site.truth is None and kind > 1 - ATTENDANCE_KNOWN:
        attended = float(round(enrolled * open_days * 0.88))
    known_days = None if site.truth is None and kind < ONLY_ENROLMENT else open_days
    created = stamp(month_after(month))
    return (1, created, *site.placed, room.id, str(month), float(enrolled), attended, known_days)


def _groups(
    site: Place, room: Room, month: date, enrolled: int, children: Children, number: int
) -> list[tuple[Any, ...]]:
    """Give how many of the first ``enrolled`` children are in each group; empty groups are left out."""
    head = (1, stamp(month_after(month)), *site.placed, room.id, str(month))
    rows: list[tuple[Any, ...]] = []
    for dimension, categories, codes in (
        ("race", RACES, children.race),
        ("sex", SEXES, children.sex),
        ("iep", YES_NO, children.iep),
        ("dll", YES_NO, children.dll),
    ):
        counts = np.bincount(codes[number, :enrolled], minlength=len(categories)).tolist()
        rows += [
            (*head, dimension, category, count) for category, count in zip(categories, counts, strict=True) if count
        ]
    return rows
