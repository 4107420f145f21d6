import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.calendar import child_days, month_label, months_between


def test_months_run_from_the_first_days_month_to_the_last_days_month() -> None:
    assert months_between(date(2025, 11, 30), date(2026, 2, 1)) == (
        date(2025, 11, 1),
        date(2025, 12, 1),
        date(2026, 1, 1),
        date(2026, 2, 1),
    )
    assert months_between(date(2026, 2, 28), date(2026, 2, 1)) == (date(2026, 2, 1),)
    assert months_between(date(2026, 3, 1), date(2026, 2, 28)) == ()


def test_the_label_of_a_month_is_a_sortable_key() -> None:
    assert month_label(date(2026, 3, 31)) == "2026-03"


DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))


@given(DAYS, DAYS)
def test_months_between_are_first_days_in_order_without_holes(one: date, other: date) -> None:
    months = months_between(min(one, other), max(one, other))
    assert months[0] <= one
    assert {month.day for month in months} == {1}
    numbers = [month.year * 12 + month.month for month in months]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert list(map(month_label, months)) == sorted(map(month_label, months))


def test_child_days_are_attended_days_where_known_and_enrolment_times_open_days_otherwise() -> None:
    assert child_days(18.5, 20, 341) == 341
    assert child_days(18.5, 20, None) == 370
    assert child_days(None, None, 341) == 341
    assert child_days(18, 20, math.nan) == 360
    assert child_days(18, 0, None) == 0


def test_child_days_that_cannot_be_known_are_none_and_not_zero() -> None:
    assert child_days(18, None, None) is None
    assert child_days(None, 20, None) is None
    assert child_days(math.nan, 20, None) is None


def test_negative_child_days_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="open_days must not be negative"):
        child_days(18, -1, None)
