"""Before and after: checked against scipy's paired t test and published worked examples."""

import math
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analytics.change import Basis, least_reliable_change, paired_change, reliable_change, small_sample_factor

# Lakens 2013 (Frontiers in Psychology 4:863), table 1: ten people rate two movies.
MOVIE_1 = dict(enumerate([9, 7, 8, 9, 8, 9, 9, 10, 9, 9]))
MOVIE_2 = dict(enumerate([9, 6, 7, 8, 7, 9, 8, 8, 8, 7]))
BASIS = Basis(6.35, "norms", 0.78, "manual")


def numbered(*scores: float) -> dict[int, float]:
    return dict(enumerate(scores))


def test_the_worked_example_of_lakens_gives_its_means_and_effect() -> None:
    found = paired_change(MOVIE_2, MOVIE_1)
    assert (found.mean_before, found.mean_after, found.change) == pytest.approx((7.7, 8.7, 1.0))
    # SDs 0.95 and 0.82 stand in the table: 1 / 0.885 = 1.13.
    assert found.d_av == pytest.approx(1.13, abs=0.005)
    assert found.d_av is not None
    # Hedges' usual approximation of the factor, 1 - 3 / (4 x 9 - 1).
    assert found.hedges_g == pytest.approx(found.d_av * (1 - 3 / 35), abs=0.001)


def test_the_interval_is_that_of_the_paired_t_test_of_scipy() -> None:
    expected = stats.ttest_rel(list(MOVIE_1.values()), list(MOVIE_2.values())).confidence_interval(0.95)
    found = paired_change(MOVIE_2, MOVIE_1).interval
    assert found is not None
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


SCORES = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=5, max_size=30)


@given(SCORES)
def test_any_interval_agrees_with_scipy(pairs: list[tuple[int, int]]) -> None:
    before, after = (numbered(*side) for side in zip(*pairs, strict=True))
    found = paired_change(before, after)
    assert found.interval is not None
    assert found.change == pytest.approx(float(np.mean([b - a for a, b in pairs])))
    if len({b - a for a, b in pairs}) > 1:
        expected = stats.ttest_rel([b for _a, b in pairs], [a for a, _b in pairs]).confidence_interval(0.95)
        assert (found.interval.low, found.interval.high) == pytest.approx((expected.low, expected.high))
    assert (found.d_av is None) == (len(pairs) < 10 or all(len(set(side)) == 1 for side in zip(*pairs, strict=True)))


@pytest.mark.parametrize(
    ("pairs", "mean", "effect"), [(4, False, False), (5, True, False), (9, True, False), (10, True, True)]
)
def test_a_mean_needs_five_pairs_and_an_effect_ten(pairs: int, mean: bool, effect: bool) -> None:
    found = paired_change(numbered(*range(pairs)), numbered(*(score + score % 3 for score in range(pairs))))
    assert [value is not None for value in (found.change, found.mean_before, found.interval)] == [mean] * 3
    assert [value is not None for value in (found.d_av, found.hedges_g)] == [effect] * 2
    assert found.counts.paired == pairs


def test_who_left_and_who_joined_is_always_told() -> None:
    found = paired_change({"a": 1, "b": 2, "c": 3}, {"b": 2, "d": 4})
    assert found.change is None
    counts = found.counts
    assert (counts.before, counts.after, counts.paired, counts.left, counts.joined) == (3, 2, 1, 2, 1)


def test_only_those_scored_twice_count() -> None:
    before = {**numbered(1, 2, 3, 4, 5), "left": 100.0}
    after = {**numbered(2, 3, 4, 5, 6), "new": 100.0}
    found = paired_change(before, after)
    assert (found.mean_before, found.mean_after, found.change) == (3, 4, 1)


def test_ten_who_all_stay_the_same_have_no_standardised_effect() -> None:
    found = paired_change(numbered(*[3] * 10), numbered(*[3] * 10))
    assert (found.change, found.d_av, found.hedges_g) == (0, None, None)


@pytest.mark.parametrize(("degrees", "factor"), [(2, 0.5642), (10, 0.9228), (50, 0.9849)])
def test_the_small_sample_factor_is_that_of_hedges(degrees: int, factor: float) -> None:
    # Hedges 1981, table 1: c(2) = .5642, c(10) = .9228, c(50) = .9849.
    assert small_sample_factor(degrees) == pytest.approx(factor, abs=6e-5)


def test_the_factor_needs_two_degrees_of_freedom() -> None:
    with pytest.raises(ValueError, match="two degrees"):
        small_sample_factor(1)


@pytest.mark.parametrize(
    ("sd", "reliability", "least"),
    # The worked table of domain.md 4.6: PSS-10 twice, SDQ total, CLASS dimension and domain, CCW-JSI demands. Its 6.5
    # for the SDQ is 6.446 by the formula: rounded up there, 6.4 here.
    [(6.35, 0.78, 8.3), (7.0, 0.85, 7.5), (5.2, 0.80, 6.4), (0.6, 0.50, 1.2), (0.5, 0.70, 0.8), (0.5, 0.77, 0.7)],
)
def test_the_least_reliable_change_is_that_of_the_worked_table(sd: float, reliability: float, least: float) -> None:
    assert round(least_reliable_change(sd, reliability), 1) == least


def test_the_example_of_jacobson_and_truax_is_a_reliable_improvement() -> None:
    # 1991, Journal of Consulting and Clinical Psychology 59: 47.5 to 32.5, SD 7.5, r .80, S_diff 4.74, RC 3.16.
    basis = Basis(7.5, "example", 0.80, "example")
    found = reliable_change({"she": 47.5}, {"she": 32.5}, "lower_better", basis)
    assert 15 / (found.threshold / 1.96) == pytest.approx(3.16, abs=0.005)
    assert (found.improved, found.no_reliable_change, found.worsened) == (1, 0, 0)
    assert found.basis is basis


@pytest.mark.parametrize(("direction", "expected"), [("lower_better", (2, 2, 1)), ("higher_better", (1, 2, 2))])
def test_the_direction_of_the_scale_decides_what_is_better(
    direction: Literal["higher_better", "lower_better"], expected: tuple[int, int, int]
) -> None:
    before, after = numbered(20, 20, 20, 20, 20), numbered(10, 11, 13, 27, 30)
    found = reliable_change(before, after, direction, BASIS)
    assert (found.improved, found.no_reliable_change, found.worsened) == expected
    assert found.counts.paired == 5


def test_a_change_of_exactly_the_threshold_is_reliable() -> None:
    basis = Basis(1 / (1.96 * math.sqrt(2)), "made to fit", 0.0, "made to fit")
    found = reliable_change(numbered(1.1, 1.1), numbered(2.1, 0.1), "higher_better", basis)
    assert (found.improved, found.worsened) == (1, 1)


@pytest.mark.parametrize(("sd", "reliability"), [(0, 0.5), (-1, 0.5), (1, 1), (1, -0.1), (math.nan, 0.5)])
def test_an_impossible_spread_or_reliability_is_refused(sd: float, reliability: float) -> None:
    with pytest.raises(ValueError, match="the spread must be above 0"):
        least_reliable_change(sd, reliability)


def test_a_score_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="a finite number"):
        paired_change(numbered(1, 2, 3, 4, math.nan), numbered(1, 2, 3, 4, 5))
    with pytest.raises(ValueError, match="a finite number"):
        reliable_change(numbered(1), numbered(math.inf), "higher_better", BASIS)
