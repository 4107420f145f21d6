import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.run_chart import fewest_crossings, longest_run_limit, run_tests


@pytest.mark.parametrize(
    ("useful", "longest", "crossings"),
    [(10, 6, 2), (12, 7, 3), (20, 7, 6), (24, 8, 8)],  # qicharts2 vignette, domain.md 5.4
)
def test_limits_agree_with_the_published_table(useful: int, longest: int, crossings: int) -> None:
    assert (longest_run_limit(useful), fewest_crossings(useful)) == (longest, crossings)


def test_a_series_under_ten_useful_points_is_too_short_to_say() -> None:
    chart = run_tests([1, 2, 3, 4, 5, 6, 7, 8, 9])
    assert (chart.too_short, chart.signal, chart.longest_run_limit, chart.crossings_limit) == (
        True,
        None,
        None,
        None,
    )
    assert (chart.median, chart.useful) == (5, 8)
    constant = run_tests([3.0] * 20)
    assert (constant.too_short, constant.useful, constant.longest_run) == (True, 0, 0)


def test_a_lasting_change_of_level_is_a_signal_and_alternation_is_not() -> None:
    moved = run_tests([1, 2] * 5 + [8, 9] * 5)
    assert (moved.longest_run, moved.crossings, moved.signal) == (10, 1, True)
    steady = run_tests([1, 2] * 6)
    assert (steady.longest_run, steady.crossings, steady.signal) == (1, 11, False)


@pytest.mark.parametrize(
    ("pattern", "longest", "crossings", "signal"),
    [
        ("lll hhhhhhh ll hh ll h lll", 7, 6, False),  # both exactly at their limits for 20 points
        ("lll hhhhhhhh ll h ll h lll", 8, 6, True),
        ("lllll hhhhh lllll hhhhh", 5, 3, True),
        ("lll hhhhhhh ll hh lllll h", 7, 5, True),
    ],
)
def test_either_test_alone_gives_a_signal_and_neither_does_at_its_limit(
    pattern: str, longest: int, crossings: int, signal: bool
) -> None:
    values = [{"l": 1.0, "h": 9.0}[mark] for mark in pattern.replace(" ", "")]
    chart = run_tests(values)
    assert (chart.longest_run, chart.crossings, chart.signal) == (longest, crossings, signal)


def test_gaps_and_points_on_the_median_neither_lengthen_nor_break_a_run() -> None:
    plain = run_tests([1, 1, 1, 9, 9, 9, 1, 1, 1, 9, 9, 9])
    holed = run_tests([1, 1, None, 1, 9, 9, 9, 5, 1, 1, 1, 9, 9, 9])
    assert (holed.useful, holed.longest_run, holed.crossings) == (12, 3, 3)
    assert (plain.longest_run, plain.crossings) == (3, 3)


def test_a_series_without_values_has_no_median() -> None:
    assert run_tests([None, float("nan")]).median is None


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=40))
def test_reading_a_series_backwards_or_upside_down_changes_nothing(values: list[int]) -> None:
    def numbers(series: list[int]) -> tuple[object, ...]:
        chart = run_tests(series)
        return chart.useful, chart.longest_run, chart.crossings, chart.signal

    assert numbers(values) == numbers(values[::-1]) == numbers([-value for value in values])


def test_chance_alone_rarely_gives_a_signal() -> None:
    source = random.Random(7)
    alarms = sum(bool(run_tests([source.gauss(0, 1) for _ in range(24)]).signal) for _ in range(400))
    assert 0 < alarms / 400 < 0.05
