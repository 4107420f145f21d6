"""Which sites differ from their own past."""

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
