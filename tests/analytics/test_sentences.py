import pytest

from analytics.control_charts import u_chart, xmr_chart
from analytics.run_chart import run_chart
from analytics.sentences import FINDING_CODES, finding

STEADY = [9, 11] * 6


def chart(*later: int | None, baseline: list[int] = STEADY):
    counts = [*baseline, *later]
    return u_chart([f"m{at:02d}" for at in range(len(counts))], counts, [1000] * len(counts))


@pytest.mark.parametrize(
    ("later", "code", "side"),
    [
        ((), "stable", "high"),
        ((12, 13, 12, 13, 12, 13, 12), "higher_than_usual", "high"),
        ((8, 7, 8, 7, 8, 7, 8), "lower_than_usual", "low"),
        ((5, 6, 7, 8, 9, 10, 11, 12), "rising", "high"),
        ((14, 13, 12, 11, 10, 9, 8), "falling", "low"),
        ((30,), "outside_once", "high"),
        ((17, 11, 17), "near_limit", "high"),
        ((30, 10), "back_to_usual", "mid"),
        ((30, 10, None), "back_to_usual", "mid"),
    ],
)
def test_the_latest_signal_gives_the_code(later: tuple[int | None, ...], code: str, side: str) -> None:
    found = finding(chart(*later))
    assert (found.code, found.side) == (code, side)


def test_a_finding_holds_the_numbers_that_a_sentence_needs() -> None:
    found = finding(chart(9, 12, 13, 12, 13, 12, None, 13, 14))
    assert found.code == "higher_than_usual"
    assert (found.latest, found.latest_label, found.centre, found.per) == (14, "m20", 10, 1000)
    assert (found.months_on_side, found.points, found.signal_label) == (7, 20, "m20")
    assert found.records == sum(STEADY) + 9 + 12 + 13 + 12 + 13 + 12 + 13 + 14
    assert not found.provisional
    assert found.high == pytest.approx(10 + 3 * 10**0.5)


def test_a_lasting_shift_is_reported_before_the_outside_point_in_it() -> None:
    assert finding(chart(12, 12, 12, 12, 12, 12, 30)).code == "higher_than_usual"


def test_an_earlier_signal_is_named_by_its_month() -> None:
    assert finding(chart(30, 10)).signal_label == "m12"
    assert finding(chart()).signal_label is None


def test_few_points_and_no_points_say_so() -> None:
    few = finding(chart(baseline=[1, 2, 3, 4, 5, 6]))
    assert (few.code, few.points, few.provisional) == ("too_few_points", 6, True)
    assert finding(chart(baseline=[10, 9, 10, 9, 10, 9, 10])).code == "stable"
    nothing = finding(u_chart(["m00", "m01"], [None, 3], [1000, None]))
    assert (nothing.code, nothing.latest, nothing.records) == ("no_data", None, 0)


def test_a_chart_of_single_values_counts_its_points_as_records() -> None:
    found = finding(xmr_chart([str(at) for at in range(12)], [3.5, 4.5] * 6))
    assert (found.code, found.records, found.centre) == ("stable", 12, 4)


def months(count: int) -> list[str]:
    return [str(at) for at in range(count)]


def test_run_charts_are_read_by_their_own_rules() -> None:
    assert finding(run_chart(months(5), [1, 2, 3, 4, 5])).code == "too_few_points"
    assert finding(run_chart(months(12), [1, 2] * 6)).code == "stable"
    assert finding(run_chart(months(20), [1, 2] * 5 + [8, 9] * 5)).code == "higher_than_usual"
    assert finding(run_chart(months(20), [8, 9] * 5 + [1, 2] * 5)).code == "lower_than_usual"
    assert finding(run_chart(months(20), [1] * 9 + [9] * 9 + [1, 9])).code == "changed_level"
    assert finding(run_chart(months(1), [None])).code == "no_data"


def test_every_code_is_explained() -> None:
    from typing import get_args

    from analytics.sentences import FindingCode

    assert set(get_args(FindingCode)) == set(FINDING_CODES)
