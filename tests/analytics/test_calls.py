"""Which sites need a call, and why."""

import uuid
from datetime import date, timedelta

import pytest

from analytics.calls import SiteFacts, who_to_call

DAY = date(2026, 7, 15)
RULES = {
    "care_ended": {"days": 30, "kinds": ["expulsion"]},
    "more_than_past": {"months": 2, "months_before": 12, "false_discoveries": 0.1},
    "beyond_limits": {"false_discoveries": 0.1},
    "recording_stopped": {},
    "no_visit": {"weeks": 8},
    "overdue": {"days": 28, "at_least": 2},
    "enrollment_missing": {"months": 3},
}


def site(name: str = "Oak", **more) -> SiteFacts:
    values = {
        "site_id": uuid.uuid4(), "name": name, "program": "", "now": 10, "days_now": 1000.0, "before": 60,
        "days_before": 6000.0, "care_ended": 0, "waits_since": DAY, "never_visited": False, "overdue": 0,
        "months_without_enrolment": 0,
    }  # fmt: skip
    return SiteFacts(**{**values, **more})


def kinds(*facts: SiteFacts) -> list[tuple[str, list[str]]]:
    found = who_to_call(facts, RULES, DAY)
    return [(facts[call.at].name, [reason.kind for reason in call.reasons]) for call in found.calls]


def test_nothing_unusual_needs_no_call():
    assert kinds(*[site(f"Oak {number}") for number in range(8)]) == []


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"care_ended": 1}, "care_ended"),
        ({"now": 40}, "more_than_past"),
        ({"now": 0}, "recording_stopped"),
        ({"waits_since": DAY - timedelta(days=56)}, "no_visit"),
        ({"overdue": 2}, "overdue"),
        ({"months_without_enrolment": 3}, "enrollment_missing"),
    ],
)
def test_each_rule_names_its_site_and_one_step_less_does_not(more, kind):
    assert kinds(site("Elm"), site(**more)) == [("Oak", [kind])]
    less = {
        "care_ended": {"care_ended": 0}, "more_than_past": {"now": 16}, "recording_stopped": {"now": 3},
        "no_visit": {"waits_since": DAY - timedelta(days=55)}, "overdue": {"overdue": 1},
        "enrollment_missing": {"months_without_enrolment": 2},
    }[kind]  # fmt: skip
    assert kinds(site("Elm"), site(**less)) == []


def test_a_site_far_above_the_others_all_the_time_is_named_with_both_rates():
    facts = [site(f"Oak {number}", before=60 + number) for number in range(9)] + [site("Elm", now=45, before=270)]
    found = who_to_call(facts, RULES, DAY)
    (call,) = found.calls
    assert facts[call.at].name == "Elm"
    assert call.reasons[0].kind == "beyond_limits"
    assert call.reasons[0].figures["value"] == pytest.approx(45)
    assert found.by_chance["beyond_limits"] == pytest.approx(0.1)


def test_sites_stand_by_kind_of_reason_then_by_name_and_never_by_size():
    facts = [
        site("Zinnia", overdue=2), site("Aspen", overdue=9), site("Birch", care_ended=1, overdue=30),
        site("Acorn", waits_since=DAY - timedelta(days=300)), site("Maple", waits_since=DAY - timedelta(days=60)),
    ]  # fmt: skip
    assert kinds(*facts) == [
        ("Birch", ["care_ended", "overdue"]), ("Acorn", ["no_visit"]), ("Maple", ["no_visit"]), ("Aspen", ["overdue"]),
        ("Zinnia", ["overdue"]),
    ]  # fmt: skip


def test_from_hidden_counts_nothing_is_concluded():
    hidden = site(now=None, before=None, days_now=None, days_before=None)
    found = who_to_call([hidden, *[site(f"Elm {number}") for number in range(6)]], RULES, DAY)
    assert (found.calls, found.judged) == ((), 6)
