"""Recording observations of classroom quality, and who reads them."""

import uuid

import pytest
from sqlmodel import select

from db.commands.observations import (
    correct_observation,
    record_observation,
    remove_observation,
    restore_observation,
)
from db.errors import Conflict, InvalidInput, NotFound
from db.instruments import instrument
from db.models import AuditEvent, ComputedScore, Score
from db.models.base import new_id
from db.models.observation_input import ObservationInput
from db.period import Period
from db.queries.observations import observations, open_observation

PREK = {
    "positive_climate": (6, 5), "negative_climate": (1, 2), "teacher_sensitivity": (5, 5),
    "regard_for_student_perspectives": (4, 5), "behaviour_management": (6, 6), "productivity": (5, 6),
    "instructional_learning_formats": (4, 4), "concept_development": (2, 3), "quality_of_feedback": (3, 2),
    "language_modelling": (3, 3),
}  # fmt: skip


def two_cycles(scores):
    return tuple({code: values[cycle] for code, values in scores.items()} for cycle in (0, 1))


def observation(field, **values):
    return ObservationInput(
        **{
            "client_uuid": new_id(),
            "site_id": field.here.id,
            "classroom_id": field.room.id,
            "instrument_code": "class_prek_1",
            "observed_on": field.today,
            "phase": "baseline",
            "cycles": two_cycles(PREK),
            **values,
        }
    )


def computed(session, key):
    rows = session.exec(select(ComputedScore).where(ComputedScore.observation_id == key)).all()
    return {row.code: row.value for row in rows}


def problems_of(observation):
    with pytest.raises(InvalidInput) as refused:
        observation.require_valid()
    return {(problem.field, problem.code) for problem in refused.value.problems}


def test_class_pre_k_is_scored_as_by_hand_with_negative_climate_reversed(session, field):
    saved = record_observation(session, field.actor("consultant"), observation(field))
    # Emotional Support: means 5.5, 1.5 -> 8 - 1.5 = 6.5, 5.0, 4.5; (5.5 + 6.5 + 5.0 + 4.5) / 4 = 5.375
    # Classroom Organization: means 6.0, 5.5, 4.0; 15.5 / 3 = 5.1667
    # Instructional Support: means 2.5, 2.5, 3.0; 8 / 3 = 2.6667
    assert computed(session, saved.id) == {
        "emotional_support": pytest.approx(5.375),
        "classroom_organization": pytest.approx(15.5 / 3),
        "instructional_support": pytest.approx(8 / 3),
    }
    rows = session.exec(select(ComputedScore).where(ComputedScore.observation_id == saved.id)).all()
    assert {(row.formula_version, row.cycles) for row in rows} == {("class-1", 2)}


def test_class_toddler_is_scored_as_by_hand(session, field):
    scores = {
        "positive_climate": 6, "negative_climate": 2, "teacher_sensitivity": 5,
        "regard_for_child_perspectives": 5, "behaviour_guidance": 4, "facilitation_of_learning": 3,
        "quality_of_feedback": 2, "language_modelling": 3,
    }  # fmt: skip
    codes = {scale.code for scale in instrument("class_toddler").scales}
    facilitation = next(code for code in codes if code.startswith("facilitation"))
    scores[facilitation] = scores.pop("facilitation_of_learning")
    wanted = observation(field, instrument_code="class_toddler", cycles=(scores,))
    saved = record_observation(session, field.actor("consultant"), wanted)
    # Emotional and Behavioral Support: 6, 8 - 2 = 6, 5, 5, 4 -> 26 / 5 = 5.2. Engaged Support: 8 / 3.
    assert sorted(computed(session, saved.id).values()) == [pytest.approx(8 / 3), pytest.approx(5.2)]


def test_class_infant_is_scored_as_by_hand(session, field):
    scores = {
        "relational_climate": 6, "teacher_sensitivity": 5, "facilitated_exploration": 4,
        "early_language_support": 3,
    }  # fmt: skip
    wanted = observation(field, instrument_code="class_infant", cycles=(scores,))
    saved = record_observation(session, field.actor("consultant"), wanted)
    assert computed(session, saved.id) == {"responsive_caregiving": pytest.approx(4.5)}


def test_a_domain_with_a_missing_dimension_has_no_score_and_the_others_do(session, field):
    cycles = two_cycles(PREK)
    del cycles[1]["quality_of_feedback"]
    wanted = observation(field, cycles=cycles, incomplete_on_purpose=True)
    saved = record_observation(session, field.actor("consultant"), wanted)
    scores = computed(session, saved.id)
    assert scores["instructional_support"] is None
    assert scores["emotional_support"] == pytest.approx(5.375)


def test_a_missing_score_is_asked_for_unless_it_is_left_out_on_purpose(field):
    cycles = two_cycles(PREK)
    cycles[1]["quality_of_feedback"] = None
    assert problems_of(observation(field, cycles=cycles)) == {("cycles.2", "scores_missing")}
    empty = observation(field, cycles=({}, cycles[0]), incomplete_on_purpose=True)
    assert problems_of(empty) == {("cycles.1", "scores_missing")}


@pytest.mark.parametrize(
    ("code", "value", "problem"),
    [
        ("positive_climate", 0, "out_of_range"),
        ("positive_climate", 8, "out_of_range"),
        ("positive_climate", 4.5, "off_step"),
        ("positive_climate", float("nan"), "out_of_range"),
        ("something_else", 4, "unknown_option"),
    ],
)
def test_a_score_outside_its_range_or_step_is_told_at_its_field(field, code, value, problem):
    cycles = ({**two_cycles(PREK)[0], code: value},)
    assert (f"cycles.1.{code}", problem) in problems_of(observation(field, cycles=cycles))


def test_too_many_cycles_an_expired_certificate_and_a_survey_are_refused(field):
    one = two_cycles(dict.fromkeys(("relational_climate",), (3, 3)))[0]
    assert ("cycles", "out_of_range") in problems_of(
        observation(field, instrument_code="ecers3", cycles=({"interaction": 4.0},) * 2, incomplete_on_purpose=True)
    )
    expired = observation(field, certified_until=field.today.replace(year=field.today.year - 1))
    assert problems_of(expired) == {("certified_until", "certificate_expired")}
    assert problems_of(observation(field, instrument_code="pss10", cycles=(one,))) == {
        ("instrument_code", "unknown_option")
    }


def test_an_observation_is_stored_once_and_other_content_under_its_key_is_refused(session, field):
    actor, wanted = field.actor("consultant"), observation(field)
    first, again = (record_observation(session, actor, wanted) for _time in range(2))
    assert (first.id, first.created, again.id, again.created) == (first.id, True, first.id, False)
    with pytest.raises(Conflict, match="other_content"):
        record_observation(session, actor, wanted.model_copy(update={"phase": "post"}))
    remove_observation(session, actor, first.id, 1, "entered twice")
    with pytest.raises(Conflict, match="removed"):
        record_observation(session, actor, wanted)


def test_a_correction_scores_again_and_keeps_what_was_there(session, field):
    actor = field.actor("consultant")
    saved = record_observation(session, actor, observation(field))
    better = tuple({**cycle, "negative_climate": 1} for cycle in two_cycles(PREK))
    correct_observation(session, actor, saved.id, 1, observation(field, cycles=better), "misread the sheet")
    assert computed(session, saved.id)["emotional_support"] == pytest.approx(5.5)
    assert len(session.exec(select(Score).where(Score.observation_id == saved.id)).all()) == 20
    with pytest.raises(Conflict, match="newer_version"):
        correct_observation(session, actor, saved.id, 1, observation(field), "again")
    opened = open_observation(session, actor, saved.id)
    assert (opened.row.version, opened.content["cycles"][1]["negative_climate"]) == (2, 1)
    again = ObservationInput.checked({**opened.content, "client_uuid": new_id()})
    correct_observation(session, actor, saved.id, 2, again, "nothing else")


def test_a_room_of_another_site_is_refused_and_a_foreign_site_is_not_found(session, field):
    actor = field.actor("consultant")
    with pytest.raises(InvalidInput, match="classroom_not_here"):
        record_observation(session, actor, observation(field, classroom_id=field.room_elsewhere.id))
    with pytest.raises(NotFound):
        record_observation(session, actor, observation(field, site_id=field.elsewhere.id))
    assert [event.action for event in session.exec(select(AuditEvent)).all()] == ["access_denied"]


def test_a_director_and_a_coordinator_without_a_case_role_never_get_observation_rows(session, field):
    saved = record_observation(session, field.actor("consultant"), observation(field))
    period = Period.last_months(1, field.today)
    for role in ("director", "coordinator", "admin"):
        assert observations(session, field.actor(role), period) == []
        with pytest.raises(NotFound):
            open_observation(session, field.actor(role), saved.id)
    assert [row.id for row in observations(session, field.actor("supervisor"), period)] == [saved.id]


def test_only_the_observer_and_the_supervisor_may_change_one(session, field):
    saved = record_observation(session, field.actor("consultant"), observation(field))
    other = field.person("consultant")
    field.give(other, site_id=field.here.id)
    colleague, period = field.actor(other), Period.last_months(1, field.today)
    (row,) = observations(session, colleague, period)
    assert (row.may_change, row.may_remove, row.may_restore) == (False, False, False)
    with pytest.raises(NotFound):
        remove_observation(session, colleague, saved.id, 1, "not mine")
    (row,) = observations(session, field.actor("supervisor"), period)
    assert (row.may_change, row.may_remove) == (True, True)


def test_a_removed_observation_is_listed_only_where_it_can_be_restored(session, field):
    actor, period = field.actor("consultant"), Period.last_months(1, field.today)
    saved = record_observation(session, actor, observation(field))
    remove_observation(session, actor, saved.id, 1, "wrong room")
    assert observations(session, actor, period) == []
    assert [row.id for row in observations(session, actor, period, removed=True)] == [saved.id]
    other = field.person("consultant")
    field.give(other, site_id=field.here.id)
    assert observations(session, field.actor(other), period, removed=True) == []
    with pytest.raises(NotFound):
        open_observation(session, field.actor(other), saved.id)
    restore_observation(session, actor, saved.id, 2, "was right")
    (row,) = observations(session, actor, period, field.here.id)
    assert row.domains["emotional_support"] == pytest.approx(5.375)
    assert observations(session, actor, period, uuid.uuid4()) == []
