"""How often a meeting is told something that is not there: what stands out, and what changed since a decision."""

import numpy as np
from numpy.typing import NDArray

from analytics.concentration import Count, concentrations
from analytics.since import Week, since

SITES = 3_000
WEEKLY = (0.2, 1.0, 3.0, 6.0)
"""Incidents a week before the meeting."""
SPREADS = (1.0, 2.0, 3.0)
"""Variance over mean of a week's counts."""
WEEKS_SINCE = (4, 8, 13)
YEARLY = (15, 60, 250)
CHILDREN = 12
HOURS, DAYS, ACTIVITIES = 10, 5, 9


def measure() -> None:
    """Print the shares of false readings, and how often a halved rate is found."""
    random = np.random.default_rng(5)
    print("\nSince a decision: falsely fewer or more, %; too early, %; a halved rate found, %")
    print(f"{'a week':>8}{'spread':>8}{'weeks since':>13}{'false':>8}{'too early':>11}{'found':>8}")
    for weekly in WEEKLY:
        for spread in SPREADS:
            for weeks in WEEKS_SINCE:
                _since_line(random, weekly, spread, weeks)
    print("\nWhat stands out where nothing does, % of sites: all alike, and with children who have hours of their own")
    for incidents in YEARLY:
        even, own = (_suggested(random, incidents, clustered=clustered) for clustered in (False, True))
        print(f"{incidents:>8} incidents{even:>8.1f}{own:>8.1f}", flush=True)


def _since_line(random: np.random.Generator, weekly: float, spread: float, weeks: int) -> None:
    before = _counts(random, weekly, spread, (SITES, 13))
    same = _counts(random, weekly, spread, (SITES, weeks)).sum(1)
    halved = _counts(random, weekly / 2, spread, (SITES, weeks)).sum(1)
    readings = [_readings(before, now, weeks) for now in (same, halved)]
    false = sum(readings[0].count(code) for code in ("fewer", "more"))
    shares = [100 * part / SITES for part in (false, readings[0].count("too_early"), readings[1].count("fewer"))]
    print(f"{weekly:>8}{spread:>8}{weeks:>13}{shares[0]:>8.1f}{shares[1]:>11.1f}{shares[2]:>8.1f}", flush=True)


def _counts(random: np.random.Generator, mean: float, spread: float, shape: tuple[int, int]) -> NDArray[np.int64]:
    if spread == 1:
        return random.poisson(mean, shape)
    return random.poisson(random.gamma(mean / (spread - 1), spread - 1, shape))


def _readings(before: NDArray[np.int64], now: NDArray[np.int64], weeks: int) -> list[str]:
    found = []
    for row, events in zip(before.tolist(), now.tolist(), strict=True):
        told = since([Week(number, 5) for number in row], events, 5 * weeks)
        found.append(told.reading if told else "")
    return found


def _suggested(random: np.random.Generator, incidents: int, *, clustered: bool) -> float:
    """Give the percent of sites at which something is suggested."""
    runs = SITES // 5
    hits = 0
    for _run in range(runs):
        who = random.choice(CHILDREN, incidents, p=random.dirichlet(np.full(CHILDREN, 0.8)))
        counts = [*_dimension("weekday", random.integers(0, DAYS, incidents))]
        for name, answers in (("hour", HOURS), ("activity", ACTIVITIES)):
            usual = random.dirichlet(np.full(answers, 4.0), CHILDREN) if clustered else None
            chosen = random.integers(0, answers, incidents)
            if usual is not None:
                chosen = np.array([random.choice(answers, p=usual[child]) for child in who])
            counts += _dimension(name, chosen)
        hits += bool(concentrations(counts, incidents, incidents))
    return 100 * hits / runs


def _dimension(name: str, answers: NDArray[np.int64]) -> list[Count]:
    found = np.bincount(answers).tolist()
    return [Count(name, str(code), number, number) for code, number in enumerate(found) if number]
