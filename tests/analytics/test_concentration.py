"""What stands out among a site's incidents, held against an independent reckoning with exact fractions."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from scipy.stats import hypergeom

from analytics.concentration import Count, concentrations
from analytics.hypergeometric import at_least, exact_chance


def hours(counts: dict[int, int], inside: dict[int, int] | None = None) -> list[Count]:
    return [Count("hour", str(hour), (inside or counts).get(hour, 0), whole) for hour, whole in counts.items()]


def test_the_chance_of_an_overlap_is_the_hypergeometric_tail_in_exact_fractions() -> None:
    """Fisher's exact test: of 40 incidents 15 are transitions; a cut of 12 holds 9 of them or more."""
    exact = sum(Fraction(comb(15, k) * comb(25, 12 - k), comb(40, 12)) for k in range(9, 13))
    assert at_least(9, 12, 15, 40) == pytest.approx(float(exact))


def test_fishers_exact_test_is_that_of_two_tails() -> None:
    """Fisher 1935: 3 of 4 cups against 1 of 4, one tail 17 / 70 (Agresti 2013, table 3.8)."""
    assert exact_chance(3, 4, 1, 4) == pytest.approx(34 / 70)
    assert exact_chance(1, 4, 3, 4) == pytest.approx(34 / 70)
    assert exact_chance(2, 4, 2, 4) == 1.0
    assert exact_chance(40, 100, 40, 300) == pytest.approx(2 * hypergeom.sf(39, 400, 80, 100))


def test_an_hour_stands_out_against_equal_hours_and_is_told_with_what_was_expected() -> None:
    found = concentrations(hours({8: 4, 9: 5, 10: 22, 11: 4, 12: 5}), 40, 40)
    assert [(one.code, one.count, one.expected, one.baseline) for one in found] == [("10", 22, 8.0, "calendar")]


def test_hours_without_an_incident_between_two_with_some_count_as_open() -> None:
    found = concentrations(hours({8: 20, 17: 20}), 40, 40)
    assert [one.expected for one in found] == [4.0, 4.0]


def test_a_room_is_held_against_its_share_of_the_child_days_and_not_judged_without() -> None:
    rooms = [Count("classroom", "large", 30, 30), Count("classroom", "small", 10, 10)]
    assert concentrations(rooms, 40, 40) == []
    assert concentrations(rooms, 40, 40, {"large": 0.75, "small": 0.25}) == []
    found = concentrations(rooms, 40, 40, {"large": 0.25, "small": 0.75})
    assert [(one.code, one.expected) for one in found] == [("large", 10.0)]


def test_within_a_cut_an_answer_stands_out_only_beyond_its_share_at_the_site() -> None:
    usual = [Count("activity", "transition", 10, 50), Count("activity", "meals", 10, 50)]
    assert concentrations(usual, 20, 100) == []
    found = concentrations([Count("activity", "transition", 18, 50), Count("activity", "meals", 2, 50)], 20, 100)
    assert [(one.code, one.expected, one.baseline) for one in found] == [("transition", 10.0, "rest")]


def test_few_records_an_answer_without_meaning_a_child_and_what_adults_did_are_never_suggested() -> None:
    assert concentrations(hours({8: 4, 9: 0, 17: 0}), 4, 4) == []
    for dimension, code in (
        ("activity", "other"),
        ("motivation", "not_known"),
        ("child", "x"),
        ("response", "redirect"),
    ):
        assert concentrations([Count(dimension, code, 20, 20), Count(dimension, "meals", 0, 80)], 20, 100) == []


def test_where_all_hours_weekdays_and_activities_are_alike_something_is_suggested_in_at_most_one_of_twenty() -> None:
    random = np.random.default_rng(5)
    alarms = 0
    for _site in range(400):
        counts = hours(dict(enumerate(np.bincount(random.integers(7, 17, 60), minlength=17).tolist())))
        days = np.bincount(random.integers(0, 5, 60), minlength=5)
        counts += [Count("weekday", str(day), int(n), int(n)) for day, n in enumerate(days)]
        doing = np.bincount(random.integers(0, 9, 60), minlength=9)
        counts += [Count("activity", f"a{code}", int(n), int(n)) for code, n in enumerate(doing)]
        alarms += bool(concentrations([one for one in counts if one.whole], 60, 60))
    assert alarms <= 20
