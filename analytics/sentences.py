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

from analytics.control_charts import ChartPoint, ControlChart
from analytics.rules import BEYOND_LIMITS, RUN_LENGTH, SHIFT, TREND, TWO_OF_THREE, side_of
from analytics.run_chart import RunChart

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
        "too_few_points": "fewer points than any pattern needs (7; in a run chart 10 off the median)",
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
"""Every code and when it is given."""


@dataclass(frozen=True)
class Finding:
    """What a chart shows and the numbers behind it.

    `latest`, `centre`, `low` and `high` are in chart units (per `per`), of the latest usable point, `side` is
    where it lies. `months_on_side` counts usable points at the end on that side (0 on the centre). `points`
    are the usable ones; `records` the events behind them (u and p charts) or else `points` again.
    `signal_label` is the latest point that takes part in a pattern, if any does.
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


def finding(chart: ControlChart | RunChart) -> Finding:
    """The one thing to say about a chart over time (codes: `FINDING_CODES`)."""
    drawn = chart.as_chart() if isinstance(chart, RunChart) else chart
    usable = [point for point in drawn.points if point.value is not None]
    if not usable or drawn.centre is None:
        return Finding("no_data", None, None, None, None, None, "mid", 0, 0, 0, None, drawn.provisional, drawn.per)
    sides = [side_of(point.value or 0.0, drawn.centre) for point in usable]
    latest, side = usable[-1], sides[-1]
    on_side = len(list(takewhile(lambda other: other == side, reversed(sides)))) if side else 0
    signalled = [point.label for point in usable if point.signals]
    numerators = [point.numerator for point in usable if point.numerator is not None]
    return Finding(
        code=_run_code(chart, sides) if isinstance(chart, RunChart) else _control_code(usable, side),
        latest=latest.value,
        latest_label=latest.label,
        centre=drawn.centre,
        low=latest.low,
        high=latest.high,
        side="mid" if side == 0 else "high" if side > 0 else "low",
        months_on_side=on_side,
        points=len(usable),
        records=round(sum(numerators)) if numerators else len(usable),
        signal_label=signalled[-1] if signalled else None,
        provisional=drawn.provisional,
        per=drawn.per,
    )


def _control_code(usable: list[ChartPoint], side: int) -> FindingCode:
    if len(usable) < RUN_LENGTH:
        return "too_few_points"
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


def _run_code(chart: RunChart, sides: list[int]) -> FindingCode:
    if chart.too_short:
        return "too_few_points"
    if not chart.signal:
        return "stable"
    # Points on the median neither lengthen nor break a run (Anhoej).
    off_median = [side for side in sides if side]
    last_run = len(list(takewhile(lambda side: side == off_median[-1], reversed(off_median))))
    if chart.longest_run_limit is not None and last_run > chart.longest_run_limit:
        return "higher_than_usual" if off_median[-1] > 0 else "lower_than_usual"
    return "changed_level"
