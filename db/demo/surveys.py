"""Staff survey waves with what each scale came to; one site has too few people to show any. Two pulses are open."""

import json
import uuid
from datetime import date, timedelta
from typing import Any

import numpy as np

from db.demo.order import MARK, Block, Keys, Order, blocks, stamp
from db.demo.places import KEPT, PLACED, Place
from db.instruments import Scale, instrument
from db.survey_box import PHONES, demo_row

APART = 122
"""Days between two waves."""
OPEN_DAYS = 14
LEVELS = {
    ("pss10", "total"): (15.5, 5.5), ("pss4", "total"): (6.2, 2.6), ("cbi", "personal"): (44.0, 16.0),
    ("cbi", "work"): (42.0, 16.0), ("cbi", "client"): (34.0, 15.0), ("ccw_jsi", "demands"): (2.9, 0.6),
    ("ccw_jsi", "control"): (3.1, 0.6), ("ccw_jsi", "resources"): (3.7, 0.6),
}  # fmt: skip
"""Usual mean and spread of each scale, in its own points."""
EASED = 0.08
"""Share by which strain falls from wave to wave where consultation helps."""
PULSE, PULSE_INVITED, PULSE_SCORES = "attune_pulse", 9, (3, 3, 4, 4, 5)
"""The survey that staff are answering on their phones right now, how many were asked, and usual answers."""
ANSWERED = {0: 6, 1: 0}
"""How many have answered at the sites (by number) that ask: where nobody has, the codes can still be printed."""
_WAVE = (
    *KEPT, "created_by", *PLACED, "client_uuid", "content_digest", "source", "instrument_code", "opened_on",
    "closed_on", "invited",
)  # fmt: skip
_RESULT = ("wave_id", "scale_code", "instrument_code", "respondents", "mean", "sd", "region_id")


def make(order: Order, keys: Keys, sites: list[Place]) -> list[Block]:
    """Give the survey waves of ``sites``."""
    random = order.random(10, sites[0].number)
    waves: list[tuple[Any, ...]] = []
    results: list[tuple[Any, ...]] = []
    for site in sites:
        shift = float(random.normal(0, 0.12))
        for code in _surveys(site):
            for turn, opened in enumerate(_days(order, random)):
                wave, of_scales = _wave(keys, random, site, code, opened, 1 + shift, turn)
                waves.append(wave)
                results += of_scales
    asking = [block for site in sites if site.number in ANSWERED for block in _open(order, keys, site)]
    return [*blocks(("survey_wave", _WAVE, waves), ("survey_result", _RESULT, results)), *asking]


def _open(order: Order, keys: Keys, site: Place) -> list[Block]:
    """Give a wave that is open on phones, with its sealed box. Nobody knows its codes before they are printed."""
    random = order.random(14, site.number)
    key, client = keys.take(2)
    opened, closes = order.until - timedelta(days=4), order.until + timedelta(days=10)
    wave = (
        key, 1, stamp(opened), site.consultant_id, *site.placed, client, MARK, "web", PULSE, str(opened),
        str(closes), PULSE_INVITED, PHONES, json.dumps(["en", "es"]),
    )  # fmt: skip
    sheets = random.choice(PULSE_SCORES, (ANSWERED[site.number], 5)).astype(float).tolist()
    codes = [str(random.integers(1 << 60)) for _left in range(PULSE_INVITED - len(sheets))]
    return blocks(
        ("survey_wave", (*_WAVE, "collected", "languages"), [wave]),
        demo_row(uuid.UUID(key), site.region_id, codes, sheets),
    )


def _surveys(site: Place) -> tuple[str, ...]:
    """Give what a site asks: the PSS-10 nearly everywhere, other surveys here and there."""
    if site.truth is not None or site.number % 8 != 7:
        return ("pss10", "ccw_jsi") if site.number % 4 == 0 else ("pss10",) + (("cbi",) if site.number % 4 == 2 else ())
    return ("pss4",)


def _days(order: Order, random: np.random.Generator) -> list[date]:
    day = order.first_day + timedelta(days=int(random.integers(10, 40)))
    found = []
    while day + timedelta(days=OPEN_DAYS) < order.until:
        found.append(day)
        day += timedelta(days=APART)
    return found


def _wave(
    keys: Keys, random: np.random.Generator, site: Place, code: str, opened: date, strain: float, turn: int
) -> tuple[tuple[Any, ...], list[tuple[Any, ...]]]:
    invited = 2 * len(site.rooms) + 1
    answered = max(1, round(invited * float(random.uniform(0.7, 1.0))))
    if site.truth == "few_staff":
        invited, answered = 4, 3 + turn % 2
    if site.truth == "improves":
        strain *= (1 - EASED) ** turn
    key, client = keys.take(2)
    closed = opened + timedelta(days=OPEN_DAYS)
    wave = (
        key, 1, stamp(closed), site.consultant_id, *site.placed, client, MARK, "web", code, str(opened),
        str(closed),
        invited,
    )  # fmt: skip
    scales = instrument(code).scales
    return wave, [(*_result(random, key, code, scale, answered, strain), site.region_id) for scale in scales]


def _result(
    random: np.random.Generator, wave: str, code: str, scale: Scale, answered: int, strain: float
) -> tuple[Any, ...]:
    mean, spread = LEVELS[code, scale.code]
    wanted = mean * strain if scale.direction == "lower_better" else mean * (2 - strain)
    drawn = wanted + float(random.normal(0, spread / answered**0.5 / 2))
    inside = min(max(drawn, scale.minimum), scale.maximum)
    sd = round(spread * float(random.uniform(0.8, 1.2)), 2) if answered > 1 else None
    return (wave, scale.code, code, answered, round(inside, 2), sd)
