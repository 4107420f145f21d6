"""Estimates drawn toward all sites together."""

import numpy as np
import pytest
from scipy import integrate, stats

from analytics.shrinkage import shrink_means, shrink_rates

COUNTS, EXPOSED = [2, 10, 5, 30, 0], [100, 300, 250, 400, 60]


def test_rates_are_shrunken_as_in_the_worked_example():
    # domain.md 5.5 (Marshall 1991, by moments): m .0423, A .000470.
    assert shrink_rates(COUNTS, EXPOSED, 1.0) == pytest.approx([0.0306, 0.0354, 0.0259, 0.0690, 0.0254], abs=5e-5)


def test_the_estimate_is_the_mean_of_what_a_gamma_prior_of_that_mean_and_variance_leaves():
    # Another way: integrate likelihood x prior numerically instead of using the weights.
    m, between = sum(COUNTS) / sum(EXPOSED), 0.0
    rates, exposed = np.array(COUNTS) / np.array(EXPOSED), np.array(EXPOSED)
    between = (exposed * (rates - m) ** 2).sum() / exposed.sum() - m / exposed.mean()
    prior = stats.gamma(m**2 / between, scale=between / m)
    found = shrink_rates(COUNTS, EXPOSED, 1.0)
    for count, exposure, estimate in zip(COUNTS, EXPOSED, found, strict=True):

        def weight(rate, count=count, exposure=exposure):
            return stats.poisson.pmf(count, exposure * rate) * prior.pdf(rate)

        whole = integrate.quad(weight, 0, 1, points=[0.01, 0.05, 0.1])[0]
        mean = integrate.quad(lambda rate, w=weight: rate * w(rate), 0, 1, points=[0.01, 0.05, 0.1])[0] / whole
        assert estimate == pytest.approx(mean, rel=1e-4)


def test_sites_that_differ_only_by_chance_are_drawn_all_the_way():
    assert shrink_rates([4, 5, 4, 5, 4, 5], [1000] * 6) == pytest.approx([4.5] * 6)


def test_a_small_site_is_drawn_further_than_a_large_one_with_the_same_rate():
    found = shrink_rates([4, 200, 50, 60, 40, 30], [100, 5000, 5000, 5000, 5000, 5000], 1000)
    assert found[0] < found[1] < 40


def test_few_sites_no_event_and_impossible_input():
    assert shrink_rates([1, 2, 3, 4], [10] * 4) is None
    assert shrink_rates([0] * 6, [10] * 6) is None
    assert shrink_means([1, 2, 3, 4], [10] * 4, 1.0) is None
    for wrong in (lambda: shrink_rates([1] * 5, [0] * 5), lambda: shrink_means([1] * 5, [9] * 5, 0.0)):
        with pytest.raises(ValueError, match="positive"):
            wrong()


def test_means_of_schools_that_differ_only_by_chance_are_all_the_pooled_mean():
    # The eight schools (Rubin 1981; Gelman et al., Bayesian Data Analysis, 5.5): pooled 7.7, Q below its degrees.
    effects, errors = [28, 8, -3, 7, -1, 1, 18, 12], [15, 10, 16, 11, 9, 11, 10, 18]
    found = shrink_means(effects, [1 / error**2 for error in errors], 1.0)
    assert found == pytest.approx([7.7] * 8, abs=0.05)


def test_means_are_shrunken_as_batting_averages_were_but_for_the_degrees_of_freedom():
    # Efron and Morris 1977: 18 players, factor .212 = 1 - (k - 3) / Q; the moment estimate has k - 1 in place of k - 3.
    averages = [
        0.400,
        0.378,
        0.356,
        0.333,
        0.311,
        0.311,
        0.289,
        0.267,
        0.244,
        0.244,
        0.222,
        0.222,
        0.222,
        0.222,
        0.222,
        0.200,
        0.178,
        0.156,
    ]
    mean = float(np.mean(averages))
    found = shrink_means(averages, [45] * 18, (mean * (1 - mean)) ** 0.5)
    factor = (found[0] - mean) / (averages[0] - mean)
    assert 1 - (1 - factor) * 15 / 17 == pytest.approx(0.212, abs=0.003)
