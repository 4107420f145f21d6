"""Intervals of means, and the spread behind several of them."""

import pytest

from analytics.spread import mean_interval, pooled_sd


def test_the_interval_of_a_mean_is_two_standard_errors_wide_on_either_side():
    found = mean_interval(3.0, 0.8, 16)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((3.0 - 1.959964 * 0.2, 3.0 + 1.959964 * 0.2))


def test_without_a_spread_or_a_number_there_is_no_interval():
    assert mean_interval(3.0, None, 16) is None
    assert mean_interval(3.0, 0.8, None) is None


def test_impossible_input_is_refused():
    with pytest.raises(ValueError, match="negative"):
        mean_interval(3.0, -1.0, 16)
    with pytest.raises(ValueError, match="rests on"):
        mean_interval(3.0, 1.0, 0)


def test_the_pooled_spread_weighs_each_group_by_its_degrees_of_freedom():
    # (4 * 1 + 9 * 4) / 13 = 3.0769, its root 1.7541
    assert pooled_sd([(5, 1.0), (10, 2.0)]) == pytest.approx(1.754116)


def test_no_spread_is_pooled_where_there_is_none():
    assert pooled_sd([]) is None
    assert pooled_sd([(1, 0.0)]) is None
    assert pooled_sd([(5, 0.0)]) is None
