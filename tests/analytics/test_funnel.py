import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analytics.funnel import Funnel, mean_funnel, proportion_funnel, rate_funnel
from analytics.prediction_limits import binomial_limits, negative_binomial_limits, poisson_limits, tail_of_count

TAILS = st.sampled_from([0.025, 0.001])


def names(count: int) -> list[str]:
    return [f"s{at}" for at in range(count)]


def limits_at(funnel: Funnel, exposure: float) -> tuple[float, ...]:
    """The curve read off at an exposure, as a reader would."""
    curve = np.array(funnel.curve)
    return tuple(float(np.interp(exposure, curve[:, 0], curve[:, column])) for column in range(1, 5))


@given(st.floats(0.001, 400), TAILS)
def test_poisson_limits_classify_every_count_as_its_exact_probability_does(expected: float, tail: float) -> None:
    low, high = (float(limit[0]) for limit in poisson_limits(np.array([expected]), tail))
    for count in {*range(15), int(low), int(low) + 1, int(high), int(high) + 1}:
        at_least, at_most = stats.poisson.sf(count - 1, expected), stats.poisson.cdf(count, expected)
        if min(abs(at_least - tail), abs(at_most - tail)) > 1e-9:
            assert (count > high) == (at_least < tail)
            assert (count < low) == (at_most < tail)


@given(st.integers(1, 300), st.floats(0.002, 0.998), TAILS)
def test_binomial_limits_classify_every_count_as_its_exact_probability_does(
    total: int, share: float, tail: float
) -> None:
    low, high = (float(limit[0]) for limit in binomial_limits(np.array([float(total)]), share, tail))
    assert 0 <= low <= high <= total
    for count in range(total + 1):
        at_least, at_most = stats.binom.sf(count - 1, total, share), stats.binom.cdf(count, total, share)
        if min(abs(at_least - tail), abs(at_most - tail)) > 1e-9:
            assert (count > high) == (at_least < tail)
            assert (count < low) == (at_most < tail)


def test_poisson_limits_lie_within_one_count_of_the_quantiles_of_the_published_code() -> None:
    # FunnelPlotR draws qpois(.975, E) and qpois(.025, E) (domain.md 5.5); ours is smooth between the steps.
    expected = np.array([0.5, 3.0, 10.0, 47.0, 500.0])
    low, high = poisson_limits(expected, 0.025)
    assert np.all(np.abs(high - stats.poisson.ppf(0.975, expected)) <= 1)
    assert np.all(np.abs(low - stats.poisson.ppf(0.025, expected)) <= 1)


def test_binomial_limits_of_a_large_group_approach_the_published_formula() -> None:
    # UKHSA: avg +- z sqrt(avg (1 - avg) / n); domain.md 5.5: avg .10, n 100 -> .0412, .1588.
    total = np.array([100.0, 40000.0])
    low, high = (limit / total for limit in binomial_limits(total, 0.10, 0.025))
    assert (low[0], high[0]) == pytest.approx((0.0412, 0.1588), abs=0.01)
    half = 1.96 * math.sqrt(0.09 / 40000)
    assert (low[1], high[1]) == pytest.approx((0.10 - half, 0.10 + half), abs=5e-5)


def test_a_site_is_judged_by_the_limits_at_its_own_exposure() -> None:
    # Nine sites at 4 per 1,000 child-days; the small site's 12 is within chance, the large one's is not.
    exposures = [1000.0] * 9 + [250.0, 5000.0]
    counts = [4] * 9 + [3, 60]
    funnel = rate_funnel(names(11), names(11), counts, exposures, widen=False)
    assert funnel.points[9].value == funnel.points[10].value == 12
    assert (funnel.points[9].zone, funnel.points[10].zone) == ("inside", "beyond_998")
    assert {point.side for point in funnel.points[:9]} == {"low"}
    assert funnel.centre == pytest.approx(1000 * 99 / 14250)
    assert funnel.points[10].expected == pytest.approx(5000 * 99 / 14250)


def test_sites_that_vary_more_than_chance_widen_the_limits() -> None:
    counts = [5, 35, 8, 30, 4, 40, 6, 33, 9, 30]
    plain = rate_funnel(names(10), names(10), counts, [1000] * 10, widen=False)
    wide = rate_funnel(names(10), names(10), counts, [1000] * 10)
    assert (plain.overdispersed, wide.overdispersed) == (False, True)
    z = np.array([(count - 20) / math.sqrt(20) for count in counts])
    low, high = np.quantile(z, [0.1, 0.9])
    normal = stats.norm.expect(lambda one: np.clip(one, stats.norm.ppf(0.1), stats.norm.ppf(0.9)) ** 2)
    assert wide.phi == pytest.approx(np.mean(np.clip(z, low, high) ** 2) / normal, rel=1e-6)
    assert sum(p.zone != "inside" for p in wide.points) < sum(p.zone != "inside" for p in plain.points)
    assert [p.z for p in wide.points] == pytest.approx(z.tolist())
    # The same by another way: a gamma shape of 1 / spread² and scipy's negative binomial quantiles.
    shape = wide.spread**-2
    quantile = stats.nbinom.ppf([0.025, 0.975], shape, shape / (shape + 20))
    assert np.array(limits_at(wide, 1000)[:2]) == pytest.approx(quantile, abs=1)
    scaled = z * math.sqrt(20) / math.sqrt(20 + (wide.spread * 20) ** 2)
    assert np.mean(np.clip(scaled, *np.quantile(scaled, [0.1, 0.9])) ** 2) / normal == pytest.approx(1, rel=1e-4)


@given(st.floats(0.05, 300), st.floats(0.05, 1.5), TAILS)
def test_limits_of_sites_that_differ_classify_every_count_as_the_negative_binomial_does(
    expected: float, spread: float, tail: float
) -> None:
    low, high = (float(limit[0]) for limit in negative_binomial_limits(np.array([expected]), spread, tail))
    shape = spread**-2
    share = shape / (shape + expected)
    for count in {*range(12), int(low), int(low) + 1, int(high), int(high) + 1}:
        at_least, at_most = stats.nbinom.sf(count - 1, shape, share), stats.nbinom.cdf(count, shape, share)
        ours = tail_of_count(np.array([float(count)]), np.array([expected]), spread)
        assert [float(one[0]) for one in ours] == pytest.approx([at_most, at_least], rel=1e-6, abs=1e-12)
        if min(abs(at_least - tail), abs(at_most - tail)) > 1e-7:
            assert (count > high) == (at_least < tail)
            assert (count < low) == (at_most < tail)


def test_tails_of_a_poisson_count_are_those_of_scipy() -> None:
    counts, expected = np.array([0.0, 3.0, 20.0]), np.array([2.5, 9.0, 9.0])
    low, high = tail_of_count(counts, expected)
    assert low == pytest.approx(stats.poisson.cdf(counts, expected))
    assert high == pytest.approx(stats.poisson.sf(counts - 1, expected))


def test_one_odd_site_among_alike_ones_does_not_hide_itself_by_widening_the_limits() -> None:
    funnel = rate_funnel(names(12), names(12), [20, 22, 18, 21, 19, 20, 23, 17, 20, 21, 19, 90], [1000] * 12)
    assert funnel.spread < 0.2
    assert funnel.points[-1].zone == "beyond_998"


def test_alike_sites_leave_the_limits_as_they_are() -> None:
    funnel = rate_funnel(names(6), names(6), [4, 5, 4, 5, 4, 5], [1000] * 6)
    assert funnel.phi < 1
    assert not funnel.overdispersed


@pytest.mark.parametrize(
    "funnel",
    [
        rate_funnel(names(4), names(4), [1, 90, 3, 2], [1000] * 4),
        proportion_funnel(names(4), names(4), [1, 19, 3, 2], [20] * 4),
        mean_funnel(names(4), names(4), [1, 6.5, 2, 3], [9] * 4, sd=0.5),
    ],
)
def test_fewer_than_five_sites_have_a_centre_but_no_limits(funnel: Funnel) -> None:
    assert (funnel.enough_sites, funnel.curve, funnel.overdispersed) == (False, (), False)
    assert {point.zone for point in funnel.points} == {"inside"}
    assert len(funnel.points) == 4


def test_a_site_without_a_denominator_is_left_out_and_named() -> None:
    funnel = rate_funnel(names(7), names(7), [4, 5, None, 5, 4, 5, 9], [1000, 900, 800, None, 0, 1000, 800])
    assert funnel.left_out == ("s2", "s3", "s4")
    assert [point.key for point in funnel.points] == ["s0", "s1", "s5", "s6"]
    assert not funnel.enough_sites


def test_no_sites_and_no_events_are_drawn_without_failing() -> None:
    assert rate_funnel([], [], [], []).points == ()
    quiet = rate_funnel(names(6), names(6), [0] * 6, [1000] * 6)
    assert quiet.centre == 0
    assert {(point.zone, point.side, point.z) for point in quiet.points} == {("inside", "mid", 0)}
    everyone = proportion_funnel(names(6), names(6), [9] * 6, [9] * 6)
    assert {point.zone for point in everyone.points} == {"inside"}
    same = mean_funnel(names(6), names(6), [0.1 + 0.2] * 3 + [0.3] * 3, [7, 8, 9, 11, 13, 17])
    assert {(point.zone, point.side) for point in same.points} == {("inside", "mid")}


def test_mean_limits_narrow_with_the_root_of_n() -> None:
    funnel = mean_funnel(names(6), names(6), [5, 5.2, 4.8, 5.1, 4.9, 5], [4, 9, 16, 25, 36, 100], sd=1)
    for n, low, high, _, far in funnel.curve:
        assert high - funnel.centre == pytest.approx(1.959964 / math.sqrt(n), rel=1e-6)
        assert funnel.centre - low == pytest.approx(high - funnel.centre)
        assert far - funnel.centre == pytest.approx(3.090232 / math.sqrt(n), rel=1e-6)


def test_without_a_given_deviation_the_spread_between_sites_sets_the_limits() -> None:
    values, ns = [4.0, 5, 6, 5, 5], [10] * 5
    funnel = mean_funnel(names(5), names(5), values, ns)
    spread = math.sqrt(10 * 2 / 4)
    assert limits_at(funnel, 10)[1] == pytest.approx(5 + 1.959964 * spread / math.sqrt(10), rel=1e-3)
    assert (funnel.phi, funnel.overdispersed) == (1, False)


def test_impossible_input_is_refused() -> None:
    for impossible in (
        lambda: rate_funnel(["a"], ["a"], [-1], [5]),
        lambda: proportion_funnel(["a"], ["a"], [6], [5]),
        lambda: mean_funnel(["a"], ["a"], [6], [5], sd=0),
        lambda: rate_funnel(["a", "b"], ["a"], [1], [5]),
    ):
        with pytest.raises(ValueError, match=r"negative|between|positive|argument"):
            impossible()


SITES = st.lists(st.tuples(st.integers(0, 200), st.floats(20, 50000)), min_size=5, max_size=40)


@given(SITES)
def test_limits_close_in_on_the_centre_as_exposure_grows(sites: list[tuple[int, float]]) -> None:
    funnel = rate_funnel(names(len(sites)), names(len(sites)), [s[0] for s in sites], [s[1] for s in sites])
    curve = np.array(funnel.curve)
    slack = 1e-6 * max(funnel.centre, 1)
    assert np.all(np.diff(curve[:, 0]) > 0)
    assert np.all(np.diff(curve[:, [1, 3]], axis=0) >= -slack)
    assert np.all(np.diff(curve[:, [2, 4]], axis=0) <= slack)
    assert np.all(curve[:, 3] <= curve[:, 1] + slack)
    assert np.all(curve[:, 1] <= funnel.centre + slack)
    assert np.all(funnel.centre <= curve[:, 2] + slack)
    assert np.all(curve[:, 2] <= curve[:, 4] + slack)


@given(SITES, st.randoms())
def test_the_order_of_the_sites_changes_nothing(sites: list[tuple[int, float]], source: Any) -> None:
    shuffled = list(enumerate(sites))
    source.shuffle(shuffled)

    def judged(order: list[tuple[int, tuple[int, float]]]) -> dict[str, tuple[str, str]]:
        keys = [f"s{at}" for at, _ in order]
        funnel = rate_funnel(keys, keys, [s[0] for _, s in order], [s[1] for _, s in order])
        # Zones are left out: sums in another order can round a value across its limit.
        return {point.key: (f"{point.value:.9g}", point.side) for point in funnel.points}

    assert judged(shuffled) == judged(list(enumerate(sites)))


def test_chance_alone_puts_about_one_site_in_twenty_beyond_the_inner_limits() -> None:
    source = np.random.default_rng(7)
    exposures = source.uniform(500, 20000, 3000)
    counts = source.poisson(0.004 * exposures)
    funnel = rate_funnel(names(3000), names(3000), counts.tolist(), exposures.tolist())
    beyond = sum(point.zone != "inside" for point in funnel.points) / 3000
    assert 0.02 < beyond <= 0.05 + 0.01
    assert sum(point.zone == "beyond_998" for point in funnel.points) <= 15
