"""What happened since a decision, held against an independent exact computation."""

from math import comb

import pytest

from analytics.since import Week, overdispersion, since


def weeks(*events: int) -> list[Week]:
    return [Week(number, 5) for number in events]


def test_independent_weeks_are_judged_by_the_exact_conditional_test() -> None:
    """Przyborowski and Wilenski 1940: 26 before in 65 days, 1 in 20 days since; P(X <= 1) of 27 at share 20/85."""
    share = 20 / 85
    tail = sum(comb(27, k) * share**k * (1 - share) ** (27 - k) for k in (0, 1))
    assert tail < 0.01
    found = since(weeks(*[2] * 13), 1, 20)
    assert found is not None
    assert found.reading == "fewer"
    assert found.expected == pytest.approx(8.0)
    share_of_four = sum(comb(30, k) * share**k * (1 - share) ** (30 - k) for k in range(5))
    assert share_of_four > 0.01
    again = since(weeks(*[2] * 13), 4, 20)
    assert again is not None
    assert again.reading == "no_more_than_chance"


def test_more_is_told_as_more() -> None:
    found = since(weeks(*[2] * 13), 30, 20)
    assert found is not None
    assert found.reading == "more"


def test_where_not_even_none_at_all_could_be_told_from_chance_it_is_too_early() -> None:
    for events in (0, 1, 2):
        found = since(weeks(*[1, 0] * 6, 0), events, 5)
        assert found is not None
        assert found.reading == "too_early"


def test_without_an_open_day_there_is_nothing_to_compare() -> None:
    assert since(weeks(1, 2), 0, 0) is None
    assert since([], 3, 20) is None


def test_weeks_that_vary_more_make_a_difference_less_sure() -> None:
    assert overdispersion(weeks(*[2] * 13)) == 1.0
    uneven = weeks(13, 0, 0, 0, 0, 0, 13, 0, 0, 0, 0, 0, 0)
    assert overdispersion(uneven) > 5
    found = since(uneven, 1, 20)
    assert found is not None
    assert found.reading == "too_early"
