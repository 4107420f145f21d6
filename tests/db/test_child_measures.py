"""Recording measures of children: permission first, scores as the registry has them, once, and whose they are."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from sqlmodel import select

from db.commands.child_measures import (
    correct_child_measure,
    record_child_measure,
    remove_child_measure,
    restore_child_measure,
)
from db.commands.incidents import record_incident
from db.errors import Conflict, InvalidInput, NotFound
from db.models import AuditEvent
from db.models.base import new_id
from db.models.child_measure_input import ChildMeasureInput
from db.models.children import ChildMeasure, ChildScore
from db.period import Period
from db.queries.child_measures import child_measures, child_points, measured_children, open_child_measure
from tests.factories import stored


def measure(field, **values):
    return ChildMeasureInput(
        **{
            "client_uuid": new_id(), "site_id": field.here.id, "child_key": "K-1", "measured_on": field.today,
            "permission_on": field.today - timedelta(days=30), "instrument_code": "sdq_4_17", "respondent": "teacher",
            "phase": "baseline", "scores": {"total": 18, "prosocial": 5}, **values,
        }
    )  # fmt: skip


def problems_of(action, *args):
    with pytest.raises(InvalidInput) as refused:
        action(*args)
    return {(problem.field, problem.code) for problem in refused.value.problems}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"scores": {"total": 41}}, ("scores.total", "out_of_range")),
        ({"scores": {"total": -1}}, ("scores.total", "out_of_range")),
        ({"scores": {"total": 18.5}}, ("scores.total", "off_step")),
        ({"scores": {"total": float("nan")}}, ("scores.total", "out_of_range")),
        ({"scores": {"disruption": 3}}, ("scores.disruption", "unknown_option")),
        ({"scores": {}}, ("scores", "score_needed")),
        ({"instrument_code": "pss10"}, ("instrument_code", "unknown_option")),
        ({"instrument_code": "asq_se_2", "scores": {"total": 52}}, ("scores.total", "off_step")),
        ({"instrument_code": "perm", "scores": {"stress": 5.01}}, ("scores.stress", "out_of_range")),
        ({"instrument_code": "deca_p2", "scores": {"initiative": 27}}, ("scores.initiative", "out_of_range")),
        ({"respondent": "observer"}, ("respondent", "unknown_option")),
        ({"phase": "someday"}, ("phase", "unknown_option")),
        ({"child_key": "Anna Smith"}, ("child_key", "child_key_form")),
    ],
)
def test_what_the_registry_does_not_know_is_refused_at_its_field(values, expected, field_values):
    assert problems_of(measure(field_values, **values).require_valid) == {expected}


@pytest.fixture
def field_values():
    """Give what ``measure`` needs of a field, without a database."""
    return SimpleNamespace(here=SimpleNamespace(id=new_id()), today=date.today())


@pytest.mark.parametrize(
    ("code", "scores"),
    [
        ("sdq_2_4", {"total": 0, "prosocial": 10}), ("sdq_4_17", {"total": 40}), ("asq_se_2", {"total": 600}),
        ("deca_p2", {"initiative": 28, "behavioral_concerns": 72}), ("perm", {"stress": 1, "hopelessness": 2.37}),
    ],
)  # fmt: skip
def test_every_boundary_of_every_instrument_is_accepted(code, scores, field_values):
    measure(field_values, instrument_code=code, scores=scores).require_valid()


def test_without_the_familys_permission_nothing_is_stored(session, field):
    late = measure(field, permission_on=field.today, measured_on=field.today - timedelta(days=1))
    assert problems_of(record_child_measure, session, field.actor("consultant"), late) == {
        ("permission_on", "permission_late")
    }
    tomorrow = measure(field, measured_on=field.today + timedelta(days=2))
    assert problems_of(record_child_measure, session, field.actor("consultant"), tomorrow) == {
        ("measured_on", "in_the_future")
    }
    assert session.exec(select(ChildMeasure)).all() == []


def test_sending_twice_stores_once_and_the_same_day_again_is_refused(session, field):
    actor, sent = field.actor("consultant"), measure(field)
    first = record_child_measure(session, actor, sent)
    again = record_child_measure(session, actor, sent)
    assert (again.id, again.created) == (first.id, False)
    with pytest.raises(Conflict, match="other_content"):
        record_child_measure(session, actor, sent.model_copy(update={"phase": "mid"}))
    twice = {("measured_on", "child_measured_that_day")}
    assert problems_of(record_child_measure, session, actor, measure(field)) == twice
    record_child_measure(session, actor, measure(field, respondent="family"))
    remove_child_measure(session, actor, first.id, 1, "wrong child")
    second = record_child_measure(session, actor, measure(field))
    standing = {("reason_for_change", "child_measured_that_day")}
    assert problems_of(restore_child_measure, session, actor, first.id, 2, "it was right") == standing
    remove_child_measure(session, actor, second.id, 1, "twice")
    restore_child_measure(session, actor, first.id, 2, "it was right")


def test_a_correction_keeps_what_was_and_says_why(session, field):
    actor = field.actor("consultant")
    saved = record_child_measure(session, actor, measure(field))
    better = measure(field, scores={"total": 16, "conduct": 4})
    assert problems_of(correct_child_measure, session, actor, saved.id, 1, better, " ") == {
        ("reason_for_change", "reason_needed")
    }
    correct_child_measure(session, field.actor("supervisor"), saved.id, 1, better, "misread")
    with pytest.raises(Conflict, match="newer_version"):
        correct_child_measure(session, actor, saved.id, 1, better, "misread")
    scores = session.exec(select(ChildScore).where(ChildScore.child_measure_id == saved.id)).all()
    assert {one.scale_code: one.value for one in scores} == {"total": 16, "conduct": 4}
    event = session.exec(select(AuditEvent).where(AuditEvent.action == "correct_child_measure")).one()
    assert (event.reason, event.entity_version) == ("misread", 2)
    assert stored(session, ChildMeasure, saved.id).version == 2


def test_another_consultant_of_the_site_reads_but_does_not_change(session, field):
    other = field.person("consultant")
    field.give(other, site_id=field.here.id)
    saved = record_child_measure(session, field.actor("consultant"), measure(field))
    row = open_child_measure(session, field.actor(other), saved.id).row
    assert (row.may_change, row.may_remove) == (False, False)
    with pytest.raises(NotFound):
        remove_child_measure(session, field.actor(other), saved.id, 1, "not mine")
    with pytest.raises(NotFound):
        record_child_measure(session, field.actor("supervisor"), measure(field, child_key="K-2"))


@pytest.mark.parametrize("role", ["director", "coordinator", "admin"])
def test_nobody_else_reads_a_single_child(session, field, role):
    saved = record_child_measure(session, field.actor("consultant"), measure(field))
    actor, period = field.actor(role), Period.last_months(12, field.today)
    assert child_measures(session, actor, period) == []
    assert child_points(session, actor, period) == []
    assert measured_children(session, actor, field.here.id, period.start) == []
    with pytest.raises(NotFound):
        open_child_measure(session, actor, saved.id)


def test_the_keys_offered_are_those_of_measures_and_incidents_with_the_latest_permission(session, field):
    actor, day = field.actor("consultant"), field.today - timedelta(days=30)
    record_child_measure(session, actor, measure(field))
    record_incident(session, actor, field.incident(child_key="K-1", permission_on=day - timedelta(days=5)))
    record_incident(session, actor, field.incident(child_key="A-7", permission_on=day))
    known = measured_children(session, actor, field.here.id, field.today - timedelta(days=60))
    assert [tuple(one) for one in known] == [("A-7", day), ("K-1", day)]
