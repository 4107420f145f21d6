import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.control_charts import p_chart, u_chart, xmr_chart


def labels(count: int) -> list[str]:
    return [f"m{at:02d}" for at in range(count)]


def test_u_limits_follow_each_months_exposure() -> None:
    # domain.md 5.4: ubar 0.04; n 150 -> (0, 0.0890); n 300 -> (0.0054, 0.0746).
    chart = u_chart(labels(2), [6, 12], [150, 300], per=1)
    assert chart.centre == pytest.approx(0.04)
    small, large = chart.points
    assert (small.low, small.high) == pytest.approx((0, 0.0890), abs=5e-5)
    assert (large.low, large.high) == pytest.approx((0.0054, 0.0746), abs=5e-5)


def test_p_limits_agree_with_hand_arithmetic_and_stay_possible() -> None:
    # pbar 0.2, n 25: 20 % +- 3 x 8 points, the lower one below zero.
    chart = p_chart(labels(2), [5, 5], [25, 25])
    assert [(point.low, point.high) for point in chart.points] == [pytest.approx((0, 44))] * 2
    nearly_all = p_chart(labels(2), [24, 24], [25, 25])
    assert nearly_all.points[0].high == 100


def test_xmr_limits_agree_with_the_published_case() -> None:
    # Embedded from control_limit_reference_cases.json, "i" (PowerBI-SPC): limits 0.0229 and 0.0957.
    events = [5, 7, 5, 7, 7, 5, 4, 9, 8, 13, 8, 7, 8, 7, 12, 11, 8]
    children = [113, 132, 121, 134, 116, 131, 93, 138, 182, 157, 100, 103, 146, 108, 153, 141, 134]
    values = [a / b for a, b in zip(events, children, strict=True)]
    chart = xmr_chart(labels(17), values, lock=17)
    assert (chart.points[0].low, chart.points[-1].high) == pytest.approx((0.0229, 0.0957), abs=5e-5)


def test_xmr_screens_out_one_moving_range_that_is_beyond_its_own_limit() -> None:
    # Ten ranges of 1 and one of 31: mean 41/11 = 3.73, limit 12.2, so only the ranges of 1 are kept.
    values = [10, 11, 10, 11, 10, 11, 10, 11, 10, 11, 10, 41]
    chart = xmr_chart(labels(12), values)
    assert chart.centre == pytest.approx(156 / 12)
    last = chart.points[-1]
    assert (last.low, last.high) == pytest.approx((13 - 2.66, 13 + 2.66))
    assert last.outside


def test_the_first_twelve_usable_points_lock_the_limits() -> None:
    counts = [4, 6] * 6
    locked = u_chart(labels(12), counts, [1000] * 12)
    longer = u_chart(labels(15), [*counts, 40, 50, 60], [1000] * 15)
    assert (locked.provisional, longer.provisional) == (False, False)
    assert longer.centre == locked.centre == 5
    assert longer.points[:12] == locked.points
    assert [point.outside for point in longer.points[12:]] == [True] * 3


def test_fewer_than_twelve_points_give_provisional_limits() -> None:
    chart = u_chart(labels(11), [5] * 11, [1000] * 11)
    assert chart.provisional
    assert chart.baseline_points == 11
    assert chart.points[0].high is not None


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
    assert (gap.centre, gap.baseline_points, gap.provisional) == (full.centre, 12, False)
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
        p_chart(labels(14), [0] * 13 + [1], [20] * 14),
        p_chart(labels(14), [20] * 13 + [19], [20] * 14),
        xmr_chart(labels(14), [0.1 + 0.2] * 6 + [0.3] * 7 + [0.4]),
    ],
)
def test_a_baseline_without_variation_gives_no_limits_and_no_signal(chart: Any) -> None:
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
    for empty in (u_chart([], [], []), p_chart(labels(1), [None], [5]), xmr_chart(labels(2), [None, None])):
        assert (empty.centre, empty.baseline_points, empty.provisional) == (None, 0, True)
    single = xmr_chart(labels(1), [3.5])
    assert (single.centre, single.points[0].low, single.points[0].high) == (3.5, None, None)


def test_impossible_input_is_refused_by_the_month_it_stands_in() -> None:
    with pytest.raises(ValueError, match="m01: a count must not be negative"):
        u_chart(labels(2), [1, -1], [10, 10])
    with pytest.raises(ValueError, match=r"m00: .* more than all"):
        p_chart(labels(1), [6], [5])
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
    assert chart.baseline_points == min(12, sum(point.value is not None for point in chart.points))


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=30), st.floats(-50, 50))
def test_adding_a_constant_moves_an_xmr_chart_without_changing_its_width(values: list[float], step: float) -> None:
    values = [round(value, 3) for value in values]
    before = xmr_chart(labels(len(values)), values)
    after = xmr_chart(labels(len(values)), [value + step for value in values])
    for one, other in zip(before.points, after.points, strict=True):
        if one.high is not None and other.high is not None and one.low is not None and other.low is not None:
            assert other.high - other.low == pytest.approx(one.high - one.low, abs=1e-6)


@pytest.mark.realdata
@pytest.mark.parametrize(("kind", "per"), [("u", 10000), ("p", 100)])
def test_limits_agree_with_the_reference_file(shared_data: Path, kind: str, per: float) -> None:
    case = json.loads((shared_data / "control_limit_reference_cases.json").read_text())[kind]
    make = {"u": u_chart, "p": p_chart}[kind]
    chart = make(case["keys"], case["numerators"], case["denominators"], per, lock=len(case["keys"]))
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
