"""The screen on which the results of staff surveys are entered and read."""

from datetime import timedelta

import pytest
from sqlmodel import select

from db.commands.survey_waves import open_survey
from db.commands.waves import record_wave
from db.models import SurveyResult, SurveyWave
from db.models.base import new_id
from db.models.wave_input import WaveInput
from tests.db.survey_waves import survey
from tests.pages.said import said


def do(screen, *buttons, **typed):
    for key, value in typed.items():
        screen.get_by_key(f"wave_{key}").set_value(value)
        screen.run()
    for key in buttons:
        screen.get_by_key(key).click()
        screen.run()
    assert not screen.exception, [one.value for one in screen.exception]
    return screen


@pytest.fixture
def entering(open_screen):
    return do(open_screen("staff_stress", do="enter"), instrument_code="pss10", invited=12)


def results(screen, respondents, mean, sd=None):
    return do(screen, results_total_respondents=respondents, results_total_mean=mean, results_total_sd=sd)


def test_results_are_stored_and_shown(entering, fresh):
    do(results(entering, 12, 17.5, 5.5), "wave_save")
    row = fresh.exec(select(SurveyResult)).one()
    assert (row.respondents, row.mean, row.sd) == (12, 17.5, 5.5)
    assert "17.50" in said(entering)


def test_the_rule_is_told_before_anything_is_typed(entering):
    assert "Results of fewer than 5 people are hidden from everyone" in said(entering)


def test_once_saved_the_results_of_a_few_are_hidden_also_from_who_typed_them(entering, fresh):
    do(results(entering, 4, 23.25, 2.0), "wave_save")
    assert len(fresh.exec(select(SurveyWave)).all()) == 1
    assert "23.25" not in said(entering)
    assert "hidden" in said(entering)


def test_impossible_numbers_are_told_at_their_fields_and_stay(entering, fresh):
    do(results(entering, 30, 41.0), "wave_save")
    assert "More people answered (30) than were invited (12)." in said(entering)
    assert "Please enter a value from 0 to 40." in said(entering)
    assert entering.get_by_key("wave_results_total_mean").value == 41.0
    assert fresh.exec(select(SurveyWave)).all() == []


def test_a_scale_that_is_half_filled_asks_for_the_rest(entering):
    do(entering, "wave_save", results_total_mean=17.0)
    assert "[Perceived stress: people who answered](#wave-results): Please fill this in." in said(entering)


def wave(session, field, respondents, mean, days_ago=0):
    day = field.today - timedelta(days=days_ago)
    made = WaveInput(
        client_uuid=new_id(), site_id=field.here.id, instrument_code="pss10", opened_on=day, closed_on=day, invited=12,
        results=({"scale_code": "total", "respondents": respondents, "mean": mean, "sd": 4.0},),
    )  # fmt: skip
    return record_wave(session, field.actor("consultant"), made).id


def test_a_directors_today_tells_of_the_last_counted_round_about_stress_and_no_other_survey(
    open_screen, session, field
):
    wave(session, field, 12, 21.5, days_ago=200)
    assert "regression to the mean" not in said(open_screen("today", "director"))
    wave(session, field, 12, 17.5, days_ago=3)
    open_survey(session, field.actor("consultant"), survey(field))
    words = said(open_screen("today", "director"))
    assert "17.5 on a scale from 0 to 40" in words
    assert "regression to the mean" in words
    assert "too few people answered" not in words


def test_two_rounds_beside_each_other_say_that_some_improvement_comes_anyway(open_screen, session, field):
    wave(session, field, 12, 21.5, days_ago=200)
    wave(session, field, 4, 30.0, days_ago=100)
    assert "regression to the mean" not in said(open_screen("staff_stress", "director", period="12"))
    wave(session, field, 12, 17.5)
    assert "regression to the mean" in said(open_screen("staff_stress", "director", period="12"))


@pytest.mark.parametrize("role", ["consultant", "supervisor", "director", "coordinator"])
def test_everyone_with_the_site_sees_a_mean_of_enough_people(open_screen, session, field, role):
    key = wave(session, field, 12, 17.5)
    assert "17.50" in said(open_screen("staff_stress", role))
    assert "17.50" in said(open_screen("staff_stress", role, id=str(key)))


@pytest.mark.parametrize("role", ["consultant", "supervisor", "director", "coordinator"])
def test_nobody_sees_the_mean_of_a_few(open_screen, session, field, role):
    key = wave(session, field, 4, 23.25)
    for screen in (open_screen("staff_stress", role), open_screen("staff_stress", role, id=str(key))):
        assert "23.25" not in said(screen)
        assert "hidden" in said(screen)


def test_one_is_removed_with_a_reason(open_screen, session, field, fresh):
    key = wave(session, field, 12, 17.5)
    screen = open_screen("staff_stress", id=str(key))
    screen.get_by_key("record_remove_reason").set_value("wrong site")
    do(screen, "record_remove")
    assert fresh.exec(select(SurveyWave)).one().deleted_at is not None


def test_a_foreign_wave_is_not_found(open_screen, session, field):
    stranger = field.person("consultant")
    field.give(stranger, site_id=field.elsewhere.id)
    made = WaveInput(
        client_uuid=new_id(), site_id=field.elsewhere.id, instrument_code="pss10", opened_on=field.today,
        closed_on=field.today, invited=12, results=({"scale_code": "total", "respondents": 12, "mean": 19.75},),
    )  # fmt: skip
    key = record_wave(session, field.actor(stranger), made).id
    for role in ("consultant", "director", "coordinator", "admin"):
        screen = open_screen("staff_stress", role, id=str(key))
        assert "We could not find that." in said(screen)
        assert "19.75" not in said(screen)
