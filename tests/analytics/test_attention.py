"""Which sites differ from their own past."""

import numpy as np
import pytest
from scipy.stats import binom

from analytics.attention import changes


def test_the_exact_conditional_test_decides():
    # 12 of 20 events in a quarter of the exposure: P(X >= 12) = 0.00094 by scipy.stats.binom, which is another way.
    assert binom.sf(11, 20, 0.25) == pytest.approx(0.000935, abs=1e-5)
    assert changes([12], [300], [8], [900])[0].direction == "higher"
    assert changes([11], [300], [9], [900])[0].direction == "same"


def test_fewer_than_before_is_told_too():
    assert binom.cdf(0, 30, 0.25) < 0.001
    assert changes([0], [300], [30], [900])[0].direction == "lower"


def test_the_ratio_is_of_rates_not_of_counts():
    assert changes([10], [100], [20], [400])[0].ratio == pytest.approx(2.0)


@pytest.mark.parametrize("site", [([0], [100], [0], [100]), ([3], [0], [3], [10]), ([3], [10], [3], [0])])
def test_nothing_is_said_without_events_or_exposure(site):
    assert changes(*site)[0].direction == "unknown"


def many(sites: int, seed: int, season: float = 1.0, clustered: float = 1.0):
    """Sites with 2 latest months and 12 before, alike but for chance; ``clustered`` is variance over mean."""
    random = np.random.default_rng(seed)
    days = random.uniform(500, 1500, sites)

    def counts(expected):
        if clustered == 1:
            return random.poisson(expected).tolist()
        return random.negative_binomial(expected / (clustered - 1), 1 / clustered).tolist()

    return counts(0.01 * season * 2 * days), (2 * days).tolist(), counts(0.01 * 12 * days), (12 * days).tolist()


def test_a_season_that_all_sites_share_names_none_and_one_that_rose_beyond_it_is_named():
    now, days, before, days_before = many(60, 1, season=2.0)
    assert {change.direction for change in changes(now, days, before, days_before)} == {"same"}
    now[7] *= 3
    named = [at for at, change in enumerate(changes(now, days, before, days_before)) if change.direction == "higher"]
    assert named == [7]


def test_clustered_reports_name_no_more_sites_than_single_ones():
    directions = [
        change.direction for seed in range(10) for change in changes(*many(200, seed, clustered=3.0))
    ]  # fmt: skip
    assert sum(direction != "same" for direction in directions) <= 2


def test_among_two_thousand_sites_one_chance_in_a_thousand_is_not_enough():
    # Among 2,000 sites alike, some lie beyond 1 in 1,000; Benjamini and Hochberg keep none of them.
    now, days, before, days_before = many(2000, 3)
    alone = [
        changes(now[at : at + 1], days[at : at + 1], before[at : at + 1], days_before[at : at + 1])[0].direction
        for at in range(2000)
    ]
    assert sum(direction != "same" for direction in alone) >= 1
    assert {change.direction for change in changes(now, days, before, days_before)} == {"same"}
