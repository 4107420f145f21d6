"""The screen on which a survey on phones is opened, followed and closed."""

from datetime import timedelta

import pytest
from sqlmodel import select

from db.commands.waves import record_wave
from db.models import SurveyResult, SurveyWave
from db.models.base import new_id
from db.models.wave_input import WaveInput
from tests.db.survey_waves import answer, close, opened
from tests.pages.said import said


def do(screen, *buttons, **typed):
    for key, value in typed.items():
        screen.get_by_key(f"survey_{key}").set_value(value)
        screen.run()
    for key in buttons:
        screen.get_by_key(key).click()
        screen.run()
    assert not screen.exception, [one.value for one in screen.exception]
    return screen


def test_a_survey_is_opened_and_its_codes_come_next(open_screen, fresh):
    screen = do(open_screen("staff_stress"), "survey_ask")
    do(screen, "survey_save", instrument_code="attune_pulse", invited=9)
    row = fresh.exec(select(SurveyWave)).one()
    assert (row.invited, row.languages, row.collected) == (9, ["en", "es"], "phones")
    assert "The survey is open. Print the codes next." in said(screen)
    assert screen.get_by_key("survey_codes") is not None


def test_what_is_missing_is_told_and_nothing_typed_is_lost(open_screen, fresh):
    screen = do(open_screen("staff_stress", do="ask"), "survey_save", instrument_code="attune_pulse")
    assert "Please fill this in." in said(screen)
    do(screen, "survey_save", invited=8)
    assert "The survey is open" in said(screen), said(screen)
    assert fresh.exec(select(SurveyWave)).one().invited == 8


def test_a_survey_is_closed_after_a_tick_and_shows_its_mean(open_screen, session, field):
    wave_id, codes = opened(session, field)
    answer(session, codes, [[1 + (person + item) % 5 for item in range(5)] for person in range(6)])
    screen = open_screen("staff_stress", id=str(wave_id))
    assert "Under half" not in said(screen)
    assert "Over half of those invited have answered so far." in said(screen)
    assert screen.get_by_key("survey_close").disabled
    screen.get_by_key("survey_sure").check()
    screen.run()
    do(screen, "survey_close")
    assert "How work has felt" in said(screen)
    assert "hidden" not in said(screen)


@pytest.mark.parametrize("role", ["supervisor", "director", "coordinator"])
def test_others_follow_it_but_do_not_print_or_close(open_screen, session, field, role):
    wave_id, codes = opened(session, field)
    answer(session, codes, [[4, 4, 4, 4, 4]] * 2)
    screen = open_screen("staff_stress", role, id=str(wave_id))
    assert "Fewer than 5 people have answered so far." in said(screen)
    assert "Codes for staff" not in said(screen)
    assert "4.00" not in said(screen)
    close(session, field, wave_id)
    assert "hidden" in said(open_screen("staff_stress", role, id=str(wave_id)))


def typed(session, field, site, respondents, **values):
    made = WaveInput(
        client_uuid=new_id(), site_id=site.id, instrument_code="pss10", opened_on=field.today, closed_on=field.today,
        invited=15, results=({"scale_code": "total", "respondents": respondents, "mean": 21.25},), **values,
    )  # fmt: skip
    return record_wave(session, field.actor("consultant"), made).id


def test_a_site_with_a_few_shows_the_mean_of_its_group_and_says_so(open_screen, session, field):
    sites = [field.here, field.site("Birch Demo Center"), field.site("Cedar Demo Center")]
    for site in sites[1:]:
        field.give(field.people["consultant"], site_id=site.id)
    first, *_others = [typed(session, field, site, 4) for site in sites]
    told = said(open_screen("staff_stress", "director", id=str(first)))
    assert "hidden at this site. Together with 2 other sites of the region in the same quarter: 21.25." in told
    assert "Birch" not in told


def test_a_second_round_in_the_same_weeks_says_why_it_is_hidden(open_screen, session, field):
    typed(session, field, field.here, 9)
    day = field.today - timedelta(days=3)
    made = WaveInput(
        client_uuid=new_id(), site_id=field.here.id, instrument_code="pss10", opened_on=day, closed_on=day, invited=15,
        results=({"scale_code": "total", "respondents": 10, "mean": 23.75},),
    )  # fmt: skip
    second = record_wave(session, field.actor("consultant"), made).id
    told = said(open_screen("staff_stress", "coordinator", id=str(second)))
    assert "close less than 28 days apart" in told
    assert "23.75" not in told


def test_a_file_of_answers_is_previewed_and_only_its_totals_are_stored_once(open_screen, fresh):
    screen = open_screen("staff_stress", do="import")
    screen.get_by_key("answers_survey").set_value("pss10")
    screen.get_by_key("answers_invited").set_value(20)
    screen.run()
    rows = "\n".join(",".join(["2"] * 4 + ["3"] * 6 + ["20" if line else "7"]) for line in range(8))
    header = ",".join([f"S{number}" for number in range(1, 11)] + ["Total"])
    screen.get_by_key("answers_file").set_value(("answers.csv", f"{header}\n{rows}".encode(), "text/csv"))
    screen.run()
    assert not screen.exception, [one.value for one in screen.exception]
    assert "Line 2" in said(screen)
    assert "7 in the file" in said(screen)
    for told in ("The totals are stored.", "This file is stored already. Nothing was added."):
        screen.get_by_key("answers_store").click()
        screen.run()
        assert told in said(screen)
    row = fresh.exec(select(SurveyWave)).one()
    assert (row.source, row.invited) == ("import", 20)


def test_a_survey_whose_last_day_is_over_is_counted_when_somebody_looks(open_screen, session, field):
    wave_id, codes = opened(session, field)
    answer(session, codes, [[1 + (person + item) % 5 for item in range(5)] for person in range(6)])
    assert "How work has felt" not in said(open_screen("staff_stress", "director"))
    row = session.get(SurveyWave, wave_id)
    row.opened_on, row.closed_on = (field.today - timedelta(days=days) for days in (9, 2))
    session.commit()
    told = said(open_screen("staff_stress", "director"))
    assert "How work has felt" in told
    assert "hidden" not in told


def test_typed_totals_are_corrected_with_a_reason_and_what_is_hidden_is_typed_again(open_screen, session, field, fresh):
    day = field.today
    results = (
        {"scale_code": "personal", "respondents": 8, "mean": 48.5},
        {"scale_code": "work", "respondents": 3, "mean": 52.1},
    )  # fmt: skip
    made = WaveInput(
        client_uuid=new_id(), site_id=field.here.id, instrument_code="cbi", opened_on=day, closed_on=day, invited=15,
        results=results,
    )  # fmt: skip
    wave_id = record_wave(session, field.actor("consultant"), made).id
    screen = do(open_screen("staff_stress", id=str(wave_id)), "record_correct")
    assert screen.get_by_key("correct_wave_results_personal_mean").value == 48.5
    assert screen.get_by_key("correct_wave_results_work_mean").value is None
    screen.get_by_key("correct_wave_results_personal_mean").set_value(45.5)
    do(screen, "correct_wave_save")
    told = said(screen)
    assert "Please say why you are changing this." in told
    assert "52.1" not in told
    screen.get_by_key("correct_wave_results_work_respondents").set_value(4)
    screen.get_by_key("correct_wave_results_work_mean").set_value(51.2)
    screen.get_by_key("correct_wave_reason_for_change").set_value("A digit was wrong")
    do(screen, "correct_wave_save")
    assert "By a few people more or fewer" in said(screen)
    screen.get_by_key("correct_wave_results_work_respondents").set_value(3)
    do(screen, "correct_wave_save")
    assert "Corrected, and computed again." in said(screen)
    assert "45.50" in said(screen)
    stored = {row.scale_code: (row.respondents, row.mean) for row in fresh.exec(select(SurveyResult))}
    assert stored == {"personal": (8, 45.5), "work": (3, 51.2)}


def test_nobody_else_is_offered_to_correct_them(open_screen, session, field):
    wave_id = typed(session, field, field.here, 9)
    screen = open_screen("staff_stress", "coordinator", id=str(wave_id), do="correct")
    assert "Save correction" not in [button.label for button in screen.button]
