"""Agreement of double-coded observations, against the example of Shrout and Fleiss."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.agreement import absolute_agreement, agreement, consistency

# Shrout and Fleiss 1979, table 2: six targets rated by four judges.
SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


def test_the_published_example_gives_029_and_071() -> None:
    absolute, ordered = absolute_agreement(SHROUT_FLEISS), consistency(SHROUT_FLEISS)
    assert absolute is not None
    assert ordered is not None
    assert round(absolute.value, 2) == 0.29
    assert round(ordered.value, 2) == 0.71
    assert (absolute.rated, absolute.raters) == (6, 4)


def test_the_intervals_are_those_of_the_r_packages_irr_and_psych() -> None:
    # irr::icc(type = "agreement" / "consistency", unit = "single") and psych::ICC on the same table.
    absolute, ordered = absolute_agreement(SHROUT_FLEISS), consistency(SHROUT_FLEISS)
    assert absolute is not None
    assert ordered is not None
    assert (absolute.interval.low, absolute.interval.high) == pytest.approx((0.019, 0.761), abs=5e-4)
    assert (ordered.interval.low, ordered.interval.high) == pytest.approx((0.342, 0.946), abs=5e-4)


def test_a_second_observer_who_is_always_a_point_milder_agrees_less_but_orders_alike() -> None:
    rooms = [[float(score), float(score + 1)] for score in (2, 3, 5, 4, 6)]
    absolute, ordered = absolute_agreement(rooms), consistency(rooms)
    assert absolute is not None
    assert ordered is not None
    assert ordered.value == 1
    assert absolute.value == pytest.approx(2.5 / 3)


def test_observers_who_give_the_same_scores_agree_fully() -> None:
    same = absolute_agreement([[2, 2], [3, 3], [5, 5], [4, 4], [6, 6]])
    assert same is not None
    assert (same.value, same.interval.low, same.interval.high) == (1, 1, 1)


def test_too_few_rooms_or_no_difference_at_all_give_no_correlation() -> None:
    assert absolute_agreement(SHROUT_FLEISS[:4]) is None
    assert consistency([]) is None
    assert absolute_agreement([[3, 3]] * 6) is None


def test_rooms_that_do_not_differ_give_no_correlation_whatever_each_rater_level() -> None:
    assert absolute_agreement([[5, 6]] * 6) is None
    assert consistency([[5, 6]] * 6) is None


def test_a_rating_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="finite number"):
        absolute_agreement([*SHROUT_FLEISS[:5], [1, 2, 3, math.nan]])


@pytest.mark.parametrize("ratings", [[[1], [2]], [[1, 2], [1, 2, 3]], [[]]])
def test_rooms_rated_unevenly_or_once_are_refused(ratings: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="the same number of ratings, at least two"):
        absolute_agreement(ratings)


def test_scores_at_most_one_point_apart_agree() -> None:
    found = agreement({"climate": [(5, 5), (5, 6), (5, 7)], "feedback": [(2, 3), (4, 2)]})
    assert (found.dimensions["climate"].agreed, found.dimensions["climate"].compared) == (2, 3)
    assert found.dimensions["feedback"].share == 0.5
    assert (found.overall.agreed, found.overall.compared) == (3, 5)


def test_exactly_one_point_between_means_of_cycles_agrees() -> None:
    assert agreement({"climate": [(0.1 + 0.2, 1.3), (4.3, 3.3)]}).overall.share == 1


def test_a_score_that_only_one_observer_gave_is_left_out() -> None:
    found = agreement({"climate": [(5, None), (None, 5)], "feedback": [(2, 2)]})
    assert found.dimensions["climate"].share is None
    assert found.overall.compared == 1


@given(st.lists(st.lists(st.integers(1, 7), min_size=2, max_size=2), min_size=5, max_size=20))
def test_the_estimate_lies_within_its_interval_and_below_one(rooms: list[list[float]]) -> None:
    for found in (absolute_agreement(rooms), consistency(rooms)):
        if found is not None:
            assert found.interval.low - 1e-9 <= found.value <= found.interval.high + 1e-9
            assert found.value <= 1
