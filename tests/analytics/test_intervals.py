import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.intervals import poisson_interval, rate, wilson

# epitools finds its limits by root search, to the default tolerance of R's uniroot, not by quantiles.
EPITOOLS = 2**-13
ALPHAS = st.floats(0.001, 0.5)


@pytest.mark.parametrize(
    ("count", "low", "high"),
    # domain.md 5.3, computed there from the UKHSA formulas (PHEindicatormethods, R/Rates.R).
    [(0, 0, 3.689), (3, 0.619, 8.767), (9, 4.115, 17.085), (10, 4.787, 18.391), (20, 12.211, 30.890)],
)
def test_poisson_interval_gives_the_published_limits(count: int, low: float, high: float) -> None:
    interval = poisson_interval(count)
    assert interval.low == pytest.approx(low, abs=6e-4)
    assert interval.high == pytest.approx(high, abs=6e-4)


@pytest.mark.parametrize(
    ("events", "exposure", "low", "high"),
    # epitools::pois.exact, embedded from poisson_rate_reference_cases.json.
    [(0, 100, 0, 0.0368888), (4, 200, 0.00544945, 0.05120794), (27, 1000, 0.01779317, 0.0392836)],
)
def test_exact_limits_agree_with_epitools(events: int, exposure: int, low: float, high: float) -> None:
    interval = poisson_interval(events, method="exact")
    assert [interval.low, interval.high] == pytest.approx([low * exposure, high * exposure], abs=EPITOOLS)


def test_byar_takes_over_at_ten_events_and_stays_within_a_fifth_of_a_per_cent_of_exact() -> None:
    for count in (10, 27, 146, 1000):
        auto, exact = poisson_interval(count), poisson_interval(count, method="exact")
        assert auto == poisson_interval(count, method="byar")
        assert auto.low == pytest.approx(exact.low, rel=2e-3)
        assert auto.high == pytest.approx(exact.high, rel=2e-3)
    assert poisson_interval(9) == poisson_interval(9, method="exact")
    assert poisson_interval(9) != poisson_interval(9, method="byar")


def test_a_rate_is_per_thousand_with_its_interval_and_says_how_it_was_made() -> None:
    estimate = rate(3, 1500)
    assert estimate is not None
    assert (estimate.value, estimate.method, estimate.per) == (2.0, "exact", 1000)
    assert (estimate.numerator, estimate.denominator) == (3, 1500)
    assert estimate.low == pytest.approx(0.619 / 1.5, abs=1e-3)
    large = rate(20, 1000)
    assert large is not None
    assert large.method == "byar"


@pytest.mark.parametrize("exposure", [0, -1, float("nan")])
def test_a_rate_without_exposure_does_not_exist(exposure: float) -> None:
    assert rate(3, exposure) is None


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    # domain.md 5.3; then fmsb/PropCIs, embedded from risk_ratio_reference_cases.json.
    [
        (3, 20, 0.0524, 0.3604),
        (0, 20, 0, 0.1611),
        (3, 25, 0.04166817, 0.29955794),
        (12, 12, 0.75750599, 1),
        (47, 190, 0.19142711, 0.31332279),
    ],
)
def test_wilson_gives_the_published_limits(successes: int, n: int, low: float, high: float) -> None:
    estimate = wilson(successes, n)
    assert estimate is not None
    assert estimate.low == pytest.approx(low, abs=6e-5)
    assert estimate.high == pytest.approx(high, abs=6e-5)


def test_a_share_of_nobody_does_not_exist() -> None:
    assert wilson(0, 0) is None


def test_impossible_counts_are_refused() -> None:
    for impossible in (
        lambda: poisson_interval(-1),
        lambda: poisson_interval(3, alpha=0),
        lambda: rate(-1, 100),
        lambda: wilson(3, 2),
        lambda: wilson(1, 2, alpha=1),
    ):
        with pytest.raises(ValueError, match=r"negative|between"):
            impossible()


@given(st.integers(0, 5000), ALPHAS)
def test_a_poisson_interval_holds_its_count(count: int, alpha: float) -> None:
    interval = poisson_interval(count, alpha)
    assert 0 <= interval.low <= count <= interval.high


@given(st.integers(0, 2000), ALPHAS, ALPHAS)
def test_poisson_intervals_widen_as_alpha_falls(count: int, one: float, other: float) -> None:
    wide, narrow = poisson_interval(count, min(one, other)), poisson_interval(count, max(one, other))
    assert wide.low <= narrow.low + 1e-9
    assert wide.high >= narrow.high - 1e-9


@given(st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), ALPHAS, ALPHAS)
def test_wilson_holds_its_share_stays_possible_and_widens(case: tuple[int, int], one: float, other: float) -> None:
    wide, narrow = wilson(*case, min(one, other)), wilson(*case, max(one, other))
    assert wide is not None
    assert narrow is not None
    assert 0 <= wide.low <= narrow.low + 1e-12 <= narrow.value + 1e-9
    assert narrow.value - 1e-9 <= narrow.high <= wide.high + 1e-12 <= 1 + 1e-9


@given(st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_of_the_failures_mirrors_that_of_the_successes(case: tuple[int, int]) -> None:
    successes, n = case
    there, back = wilson(successes, n), wilson(n - successes, n)
    assert there is not None
    assert back is not None
    assert there.low == pytest.approx(1 - back.high, abs=1e-12)


@pytest.mark.realdata
def test_every_exact_rate_of_the_reference_file_agrees(shared_data: Path) -> None:
    cases = json.loads((shared_data / "poisson_rate_reference_cases.json").read_text())["poisson_rates"]
    assert cases
    for case in cases:
        interval = poisson_interval(case["events"], method="exact")
        value, low, high = case["exact"]
        assert case["events"] / case["denominator"] == pytest.approx(value, abs=1e-7)
        assert [interval.low, interval.high] == pytest.approx(
            [low * case["denominator"], high * case["denominator"]], abs=EPITOOLS
        )


@pytest.mark.realdata
def test_every_wilson_interval_of_the_reference_file_agrees(shared_data: Path) -> None:
    cases = json.loads((shared_data / "risk_ratio_reference_cases.json").read_text())["cases"]
    assert cases
    for case in cases:
        for group in ("exposed", "reference"):
            estimate = wilson(case[f"{group}_events"], case[f"{group}_n"])
            assert estimate is not None
            assert [estimate.low, estimate.high] == pytest.approx(case[f"wilson_{group}"], abs=1e-7)
