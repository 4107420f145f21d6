"""How often equity's states are wrong when nothing differs, and how often a doubled risk is found: by simulation.

Children fall into groups at random; each has the outcome with the same risk (or, in one group, twice that). Each has
as many reports as a gamma-Poisson gives, so that few children have many. States are decided for all draws at once by
the rule of ``analytics.disproportion``; that this is the same rule is checked on some draws one by one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import hypergeom

from analytics.disproportion import (
    FEWEST_CHILDREN,
    FEWEST_ENROLLED,
    PICTURES,
    PLACE_ERROR,
    SMALL_ERROR,
    Group,
    compare,
    rate_ratio,
)
from analytics.score_intervals import score_z

DRAWS = 10_000
CHECKED = 40
REPORT_DRAWS = 1_000
SIZES = (
    (20, 20), (40, 40), (100, 100), (500, 500), (30, 300), (100, 400), (40, 30, 20, 10), (140, 100, 250, 40, 20),
    (400, 220, 240, 60, 80), (2000, 1100, 1200, 300, 100),
)  # fmt: skip
RISKS = (0.02, 0.05, 0.10, 0.20)
RATIO = 2.0
CLUSTERED = ((0.3, 0.15), (1.0, 0.3), (3.0, 0.5))
"""Reports per child and the shape of their gamma distribution: the smaller, the more gather on few children."""
USUAL = float(-ndtri(0.025))
PLACES = 2_000
PLACE_SIZES = (60, 200, 700, 2_000)
"""Children of a site, a program, a region, a large region."""
INCIDENTS_EACH = ((0.5, 0.3), (2.0, 0.5))
"""Incidents per child and year, and the shape of their gamma distribution."""
DIMENSION_SHARES = ((0.43, 0.23, 0.26, 0.06, 0.02), (0.52, 0.48), (0.11, 0.89), (0.24, 0.76))
EXCLUDED, SUPPORTED = 0.05, 0.13
"""Share of incidents that are followed by time away, and by support."""


@dataclass(frozen=True)
class States:
    """Which groups of which draws are judged, called different, and told to show no sign."""

    judged: NDArray[np.bool_]
    different: NDArray[np.bool_]
    no_sign: NDArray[np.bool_]


def measure() -> None:
    """Print the shares of wrong calls and of doubled risks that are found."""
    random = np.random.default_rng(20261121)
    print(f"\nEquity: {DRAWS:,} draws each; shares of draws in percent")
    print(f"{'children per group':<30}{'risk':>6}{'any called, none differs':>26}{'no sign':>9}{'doubled, found':>16}")
    worst = 0.0
    for sizes in SIZES:
        for risk in RISKS:
            same = states(random, sizes, np.full(len(sizes), risk))
            risks = np.full(len(sizes), risk)
            raised = 0 if len(sizes) == 2 else 1
            risks[raised] *= RATIO
            doubled = states(random, sizes, risks)
            wrong, found = same.different.any(axis=1).mean(), doubled.different[:, raised].mean()
            worst = max(worst, float(wrong))
            print(
                f"{' / '.join(map(str, sizes)):<30}{risk:>6.0%}{wrong:>26.1%}{same.no_sign.mean():>9.0%}{found:>16.0%}"
            )  # fmt: skip
    print(f"worst: {worst:.2%} of draws call a group different when none is ({SMALL_ERROR:.2%} is meant at most)")
    _places(random)
    _reports(random)


def states(random: np.random.Generator, sizes: tuple[int, ...], risks: NDArray[np.float64]) -> States:
    """Draw the children with the outcome and decide every group's state."""
    of = np.array(sizes)
    part = random.binomial(of, risks, size=(DRAWS, len(sizes)))
    found = _decided(part, np.broadcast_to(of, part.shape))
    _check(part, sizes, found)
    return found


def _decided(part: NDArray[np.int64], of: NDArray[np.int64]) -> States:
    """Decide the state of every group (columns) of every draw (rows)."""
    every, had = of.sum(axis=1, keepdims=True), part.sum(axis=1, keepdims=True)
    other_part, other_of = had - part, every - of
    common = had / every
    seen = np.minimum(np.maximum(part, of * common), np.maximum(other_part, other_of * common))
    judged = (seen >= FEWEST_CHILDREN) & (np.minimum(of, other_of) >= FEWEST_ENROLLED)
    groups = (of > 0).sum(axis=1)
    tests = np.where(groups == 2, 1, np.maximum(1, judged.sum(axis=1)))
    error = (SMALL_ERROR / tests)[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.abs(score_z(part, of, other_part, other_of))
    tails = hypergeom.sf(part - 1, every, had, of), hypergeom.cdf(part, every, had, of)
    exact = 2 * np.minimum(*tails) <= error
    return States(judged, judged & exact & (z > -ndtri(error / 2)), judged & (z <= USUAL))


def _places(random: np.random.Generator) -> None:
    """Print how often any of the twelve pictures of a place calls a group different when no group differs."""
    print(f"\nall {PICTURES} pictures: a group called though none differs, in {PLACES:,} places of each size")
    for children in PLACE_SIZES:
        for mean, shape in INCIDENTS_EACH:
            wrong = np.zeros(PLACES, dtype=bool)
            incidents = random.poisson(random.gamma(shape, mean / shape, (PLACES, children)))
            had = incidents > 0
            outcomes = (
                (had, np.ones_like(had)), (random.binomial(incidents, EXCLUDED) > 0, np.ones_like(had)),
                (random.binomial(incidents, SUPPORTED) > 0, had),
            )  # fmt: skip
            for shares in DIMENSION_SHARES:
                group = np.searchsorted(np.cumsum(shares)[:-1], random.random((PLACES, children)), side="right")
                for outcome, among in outcomes:
                    columns = [group == at for at in range(len(shares))]
                    part = np.stack([(outcome & column).sum(axis=1) for column in columns], axis=1)
                    of = np.stack([(among & column).sum(axis=1) for column in columns], axis=1)
                    wrong |= _decided(part, of).different.any(axis=1)
            print(f"{children:>6} children, {mean:.1f} incidents each: {wrong.mean():.2%} ({PLACE_ERROR:.0%} at most)")


def _check(part: NDArray[np.int64], sizes: tuple[int, ...], found: States) -> None:
    """Hold some draws against the module itself.

    Raises:
        RuntimeError: a state differs.
    """
    for draw in range(CHECKED):
        groups = [
            Group(str(at), int(number), of) for at, (number, of) in enumerate(zip(part[draw], sizes, strict=True))
        ]
        for at, one in enumerate(compare(groups).groups):
            if (one.state == "difference" or one.why == "mirror") != found.different[draw, at]:
                raise RuntimeError(f"another state than the module's: {one}")


def _reports(random: np.random.Generator) -> None:
    """Print how often the interval of a ratio of reports leaves out the truth."""
    print(f"\nratio of reports: its 95 % interval leaves out 1 when the rates are the same; {REPORT_DRAWS:,} draws")
    for sizes in ((40, 160), (100, 400), (500, 1500)):
        for mean, shape in CLUSTERED:
            outside = sum(_leaves_out(random, sizes, mean, shape) for _draw in range(REPORT_DRAWS)) / REPORT_DRAWS
            print(f"{sizes[0]:>6} / {sizes[1]:<6} {mean:.1f} reports a child, shape {shape}: {outside:.1%}")


def _leaves_out(random: np.random.Generator, sizes: tuple[int, int], mean: float, shape: float) -> bool:
    groups = []
    for of in sizes:
        reports = random.poisson(random.gamma(shape, mean / shape, of))
        groups.append(Group("", int((reports > 0).sum()), of, int(reports.sum()), int((reports**2).sum())))
    ratio = rate_ratio(*groups)
    return ratio is not None and groups[0].children >= FEWEST_CHILDREN and not ratio.low <= 1 <= ratio.high
