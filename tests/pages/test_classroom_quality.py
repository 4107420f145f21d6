"""The screen on which observations of classroom quality are entered and read."""

from datetime import timedelta

import pytest
from sqlmodel import select

from db.commands.drafts import keep_draft
from db.commands.observations import correct_observation, record_observation
from db.models import ComputedScore, Draft, Observation
from db.models.base import new_id
from db.models.observation_input import ObservationInput
from tests.pages.said import said

INFANT = {"relational_climate": 6, "teacher_sensitivity": 5, "facilitated_exploration": 4, "early_language_support": 3}


def do(screen, *buttons, **typed):
    for key, value in typed.items():
        screen.get_by_key(f"observation_{key}").set_value(value)
        screen.run()
    for key in buttons:
        screen.get_by_key(key).click()
        screen.run()
    assert not screen.exception, [one.value for one in screen.exception]
    return screen


@pytest.fixture
def entering(open_screen, field):
    screen = open_screen("classroom_quality", do="enter")
    return do(screen, classroom_id=str(field.room.id), instrument_code="class_infant", phase="baseline", cycles=1)


def scored(screen, scores):
    return do(screen, **{f"cycles_1_{code}": value for code, value in scores.items()})


def stored(session):
    session.rollback()
    return session.exec(select(Observation)).all()


def test_the_domain_score_grows_along_and_is_what_is_stored(entering, session):
    scored(entering, dict(list(INFANT.items())[:3]))
    assert "no score yet. Missing: Early language support" in said(entering)
    scored(entering, INFANT)
    assert "Responsive Caregiving: 4.50" in said(entering)
    do(entering, "observation_save")
    assert len(stored(session)) == 1
    assert session.exec(select(ComputedScore)).one().value == pytest.approx(4.5)
    assert entering.success[0].value.startswith("Saved")


def test_a_missing_score_is_asked_for_and_can_be_left_out_on_purpose(entering, session):
    scored(entering, dict(list(INFANT.items())[:3]))
    do(entering, "observation_save")
    assert "Please enter every score of cycle 1." in said(entering)
    assert stored(session) == []
    do(entering, incomplete_on_purpose=True)
    do(entering, "observation_save")
    assert len(stored(session)) == 1
    assert session.exec(select(ComputedScore)).one().value is None


def test_negative_climate_says_that_it_counts_the_other_way_round(open_screen):
    screen = do(open_screen("classroom_quality", do="enter"), instrument_code="class_toddler")
    assert "Negative climate counts the other way round: 8 minus the score." in said(screen)


def test_another_age_than_the_rooms_is_mentioned(entering):
    assert "For this age there is CLASS Pre-K" in said(entering)


def test_nothing_is_lost_when_something_is_missing(open_screen):
    screen = do(open_screen("classroom_quality", do="enter"), instrument_code="class_infant")
    do(screen, "observation_save", cycles_1_relational_climate=6)
    assert "[When in the year](#observation-where): Please choose one." in said(screen)
    assert screen.get_by_key("observation_cycles_1_relational_climate").value == 6


def test_a_percent_outside_the_scale_is_told_at_its_field(open_screen, field):
    screen = open_screen("classroom_quality", do="enter")
    do(screen, classroom_id=str(field.room.id), instrument_code="tpot", phase="annual")
    scored(screen, {"key_practices": 101.0, "red_flags": 2.0, "responding": 80.0})
    do(screen, "observation_save")
    assert "Please enter a value from 0 to 100." in said(screen)


@pytest.fixture
def observation(session, field):
    made = ObservationInput(
        client_uuid=new_id(), site_id=field.here.id, classroom_id=field.room.id, instrument_code="class_infant",
        observed_on=field.today, phase="baseline", cycles=(INFANT,),
    )  # fmt: skip
    return record_observation(session, field.actor("consultant"), made).id


def test_the_list_shows_domain_scores_and_opens_the_raw_ones(open_screen, observation):
    screen = open_screen("classroom_quality")
    assert "Responsive Caregiving: 4.50" in said(screen)
    do(screen, f"open_{observation}")
    assert screen.metric[0].value == "4.50"
    assert screen.table[0].value["Cycle 1"].to_list() == ["6", "5", "4", "3"]


def test_one_is_removed_with_a_reason_and_restored(open_screen, observation, session):
    screen = open_screen("classroom_quality", id=str(observation))
    do(screen, "record_remove")
    assert "Please say why" in said(screen)
    screen.get_by_key("record_remove_reason").set_value("wrong room")
    do(screen, "record_remove")
    assert stored(session)[0].deleted_at is not None
    assert "Removed." in said(screen)
    screen.get_by_key("record_restore_reason").set_value("was right")
    do(screen, "record_restore")
    assert stored(session)[0].deleted_at is None


def test_a_director_is_led_to_site_trends_and_never_sees_a_row(open_screen, observation):
    screen = open_screen("classroom_quality", "director", id=str(observation))
    assert "The site's scores are under Site trends." in said(screen)
    assert "4.50" not in said(screen)


@pytest.mark.parametrize("role", ["coordinator", "admin"])
def test_without_a_right_an_observation_is_not_found(open_screen, observation, role):
    assert "4.50" not in said(open_screen("classroom_quality", role, id=str(observation)))


def test_half_an_observation_is_kept_listed_on_today_and_brought_back_with_its_scores(
    entering, field, open_screen, session
):
    do(entering, cycles=2, cycles_1_relational_climate=6)
    scored(entering, INFANT)
    draft = session.exec(select(Draft)).one()
    today = said(open_screen("today"))
    assert f"Observation: {field.here.name}, {field.room.name}" in today
    assert "6 of 7 needed answers" in today
    again = open_screen("classroom_quality", do="enter", draft=str(draft.client_uuid))
    assert "We brought back what you typed" in said(again)
    assert again.get_by_key("observation_cycles").value == 2
    assert again.get_by_key("observation_cycles_1_relational_climate").value == 6
    do(again, cycle_shown=2)
    do(again, "observation_save", **{f"cycles_2_{code}": value for code, value in INFANT.items()})
    assert [row.cycles for row in stored(session)] == [2]
    session.rollback()
    assert session.exec(select(Draft)).all() == []


def test_a_draft_of_another_instrument_brings_its_own_scores_only(open_screen, field, session):
    content = {
        "site_id": str(field.here.id), "instrument_code": "tpot", "cycles": 1, "cycles.1.key_practices": 81.5,
        "cycles.1.positive_climate": 7,
    }  # fmt: skip
    key = new_id()
    keep_draft(session, field.actor("consultant"), key, "observation", content)
    screen = open_screen("classroom_quality", do="enter", draft=str(key))
    assert screen.get_by_key("observation_cycles_1_key_practices").value == 81.5
    do(screen, cycles_1_red_flags=2.0)
    session.rollback()
    kept = session.exec(select(Draft)).one().content
    assert (kept["cycles.1.red_flags"], "cycles.1.positive_climate" in kept) == (2.0, False)


def test_one_is_corrected_with_a_reason_and_computed_again(open_screen, observation, session):
    screen = do(open_screen("classroom_quality", id=str(observation)), "record_correct")
    assert screen.get_by_key("correct_observation_cycles_1_relational_climate").value == 6
    screen.get_by_key("correct_observation_cycles_1_relational_climate").set_value(2)
    screen.run()
    do(screen, "correct_observation_save")
    assert "Please say why you are changing this." in said(screen)
    screen.get_by_key("correct_observation_reason_for_change").set_value("read the wrong line")
    screen.run()
    do(screen, "correct_observation_save")
    assert "Corrected, and computed again." in said(screen)
    session.rollback()
    assert session.exec(select(ComputedScore)).one().value == pytest.approx(3.5)
    assert stored(session)[0].version == 2
    assert session.exec(select(Draft)).all() == []


def test_a_correction_that_meets_a_newer_version_shows_it_and_loses_nothing(open_screen, observation, session, field):
    screen = do(open_screen("classroom_quality", id=str(observation)), "record_correct")
    screen.get_by_key("correct_observation_cycles_1_relational_climate").set_value(2)
    screen.get_by_key("correct_observation_reason_for_change").set_value("mine")
    screen.run()
    theirs = ObservationInput(
        client_uuid=new_id(), site_id=field.here.id, classroom_id=field.room.id, instrument_code="class_infant",
        observed_on=field.today, phase="mid", cycles=(INFANT,),
    )  # fmt: skip
    correct_observation(session, field.actor("supervisor"), observation, 1, theirs, "theirs")
    do(screen, "correct_observation_save")
    assert "Someone saved a newer version since you began." in said(screen)
    assert screen.table[0].value["Cycle 1"].to_list() == ["6", "5", "4", "3"]
    do(screen, "correct_observation_mine")
    session.rollback()
    row = stored(session)[0]
    assert (row.version, row.phase) == (3, "baseline")


def test_a_supervisor_corrects_and_a_colleague_does_not(open_screen, observation, field):
    assert open_screen("classroom_quality", "supervisor", id=str(observation)).get_by_key("record_correct")
    colleague = field.person("consultant")
    field.give(colleague, site_id=field.here.id)
    screen = open_screen("classroom_quality", colleague, id=str(observation), do="correct")
    assert [button for button in screen.button if "correct" in str(button.key)] == []


def test_an_expired_certificate_is_told_at_once(entering, field):
    do(entering, certified_until=field.today - timedelta(days=1))
    assert "The observer's certification ended before this day." in said(entering)
