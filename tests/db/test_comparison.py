"""Which months stand against which."""

from datetime import date

import pytest

from db.comparison import since_start, told_sums, year_before
from db.small_numbers import offered_starts

TODAY = date(2026, 11, 20)


def test_a_year_stands_against_the_same_months_a_year_before_and_the_running_month_in_neither():
    both = year_before(6, TODAY)
    assert both.pairs()[0] == (date(2025, 5, 1), date(2026, 5, 1))
    assert both.pairs()[-1] == (date(2025, 10, 1), date(2026, 10, 1))
    assert year_before(12, TODAY).before.end == year_before(12, TODAY).now.start


@pytest.mark.parametrize(
    ("start", "first_pair", "months"),
    [
        (date(2026, 1, 5), (date(2025, 4, 1), date(2026, 2, 1)), 9),
        (date(2026, 1, 1), (date(2025, 3, 1), date(2026, 1, 1)), 10),
        (date(2020, 3, 2), (date(2018, 3, 1), date(2020, 4, 1)), 24),
    ],
)
def test_full_months_since_consultation_began_stand_against_as_many_before_its_month(start, first_pair, months):
    both = since_start(start, TODAY)
    assert both is not None
    assert (both.pairs()[0], len(both.pairs())) == (first_pair, months)


@pytest.mark.parametrize("start", [date(2026, 10, 2), date(2026, 11, 3), date(2027, 1, 1)])
def test_before_the_first_full_month_is_over_there_is_nothing_to_compare(start):
    assert since_start(start, TODAY) is None


@pytest.mark.parametrize("months", [3, 6, 12])
def test_told_sums_begin_where_periods_on_offer_begin(months):
    both = told_sums(months, TODAY)
    assert {both.before.start, both.now.start} <= set(offered_starts(date(2026, 11, 1)))
    assert (both.before.end, both.now.end) == (both.now.start, date(2026, 11, 1))


def test_scores_are_read_in_whole_quarters():
    whole = year_before(6, TODAY).scores()
    assert (whole.start, whole.end) == (date(2025, 1, 1), date(2027, 1, 1))
    assert {whole.start.month % 3, whole.end.month % 3} == {1}
