"""The four rules of the NHS "Making Data Count" programme that tell a signal from ordinary variation.

One function per rule. Each takes the usable points of a chart in order (gaps already left out: a month
without data neither lengthens nor breaks a run) and gives one flag per point, set on every point that takes
part in the pattern. Source: NHSRplotthedots, R/ptd_calculate_point_type.R and R/ptd_spc_standard.R
(domain.md 5.4).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Final

BEYOND_LIMITS: Final = "beyond_limits"
SHIFT: Final = "shift"
TREND: Final = "trend"
TWO_OF_THREE: Final = "two_of_three"

RULE_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        BEYOND_LIMITS: "outside the limits",
        SHIFT: "seven or more in a row on one side of the usual level",
        TREND: "seven in a row, each higher (or each lower) than the one before",
        TWO_OF_THREE: "two of three in a row close to the same limit",
    }
)
"""The code of every rule, in the order in which a point lists its signals, and its meaning in plain words."""

RUN_LENGTH: Final = 7
"""Points that make a shift or a trend."""
ROUNDING: Final = 1e-9
"""Relative differences below this are rounding of the arithmetic, not a difference in the data."""


def side_of(value: float, reference: float) -> int:
    """1 above the reference, -1 below it, 0 on it (up to rounding)."""
    if math.isclose(value, reference, rel_tol=ROUNDING):
        return 0
    return 1 if value > reference else -1


def beyond_limits(
    values: Sequence[float], low: Sequence[float | None], high: Sequence[float | None]
) -> tuple[bool, ...]:
    """Rule 1: the point lies outside its own limits (on a limit is inside; no limit, no signal)."""
    return tuple(
        (lower is not None and value < lower) or (upper is not None and value > upper)
        for value, lower, upper in zip(values, low, high, strict=True)
    )


def shift_of_seven(values: Sequence[float], centre: float) -> tuple[bool, ...]:
    """Rule 2: at least seven points in a row on the same side of the centre; a point on it ends the run."""
    sides = [side_of(value, centre) for value in values]
    return _in_window(len(sides), RUN_LENGTH, lambda start: _one_side(sides[start : start + RUN_LENGTH]))


def trend_of_seven(values: Sequence[float]) -> tuple[bool, ...]:
    """Rule 3: seven points in a row that only rise or only fall (six steps one way; a tie ends it)."""
    steps = [side_of(after, before) for before, after in pairwise(values)]
    return _in_window(len(values), RUN_LENGTH, lambda start: _one_side(steps[start : start + RUN_LENGTH - 1]))


def two_of_three_near_limit(
    values: Sequence[float], centre: float, sigma: Sequence[float | None], outside: Sequence[bool]
) -> tuple[bool, ...]:
    """Rule 4: of three points in a row on one side, two lie in the outer third before the limit.

    `sigma` is a third of the distance from the centre to the limit at each point, so that limits which vary
    with the denominator, or were cut off at zero, are judged by the point's own width. As in the NHS code a
    point outside its limits does not count as near one, and only the near points are flagged.
    """
    sides = [side_of(value, centre) for value in values]
    near = [
        width is not None and not beyond and abs(value - centre) > 2 * width
        for value, width, beyond in zip(values, sigma, outside, strict=True)
    ]
    in_pattern = _in_window(
        len(values),
        3,
        lambda start: sum(near[start : start + 3]) >= 2 and _one_side(sides[start : start + 3]),
    )
    return tuple(part and close for part, close in zip(in_pattern, near, strict=True))


def signals(
    values: Sequence[float],
    centre: float,
    sigma: Sequence[float | None],
    low: Sequence[float | None],
    high: Sequence[float | None],
) -> tuple[tuple[str, ...], ...]:
    """The codes of the rules that each point takes part in, in the order of `RULE_WORDS`."""
    outside = beyond_limits(values, low, high)
    flags = {
        BEYOND_LIMITS: outside,
        SHIFT: shift_of_seven(values, centre),
        TREND: trend_of_seven(values),
        TWO_OF_THREE: two_of_three_near_limit(values, centre, sigma, outside),
    }
    return tuple(tuple(code for code in RULE_WORDS if flags[code][at]) for at in range(len(values)))


def _in_window(count: int, width: int, holds: Callable[[int], bool]) -> tuple[bool, ...]:
    """Flag every point of each window of `width` points for which `holds(start)` is true."""
    flagged = [False] * count
    for start in range(count - width + 1):
        if holds(start):
            flagged[start : start + width] = [True] * width
    return tuple(flagged)


def _one_side(signs: Sequence[int]) -> bool:
    return abs(sum(signs)) == len(signs)
