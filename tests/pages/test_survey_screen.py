"""The screen on which a survey on phones is opened, followed and closed."""

import pytest
from sqlmodel import select

from db.models import SurveyWave
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
    assert "Three quarters or more of those invited have answered so far." in said(screen)
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
