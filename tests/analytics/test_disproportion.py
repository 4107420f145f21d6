"""When a difference between groups of children may be called one, and when it cannot be told."""

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import binom

from analytics.disproportion import SMALL_ERROR, Group, compare, e_formula, rate_ratio


def groups(*counts):
    return [Group(f"g{at}", children, of) for at, (children, of) in enumerate(counts)]


def states(found):
    return [(one.state, one.why, one.direction) for one in found.groups]


def test_three_states_and_the_reasons_behind_not_enough():
    found = compare(groups((60, 130), (4, 300), (2, 20), (11, 60)))
    assert states(found) == [
        ("difference", "", "more"), ("difference", "", "fewer"), ("not_enough", "few_enrolled", "fewer"),
        ("no_sign", "", "more"),
    ]  # fmt: skip
    assert (found.tests, found.error) == (3, SMALL_ERROR / 3)


def test_a_few_children_with_the_outcome_are_not_enough_unless_many_were_to_be_expected():
    few = compare(groups((8, 60), (20, 300)))
    assert {one.why for one in few.groups} == {"few_children"}
    expected = compare(groups((2, 120), (60, 300)))
    assert states(expected)[0] == ("difference", "", "fewer")


def test_between_the_usual_and_the_strict_interval_more_data_must_decide():
    found = compare(groups((22, 60), (13, 60)))
    first = found.groups[0]
    assert (first.state, first.why) == ("no_sign", "")
    found = compare(groups((26, 60), (13, 60)))
    first = found.groups[0]
    assert (first.state, first.why) == ("not_enough", "between")
    assert first.ratio.low > 1 > first.wide_ratio.low


def test_the_two_groups_of_a_pair_are_one_comparison_and_always_agree():
    for counts in [((30, 60), (13, 60)), ((10, 40), (10, 2000)), ((1, 35), (40, 2000)), ((26, 60), (13, 60))]:
        found = compare(groups(*counts))
        one, other = found.groups
        assert (found.tests, one.state, one.why) == (1, other.state, other.why)


def test_more_groups_raise_the_bar():
    pair = compare(groups((33, 90), (45, 210)))
    many = compare(groups((33, 90), (15, 70), (15, 70), (15, 70)))
    assert many.groups[0].wide_ratio.low < pair.groups[0].wide_ratio.low


@pytest.mark.parametrize("unplaced", [{"unplaced_children": 30}, {"unplaced_of": 120.0}])
def test_above_a_fifth_without_a_group_nothing_is_told(unplaced):
    found = compare(groups((60, 100), (40, 300)), **unplaced)
    assert found.too_incomplete
    assert {one.state for one in found.groups} == {"incomplete"}
    assert not compare(groups((60, 100), (40, 300)), unplaced_children=25, unplaced_of=100.0).too_incomplete


def test_where_one_group_differs_the_others_are_not_called_for_what_it_does_to_them():
    found = compare(groups((20, 300), (60, 130), (17, 230), (4, 50)))
    assert states(found)[:3] == [
        ("not_enough", "mirror", "fewer"), ("difference", "", "more"), ("not_enough", "mirror", "fewer"),
    ]  # fmt: skip
    own = compare(groups((4, 300), (60, 130), (40, 230)))
    assert [state for state, _why, _way in states(own)][:2] == ["difference", "difference"]
    chosen = compare(groups((20, 300), (60, 130), (17, 230)), reference="g1")
    assert {one.state for one in chosen.groups if one.code != "g1"} == {"difference"}


def test_a_chosen_group_is_what_the_others_are_held_against_and_not_judged_itself():
    found = compare(groups((40, 100), (30, 200), (30, 200)), reference="g1")
    assert [(one.other_children, one.other_of) for one in found.groups] == [(30, 200), (0, 0), (30, 200)]
    assert [one.state for one in found.groups] == ["difference", "not_enough", "no_sign"]
    assert found.groups[1].why == "nobody_else"


def test_one_group_alone_has_nothing_to_be_compared_with():
    (only,) = compare(groups((40, 100))).groups
    assert (only.state, only.why, only.ratio) == ("not_enough", "nobody_else", None)


def test_children_come_and_go_so_there_are_never_fewer_enrolled_than_had_the_outcome():
    first = compare(groups((48, 40.4), (20, 60))).groups[0]
    assert (first.children, first.of, first.risk.value) == (48, 48, 1.0)


def test_the_share_of_one_child_is_told_above_a_third():
    found = compare([Group("a", 4, 40, 12, 60, 5), Group("b", 8, 80, 12, 20, 4), Group("c", 0, 40, 0, 0, 0)])
    assert [one.one_child_shapes_it for one in found.groups] == [True, False, False]
    assert found.groups[0].one_childs_share == pytest.approx(5 / 12)
    few = compare([Group("a", 2, 40, 2, 2, 1), Group("b", 8, 80, 12, 20, 4)])
    assert not few.groups[0].one_child_shapes_it


def pearson_phi(*per_child):
    """Over-dispersion from the children one by one, as a Poisson regression on the group would print it."""
    chi2 = sum(((x - x.mean()) ** 2 / x.mean()).sum() for x in per_child)
    return chi2 / (sum(map(len, per_child)) - len(per_child))


def test_repeated_reports_widen_the_rate_ratio_as_the_children_one_by_one_would():
    random = np.random.default_rng(3)
    one, other = random.poisson(random.gamma(0.4, 5, 60)), random.poisson(random.gamma(0.4, 2.5, 200))
    summed = [Group("", int((x > 0).sum()), len(x), int(x.sum()), int((x * x).sum())) for x in (one, other)]
    found = rate_ratio(*summed)
    assert found.value == pytest.approx(one.mean() / other.mean())
    half = math.log(found.high / found.value)
    plain = math.sqrt(1 / one.sum() + 1 / other.sum())
    freedom = (one > 0).sum() + (other > 0).sum() - 2
    student = {True: 1.98, False: 2.0}[freedom > 100]
    assert half / plain == pytest.approx(student * math.sqrt(pearson_phi(one, other)), rel=0.01)


def test_a_rate_ratio_needs_reports_in_both_groups_and_several_children():
    assert rate_ratio(Group("", 0, 40), Group("", 9, 90, 20, 60)) is None
    assert rate_ratio(Group("", 1, 40, 30, 900), Group("", 1, 90, 20, 400)) is None


@pytest.mark.parametrize(("total", "bound", "false_alarm"), [(8, 40.3, 0.11), (20, 34.7, 0.21), (50, 31.1, 0.16)])
def test_the_e_formula_and_its_false_alarms(total, bound, false_alarm):
    """domain.md 5.3 has these three, computed apart from us for a quarter of the enrolment."""
    found = e_formula(0, total, 25, 100)
    assert round(found.bound, 1) == bound
    assert found.false_alarm == pytest.approx(false_alarm, abs=0.005)
    flags = [e_formula(part, total, 25, 100).over for part in range(total + 1)]
    assert all(one <= other for one, other in pairwise(flags))
    assert binom.pmf(np.flatnonzero(flags), total, 0.25).sum() == pytest.approx(found.false_alarm)


def test_the_e_formula_needs_somebody_enrolled_and_somebody_with_the_outcome():
    assert e_formula(0, 0, 25, 100) is None
    assert e_formula(3, 10, 0, 100) is None
    assert e_formula(3, 10, 100, 100).false_alarm == 0
