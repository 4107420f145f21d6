"""Visits with their classrooms, activities, participants and follow-ups; some did not take place."""

from datetime import date, timedelta
from typing import Any

import numpy as np

from db.demo.order import MARK, Block, Keys, Order, blocks, pick, stamp
from db.demo.places import KEPT, PLACED, Place
from db.demo.visit_words import PROMISES, RECOMMENDATIONS, REFLECTIONS, SUMMARIES

A_MONTH = (2, 3, 3, 4)
"""Visits that a site gets in a month of consultation: one of these numbers."""
OUTCOMES = ("completed", "shortened", "cancelled_site", "cancelled_consultant", "no_show")
OUTCOME_SHARES = (0.84, 0.06, 0.05, 0.02, 0.03)
MODES, MODE_SHARES = ("in_person", "video", "phone"), (0.86, 0.09, 0.05)
REASONS = ("planned", "behaviour", "climate", "staff_stress", "family", "transition")
REASON_SHARES = (0.60, 0.20, 0.07, 0.06, 0.04, 0.03)
ACTIVITIES = (
    "classroom_observation", "teacher_meeting", "in_class_support", "director_meeting", "team_meeting",
    "reflective_group", "action_plan",
)  # fmt: skip
ACTIVITY_SHARES = (0.30, 0.25, 0.15, 0.12, 0.08, 0.05, 0.05)
TIERS, TIER_SHARES = ("promotion", "prevention", "intervention"), (0.45, 0.40, 0.15)
STRATEGIES = (
    "transitions",
    "visual_schedule",
    "emotion_teaching",
    "co_regulation",
    "environment",
    "staff_wellness",
)
OWNERS, OWNER_SHARES = ("consultant", "teacher", "director"), (0.5, 0.35, 0.15)
PROMISED, DONE_IN_TIME, FORGOTTEN_AFTER = 0.4, 0.7, 60
"""Share of visits with a follow-up; share done when due; days after which all are done."""
CHANCES = 20
_VISIT = (
    *KEPT, "created_by", *PLACED, "client_uuid", "content_digest", "source", "consultant_id", "visited_on",
    "started_at", "minutes", "minutes_program", "minutes_classroom", "minutes_child_family", "permission_on",
    "outcome", "mode", "reason", "summary", "recommendations", "reflection", "children_present",
    "travel_minutes",
    "relationship_checkin",
)  # fmt: skip
_FOLLOW_UP = (
    *KEPT, "created_by", *PLACED, "visit_id", "text", "owner", "due_on", "done_at", "done_by"
)  # fmt: skip


class _Tables:
    """Collects the rows of a chunk of sites."""

    def __init__(self) -> None:
        self.visits: list[tuple[Any, ...]] = []
        self.rooms: list[tuple[Any, ...]] = []
        self.choices: list[tuple[Any, ...]] = []
        self.people: list[tuple[Any, ...]] = []
        self.follow_ups: list[tuple[Any, ...]] = []

    def blocks(self) -> list[Block]:
        """Give what was collected, parents first."""
        return blocks(
            ("visit", _VISIT, self.visits),
            ("visit_classroom", ("visit_id", "classroom_id", "site_id", "region_id"), self.rooms),
            ("visit_choice", ("visit_id", "list", "code", "region_id"), self.choices),
            ("visit_participant", ("visit_id", "role", "people", "region_id"), self.people),
            ("follow_up", _FOLLOW_UP, self.follow_ups),
        )


def make(order: Order, keys: Keys, sites: list[Place]) -> list[Block]:
    """Give the visits of ``sites``, each from the start of its consultation on."""
    random = order.random(8, sites[0].number)
    tables = _Tables()
    for site in sites:
        for day in _days(random, site):
            _visit(order, keys, tables, site, day, random.random(CHANCES).tolist())
    return tables.blocks()


def _days(random: np.random.Generator, site: Place) -> list[date]:
    found: list[date] = []
    for month in site.open_days:
        days = [day for day in month if day >= site.start]
        wanted = A_MONTH[int(random.integers(0, len(A_MONTH)))]
        wanted = round(wanted * len(days) / 21)
        if wanted:
            found += [days[index] for index in sorted(random.choice(len(days), wanted, replace=False).tolist())]
    return found


def _visit(order: Order, keys: Keys, tables: _Tables, site: Place, day: date, chance: list[float]) -> None:
    key, client = keys.take(2)
    outcome = pick(OUTCOMES, OUTCOME_SHARES, chance[0])
    held = outcome in ("completed", "shortened")
    minutes, levels, permission = _minutes(order, chance) if held else (0, (0, 0, 0), None)
    summary = SUMMARIES[int(chance[1] * len(SUMMARIES))] if held else ""
    advice = RECOMMENDATIONS[int(chance[2] * len(RECOMMENDATIONS))] if held else ""
    thought = REFLECTIONS[int(chance[3] * 2)] if held and chance[4] < 0.2 else ""
    started = f"{8 + int(chance[5] * 7):02d}:{15 * int(chance[6] * 4):02d}:00.000000"
    tables.visits.append(
        (
            key, 1, stamp(day), site.consultant_id, *site.placed, client, MARK,
            "tablet" if chance[7] < 0.6 else "web",
            site.consultant_id, str(day), started, minutes, *levels, permission, outcome,
            pick(MODES, MODE_SHARES, chance[8]), pick(REASONS, REASON_SHARES, chance[9]), summary, advice,
            thought,
            int(8 + chance[10] * 10) if held else None, 5 * int(chance[11] * 12),
            3 + int(chance[12] * 3) if held and chance[13] < 0.5 else None,
        )
    )  # fmt: skip
    if held:
        _details(tables, site, key, chance)
        if chance[14] < PROMISED:
            tables.follow_ups.append(_follow_up(order, keys.one(), site, key, day, chance))


def _minutes(order: Order, chance: list[float]) -> tuple[int, tuple[int, int, int], str | None]:
    """Give the minutes of a visit, in all and by level, with the permission that time for one child needs."""
    quarters = 2 + int(chance[15] * 8)
    program, child = int(chance[16] * quarters / 2), 1 if chance[17] < 0.12 else 0
    levels = (15 * program, 15 * (quarters - program - child), 15 * child)
    permission = str(order.first_day - timedelta(days=20)) if child else None
    return 15 * quarters, levels, permission


def _details(tables: _Tables, site: Place, key: str, chance: list[float]) -> None:
    room = site.rooms[int(chance[15] * 997) % len(site.rooms)]
    region = site.region_id
    tables.rooms.append((key, room.id, site.id, region))
    first = pick(ACTIVITIES, ACTIVITY_SHARES, chance[10])
    second = pick(ACTIVITIES, ACTIVITY_SHARES, chance[11])
    tables.choices += [(key, "visit_activity", code, region) for code in sorted({first, second})]
    tables.choices.append((key, "tier", pick(TIERS, TIER_SHARES, chance[16]), region))
    if chance[17] < 0.6:
        tables.choices.append((key, "strategy", STRATEGIES[int(chance[18] * len(STRATEGIES))], region))
    tables.people.append((key, "teacher", 1 + int(chance[18] * 2), region))
    if chance[19] < 0.5:
        tables.people.append((key, "assistant", 1, region))
    if "director_meeting" in (first, second):
        tables.people.append((key, "director", 1, region))


def _follow_up(order: Order, key: str, site: Place, visit: str, day: date, chance: list[float]) -> tuple[Any, ...]:
    due = day + timedelta(days=7 * (1 + int(chance[18] * 3)))
    is_due = due < order.until
    done = is_due and (chance[19] < DONE_IN_TIME or (order.until - due).days > FORGOTTEN_AFTER)
    return (
        key, 1, stamp(day), site.consultant_id, *site.placed, visit, PROMISES[int(chance[1] * len(PROMISES))],
        pick(OWNERS, OWNER_SHARES, chance[2]), str(due), stamp(due) if done else None,
        site.consultant_id if done else None,
    )  # fmt: skip
