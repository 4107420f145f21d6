"""How often a funnel and "who needs a call" name a site when there is nothing to name: 10,000 sites for each size."""

import uuid
from dataclasses import dataclass
from datetime import date

import numpy as np

from analytics.calls import SiteFacts, who_to_call
from analytics.funnel import rate_funnel
from analytics.recording import differences
from db.call_rules import RULES

SITES = 10_000
SIZES = (10, 24, 200, 2_000)
EXPECTED = (2, 12, 60, 300)
"""Incidents expected at a typical site over the period."""
SPREADS = (0.0, 0.3, 0.6)
"""How far the sites' own rates lie apart, as a share of the rate of all (gamma distributed)."""
CLUSTERED = 2.0
"""Variance over mean of a site's counts in "who needs a call": reports of one child come together."""
DAY = date(2026, 7, 1)


@dataclass
class Outside:
    """How many of how many sites were named."""

    sites: int = 0
    usual: int = 0
    outer: int = 0


def measure() -> None:
    """Print the shares of sites outside the limits, and of false calls."""
    random = np.random.default_rng(5)
    print("\nFunnel: sites outside the 95% / 99.8% limits, % (5 and 0.2 are meant), when nothing but chance and")
    print("the usual differences are at work; 'as chance': the same sites held against the limits of chance alone")
    print(f"{'sites':>6}{'expected':>9}{'spread':>8}{'limits 95%':>12}{'99.8%':>8}{'as chance 95%':>15}{'99.8%':>8}")
    for sites in SIZES:
        for expected in EXPECTED:
            for spread in SPREADS:
                _line(random, sites, expected, spread)
    _calls(random)
    _recording(random)


def _line(random: np.random.Generator, sites: int, expected: float, spread: float) -> None:
    ours, plain = Outside(), Outside()
    for _run in range(SITES // sites):
        exposure = random.lognormal(0, 0.5, sites)
        counts = random.poisson(exposure * expected * _rates(random, sites, spread)).tolist()
        for found, widen in ((ours, True), (plain, False)):
            _count(found, counts, exposure.tolist(), widen)
    shares = [100 * part / found.sites for found in (ours, plain) for part in (found.usual, found.outer)]
    print(
        f"{sites:>6}{expected:>9}{spread:>8}{shares[0]:>12.2f}{shares[1]:>8.2f}{shares[2]:>15.2f}{shares[3]:>8.2f}",
        flush=True,
    )


def _rates(random: np.random.Generator, sites: int, spread: float) -> np.ndarray:
    return random.gamma(spread**-2, spread**2, sites) if spread else np.ones(sites)


def _count(found: Outside, counts: list[int], exposure: list[float], widen: bool) -> None:
    names = [str(at) for at in range(len(counts))]
    zones = [point.zone for point in rate_funnel(names, names, counts, exposure, 1.0, widen).points]
    found.sites += len(zones)
    found.usual += sum(zone != "inside" for zone in zones)
    found.outer += sum(zone == "beyond_998" for zone in zones)


def _calls(random: np.random.Generator) -> None:
    print(
        "\nWho needs a call: sites named by a test though nothing changed, per 10,000 sites; and 1 site in 50 tripled"
    )
    heads = f"{'false: past':>13}{'elsewhere':>11}{'stopped':>9}{'found of tripled':>18}{'false of named':>16}"
    print(f"{'sites':>6}{'a month':>9}" + heads)
    for sites in (24, 200, 2_000):
        for monthly in (0.5, 2.0, 10.0):
            quiet = [_named(random, sites, monthly, 0) for _run in range(SITES // sites)]
            kinds = [
                sum(run[kind] for run in quiet) for kind in ("more_than_past", "beyond_limits", "recording_stopped")
            ]
            changed = [_named(random, sites, monthly, max(1, sites // 50)) for _run in range(SITES // sites)]
            found, tripled = sum(run["found"] for run in changed), sum(run["tripled"] for run in changed)
            named = sum(run["more_than_past"] for run in changed)
            wrong = f"{100 * (named - found) / named:.0f}%" if named else "-"
            false = f"{kinds[0]:>13}{kinds[1]:>11}{kinds[2]:>9}"
            print(f"{sites:>6}{monthly:>9}{false}{100 * found / tripled:>17.0f}%{wrong:>16}", flush=True)


def _named(random: np.random.Generator, sites: int, monthly: float, tripled: int) -> dict[str, int]:
    """Make sites of 14 months with a common season and clustered counts; triple the latest rate of the first few."""
    days = 800 * random.lognormal(0, 0.4, sites)
    rate = monthly / 800 * _rates(random, sites, 0.45)
    season = 1.3
    change = np.where(np.arange(sites) < tripled, 3.0, 1.0)
    now, before = _clustered(random, 2 * days * rate * season * change), _clustered(random, 12 * days * rate)
    facts = [
        SiteFacts(uuid.UUID(int=at), str(at), "", int(now[at]), 2 * days[at], int(before[at]), 12 * days[at], 0, None,
                  False, 0, 0)
        for at in range(sites)
    ]  # fmt: skip
    found = who_to_call(facts, RULES, DAY)
    kinds = dict.fromkeys(RULES, 0)
    hits = 0
    for call in found.calls:
        for reason in call.reasons:
            kinds[reason.kind] += 1
            hits += reason.kind == "more_than_past" and call.at < tripled
    return {**kinds, "found": hits, "tripled": tripled}


def _clustered(random: np.random.Generator, expected: np.ndarray) -> np.ndarray:
    """Give counts with a variance of ``CLUSTERED`` times their mean (negative binomial)."""
    return random.negative_binomial(expected / (CLUSTERED - 1), 1 / CLUSTERED)


def _recording(random: np.random.Generator) -> None:
    print("\nRecords differently: marked of 10,000 sites that record as the rest, and found of sites with 1 room of 4")
    for sites in (24, 200, 2_000):
        marked = found = looked_at = 0
        for _run in range(SITES // sites):
            rooms = random.integers(2, 7, sites)
            forms, reporting = np.zeros(sites, dtype=int), np.zeros(sites, dtype=int)
            level = 1.5 * _rates(random, sites, 0.5)
            for at in range(sites):
                share = rooms[at] if at else 1
                counts = random.poisson(level[at] * rooms[at] / share * random.gamma(2.0, 0.5, (share, 12)))
                forms[at], reporting[at] = counts.sum(), (counts > 0).sum()
            rooms[0] = 4
            judged = differences(forms.tolist(), (12 * rooms).tolist(), reporting.tolist())
            marked += sum(one.difference is not None for one in judged[1:])
            found += judged[0].difference is not None
            looked_at += sites - 1
        runs = SITES // sites
        print(f"{sites:>6} sites: {10_000 * marked / looked_at:.1f} marked; {100 * found / runs:.0f}% of {runs} found")
