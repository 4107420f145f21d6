"""How often a chart over time calls a change where nothing changed, and how often it finds a halved rate.

Sites are invented month by month, over-dispersed as a gamma makes them (variance = phi x mean), and judged by the same
functions as on the screen. The tables in docs/methods.md are what this prints.
"""

import time
from collections.abc import Callable, Iterator

import numpy as np

from analytics.control_charts import ControlChart, u_chart, xmr_chart
from analytics.rare_events import g_chart, t_chart
from analytics.sentences import finding, variation

SITES = 4_000
MONTHS, CHANGED = 24, 12
CHILD_DAYS = 1000.0
RATES = (1.0, 5.0, 20.0)
"""Incidents a month."""
OVERDISPERSIONS = (1.0, 2.0, 3.0)
LABELS = [f"{2024 + at // 12}-{at % 12 + 1:02d}" for at in range(MONTHS)]
KINDS: dict[str, Callable[[np.random.Generator], ControlChart]] = {
    "run chart, 11 months": lambda random: xmr_chart(LABELS[:11], random.normal(4, 1, 11).tolist()),
    "XmR, normal": lambda random: xmr_chart(LABELS, random.normal(4, 1, MONTHS).tolist()),
    "XmR, hours (gamma, shape 4)": lambda random: xmr_chart(LABELS, random.gamma(4, 1, MONTHS).tolist(), floor=0.0),
    "g, 24 gaps of 40 days": lambda random: g_chart(LABELS, random.geometric(1 / 40, MONTHS).tolist()),
    "t, 24 gaps": lambda random: t_chart(LABELS, random.exponential(3000, MONTHS).tolist()),
}


def measure() -> None:
    """Print false signals of the latest point and of the whole chart, for u and u', and the power for a halved rate."""
    started = time.perf_counter()
    print(f"\nCharts over time on {SITES:,} sites of each size, {MONTHS} months, limits from the first 12")
    print("\nno change: % of sites with a signal at the latest month | anywhere in the chart")
    head = f"{'a month':>8}{'phi':>5}"
    print(f"{head}{'u latest':>12}{'u-prime':>10}{'u chart':>12}{'u-prime':>10}")
    for rate in RATES:
        for phi in OVERDISPERSIONS:
            print(f"{rate:>8g}{phi:>5g}" + "".join(f"{100 * share:>11.1f}" for share in _false(rate, phi)))
    print("\nthe rate halves from month 13 on: % of sites called an improvement at month 24")
    print(f"{head}{'u':>12}{'u-prime':>10}")
    for rate in RATES:
        for phi in OVERDISPERSIONS:
            print(f"{rate:>8g}{phi:>5g}" + "".join(f"{100 * share:>11.1f}" for share in _found(rate, phi)))
    print("\nno change: % with a signal at the latest point | anywhere")
    for words, make in KINDS.items():
        random = np.random.default_rng(7)
        charts = [make(random) for _ in range(SITES)]
        print(f"{words:<30}{100 * _share(charts, _latest):>8.1f}{100 * _share(charts, _anywhere):>8.1f}")
    print(f"({time.perf_counter() - started:.0f} s)")


def _false(rate: float, phi: float) -> Iterator[float]:
    counts = _counts(np.full(MONTHS, rate), phi)
    plain, widened = ([_chart(row, laney) for row in counts] for laney in (False, True))
    for judge in (_latest, _anywhere):
        yield _share(plain, judge)
        yield _share(widened, judge)


def _found(rate: float, phi: float) -> Iterator[float]:
    means = np.where(np.arange(MONTHS) < CHANGED, rate, rate / 2)
    counts = _counts(means, phi)
    for laney in (False, True):
        charts = [_chart(row, laney) for row in counts]
        yield _share(charts, lambda chart: variation(finding(chart), "lower") == "improvement")


def _counts(means: np.ndarray, phi: float) -> list[list[int]]:
    """Give monthly counts of many sites: Poisson, its mean a gamma such that the variance is phi times the mean."""
    random = np.random.default_rng(7)
    size = (SITES, len(means))
    if phi > 1:
        means = random.gamma(means / (phi - 1), phi - 1, size)
    found: list[list[int]] = random.poisson(means, size).tolist()
    return found


def _chart(counts: list[int], laney: bool) -> ControlChart:
    return u_chart(LABELS, counts, [CHILD_DAYS] * MONTHS, laney=laney)


def _share(charts: list[ControlChart], judge: Callable[[ControlChart], bool]) -> float:
    return sum(map(judge, charts)) / len(charts)


def _latest(chart: ControlChart) -> bool:
    return variation(finding(chart), None) == "neutral"


def _anywhere(chart: ControlChart) -> bool:
    return _latest(chart) or any(point.signals for point in chart.points)
