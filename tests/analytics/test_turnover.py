"""Turnover, against values worked out by hand."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.turnover import Employment, turnover

JANUARY, NEXT_JANUARY = date(2025, 1, 1), date(2026, 1, 1)
LONG_AGO = date(2020, 8, 1)


def test_two_of_ten_who_leave_at_the_end_of_a_year_are_20_percent() -> None:
    staff = [Employment(LONG_AGO)] * 8 + [Employment(LONG_AGO, date(2025, 12, 31))] * 2
    found = turnover(staff, JANUARY, NEXT_JANUARY)
    assert found is not None
    assert (found.leavers, found.average_headcount, found.days) == (2, 10, 365)
    assert found.annual_percent == pytest.approx(20)
    # Exact Poisson limits of 2 are 0.242 and 7.225 (Garwood 1936), per 10 person-years.
    assert (found.interval.low, found.interval.high) == pytest.approx((2.42, 72.25), abs=0.01)


def test_half_a_year_is_annualised() -> None:
    staff = [Employment(LONG_AGO)] * 9 + [Employment(LONG_AGO, date(2025, 3, 31))]
    found = turnover(staff, JANUARY, date(2025, 7, 1))
    assert found is not None
    # 181 days; nine stay, one is there for 90 days: 1,719 person-days.
    assert found.average_headcount == pytest.approx(1719 / 181)
    assert found.annual_percent == pytest.approx(100 * 365 / 1719)


def test_a_day_is_counted_from_the_first_to_the_last_one() -> None:
    found = turnover([Employment(date(2025, 1, 10), date(2025, 1, 10))], JANUARY, date(2025, 2, 1))
    assert found is not None
    assert found.average_headcount == pytest.approx(1 / 31)
    assert found.leavers == 1


def test_the_first_day_of_the_period_counts_and_the_end_does_not() -> None:
    def leaving(day: date) -> int:
        found = turnover([Employment(LONG_AGO), Employment(LONG_AGO, day)], JANUARY, NEXT_JANUARY)
        assert found is not None
        return found.leavers

    days = (JANUARY - timedelta(days=1), JANUARY, date(2025, 12, 31), NEXT_JANUARY)
    assert [leaving(day) for day in days] == [0, 1, 1, 0]


def test_nobody_who_left_gives_zero_with_an_upper_limit() -> None:
    found = turnover([Employment(LONG_AGO)] * 10, JANUARY, NEXT_JANUARY)
    assert found is not None
    assert (found.annual_percent, found.interval.low) == (0, 0)
    assert found.interval.high == pytest.approx(36.89, abs=0.01)  # 3.689 of ten


def test_everyone_is_also_weighed_by_their_share_of_full_time() -> None:
    staff = [Employment(LONG_AGO, fte=1.0)] * 3 + [Employment(LONG_AGO, date(2025, 12, 31), 0.5)] * 2
    found = turnover(staff, JANUARY, NEXT_JANUARY)
    assert found is not None
    assert (found.average_headcount, found.average_fte) == (5, 4)
    assert found.annual_percent == pytest.approx(40)
    assert found.fte_annual_percent == pytest.approx(25)


def test_without_full_time_shares_there_is_no_weighed_figure() -> None:
    found = turnover([Employment(LONG_AGO, fte=0)], JANUARY, NEXT_JANUARY)
    assert found is not None
    assert found.fte_annual_percent is None


@pytest.mark.parametrize("staff", [[], [Employment(NEXT_JANUARY)], [Employment(LONG_AGO, date(2024, 12, 31))]])
def test_a_site_without_staff_in_that_time_has_no_turnover(staff: list[Employment]) -> None:
    assert turnover(staff, JANUARY, NEXT_JANUARY) is None


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        turnover([], JANUARY, JANUARY)
    with pytest.raises(ValueError, match="before they were hired"):
        turnover([Employment(NEXT_JANUARY, JANUARY)], JANUARY, NEXT_JANUARY)
    with pytest.raises(ValueError, match="must not be negative"):
        turnover([Employment(LONG_AGO, fte=-1)], JANUARY, NEXT_JANUARY)


DAYS = st.dates(date(2023, 1, 1), date(2027, 12, 31))


@given(st.lists(st.tuples(DAYS, st.integers(0, 900)), min_size=1, max_size=12))
def test_the_average_is_that_of_counting_heads_day_by_day(times: list[tuple[date, int]]) -> None:
    staff = [Employment(hired, hired + timedelta(days=stay)) for hired, stay in times]
    start, end = date(2025, 1, 1), date(2025, 3, 1)
    heads = [
        sum(one.hired <= start + timedelta(days=at) <= (one.left or end) for one in staff)
        for at in range((end - start).days)
    ]
    found = turnover(staff, start, end)
    assert (found.average_headcount if found else 0) == pytest.approx(sum(heads) / len(heads))
