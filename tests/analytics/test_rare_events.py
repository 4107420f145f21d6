"""Charts of what lies between rare events, against published limits."""

from datetime import date

import pytest

from analytics.rare_events import Gaps, between, g_chart, gaps, is_rare, t_chart

CASES_BETWEEN = [
    23, 39, 15, 34, 1, 49, 98, 29, 27, 13, 45, 7, 10, 27, 24, 14, 20, 38, 44, 11, 10, 3, 113, 183, 3, 47, 18, 18, 33,
    15, 2, 38, 27, 27, 1, 52, 23, 7, 26, 82, 5, 49, 5, 17, 24, 44, 26, 2, 27, 46, 55, 97, 22, 22, 20, 4, 60, 51, 7,
    21, 66, 36, 25, 72, 15, 5, 3,
]  # fmt: skip
"""Numerators of the g case of PowerBI-SPC's golden files (computed in R): upper limit 128.1749, centre 24."""
DAYS_BETWEEN = [
    16, 20, 5, 13, 1, 26, 46, 12, 12, 5, 19, 4, 3, 15, 14, 9, 8, 15, 21, 6, 3, 1, 56, 117, 1, 33, 9, 9, 19, 12, 1, 16,
    13, 18, 1, 35, 16, 5, 21, 38, 3, 25, 3, 11, 13, 20, 9, 3, 8, 21, 24, 38, 8, 13, 9, 1, 30, 23, 3, 7, 22, 19, 11,
    31, 6, 1, 1,
]  # fmt: skip
"""The t case of the same project: limits 0.0221 and 97.268, without screening of moving ranges."""


def labels(count: int) -> list[str]:
    return [f"m{at:02d}" for at in range(count)]


def test_a_g_chart_has_the_published_limit_and_the_median_as_its_centre() -> None:
    chart = g_chart(labels(67), CASES_BETWEEN, lock=67)
    assert (chart.centre, chart.points[0].low) == (24, None)
    assert chart.points[0].high == pytest.approx(128.1749, abs=5e-5)
    assert [point.value for point in chart.points if point.outside] == [183]


def test_a_t_chart_has_the_published_limits() -> None:
    chart = t_chart(labels(67), DAYS_BETWEEN, lock=67)
    assert (chart.points[0].low, chart.points[0].high) == pytest.approx((0.0221, 97.268), abs=5e-4)
    assert [point.value for point in chart.points] == DAYS_BETWEEN
    assert [point.label for point in chart.points if point.outside] == ["m23"]


def test_a_t_chart_agrees_with_montgomery() -> None:
    # Montgomery, 6th ed., table 7.14: hours between failures of a valve; their 0.2777th powers average 5.386.
    hours = [286, 948, 536, 124, 816, 729, 4, 143, 431, 8, 2837, 596, 81, 227, 603, 492, 1199, 1214, 2831, 96]
    chart = t_chart(labels(20), hours, lock=20)
    assert (chart.centre or 0) ** 0.2777 == pytest.approx(5.386, abs=0.01)
    assert chart.points[0].low is None
    assert not any(point.signals for point in chart.points)


def test_both_are_run_charts_until_twelve_gaps_are_known_and_begin_anew_after_a_rebase() -> None:
    for make in (g_chart, t_chart):
        assert make(labels(11), list(range(1, 12))).provisional
        names = [f"2025-{at:02d}-10" for at in range(1, 13)] + ["2026-01-10", "2026-02-10"]
        chart = make(names, [9, 11] * 6 + [50, 60], starts=["2026-01"])
        assert [one.stop for one in chart.segments] == [12, 14]
        assert chart.latest.kind == "run"
        assert chart.centre == pytest.approx(55, abs=1)


def test_events_on_one_day_have_nothing_between_them() -> None:
    assert between([3, 1, 3, 10]) == [2, 0, 7]
    assert g_chart(labels(12), [0] * 12).points[0].high is None
    assert t_chart(labels(13), [0, 4] * 6 + [2]).points[-1].value == 2
    with pytest.raises(ValueError, match="m01"):
        t_chart(labels(2), [1, -1])


def test_gaps_are_child_days_where_every_month_knows_them_and_else_days() -> None:
    days = [date(2026, 1, 16), date(2026, 2, 15), date(2026, 3, 1)]
    known = {date(2026, 1, 1): 310.0, date(2026, 2, 1): 56.0, date(2026, 3, 1): 310.0}
    # 10 child-days a day in January (16 days left), 2 in February; April runs at March's pace, 300 a month of 30 days.
    found = gaps(days, known, date(2026, 4, 4))
    assert found.between == pytest.approx((160 + 28, 28))
    assert (found.since_last, found.exposed) == (pytest.approx(310 + 3 * 310 / 30), True)
    unknown = gaps(days, {**known, date(2026, 2, 1): None}, date(2026, 4, 4))
    assert unknown == Gaps((30.0, 14.0), 34.0, False)
    assert gaps([], known, date(2026, 4, 4)) == Gaps((), 0.0, False)
    announced = gaps([date(2026, 1, 16), date(2026, 4, 20)], known, date(2026, 4, 4))
    assert announced.since_last == 0


def test_events_are_rare_below_one_a_month() -> None:
    assert (is_rare(11, 12), is_rare(12, 12), is_rare(0, 0)) == (True, False, False)
