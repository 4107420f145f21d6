"""Incidents with what was ticked, and the exclusions that some led to, made as arrays of many at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from db.demo.children import PLACES_PER_ROOM, RACES, SEXES, YES_NO, Children
from db.demo.exclusions import exclusion_rows
from db.demo.order import MARK, Block, Keys, Order, blocks
from db.demo.places import KEPT, PLACED
from db.demo.truths import UNEQUAL, UNEQUAL_RACE, change_month

Whole = NDArray[np.int64]

ACTIVITIES: dict[str, tuple[float, tuple[int, ...]]] = {
    "transition": (0.17, (8, 9, 10, 11, 12, 15)),
    "centers": (0.19, (9, 9, 10, 15, 16)),
    "large_group": (0.13, (9, 9, 10, 14)),
    "outdoor_play": (0.12, (10, 11, 11, 16)),
    "meals": (0.10, (8, 11, 12, 12, 15)),
    "quiet_time": (0.09, (12, 13, 13, 14)),
    "clean_up": (0.07, (10, 11, 16)),
    "small_group": (0.05, (9, 10, 14)),
    "arrival": (0.03, (7, 8)),
    "departure": (0.03, (16, 17)),
    "self_care": (0.02, (9, 12, 15)),
}
"""Share of incidents and typical hours of each activity."""
BEHAVIOURS = {
    "physical_aggression": 0.36, "disruption_tantrum": 0.20, "non_compliance": 0.12, "unsafe_behaviour": 0.08,
    "running_away": 0.07, "verbal_aggression": 0.05, "property_damage": 0.04, "inconsolable_crying": 0.04,
    "social_withdrawal": 0.02, "self_injury": 0.02,
}  # fmt: skip
RESPONSES = {
    "redirect": 0.27, "verbal_reminder": 0.22, "physical_comfort": 0.13, "time_with_teacher": 0.12,
    "reteach": 0.09,
    "move_within_group": 0.07, "remove_from_activity": 0.06, "family_contact": 0.04,
}  # fmt: skip
FOLLOWUPS = {
    None: 0.75, "contact_family": 0.12, "behaviour_consultation": 0.06, "family_meeting": 0.05, "targeted_group": 0.02,
}  # fmt: skip
OTHERS = {"peers": 0.62, "teacher": 0.28, "assistant_teacher": 0.10}
MOTIVATIONS = {
    "not_known": 0.70, "obtain_item": 0.11, "avoid_task": 0.07, "adult_attention": 0.06,
    "peer_attention": 0.06,
}  # fmt: skip
SEVERITIES = {None: 0.30, "low": 0.36, "moderate": 0.25, "high": 0.08, "severe": 0.01}
DURATIONS = {
    None: 0.4,
    "under_1": 0.15,
    "min_1_5": 0.30,
    "min_5_10": 0.10,
    "min_10_20": 0.04,
    "over_20": 0.01,
}
INJURIES = {None: 0.5, "none": 0.43, "peer": 0.05, "child": 0.01, "adult": 0.01}
EFFECTS = {None: 0.5, "stopped": 0.26, "reduced": 0.16, "none": 0.06, "escalated": 0.02}
REPORTERS = {None: 0.2, "teacher": 0.5, "assistant": 0.2, "director": 0.1}
DESCRIPTIONS = {
    "": 0.85,
    "Two children wanted the same toy; an adult stayed close and helped them take turns.": 0.05,
    "The group waited longer than usual; a walk to the window with a teacher helped.": 0.05,
    "The room was loud; a quiet corner and a calm voice helped after a while.": 0.05,
}
SECOND_BEHAVIOUR, RESPONDED, OTHERS_THERE = 0.13, 0.95, 0.45
FEW_CHILDREN = 1.2
"""How strongly incidents gather on few children: the weight of the n-th child is n to minus this power."""
_COLUMNS = (
    *KEPT, "created_by", *PLACED, "client_uuid", "content_digest", "source", "classroom_id", "recorded_by",
    "occurred_on", "occurred_at", "hour", "weekday", "child_key", "permission_on", "child_sex", "child_iep",
    "child_dll", "primary_behaviour", "activity", "motivation", "severity", "duration_band", "injury",
    "effect",
    "reported_by_role", "description",
)  # fmt: skip
_CHOICE = ("incident_id", "list", "code", "region_id")


@dataclass(frozen=True)
class Drawn:
    """Which classroom, day and child every incident belongs to; ``late`` is after a planted change."""

    room: Whole
    day: Whole
    child: Whole
    late: NDArray[np.bool_]

    @property
    def count(self) -> int:
        """How many incidents there are."""
        return len(self.room)


def make(order: Order, keys: Keys, children: Children, counts: Whole) -> list[Block]:
    """Give the incidents of the classrooms of ``children``: as many in each month as ``counts`` says."""
    random = order.random(7, children.rooms[0][0].number)
    days = [day for site, _room in children.rooms for month in site.open_days for day in month]
    drawn = _draw(order, random, children, counts)
    if not drawn.count:
        return []
    ids, client_ids = keys.take(drawn.count), keys.take(drawn.count)
    activity = _activities(random, drawn, children)
    severity = _severities(random, drawn, children)
    behaviour = _codes(random, BEHAVIOURS, drawn.count)
    keyed = children.with_key.ravel()[drawn.child]
    known = keyed.tolist()
    dates, weekday = [str(day) for day in days], np.array([day.weekday() for day in days])
    occurred = _taken(dates, drawn.day)
    hour, clock = _clock(random, activity)
    permission = str(order.first_day - timedelta(days=20))
    rooms = drawn.room.tolist()
    recorder = np.where(random.random(drawn.count) < 0.6, 1, 0).tolist()
    people = [(site.consultant_id, site.director_id) for site, _room in children.rooms]
    recorded_by = [people[room][who] for room, who in zip(rooms, recorder, strict=True)]
    regions = [children.rooms[room][0].region_id for room in rooms]
    rows = list(
        zip(
            ids, repeat(1), [f"{day} 21:00:00.000000" for day in occurred], recorded_by,
            regions,
            [children.rooms[room][0].id for room in rooms],
            client_ids, repeat(MARK), repeat("web"), [children.rooms[room][1].id for room in rooms],
            recorded_by,
            occurred, clock, hour.tolist(), weekday[drawn.day].tolist(),
            _where(known, _taken(children.keys, drawn.child)), _where(known, repeat(permission)),
            _where(known, _taken(SEXES, children.sex.ravel()[drawn.child])),
            _where(known, _taken(YES_NO, children.iep.ravel()[drawn.child])),
            _where(known, _taken(YES_NO, children.dll.ravel()[drawn.child])),
            behaviour, _taken(tuple(ACTIVITIES), activity), _codes(random, MOTIVATIONS, drawn.count),
            severity,
            _codes(random, DURATIONS, drawn.count), _codes(random, INJURIES, drawn.count),
            _codes(random, EFFECTS, drawn.count), _codes(random, REPORTERS, drawn.count),
            _codes(random, DESCRIPTIONS, drawn.count),
        )
    )  # fmt: skip
    races = _where(known, _taken(RACES, children.race.ravel()[drawn.child]))
    choices = _choices(random, ids, regions, behaviour, races, _followups(order, children, drawn.count))
    excluded = exclusion_rows(
        random, keys, rows, [children.rooms[room][0].truth for room in rooms], drawn.late, _unequal(children, drawn)
    )
    return blocks(("incident", _COLUMNS, rows), ("incident_choice", _CHOICE, choices), excluded)


def _draw(order: Order, random: np.random.Generator, children: Children, counts: Whole) -> Drawn:
    """Share the counts out over open days and children."""
    lengths = np.array([[len(month) for month in site.open_days] for site, _room in children.rooms])
    starts = (np.cumsum(lengths.ravel()) - lengths.ravel()).reshape(lengths.shape)
    cells = counts.ravel()
    cell = np.repeat(np.arange(len(cells)), cells)
    room, month = np.divmod(cell, counts.shape[1])
    day = starts.ravel()[cell] + (random.random(len(cell)) * lengths.ravel()[cell]).astype(np.int64)
    enrolled = np.array([one.enrolled for _site, one in children.rooms])
    weights = np.arange(1, PLACES_PER_ROOM + 1) ** -FEW_CHILDREN
    reach = np.cumsum(weights)
    child = np.searchsorted(reach, random.random(len(cell)) * reach[enrolled[room] - 1], side="right")
    child = np.minimum(child, enrolled[room] - 1) + room * PLACES_PER_ROOM
    return Drawn(room, day, child, month >= change_month(order))


def _activities(random: np.random.Generator, drawn: Drawn, children: Children) -> Whole:
    """Draw activities with shares that differ from site to site."""
    sites = list(dict.fromkeys(site.number for site, _room in children.rooms))
    shares = np.array([share for share, _hours in ACTIVITIES.values()])
    bounds = np.cumsum(random.dirichlet(40 * shares / shares.sum(), size=len(sites)), axis=1)
    site_of_room = np.array([sites.index(site.number) for site, _room in children.rooms])
    mine = bounds[site_of_room[drawn.room]]
    chance = random.random(drawn.count)
    beyond: Whole = (chance[:, None] > mine).sum(axis=1)
    return np.minimum(beyond, len(shares) - 1)


def _clock(random: np.random.Generator, activity: Whole) -> tuple[Whole, list[str]]:
    """Draw the time of day that goes with the activity, in steps of five minutes."""
    widths = np.array([len(hours) for _share, hours in ACTIVITIES.values()])
    table = np.array([[*hours, *[0] * (widths.max() - len(hours))] for _share, hours in ACTIVITIES.values()])
    hour = table[activity, (random.random(len(activity)) * widths[activity]).astype(np.int64)]
    minute = 5 * random.integers(0, 12, len(activity))
    written = [f"{number // 60:02d}:{number % 60:02d}:00.000000" for number in range(24 * 60)]
    return hour, _taken(written, hour * 60 + minute)


def _severities(random: np.random.Generator, drawn: Drawn, children: Children) -> list[Any]:
    """Draw severities; what a site adds by reporting more is mild."""
    drawn_codes = _codes(random, SEVERITIES, drawn.count)
    more = np.array([site.truth == "reports_more" for site, _room in children.rooms])[drawn.room]
    mild = (more & drawn.late & (random.random(drawn.count) < 0.5)).tolist()
    return ["low" if is_mild else code for is_mild, code in zip(mild, drawn_codes, strict=True)]


def _unequal(children: Children, drawn: Drawn) -> NDArray[np.bool_]:
    """Give which incidents are of children who are planted to lose care more often."""
    there = np.array([site.region == UNEQUAL.site for site, _room in children.rooms])[drawn.room]
    planted: NDArray[np.bool_] = there & (children.race.ravel()[drawn.child] == RACES.index(UNEQUAL_RACE))
    return planted


def _followups(order: Order, children: Children, count: int) -> list[Any]:
    """Draw what followed; from a stream of its own, so that all else stays as it was before there were any."""
    return _codes(order.random(12, children.rooms[0][0].number), FOLLOWUPS, count)


def _choices(
    random: np.random.Generator, ids: list[str], regions: list[str], behaviour: list[Any], races: list[Any],
    followups: list[Any],
) -> list[tuple[Any, ...]]:  # fmt: skip
    """Give what was ticked, in the order of the table's key: rows that arrive sorted are cheap to store."""
    count = len(ids)
    second = _codes(random, BEHAVIOURS, count)
    also = (random.random(count) < SECOND_BEHAVIOUR).tolist()
    others = _where((random.random(count) < OTHERS_THERE).tolist(), _codes(random, OTHERS, count))
    responses = _where((random.random(count) < RESPONDED).tolist(), _codes(random, RESPONSES, count))
    rows: list[tuple[Any, ...]] = []
    for key, region, first, two, other, next_code, race, response, followup in zip(
        ids, regions, behaviour, also, others, second, races, responses, followups, strict=True
    ):
        if followup:
            rows.append((key, "admin_followup", followup, region))
        rows.append((key, "behaviour", first, region))
        if two and next_code != first:
            rows.append((key, "behaviour", next_code, region))
        if other:
            rows.append((key, "others_involved", other, region))
        if race:
            rows.append((key, "race", race, region))
        if response:
            rows.append((key, "response", response, region))
    return rows


def _codes(random: np.random.Generator, shares: dict[Any, float], count: int) -> list[Any]:
    """Draw ``count`` codes by their shares."""
    bounds = np.cumsum(list(shares.values()))[:-1]
    return _taken(tuple(shares), np.searchsorted(bounds, random.random(count), side="right"))


def _taken(values: Sequence[Any], indexes: Whole) -> list[Any]:
    return [values[index] for index in indexes.tolist()]


def _where(wanted: list[bool], values: Any) -> list[Any]:
    return [value if keep else None for keep, value in zip(wanted, values, strict=False)]
