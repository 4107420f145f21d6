"""Verdicts against published intervals, and against independent reckonings of the same models."""

import math

import numpy as np
import pytest
from scipy import optimize, stats

from analytics.change import paired_change
from analytics.verdicts import (
    ALPHA,
    PRIOR_MONTHS,
    Answers,
    Clusters,
    MonthPair,
    change_verdict,
    least_events,
    month_ratios,
    months_verdict,
    paired_verdict,
    sum_ratios,
    sums_verdict,
    survey_verdict,
)

SLEEP_FIRST = (0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0)
SLEEP_SECOND = (1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4)
"""Student's sleep data (1908, Biometrika 6), as in R's ``sleep``."""


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        # Stata manual, epitab: breast cancer after fluoroscopies (Boice and Monson 1977), exact limits.
        ((15, 19017), (41, 28010), (1.855759, 1.005684, 3.6093)),
        # R help of poisson.test: Eba low-birth example of Fay 2010 (11 in 800 against 21 in 3,011).
        ((21, 3011), (11, 800), (1.971488, 0.8584264, 4.2772659)),
    ],
)
def test_two_sums_have_the_published_exact_limits(before, now, expected):
    found = sum_ratios([before[0]], [before[1]], [now[0]], [now[1]], 1.0, alpha=0.05)
    assert (found.ratio[0], found.low[0], found.high[0]) == pytest.approx(expected, rel=1e-5)


def fitted(pairs):
    """Fit events ~ month + period by maximum likelihood (a Poisson model with a term for every pair), afresh."""
    y = np.array([[one.before, one.now] for one in pairs])
    exposure = np.array([[one.before_exposure, one.now_exposure] for one in pairs])

    def off(change):
        weights = exposure * np.exp([0, change])
        return -stats.multinomial.logpmf(y, y.sum(1), weights / weights.sum(1, keepdims=True)).sum()

    change = optimize.minimize_scalar(off, bounds=(-4, 4), method="bounded", options={"xatol": 1e-10}).x
    weights = exposure * np.exp([0, change])
    mean = weights / weights.sum(1, keepdims=True) * y.sum(1, keepdims=True)
    return math.exp(change), ((y - mean) ** 2 / mean).sum()


EXPOSURES = (300, 320, 290, 310, 330, 280, 300, 310)
EVENTS = ((9, 3), (2, 4), (14, 5), (6, 1), (8, 6), (3, 2), (11, 7), (5, 3))
MONTHS = [MonthPair(was, days, now, 1.1 * days) for (was, now), days in zip(EVENTS, EXPOSURES, strict=True)]


def columns(pairs):
    return ([list(column)] for column in zip(*pairs, strict=True))


def test_overdispersion_is_that_of_a_poisson_model_with_months_moderated():
    ratio, chi_square = fitted(MONTHS)
    found = month_ratios(*columns(MONTHS))
    assert found.ratio[0] == pytest.approx(ratio, rel=1e-4)
    expected = (chi_square + PRIOR_MONTHS) / (len(MONTHS) - 1 + PRIOR_MONTHS)
    assert found.overdispersion[0] == pytest.approx(max(1, expected), rel=1e-4)


def test_limits_are_those_of_korn_and_graubard():
    """Independently: survey's svyciprop(method="beta") formula, by scipy's beta quantiles."""
    pairs = [one._replace(now=one.now * (3 if at % 2 else 1)) for at, one in enumerate(MONTHS)]
    found = month_ratios(*columns(pairs))
    phi = found.overdispersion[0]
    assert phi > 1.5
    before, now = sum(one.before for one in pairs), sum(one.now for one in pairs)
    freedom = PRIOR_MONTHS + len(pairs) - 1
    n = (before + now) / phi * (stats.norm.ppf(1 - ALPHA / 2) / stats.t.ppf(1 - ALPHA / 2, freedom)) ** 2
    x = n * now / (before + now)
    shares = stats.beta.ppf(ALPHA / 2, x, n - x + 1), stats.beta.ppf(1 - ALPHA / 2, x + 1, n - x)
    scale = sum(one.before_exposure for one in pairs) / sum(one.now_exposure for one in pairs)
    assert (found.low[0], found.high[0]) == pytest.approx([share / (1 - share) * scale for share in shares])


def test_months_that_halve_have_improved_and_those_that_double_have_worsened():
    halved = [MonthPair(20, 400, 10, 400)] * 8
    judged = months_verdict(halved, 1000)
    assert (judged.verdict, judged.before, judged.now, judged.counts) == ("improved", 50.0, 25.0, (160, 80))
    assert judged.change == pytest.approx(0.5)
    doubled = [MonthPair(now, exposure, before, other) for before, other, now, exposure in halved]
    assert months_verdict(doubled, 1000).verdict == "worsened"
    assert months_verdict(doubled, 1000, "higher_better").verdict == "improved"


def test_a_season_that_both_years_share_changes_nothing():
    season = (1.3, 0.6, 1.0, 0.8, 1.2, 0.7)
    flat = months_verdict([MonthPair(24, 400, 12, 400)] * 6, 1000)
    seasonal = months_verdict([MonthPair(24 * s, 400, 12 * s, 400) for s in season], 1000)
    assert seasonal.interval is not None
    assert flat.interval is not None
    assert seasonal.interval.low == pytest.approx(flat.interval.low, rel=0.1)


def test_one_wild_month_is_no_change_though_its_sum_would_be():
    wild = [MonthPair(3, 400, 3, 400)] * 7 + [MonthPair(2, 400, 40, 400)]
    before, now = sum(one.before for one in wild), sum(one.now for one in wild)
    assert sums_verdict(MonthPair(before, 3200, now, 3200), 1000, overdispersion=1.0).verdict == "worsened"
    assert months_verdict(wild, 1000).verdict != "worsened"


def among(children):
    """Give the clusters of children with so many events (before, now)."""
    b, n = np.array(children, float).T
    return Clusters((b + n).sum(), (n * n).sum(), (n * b).sum(), (b * b).sum())


def test_children_widen_the_limits_as_a_cluster_robust_variance_does():
    """Independently: the sandwich of a logistic model with only a constant, children as clusters (Liang and Zeger)."""
    children = [(30, 2), (12, 9), (0, 14), (5, 6), (8, 0), (9, 4)]
    before, now = (sum(column) for column in zip(*children, strict=True))
    pairs = [MonthPair(before / 8, 400, now / 8, 400)] * 8
    found = month_ratios(*columns(pairs), children=among(children))
    share = now / (before + now)
    scores = [n - share * (b + n) for b, n in children]
    robust = sum(score**2 for score in scores) / ((before + now) * share * (1 - share)) ** 2
    naive = 1 / ((before + now) * share * (1 - share))
    assert found.overdispersion[0] == pytest.approx(robust / naive)


def test_one_child_who_left_is_no_change_of_the_site_and_many_children_with_fewer_incidents_each_are():
    pairs = [MonthPair(10, 400, 4, 400)] * 12
    one_left = among([(72, 0)] + [(4, 4)] * 12)
    all_eased = among([(10, 4)] * 12)
    assert months_verdict(pairs, 1000).verdict == "improved"
    assert months_verdict(pairs, 1000, children=one_left).verdict != "improved"
    assert months_verdict(pairs, 1000, children=all_eased).verdict == "improved"
    assert months_verdict(pairs, 1000, children=among([(1, 0)] * 90)).verdict == "improved"


def test_one_child_with_all_incidents_on_one_side_tells_nothing_about_the_site():
    pairs = [MonthPair(0, 400, 3, 400)] * 8
    assert months_verdict(pairs, 1000).verdict == "worsened"
    assert months_verdict(pairs, 1000, children=among([(0, 24)])).verdict != "worsened"


@pytest.mark.parametrize(
    ("pairs", "missing"),
    [
        ([], "months"),
        ([MonthPair(20, 400, 5, 400)] * 2 + [MonthPair(9, 400, 9, 0)] * 6, "months"),
        ([MonthPair(1, 400, 0, 400)] * 6, "events"),
        ([MonthPair(30, 400, 0, 400)] * 2 + [MonthPair(0, 400, 0, 400)] * 6, "events"),
        ([MonthPair(1, 400, 1, 400)] * 5, "more_time"),
    ],
)
def test_too_little_is_said_with_what_is_missing(pairs, missing):
    judged = months_verdict(pairs, 1000)
    assert (judged.verdict, judged.missing) == ("cannot_tell", missing)


def test_no_change_is_said_only_where_half_and_double_do_not_both_fit():
    judged = months_verdict([MonthPair(20, 400, 19, 400)] * 8, 1000)
    assert (judged.verdict, judged.missing) == ("no_change", None)
    assert judged.interval is not None
    assert judged.interval.low > 0.5 or judged.interval.high < 2


def test_nothing_before_leaves_no_ratio_and_an_open_interval():
    judged = months_verdict([MonthPair(0, 400, 6, 400)] * 6, 1000)
    assert (judged.verdict, judged.change) == ("worsened", None)
    assert judged.interval is not None
    assert math.isinf(judged.interval.high)


def test_below_the_fewest_events_not_even_all_on_one_side_are_beyond_chance():
    least = least_events(100, 100)
    assert least == 9
    for events, beyond in ((least - 1, False), (least, True)):
        found = sum_ratios([events], [100], [0], [100], 1.0)
        assert bool(found.high[0] < 1) is beyond


def test_negative_numbers_are_refused():
    with pytest.raises(ValueError, match="negative"):
        months_verdict([MonthPair(-1, 1, 1, 1)] * 3, 1)
    with pytest.raises(ValueError, match="negative"):
        sums_verdict(MonthPair(1, 1, 1, -1), 1)


def test_two_surveys_have_the_published_welch_interval():
    """R: t.test(extra ~ group, data = sleep) gives -3.3654832 to 0.2054832 with 17.776 degrees of freedom."""
    first, second = (
        Answers(float(np.mean(one)), float(np.std(one, ddof=1)), len(one)) for one in (SLEEP_FIRST, SLEEP_SECOND)
    )
    judged = survey_verdict(second, first, "higher_better", alpha=0.05)
    assert judged.interval is not None
    assert (judged.interval.low, judged.interval.high) == pytest.approx((-3.3654832, 0.2054832), abs=1e-6)
    assert judged.verdict == "no_change"


def test_surveys_are_judged_by_the_good_way_and_only_with_their_spread():
    tired, rested = Answers(20.0, 3.0, 12), Answers(14.0, 3.0, 12)
    assert survey_verdict(tired, rested, "lower_better").verdict == "improved"
    assert survey_verdict(rested, tired, "lower_better").verdict == "worsened"
    hidden = survey_verdict(Answers(20.0, None, 8), rested, "lower_better")
    assert (hidden.verdict, hidden.missing, hidden.before) == ("cannot_tell", "spread", 20.0)


def test_pairs_have_the_published_t_interval_and_a_stricter_one_by_default():
    """R: t.test(Pair(extra, ...)) on the sleep data gives -2.4598858 to -0.7001142."""
    before, after = dict(enumerate(SLEEP_SECOND)), dict(enumerate(SLEEP_FIRST))
    judged, counts = paired_verdict(before, after, "lower_better", alpha=0.05)
    assert judged.interval is not None
    assert (judged.interval.low, judged.interval.high) == pytest.approx((-2.4598858, -0.7001142), abs=1e-6)
    assert (judged.verdict, counts.paired) == ("improved", 10)
    strict, _counts = paired_verdict(before, after, "higher_better")
    expected = stats.ttest_rel(SLEEP_FIRST, SLEEP_SECOND).confidence_interval(1 - ALPHA)
    assert strict.interval is not None
    assert (strict.interval.low, strict.interval.high) == pytest.approx((expected.low, expected.high))
    assert strict.verdict == "worsened"
    assert change_verdict(paired_change(before, after), "higher_better") == strict


def test_four_pairs_or_pairs_that_all_differ_alike_tell_nothing():
    few, _counts = paired_verdict(dict.fromkeys("abcd", 1.0), dict.fromkeys("abcd", 3.0), "higher_better")
    assert (few.verdict, few.missing, few.counts) == ("cannot_tell", "pairs", (4, 4))
    alike, _counts = paired_verdict(dict.fromkeys("abcdef", 1.0), dict.fromkeys("abcdef", 3.0), "higher_better")
    assert (alike.verdict, alike.missing) == ("cannot_tell", "pairs")
