"""Strengths and signals of a meeting: each rule fires on what it says and on nothing else."""

from dataclasses import replace
from typing import get_args

import pytest

from analytics import meeting_signals, strengths
from analytics.strengths import Facts, Month

USUAL = Month(incidents=6, covered=6, child_days=600, rooms_enrolled=True, exclusions=1, visits=1, called_off=1)


def codes(facts: Facts) -> list[str]:
    return [one.code for one in strengths.strengths(facts, most=10)]


def year(**last: object) -> list[Month]:
    return [USUAL] * 14 + [replace(USUAL, **last)]


def test_every_rule_has_its_code_once_and_a_source() -> None:
    assert [rule.code for rule in strengths.RULES] == list(get_args(strengths.StrengthCode))
    assert [rule.code for rule in meeting_signals.RULES] == list(get_args(meeting_signals.SignalCode))
    assert all(rule.source for rule in (*strengths.RULES, *meeting_signals.RULES))


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (Facts(year()), ["enrolment_known"]),
        (Facts(year(), finding="falling"), ["fewer_incidents"]),
        (Facts(year(), finding="rising"), ["enrolment_known"]),
        (Facts(year(incidents=0, covered=0)), ["quiet_month"]),
        (Facts(year(incidents=0, covered=0, rooms_enrolled=False)), ["met"]),
        (Facts(year(), quiet_rooms=2, rooms=3), ["quiet_rooms"]),
        (Facts([replace(USUAL, exclusions=0)] * 3), ["care_kept"]),
        (Facts([replace(USUAL, exclusions=0, incidents=0)] * 3), ["enrolment_known"]),
        (Facts(year(), decisions=3, decisions_done=2), ["decisions_done"]),
        (Facts(year(), decisions=3), ["enrolment_known"]),
        (Facts(year(), well_answered=True), ["survey_answered"]),
        (Facts(year(called_off=0)), ["visits_held"]),
        (Facts(year(rooms_enrolled=False)), ["incidents_recorded"]),
        (Facts(), ["met"]),
    ],
)
def test_a_strength_is_told_where_its_rule_holds_and_a_neutral_one_where_none_does(facts, expected) -> None:
    assert codes(facts) == expected


def test_fewer_incidents_is_told_by_the_exact_test_and_not_where_a_month_has_no_child_days() -> None:
    """Twelve months of 6 in 600 child-days (72 in 7,200), then 3 in 1,800: 18 expected."""
    fewer = [USUAL] * 12 + [replace(USUAL, incidents=1, covered=1)] * 3
    assert "fewer_incidents" in codes(Facts(fewer))
    assert "fewer_incidents" not in codes(Facts([*fewer[:-1], replace(fewer[-1], child_days=None)]))


def test_at_most_three_strengths_are_told() -> None:
    many = Facts(year(called_off=0), "falling", 1, 2, 2, 2, True)
    assert len(strengths.strengths(many)) == 3


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, []),
        ({"finding": "rising"}, [("incidents_up", 0)]),
        ({"finding": "outside_once", "side": "high"}, [("incidents_up", 0)]),
        ({"finding": "outside_once", "side": "low"}, []),
        ({"finding": "lower_than_usual"}, []),
        ({"incidents": 6, "largest_child": 3}, [("one_child", 0)]),
        ({"incidents": 6, "largest_child": 2}, []),
        ({"incidents": 5, "largest_child": 5}, []),
        ({"waiting_exclusions": 2}, [("steps_missing", 2)]),
        ({"visits": 0}, [("no_visits", 0)]),
        ({"visits": 1}, []),
        ({"follow_ups_overdue": 3, "decisions_overdue": 1}, [("follow_ups_overdue", 3), ("decisions_overdue", 1)]),
    ],
)
def test_a_signal_fires_at_its_threshold_and_not_below(facts, expected) -> None:
    assert [tuple(one) for one in meeting_signals.fired(meeting_signals.Facts(**facts))] == expected
