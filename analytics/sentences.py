"""The one finding of a chart over time, as a code and the numbers that a sentence needs; never the words.

The latest signal wins: what the most recent point takes part in is reported before anything earlier. Where
one point takes part in several patterns the lasting one is reported: a shift before a trend before a single
point.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile
from types import MappingProxyType
from typing import Final, Literal

from analytics.control_charts import LOCK_POINTS, ChartPoint, ControlChart, Kind
from analytics.rules import BEYOND_LIMITS, SHIFT, TREND, TWO_OF_THREE, side_of
from analytics.run_chart import RunTests, run_tests

FindingCode = Literal[
    "no_data",
    "too_few_points",
    "stable",
    "higher_than_usual",
    "lower_than_usual",
    "rising",
    "falling",
    "outside_once",
    "near_limit",
    "back_to_usual",
    "changed_level",
]

FINDING_CODES: Final[Mapping[FindingCode, str]] = MappingProxyType(
    {
        "no_data": "no point has a value",
        "too_few_points": "a run chart with fewer than 10 points off its median: no pattern can be told from chance",
        "stable": "no point takes part in any pattern",
        "higher_than_usual": "the latest points form a shift above the centre, `months_on_side` long",
        "lower_than_usual": "the latest points form a shift below the centre, `months_on_side` long",
        "rising": "the latest seven or more points rise each time",
        "falling": "the latest seven or more points fall each time",
        "outside_once": "the latest point is outside its limits, on `side`",
        "near_limit": "the latest point is one of two of three close to the limit on `side`",
        "back_to_usual": "the last pattern ended at `signal_label`; the latest point takes part in none",
        "changed_level": "a run chart has too long a run or too few crossings, and not only at its end",
    }
)
"""Every code and when it is given. Only the latest stretch of a rebased chart is looked at."""

Direction = Literal["lower", "higher"] | None
"""Which way is good, declared for each measure; None where neither is."""

Variation = Literal["improvement", "concern", "neutral", "common_cause", "cannot_tell"]

VARIATIONS: Final[Mapping[Variation, str]] = MappingProxyType(
    {
        "improvement": "the latest pattern points the good way",
        "concern": "the latest pattern points the other way",
        "neutral": "a pattern, and neither way was declared good, or it has no one direction",
        "common_cause": "the latest point takes part in no pattern",
        "cannot_tell": "too few points",
    }
)
"""The icons of NHS Making Data Count, and a fifth for what cannot be told yet."""


@dataclass(frozen=True)
class Finding:
    """What a chart shows and the numbers behind it; of a rebased chart, what its latest stretch shows.

    `latest`, `centre`, `low` and `high` are in chart units (per `per`), of the latest usable point, `side` is
    where it lies. `months_on_side` counts usable points at the end on that side (0 on the centre). `points`
    are the usable ones; `records` the events behind the whole chart (u charts) or else `points` again.
    `signal_label` is the latest point that takes part in a pattern, if any does. `provisional`: a run chart, limits
    come with `needed` points. `widened`: Laney's sigma z where applied. `since`: the label at which the limits were
    set anew. `steady`: whether the points that set the limits were themselves without a shift.
    """

    code: FindingCode
    latest: float | None
    latest_label: str | None
    centre: float | None
    low: float | None
    high: float | None
    side: Literal["low", "high", "mid"]
    months_on_side: int
    points: int
    records: int
    signal_label: str | None
    provisional: bool
    per: float
    kind: Kind = "run"
    widened: float = 1.0
    since: str | None = None
    steady: bool | None = None
    needed: int = LOCK_POINTS


def finding(chart: ControlChart) -> Finding:
    """The one thing to say about a chart over time (codes: `FINDING_CODES`)."""
    segment = chart.latest
    part = chart.points[segment.first : segment.stop]
    usable = [point for point in part if point.value is not None]
    since = part[0].label if segment.first and part else None
    if not usable or segment.centre is None:
        return Finding(
            "no_data", None, None, None, None, None, "mid", 0, 0, 0, None, True, chart.per, since=since
        )  # fmt: skip
    sides = [side_of(point.value or 0.0, segment.centre) for point in usable]
    latest, side = usable[-1], sides[-1]
    on_side = len(list(takewhile(lambda other: other == side, reversed(sides)))) if side else 0
    signalled = [point.label for point in usable if point.signals]
    numerators = [point.numerator for point in chart.points if point.value is not None and point.numerator is not None]
    run = segment.kind == "run"
    return Finding(
        code=_run_code(run_tests([point.value for point in usable]), sides) if run else _control_code(usable, side),
        latest=latest.value,
        latest_label=latest.label,
        centre=segment.centre,
        low=latest.low,
        high=latest.high,
        side="mid" if side == 0 else "high" if side > 0 else "low",
        months_on_side=on_side,
        points=len(usable),
        records=round(sum(numerators)) if numerators else len(usable),
        signal_label=signalled[-1] if signalled else None,
        provisional=run,
        per=chart.per,
        kind=segment.kind,
        widened=segment.widened,
        since=since,
        steady=segment.steady,
    )


def variation(found: Finding, better: Direction) -> Variation:
    """What kind of variation a finding is, given which way is good (NHS Making Data Count)."""
    if found.code in ("no_data", "too_few_points"):
        return "cannot_tell"
    if found.code in ("stable", "back_to_usual"):
        return "common_cause"
    up = {"higher_than_usual": True, "rising": True, "lower_than_usual": False, "falling": False}.get(found.code)
    if up is None and found.code in ("outside_once", "near_limit"):
        up = found.side == "high"
    if up is None or better is None:
        return "neutral"
    return "improvement" if up == (better == "higher") else "concern"


def point_variation(point: ChartPoint, better: Direction) -> Variation:
    """The same for a single point: what its own signals say."""
    if not point.signals or not point.direction:
        return "common_cause"
    if better is None:
        return "neutral"
    return "improvement" if (point.direction > 0) == (better == "higher") else "concern"


def _control_code(usable: list[ChartPoint], side: int) -> FindingCode:
    now = usable[-1].signals
    if SHIFT in now:
        return "higher_than_usual" if side > 0 else "lower_than_usual"
    if TREND in now:
        return "rising" if (usable[-1].value or 0.0) > (usable[-2].value or 0.0) else "falling"
    if BEYOND_LIMITS in now:
        return "outside_once"
    if TWO_OF_THREE in now:
        return "near_limit"
    return "back_to_usual" if any(point.signals for point in usable) else "stable"


def _run_code(tests: RunTests, sides: list[int]) -> FindingCode:
    if tests.too_short:
        return "too_few_points"
    if not tests.signal:
        return "stable"
    # Points on the median neither lengthen nor break a run (Anhoej).
    off_median = [side for side in sides if side]
    last_run = len(list(takewhile(lambda side: side == off_median[-1], reversed(off_median))))
    if tests.longest_run_limit is not None and last_run > tests.longest_run_limit:
        return "higher_than_usual" if off_median[-1] > 0 else "lower_than_usual"
    return "changed_level"
