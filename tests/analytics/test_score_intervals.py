"""Score intervals against published values, and against a likelihood maximised by brute force."""

import math

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from analytics.score_intervals import risk_difference, risk_ratio, score_z

KOOPMAN = (36, 40, 16, 80, 4.5, 2.94, 7.15)
"""Koopman 1984, Biometrics 40: 513-517, the example of his table; also PropCIs::riskscoreci(36, 40, 16, 80, 0.95)."""
NEWCOMBE = (
    ((56, 70, 48, 80), (0.0533, 0.3377), (0.0528, 0.3382)),
    ((9, 10, 3, 10), (0.1821, 0.8370), (0.1700, 0.8406)),
    ((6, 7, 2, 7), (0.0544, 0.8478), (0.0342, 0.8534)),
    ((5, 56, 0, 29), (-0.0313, 0.1926), (-0.0326, 0.1933)),
    ((0, 10, 0, 20), (-0.1611, 0.2775), (-0.1658, 0.2844)),
    ((0, 10, 0, 10), (-0.2775, 0.2775), (-0.2879, 0.2879)),
    ((10, 10, 0, 20), (0.7225, 1.0), (0.7156, 1.0)),
    ((10, 10, 0, 10), (0.6777, 1.0), (0.6636, 1.0)),
)
"""Newcombe 1998, Statistics in Medicine 17: 873-890, table II: counts, limits by Mee, by Miettinen and Nurminen."""


def test_koopmans_own_example():
    *counts, value, low, high = KOOPMAN
    found = risk_ratio(*counts, corrected=False)
    assert (found.value, round(found.low, 2), round(found.high, 2)) == (value, low, high)
    assert found.method == "koopman"


@pytest.mark.parametrize(("counts", "mee", "miettinen"), NEWCOMBE)
def test_newcombes_table_of_differences(counts, mee, miettinen):
    plain, corrected = risk_difference(*counts, corrected=False), risk_difference(*counts)
    assert (plain.low, plain.high) == pytest.approx(mee, abs=5e-5)
    assert (corrected.low, corrected.high) == pytest.approx(miettinen, abs=5e-5)


def test_everybody_on_both_sides_has_koopmans_closed_form():
    """n1 / (n1 + z2) and (n2 + z2) / n2, as PropCIs::riskscoreci gives them."""
    z2 = 1.959964**2
    found = risk_ratio(10, 10, 20, 20, corrected=False)
    assert (found.low, found.high) == pytest.approx((10 / (10 + z2), (20 + z2) / 20), rel=1e-5)


def brute_force(counts, corrected):
    """Search both sets of limits with a likelihood maximised numerically: no formula of ours is used."""
    part, of, other_part, other_of = counts
    factor = (of + other_of) / (of + other_of - 1) if corrected else 1.0

    def likeliest(first_of):
        def minus(p):
            one = first_of(p)
            if not (0 < one < 1 and 0 < p < 1):
                return 1e9
            return -sum(
                some * math.log(q) + (whole - some) * math.log(1 - q)
                for some, whole, q in ((part, of, one), (other_part, other_of, p))
            )

        grid = np.linspace(1e-7, 1 - 1e-7, 4001)
        start = grid[np.argmin([minus(p) for p in grid])]
        found = minimize_scalar(minus, bounds=(max(1e-9, start - 5e-4), min(1 - 1e-9, start + 5e-4)), method="bounded")
        return found.x

    def inside_difference(d):
        p = likeliest(lambda q: q + d)
        one = p + d
        spread = factor * (one * (1 - one) / of + p * (1 - p) / other_of)
        return (part / of - other_part / other_of - d) ** 2 / spread < 3.841459

    def inside_ratio(r):
        p = likeliest(lambda q: q * r)
        one = p * r
        spread = factor * (one * (1 - one) / of + r * r * p * (1 - p) / other_of)
        return (part / of - r * other_part / other_of) ** 2 / spread < 3.841459

    return inside_difference, inside_ratio


@pytest.mark.parametrize("counts", [(12, 60, 20, 240), (3, 45, 40, 300), (7, 31, 5, 29)])
def test_the_limits_are_where_a_likelihood_maximised_by_brute_force_puts_them(counts):
    inside_difference, inside_ratio = brute_force(counts, corrected=True)
    for found, inside, step in (
        (risk_difference(*counts), inside_difference, 0.002),
        (risk_ratio(*counts), inside_ratio, 0.01),
    ):
        assert inside(found.low + step)
        assert not inside(found.low - step)
        assert inside(found.high - step)
        assert not inside(found.high + step)


@pytest.mark.parametrize("counts", [(0, 40, 12, 200), (12, 40, 0, 200), (0, 40, 0, 200), (40, 40, 200, 200)])
def test_both_stand_at_zero_and_at_all_where_walds_break(counts):
    difference, ratio = risk_difference(*counts), risk_ratio(*counts)
    assert -1 <= difference.low <= difference.value <= difference.high <= 1
    if counts[0] == counts[2] == 0:
        assert ratio is None
    else:
        assert 0 <= ratio.low <= ratio.value <= ratio.high


def test_difference_ratio_and_score_say_the_same():
    random = np.random.default_rng(5)
    for _ in range(60):
        of, other_of = random.integers(5, 400, 2).tolist()
        part, other_part = int(random.integers(0, of + 1)), int(random.integers(0, other_of + 1))
        if not part and not other_part:
            continue
        difference, ratio = risk_difference(part, of, other_part, other_of), risk_ratio(part, of, other_part, other_of)
        beyond = abs(float(score_z(part, of, other_part, other_of))) > 1.959964
        assert (not difference.low <= 0 <= difference.high) == (not ratio.low <= 1 <= ratio.high) == beyond


@pytest.mark.parametrize("counts", [(-1, 10, 0, 10), (11, 10, 0, 10), (0, 0, 0, 10)])
def test_impossible_counts_are_refused(counts):
    with pytest.raises(ValueError, match="a part must lie between"):
        risk_ratio(*counts)
