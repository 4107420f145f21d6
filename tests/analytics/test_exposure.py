"""Choosing what incidents are divided by."""

import pytest

from analytics.exposure import choose_exposure


def test_child_days_are_used_where_they_are_known():
    chosen = choose_exposure([320.0, 300.0], [16.0, 16.0])
    assert (chosen.kind, chosen.values, chosen.per) == ("child_days", (320.0, 300.0), 1000.0)


def test_a_month_without_child_days_is_a_gap_and_not_filled_from_enrolment():
    assert choose_exposure([320.0, None, 300.0], [16.0, 16.0, 16.0]).values == (320.0, None, 300.0)


def test_enrolment_stands_in_when_most_months_know_only_that():
    chosen = choose_exposure([320.0, None, None], [16.0, 15.0, None])
    assert (chosen.kind, chosen.values) == ("child_days", (320.0, None, None))
    chosen = choose_exposure([320.0, None, None], [16.0, 15.0, 14.0])
    assert (chosen.kind, chosen.values, chosen.per) == ("enrolled", (16.0, 15.0, 14.0), 100.0)


def test_zero_is_no_denominator():
    assert choose_exposure([0.0, None], [0.0, None]).kind == "none"


def test_nothing_known_is_said_so():
    assert choose_exposure([], []).kind == "none"


def test_lists_must_be_of_one_length():
    with pytest.raises(ValueError, match="zip"):
        choose_exposure([1.0], [])
