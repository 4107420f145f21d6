"""Care that children lost after an incident."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from db.demo.order import MARK, Keys, pick
from db.demo.places import KEPT, PLACED
from db.demo.truths import UNEQUAL_TIMES

SHARE = 0.03
"""Share of incidents that led to an exclusion, at most sites."""
TYPES = ("sent_home_early", "asked_to_pick_up", "other_room", "stay_home", "out_of_program_suspension")
TYPE_SHARES = (0.40, 0.25, 0.20, 0.10, 0.05)
DAYS_AWAY = {"stay_home": 1, "out_of_program_suspension": 3}
HOURS_A_DAY = 7.0
COLUMNS = (
    *KEPT, "created_by", *PLACED, "client_uuid", "content_digest", "source", "incident_id", "type",
    "started_on",
    "ended_on", "hours_lost", "return_on", "consultant_engaged_before", "family_met",
    "written_plan", "override_note",
)  # fmt: skip


def exclusion_rows(
    random: np.random.Generator,
    keys: Keys,
    incidents: Sequence[tuple[Any, ...]],
    truths: list[str | None],
    late: NDArray[np.bool_],
    unequal: NDArray[np.bool_],
) -> tuple[str, tuple[str, ...], list[tuple[Any, ...]]]:
    """Give the block of exclusions that follow some incidents (rows as ``db.demo.incidents`` makes them).

    Where a site only reports more, its share is halved after the change: as many exclusions as before. ``unequal`` are
    the incidents of children who lose care more often, as planted.
    """
    chance = random.random(len(incidents))
    more = np.array([truth == "reports_more" for truth in truths])
    share = np.where(more & late, SHARE / 2, SHARE)
    led = np.flatnonzero(chance < np.where(unequal, UNEQUAL_TIMES * share, share))
    detail = random.random((len(led), 5)).tolist()
    rows = [_row(keys, incidents[index], chances) for index, chances in zip(led.tolist(), detail, strict=True)]
    return ("exclusion", COLUMNS, rows)


def _row(keys: Keys, incident: tuple[Any, ...], chances: list[float]) -> tuple[Any, ...]:
    incident_id, _version, created, created_by, region_id, site_id = incident[:6]
    started = date.fromisoformat(incident[11])
    kind = pick(TYPES, TYPE_SHARES, chances[0])
    away = DAYS_AWAY.get(kind, 0)
    hours = away * HOURS_A_DAY if away else 0.5 + int(chances[1] * 14) / 2
    back = started + timedelta(days=away) if away else None
    engaged = "yes" if chances[2] < 0.55 else "no"
    return (
        keys.one(), 1, created, created_by, region_id, site_id, keys.one(), MARK, "web", incident_id, kind,
        str(started),
        str(started + timedelta(days=away)), hours, str(back) if back else None, engaged,
        "yes" if chances[3] < 0.6 else "unknown", "yes" if chances[4] < 0.3 else "no", "",
    )  # fmt: skip
