import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.control_charts import ControlChart, last_points, u_chart, without_limits, xmr_chart


def labels(count: int) -> list[str]:
    return [f"m{at:02d}" for at in range(count)]


def test_u_limits_follow_each_months_exposure() -> None:
    # domain.md 5.4: ubar 0.04; n 150 -> (0, 0.0890); n 300 -> (0.0054, 0.0746).
    chart = u_chart(labels(2), [6, 12], [150, 300], per=1, lock=2)
    assert chart.centre == pytest.approx(0.04)
    small, large = chart.points
    assert (small.low, small.high) == pytest.approx((0, 0.0890), abs=5e-5)
    assert (large.low, large.high) == pytest.approx((0.0054, 0.0746), abs=5e-5)


def test_u_limits_agree_with_montgomery() -> None:
    # Montgomery, Introduction to Statistical Quality Control, 6th ed., example 7.4: errors in 50 shipments a week;
    # ubar 0.0740, upper limit 0.1894, lower limit below zero.
    errors = [2, 3, 8, 1, 1, 4, 1, 4, 5, 1, 8, 2, 4, 3, 4, 1, 8, 3, 7, 4]
    chart = u_chart(labels(20), errors, [50] * 20, per=1, lock=20, laney=False)
    assert (chart.centre, chart.points[0].high) == pytest.approx((0.0740, 0.1894), abs=5e-5)
    assert chart.points[0].low == 0


def test_laneys_limits_agree_with_the_published_case() -> None:
    # Patients seen within four hours, by week (Mohammed and Laney 2006, Qual Saf Health Care 15; limits to 4 decimals
    # as in the u' test of PowerBI-SPC): a plain u chart puts most of these weeks outside.
    seen = [266501, 264225, 276532, 281461, 269071, 261215, 270409, 279778, 270483, 270320, 267923, 271478, 255353]
    seen += [256820, 261835, 259144, 255910, 260863, 264465, 260989]
    came = [280443, 276823, 291681, 296155, 282343, 275888, 283867, 295251, 284468, 282529, 279618, 283932, 266629]
    came += [268091, 276803, 271578, 266005, 273520, 278574, 273772]
    chart = u_chart(labels(20), seen, came, per=1, lock=20)
    assert [point.low for point in chart.points[:4]] == pytest.approx([0.9401, 0.940, 0.9404, 0.9405], abs=5.1e-5)
    assert [point.high for point in chart.points[-4:]] == pytest.approx([0.966, 0.9658, 0.9657, 0.9658], abs=5.1e-5)
    assert chart.latest.kind == "u_prime"
    assert chart.latest.widened > 2


def test_limits_are_widened_by_what_the_baseline_varies_and_never_narrowed() -> None:
    # ubar 10, sigma sqrt(10), every step 8: sigma z = 8 / sqrt(10) / 1.128.
    wild = u_chart(labels(12), [6, 14] * 6, [1000] * 12)
    assert wild.latest.widened == pytest.approx(8 / 10**0.5 / 1.128)
    assert wild.points[0].high == pytest.approx(10 + 3 * 8 / 1.128)
    calm = u_chart(labels(12), [9, 11] * 6, [1000] * 12)
    assert (calm.latest.kind, calm.latest.widened) == ("u", 1)
    assert calm.points[0].high == pytest.approx(10 + 3 * 10**0.5)


def test_xmr_limits_agree_with_the_published_case() -> None:
    # Embedded from control_limit_reference_cases.json, "i" (PowerBI-SPC): limits 0.0229 and 0.0957.
    events = [5, 7, 5, 7, 7, 5, 4, 9, 8, 13, 8, 7, 8, 7, 12, 11, 8]
    children = [113, 132, 121, 134, 116, 131, 93, 138, 182, 157, 100, 103, 146, 108, 153, 141, 134]
    values = [a / b for a, b in zip(events, children, strict=True)]
    chart = xmr_chart(labels(17), values, lock=17)
    assert (chart.points[0].low, chart.points[-1].high) == pytest.approx((0.0229, 0.0957), abs=5e-5)


def test_xmr_limits_agree_with_montgomery() -> None:
    # Montgomery, 6th ed., example 6.5 (mortgage loan costs): mean 300.5, limits 279.78 and 321.22.
    costs = [310, 288, 297, 298, 307, 303, 294, 297, 308, 306, 294, 299, 297, 299, 314, 295, 293, 306, 301, 304]
    chart = xmr_chart(labels(20), costs, lock=20)
    assert (chart.centre, chart.points[0].low, chart.points[0].high) == pytest.approx((300.5, 279.78, 321.22), abs=0.02)


def test_xmr_screens_out_one_moving_range_that_is_beyond_its_own_limit() -> None:
    # Ten ranges of 1 and one of 31: mean 41/11 = 3.73, limit 12.2, so only the ranges of 1 are kept.
    values = [10, 11, 10, 11, 10, 11, 10, 11, 10, 11, 10, 41]
    chart = xmr_chart(labels(12), values)
    assert chart.centre == pytest.approx(156 / 12)
    last = chart.points[-1]
    assert (last.low, last.high) == pytest.approx((13 - 3 / 1.128, 13 + 3 / 1.128))
    assert last.outside


def test_the_first_twelve_usable_points_lock_the_limits() -> None:
    counts = [4, 6] * 6
    locked = u_chart(labels(12), counts, [1000] * 12)
    longer = u_chart(labels(15), [*counts, 40, 50, 60], [1000] * 15)
    assert (locked.provisional, longer.provisional) == (False, False)
    assert longer.centre == locked.centre == 5
    assert longer.points[:12] == locked.points
    assert [point.outside for point in longer.points[12:]] == [True] * 3


def test_fewer_than_twelve_points_are_a_run_chart_around_their_median() -> None:
    chart = u_chart(labels(11), [5] * 10 + [90], [1000] * 11)
    assert (chart.latest.kind, chart.provisional, chart.centre, chart.latest.baseline_points) == ("run", True, 5, 11)
    assert {(point.low, point.high, point.signals) for point in chart.points} == {(None, None, ())}


def test_a_rebase_begins_the_baseline_anew_and_no_run_crosses_it() -> None:
    before, after = [9, 11] * 6 + [10, 12, 12, 12, 12, 12, 12], [19, 21] * 6 + [40]
    names = [f"2025-{at:02d}" for at in range(1, 20)] + [f"2026-{at:02d}" for at in range(1, 14)]
    chart = u_chart(names, [*before, *after], [1000] * 32, starts=["2026-01"])
    first, second = chart.segments
    assert (first.stop, second.first, second.stop) == (19, 19, 32)
    assert (first.centre, second.centre) == (10, 20)
    assert chart.points[:19] == u_chart(names[:19], before, [1000] * 19).points
    assert chart.points[19:] == u_chart(names[19:], after, [1000] * 13).points
    assert not any(point.signals for point in chart.points[:31]), "six above, then a new start: no shift of seven"
    assert chart.points[31].outside


def test_after_a_rebase_it_is_a_run_chart_until_twelve_new_points_are_known() -> None:
    names = [f"2025-{at:02d}" for at in range(1, 13)] + ["2026-01", "2026-02", "2026-03"]
    chart = u_chart(names, [9, 11] * 6 + [3, 5, 4], [1000] * 15, starts=["2026-01"])
    assert [one.kind for one in chart.segments] == ["u", "run"]
    assert (chart.centre, chart.provisional) == (4, True)


def test_the_last_points_keep_the_limits_that_rest_on_all() -> None:
    names = [f"2025-{at:02d}" for at in range(1, 13)] + [f"2026-{at:02d}" for at in range(1, 7)]
    chart = u_chart(names, [9, 11] * 9, [1000] * 18, starts=["2026-01"])
    tail = last_points(chart, 8)
    assert tail.points == chart.points[-8:]
    assert [(one.first, one.stop, one.centre) for one in tail.segments] == [(0, 2, 10), (2, 8, 10)]
    assert [one.stop for one in last_points(chart, 4).segments] == [4]
    assert last_points(chart, 99) == chart


def test_without_limits_only_the_values_are_left() -> None:
    bare = without_limits(u_chart(labels(13), [9, 11] * 6 + [40], [1000] * 13))
    assert [point.value for point in bare.points][-1] == 40
    assert {(point.low, point.high, point.outside, point.signals) for point in bare.points} == {(None, None, False, ())}
    assert (bare.centre, len(bare.segments)) == (None, 1)


def test_a_start_before_the_first_point_or_after_the_last_changes_nothing() -> None:
    plain = u_chart(labels(12), [4, 6] * 6, [1000] * 12)
    assert u_chart(labels(12), [4, 6] * 6, [1000] * 12, starts=["a", "m00", "z"]) == plain


def test_a_baseline_that_moved_itself_is_told() -> None:
    assert u_chart(labels(12), [4, 6] * 6, [1000] * 12).latest.steady is True
    assert u_chart(labels(12), [20] * 3 + [22] * 3 + [4, 6] * 3, [1000] * 12).latest.steady is False
    assert u_chart(labels(12), [4] * 12, [1000] * 12).latest.steady is None
    late = u_chart(labels(12), [15, 20, 15, 16, 15, 17, 16, 12, 10, 18, 33, 33], [1000] * 12)
    assert late.latest.steady is False, "two months of another level at the end pull the center away from the others"


def test_a_signal_points_up_or_down_and_a_trend_by_its_steps() -> None:
    falling = u_chart(labels(19), [9, 11] * 6 + [14, 13, 12, 11, 10, 9, 8], [1000] * 19)
    assert [(point.signals, point.direction) for point in falling.points[-2:]] == [(("trend",), -1)] * 2
    high = u_chart(labels(13), [9, 11] * 6 + [40], [1000] * 13)
    assert high.points[-1].direction == 1


@pytest.mark.parametrize(
    ("count", "exposure"), [(None, 1000), (5, None), (5, 0), (5, -3), (math.nan, 1000), (5, math.nan)]
)
def test_a_month_that_cannot_be_known_is_a_gap_and_not_a_zero(count: Any, exposure: Any) -> None:
    full = u_chart(labels(12), [4, 6] * 6, [1000] * 12)
    gap = u_chart(
        [*labels(6), "gap", *labels(12)[6:]],
        [*[4, 6] * 3, count, *[4, 6] * 3],
        [*[1000] * 6, exposure, *[1000] * 6],
    )
    point = gap.points[6]
    assert (point.value, point.low, point.high, point.signals) == (None, None, None, ())
    assert (gap.centre, gap.latest.baseline_points, gap.provisional) == (full.centre, 12, False)
    assert [*gap.points[:6], *gap.points[7:]] == list(full.points)


def test_a_run_passes_over_a_gap() -> None:
    counts = [*[4, 6] * 6, 7, 7, 7, None, 7, 7, 7, 7]
    chart = u_chart(labels(20), counts, [1000] * 20)
    assert [point.signals for point in chart.points[12:]] == [("shift",)] * 3 + [()] + [("shift",)] * 4


def test_a_month_without_events_is_a_zero_when_children_were_there() -> None:
    chart = u_chart(labels(3), [0, 3, 3], [1000] * 3)
    assert chart.points[0].value == 0


@pytest.mark.parametrize(
    "chart",
    [
        u_chart(labels(14), [0] * 13 + [1], [1000] * 14),
        xmr_chart(labels(14), [0.1 + 0.2] * 6 + [0.3] * 7 + [0.4]),
    ],
)
def test_a_baseline_without_variation_gives_no_limits_and_no_signal(chart: ControlChart) -> None:
    assert {(point.low, point.high, point.signals) for point in chart.points} == {(None, None, ())}


def test_equal_rates_from_unequal_exposures_are_no_shift() -> None:
    exposures = [700.0, 1100, 1300, 900, 1700, 300, 1900, 2300, 2900, 3100, 3700, 4100, 4300]
    chart = u_chart(labels(13), [round(days / 100) for days in exposures], exposures, per=1000)
    assert not any(point.signals for point in chart.points)


def test_rule_four_uses_each_points_own_width() -> None:
    # ubar 10 per 1,000: two sigma are 6.3 above it at 1,000 child-days and 20 above it at 100.
    counts, exposures = [10] * 12 + [17, 11, 17], [1000.0] * 15
    near = u_chart(labels(15), counts, exposures)
    assert [point.signals for point in near.points[12:]] == [("two_of_three",), (), ("two_of_three",)]
    few_days = u_chart(labels(15), [10] * 12 + [2, 11, 2], [*exposures[:12], 118, 1000, 118])
    assert [point.value for point in few_days.points[12:]] == pytest.approx([16.95, 11, 16.95], abs=0.01)
    assert [point.signals for point in few_days.points[12:]] == [()] * 3


def test_a_limit_cut_off_at_zero_does_not_make_small_rates_look_near_it() -> None:
    # ubar 4: sigma 2, the lower limit -2 is cut to 0; two thirds of the way to the uncut limit is 0.
    chart = u_chart(labels(15), [4] * 12 + [1, 1, 1], [1000] * 15)
    assert not any(point.signals for point in chart.points)


def test_charts_without_points_or_with_one_say_so_instead_of_failing() -> None:
    for empty in (u_chart([], [], []), u_chart(labels(1), [None], [5]), xmr_chart(labels(2), [None, None])):
        assert (empty.centre, empty.latest.baseline_points, empty.provisional) == (None, 0, True)
    single = xmr_chart(labels(1), [3.5])
    assert (single.centre, single.points[0].low, single.points[0].high) == (3.5, None, None)


def test_limits_of_single_values_stop_at_what_is_possible() -> None:
    chart = xmr_chart(labels(12), [0, 60] * 6, floor=0, ceiling=100)
    assert (chart.points[0].low, chart.points[0].high) == (0, 100)


def test_impossible_input_is_refused_by_the_month_it_stands_in() -> None:
    with pytest.raises(ValueError, match="m01: a count must not be negative"):
        u_chart(labels(2), [1, -1], [10, 10])
    with pytest.raises(ValueError, match="shorter"):
        u_chart(labels(2), [1], [10, 10])
    with pytest.raises(ValueError, match="lock=0"):
        xmr_chart(labels(2), [1, 2], lock=0)


MONTHS = st.lists(st.tuples(st.none() | st.integers(0, 60), st.none() | st.floats(0, 3000)), min_size=0, max_size=36)


@given(MONTHS)
def test_limits_surround_the_centre_and_only_usable_months_carry_anything(
    months: list[tuple[int | None, float | None]],
) -> None:
    chart = u_chart(labels(len(months)), [m[0] for m in months], [m[1] for m in months])
    for point, (count, exposure) in zip(chart.points, months, strict=True):
        usable = count is not None and exposure is not None and exposure > 0
        assert (point.value is not None) == usable
        if point.low is not None and point.high is not None:
            assert chart.centre is not None
            assert 0 <= point.low <= chart.centre <= point.high
        assert point.outside == ("beyond_limits" in point.signals)
    assert chart.latest.baseline_points == min(12, sum(point.value is not None for point in chart.points))


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=30), st.floats(-50, 50))
def test_adding_a_constant_moves_an_xmr_chart_without_changing_its_width(values: list[float], step: float) -> None:
    values = [round(value, 3) for value in values]
    before = xmr_chart(labels(len(values)), values)
    after = xmr_chart(labels(len(values)), [value + step for value in values])
    for one, other in zip(before.points, after.points, strict=True):
        if one.high is not None and other.high is not None and one.low is not None and other.low is not None:
            assert other.high - other.low == pytest.approx(one.high - one.low, abs=1e-6)


@pytest.mark.realdata
def test_limits_agree_with_the_reference_file(shared_data: Path) -> None:
    case = json.loads((shared_data / "control_limit_reference_cases.json").read_text())["u"]
    numbers = (case["numerators"], case["denominators"])
    chart = u_chart(case["keys"], *numbers, 10000, lock=len(case["keys"]), laney=False)
    half_a_digit = 0.51 * 10 ** -case["decimals"]
    assert [point.low for point in chart.points] == pytest.approx(case["ll99"], abs=half_a_digit)
    assert [point.high for point in chart.points] == pytest.approx(case["ul99"], abs=half_a_digit)


@pytest.mark.realdata
def test_xmr_limits_agree_with_the_reference_file(shared_data: Path) -> None:
    case = json.loads((shared_data / "control_limit_reference_cases.json").read_text())["i"]
    values = [a / b for a, b in zip(case["numerators"], case["denominators"], strict=True)]
    chart = xmr_chart(case["keys"], values, lock=len(values))
    assert [point.low for point in chart.points] == pytest.approx(case["ll99"], abs=5e-5)
    assert [point.high for point in chart.points] == pytest.approx(case["ul99"], abs=5e-5)
