"""How often the scorecard calls a change where nothing changed, and how often it finds a halved rate.

Sites are invented with as many incidents as real ones, over-dispersed in three ways, and judged by the same functions
as on the screen (``analytics.verdicts``). The table in docs/methods.md is what this prints.
"""

import time
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from analytics.verdicts import (
    ASSUMED_OVERDISPERSION,
    FEWEST_MONTHS,
    Clusters,
    least_events,
    month_ratios,
    ratio_verdicts,
    sum_ratios,
)

SITES = 10_000
HISTORIES = (6, 10, 12, 24, 36)
"""Months on record in all; half of them are before."""
RATES = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
"""Incidents a month before."""
OVERDISPERSIONS = (1.0, 2.0, 3.0)
KINDS: tuple["Kind", ...] = ("months", "busy months", "children")
SEASON = (1.1, 1.0, 1.0, 0.95, 0.9, 0.75, 0.65, 0.8, 1.3, 1.25, 1.05, 0.95)
MOST_FALSE = 0.05
STAYING = ((0.3, 3, 1.0, 9), (0.5, 3, 1.0, 6), (0.7, 2, 1.0, 6), (0.8, 6, 0.5, 9), (0.9, 1, 1.0, 6))
"""Sites where a few children have many incidents and then leave: the share of all incidents that is theirs, how many
are there at once, the shape of the gamma that tells them apart, and the months that each stays on average."""

Kind = Literal["months", "busy months", "children"]
Counts = NDArray[np.float64]


@dataclass(frozen=True)
class World:
    """How incidents come about, and how much more their months vary than chance alone would have it.

    ``months`` vary as a gamma with a fixed variance ratio, ``busy months`` with a fixed coefficient of variation, and
    ``children`` have several incidents each, in one month.
    """

    kind: Kind
    overdispersion: float


def measure() -> None:
    """Print false calls for every size and world, power for a halved rate, and the same for sums and staff."""
    started = time.perf_counter()
    print(f"\nVerdicts on {SITES:,} sites of each size: called a change where there is none, at most {MOST_FALSE:.0%}")
    worlds = [World("months", 1.0)] + [World(kind, phi) for kind in KINDS for phi in OVERDISPERSIONS if phi > 1]
    worst = 0.0
    for what, effect in (("false calls, worst of all worlds", 1.0), ("found: a halved rate, phi 1 | 2 | 3", 0.5)):
        print(f"\n{what} (%)\nmonths on record " + "".join(f"{rate:>16g}" for rate in RATES) + "   a month")
        for history in HISTORIES:
            cells = []
            for rate in RATES:
                if effect == 1.0:
                    shares = [_called(_site_months(world, history // 2, rate, 1.0)) for world in worlds]
                    worst = max(worst, *shares)
                    cells.append(f"{100 * max(shares):>16.1f}")
                else:
                    shares = [
                        _called(_site_months(World("months", phi), history // 2, rate, effect), "improved")
                        for phi in OVERDISPERSIONS
                    ]
                    cells.append(f"{' | '.join(f'{100 * share:.0f}' for share in shares):>16}")
            print(f"{history:>16} " + "".join(cells))
    print(f"\nworst of all: {100 * worst:.1f} %" + ("" if worst <= MOST_FALSE else "   TOO OFTEN"))
    _measure_staying()
    _measure_sums()
    print(f"{time.perf_counter() - started:.0f} s")


def _measure_staying() -> None:
    print("\nfew children with many incidents who leave, 10 a month: called by months alone > with children too (%)")
    for world in STAYING:
        cells = []
        for months in (3, 6, 12, 18):
            *drawn, children = _of_children(world, months, 10.0)
            told = [ratio_verdicts(month_ratios(*drawn, children=known)) for known in (None, children)]
            cells.append(" > ".join(f"{100 * _share(one, ('improved', 'worsened')):.1f}" for one in told))
        share, at_once, _shape, stay = world
        print(f"  {share:.0%} of incidents from {at_once} at once, {stay} months each: " + "   ".join(cells))


def _measure_sums() -> None:
    print(f"\nfrom two sums alone (phi assumed {ASSUMED_OVERDISPERSION:g}), 24 months: false | a halved rate found (%)")
    for phi in OVERDISPERSIONS:
        cells = []
        for rate in RATES:
            shares = []
            for effect in (1.0, 0.5):
                drawn = _site_months(World("months", phi), 12, rate, effect)
                sums = [column.sum(1) for column in drawn]
                found = sum_ratios(*sums, overdispersion=ASSUMED_OVERDISPERSION)
                shares.append(_share(ratio_verdicts(found), ("improved", "worsened")))
            cells.append(f"{100 * shares[0]:.1f}|{100 * shares[1]:.0f}")
        print(f"  phi {phi:g}: " + "  ".join(cells))
    print("staff who left (exact), per site of 8 to 80 people at 25 % a year, a year each: false calls (%)")
    random = np.random.default_rng(5)
    for staff in (8, 20, 40, 80):
        left = random.poisson(staff * 0.25, (2, SITES)).astype(float)
        found = sum_ratios(left[0], np.full(SITES, staff), left[1], np.full(SITES, staff), 1.0)
        print(f"  {staff} people: {100 * _share(ratio_verdicts(found), ('improved', 'worsened')):.1f}")


def _called(drawn: tuple[Counts, Counts, Counts, Counts], *verdicts: str) -> float:
    """Give the share of all sites with one of the verdicts, those that cannot tell among the others."""
    was, _exposed_was, is_, _exposed_is = drawn
    verdict = ratio_verdicts(month_ratios(*drawn))
    enough = ((was + is_) > 0).sum(1) >= FEWEST_MONTHS
    enough &= (was + is_).sum(1) >= least_events(1, 1)
    return _share(np.where(enough, verdict, "cannot_tell"), verdicts or ("improved", "worsened"))


def _share(verdicts: NDArray[np.str_], wanted: tuple[str, ...]) -> float:
    return float(np.isin(verdicts, wanted).mean())


def _site_months(world: World, months: int, rate: float, effect: float) -> tuple[Counts, Counts, Counts, Counts]:
    """Give before, its exposure, now and its exposure of ``SITES`` sites: a season, and exposures that vary by 20 %."""
    random = np.random.default_rng([months, int(10 * rate), int(world.overdispersion), len(world.kind)])
    season = np.resize(SEASON, months)
    exposed = random.uniform(0.8, 1.2, (2, SITES, months))
    expected = rate * season * exposed * np.array([1.0, effect])[:, None, None]
    counts = _drawn(random, world, rate, expected)
    return counts[0], exposed[0], counts[1], exposed[1]


def _drawn(random: np.random.Generator, world: World, rate: float, expected: Counts) -> Counts:
    more = world.overdispersion - 1
    if more == 0:
        return random.poisson(expected).astype(float)
    if world.kind == "months":
        return random.poisson(random.gamma(expected / more, more)).astype(float)
    if world.kind == "busy months":
        return random.poisson(expected * random.gamma(rate / more, more / rate, expected.shape)).astype(float)
    # Each child in a month has a geometric number of incidents, so that phi is twice their mean less 1.
    each = (world.overdispersion + 1) / 2
    children = random.poisson(expected / each)
    more_of_them = random.negative_binomial(np.maximum(children, 1), 1 / each)
    return (children + np.where(children > 0, more_of_them, 0)).astype(float)


def _of_children(
    world: tuple[float, int, float, int], months: int, rate: float
) -> tuple[Counts, Counts, Counts, Counts, Clusters]:
    """Give before and now, each with its exposure, and how the incidents lie among the children who come and go."""
    share, at_once, shape, stay = world
    random = np.random.default_rng([months, at_once, stay])
    every = 2 * months
    comes = random.random((SITES, at_once, every)) < 1 / stay
    comes[:, :, 0] = True
    child = comes.cumsum(2) - 1
    usual = np.take_along_axis(random.gamma(shape, 1 / shape, child.shape), child, 2)
    season = np.resize(SEASON, every)
    theirs = random.poisson(rate * share / at_once * usual * season)
    others = random.poisson(rate * (1 - share) * season, (SITES, every))
    keys = child + np.arange(at_once)[:, None] * every
    sides = np.zeros((2, SITES, at_once * every))
    rows = np.broadcast_to(np.arange(SITES)[:, None, None], keys.shape)
    for side, part in enumerate((slice(0, months), slice(months, every))):
        np.add.at(sides[side], (rows[:, :, part], keys[:, :, part]), theirs[:, :, part])
    was, now = sides
    counts = (theirs.sum(1) + others).astype(float)
    exposed = np.full((SITES, months), 400.0)
    clusters = Clusters((was + now).sum(1), (now * now).sum(1), (now * was).sum(1), (was * was).sum(1))
    return counts[:, :months], exposed, counts[:, months:], exposed, clusters
