from hypothesis import given
from hypothesis import strategies as st

from analytics.rules import (
    RULE_WORDS,
    beyond_limits,
    shift_of_seven,
    signals,
    trend_of_seven,
    two_of_three_near_limit,
)


def near(values: list[float], sigma: list[float | None] | None = None) -> tuple[bool, ...]:
    widths = sigma or [1.0] * len(values)
    outside = [width is not None and abs(value) > 3 * width for value, width in zip(values, widths, strict=True)]
    return two_of_three_near_limit(values, 0, widths, outside)


def test_a_point_on_its_limit_is_inside_and_one_past_it_is_outside() -> None:
    assert beyond_limits([3, 3.1, -3, -3.1, 9], [-3] * 4 + [None], [3] * 4 + [None]) == (
        False,
        True,
        False,
        True,
        False,
    )


def test_seven_points_on_one_side_are_a_shift_and_six_are_not() -> None:
    assert shift_of_seven([1] * 6, 0) == (False,) * 6
    assert shift_of_seven([-1, *[1] * 7, -1], 0) == (False, *[True] * 7, False)
    assert shift_of_seven([-1] * 8, 0) == (True,) * 8


def test_a_point_on_the_centre_ends_a_shift() -> None:
    assert not any(shift_of_seven([1, 1, 1, 1, 0, 1, 1, 1, 1], 0))


def test_seven_points_that_rise_or_fall_are_a_trend_and_a_tie_ends_it() -> None:
    assert trend_of_seven([0, 1, 2, 3, 4, 5]) == (False,) * 6
    assert trend_of_seven([5, 0, 1, 2, 3, 4, 5, 6]) == (False, *[True] * 7)
    assert trend_of_seven([6, 5, 4, 3, 2, 1, 0]) == (True,) * 7
    assert not any(trend_of_seven([0, 1, 2, 3, 3, 4, 5, 6]))


def test_two_of_three_near_one_limit_are_flagged_and_the_third_is_not() -> None:
    assert near([2.5, 1, 2.5]) == (True, False, True)
    assert near([2.5, 2.5, 1]) == (True, True, False)


def test_two_near_points_do_not_count_across_the_centre_or_with_one_between_on_the_other_side() -> None:
    assert not any(near([2.5, 1, -2.5]))
    assert not any(near([2.5, -1, 2.5]))


def test_a_point_outside_its_limits_is_not_near_one() -> None:
    assert not any(near([3.5, 1, 2.5]))


def test_near_is_judged_by_the_points_own_width() -> None:
    assert near([2.5, 1, 2.5], [1, 1, 2]) == (False, False, False)
    assert near([2.5, 1, 4.5], [1, 1, 2]) == (True, False, True)
    assert not any(near([2.5, 1, 2.5], [None, None, None]))


def test_every_code_that_a_point_can_carry_has_its_words() -> None:
    values = [0.0, 1, 2.2, 2.3, 2.4, 2.5, 2.6, 2.7, 9]
    found = signals(values, 0, [1] * 9, [-3] * 9, [3] * 9)
    assert {code for codes in found for code in codes} == set(RULE_WORDS)
    assert found[-1] == ("beyond_limits", "shift", "trend")


SERIES = st.lists(st.integers(-4, 4).map(float), max_size=30)


@given(SERIES)
def test_mirroring_a_chart_mirrors_its_signals(values: list[float]) -> None:
    widths, low, high = [1.0] * len(values), [-3.0] * len(values), [3.0] * len(values)
    assert signals(values, 0, widths, low, high) == signals([-v for v in values], 0, widths, low, high)


@given(SERIES)
def test_flagged_shifts_come_in_runs_of_seven_or_more(values: list[float]) -> None:
    flags = "".join("x" if flag else " " for flag in shift_of_seven(values, 0))
    assert all(len(run) >= 7 for run in flags.split())
