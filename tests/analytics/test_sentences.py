import pytest

from analytics.control_charts import u_chart, xmr_chart
from analytics.sentences import FINDING_CODES, VARIATIONS, Direction, finding, point_variation, variation

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
    assert (few.code, few.points, few.provisional, few.needed) == ("too_few_points", 6, True, 12)
    nothing = finding(u_chart(["m00", "m01"], [None, 3], [1000, None]))
    assert (nothing.code, nothing.latest, nothing.records) == ("no_data", None, 0)


def test_a_chart_of_single_values_counts_its_points_as_records() -> None:
    found = finding(xmr_chart([str(at) for at in range(12)], [3.5, 4.5] * 6))
    assert (found.code, found.records, found.centre) == ("stable", 12, 4)


def run(values: list[float | None]):
    return finding(xmr_chart([f"m{at:02d}" for at in range(len(values))], values, lock=99))


def test_before_the_limits_a_chart_is_read_as_a_run_chart() -> None:
    assert run([1, 2, 3, 4, 5]).code == "too_few_points"
    assert run([1, 2] * 6).code == "stable"
    assert run([1, 2] * 5 + [8, 9] * 5).code == "higher_than_usual"
    assert run([8, 9] * 5 + [1, 2] * 5).code == "lower_than_usual"
    assert run([1] * 9 + [9] * 9 + [1, 9]).code == "changed_level"
    assert run([None]).code == "no_data"


def test_a_finding_tells_which_chart_it_was_and_since_when() -> None:
    names = [f"2025-{at:02d}" for at in range(1, 13)] + ["2026-01", "2026-02"]
    found = finding(u_chart(names, [6, 14] * 6 + [3, 4], [1000] * 14, starts=["2026-01"]))
    assert (found.kind, found.since, found.points, found.widened, found.records) == ("run", "2026-01", 2, 1, 127)
    found = finding(u_chart(names, [6, 14] * 6 + [10, 9], [1000] * 14))
    assert (found.kind, found.since, found.steady) == ("u_prime", None, True)
    assert found.widened > 2


@pytest.mark.parametrize(
    ("later", "lower", "higher", "neither"),
    [
        ((), "common_cause", "common_cause", "common_cause"),
        ((30, 10), "common_cause", "common_cause", "common_cause"),
        ((12, 13, 12, 13, 12, 13, 12), "concern", "improvement", "neutral"),
        ((8, 7, 8, 7, 8, 7, 8), "improvement", "concern", "neutral"),
        ((14, 13, 12, 11, 10, 9, 8), "improvement", "concern", "neutral"),
        ((5, 6, 7, 8, 9, 10, 11, 12), "concern", "improvement", "neutral"),
        ((30,), "concern", "improvement", "neutral"),
        ((17, 11, 17), "concern", "improvement", "neutral"),
    ],
)
def test_the_icon_follows_the_declared_direction(later, lower: str, higher: str, neither: str) -> None:
    found = finding(chart(*later))
    directions: tuple[Direction, ...] = ("lower", "higher", None)
    assert [variation(found, better) for better in directions] == [lower, higher, neither]
    if lower != "common_cause":
        latest = chart(*later).points[-1]
        assert [point_variation(latest, better) for better in directions] == [lower, higher, neither]


def test_what_cannot_be_told_or_has_no_direction_is_neither_good_nor_bad() -> None:
    assert variation(run([1, 2, 3]), "lower") == "cannot_tell"
    assert variation(run([1] * 9 + [9] * 9 + [1, 9]), "lower") == "neutral"


def test_every_code_is_explained() -> None:
    from typing import get_args

    from analytics.sentences import FindingCode, Variation

    assert set(get_args(FindingCode)) == set(FINDING_CODES)
    assert set(get_args(Variation)) == set(VARIATIONS)
