"""Recording staff survey waves, and keeping what would tell one person's answer."""

import pytest
from sqlmodel import select

from db.commands.waves import correct_wave, record_wave, remove_wave, restore_wave
from db.errors import Conflict, InvalidInput, NotFound
from db.instruments import instrument
from db.models import AuditEvent, SurveyResult
from db.models.base import new_id
from db.models.wave_input import WaveInput, WaveResultInput, largest_sd
from db.period import Period
from db.queries.waves import open_wave, waves


def scale(code, respondents, mean, sd=None):
    return WaveResultInput(scale_code=code, respondents=respondents, mean=mean, sd=sd)


def wave(field, *results, **values):
    return WaveInput(
        **{
            "client_uuid": new_id(),
            "site_id": field.here.id,
            "instrument_code": "cbi",
            "opened_on": field.today,
            "closed_on": field.today,
            "invited": 20,
            "results": results or (scale("personal", 12, 48.5, 14.2), scale("work", 12, 52.1, 15.0)),
            **values,
        }
    )


def problems_of(wave):
    with pytest.raises(InvalidInput) as refused:
        wave.require_valid()
    return {(problem.field, problem.code) for problem in refused.value.problems}


def test_a_wave_of_enough_people_shows_its_means(session, field):
    actor = field.actor("consultant")
    saved = record_wave(session, actor, wave(field))
    row = open_wave(session, actor, saved.id)
    assert [(one.scale_code, one.hidden, one.respondents, one.mean) for one in row.results] == [
        ("personal", False, 12, 48.5), ("work", False, 12, 52.1),
    ]  # fmt: skip
    assert row.response == "half_to_three_quarters"


@pytest.mark.parametrize("role", ["consultant", "supervisor", "director", "coordinator"])
def test_below_five_people_no_number_leaves_the_query_for_anyone(session, field, role):
    actor = field.actor("consultant")
    saved = record_wave(session, actor, wave(field, scale("personal", 4, 71.375, 9.125), invited=9))
    row = open_wave(session, field.actor(role), saved.id)
    assert [tuple(result) for result in row.results] == [("personal", True, None, None, None, False, None)]
    assert row.response is None
    listed = waves(session, field.actor(role), Period.last_months(1, field.today))
    assert "71.375" not in repr(listed)
    assert "9.125" not in repr(listed)


def test_one_scale_with_too_few_hides_that_scale_and_the_share_that_answered(session, field):
    actor = field.actor("consultant")
    saved = record_wave(session, actor, wave(field, scale("personal", 6, 50.0, 5), scale("work", 4, 61.0, 5)))
    row = open_wave(session, actor, saved.id)
    assert [(result.scale_code, result.hidden) for result in row.results] == [
        ("personal", False),
        ("work", True),
    ]
    assert row.response is None


def test_how_many_did_not_answer_cannot_be_read_when_they_are_few(session, field):
    actor = field.actor("consultant")
    saved = record_wave(session, actor, wave(field, scale("personal", 13, 50.0, 5), invited=14))
    row = open_wave(session, actor, saved.id)
    assert (row.results[0].respondents, row.results[0].mean, row.response) == (
        None,
        50.0,
        "three_quarters_or_more",
    )


@pytest.mark.parametrize(("mean", "sd"), [(0.0, None), (100.0, 0.0), (62.5, 0.0)])
def test_a_result_in_which_everyone_answered_alike_is_hidden(session, field, mean, sd):
    actor = field.actor("consultant")
    saved = record_wave(session, actor, wave(field, scale("personal", 12, mean, sd)))
    assert open_wave(session, actor, saved.id).results[0].hidden


def test_every_broken_rule_is_told_at_its_field(field):
    wrong = wave(
        field, scale("personal", 25, 40.0), scale("work", 12, 101.0), scale("client", 12, 50.0, 60.0),
        scale("total", 12, 50.0), closed_on=field.today.replace(year=field.today.year - 1),
    )  # fmt: skip
    assert problems_of(wrong) == {
        ("closed_on", "end_before_start"),
        ("results.personal.respondents", "more_answered_than_invited"),
        ("results.work.mean", "out_of_range"),
        ("results.client.sd", "spread_too_large"),
        ("results.total", "unknown_option"),
    }
    assert problems_of(wave(field, results=())) == {("results", "scale_needed")}
    assert problems_of(wave(field, instrument_code="class_infant")) == {("instrument_code", "unknown_option")}


def test_the_largest_spread_is_that_of_answers_at_both_ends():
    personal = instrument("cbi").scale("personal")
    # Six people at 0 and six at 100: mean 50, sample SD sqrt(12 * 2500 / 11)
    assert largest_sd(personal, 50, 12) == pytest.approx((12 * 2500 / 11) ** 0.5)
    assert largest_sd(personal, 50, 1) == 0


def test_a_wave_is_stored_once_and_a_second_of_that_day_is_refused(session, field):
    actor, wanted = field.actor("consultant"), wave(field)
    first, again = (record_wave(session, actor, wanted) for _time in range(2))
    assert (first.id, again.created) == (again.id, False)
    with pytest.raises(InvalidInput, match="already_there"):
        record_wave(session, actor, wave(field))
    with pytest.raises(Conflict, match="other_content"):
        record_wave(session, actor, wanted.model_copy(update={"invited": 30}))
    remove_wave(session, actor, first.id, 1, "wrong site")
    with pytest.raises(Conflict, match="removed"):
        record_wave(session, actor, wanted)
    with pytest.raises(InvalidInput, match="removed_one_there"):
        record_wave(session, actor, wave(field))
    restore_wave(session, actor, first.id, 2, "right after all")
    assert len(waves(session, actor, Period.last_months(1, field.today))) == 1


def test_a_correction_cannot_add_a_single_person(session, field):
    """Both means were seen: 12 people's and 13 people's would give the thirteenth's answer."""
    actor = field.actor("consultant")
    saved = record_wave(session, actor, wave(field))
    late = wave(field, scale("personal", 13, 49.25, 14.2), scale("work", 12, 52.1, 15.0))
    with pytest.raises(InvalidInput, match="few_more_people"):
        correct_wave(session, actor, saved.id, 1, late, "one more sheet")
    mistyped = wave(field, scale("personal", 12, 49.25, 14.2), scale("work", 12, 52.1, 15.0))
    assert correct_wave(session, actor, saved.id, 1, mistyped, "a digit").version == 2


def test_a_correction_replaces_the_results(session, field):
    actor = field.actor("consultant")
    saved = record_wave(session, actor, wave(field))
    correct_wave(session, actor, saved.id, 1, wave(field, scale("client", 11, 40.25, 8)), "wrong column")
    stored = session.exec(select(SurveyResult).where(SurveyResult.wave_id == saved.id)).all()
    assert [(row.scale_code, row.mean) for row in stored] == [("client", 40.25)]
    with pytest.raises(Conflict, match="newer_version"):
        correct_wave(session, actor, saved.id, 1, wave(field), "again")
    with pytest.raises(InvalidInput, match="reason_needed"):
        correct_wave(session, actor, saved.id, 2, wave(field), " ")


def test_a_director_reads_but_does_not_write_and_a_foreign_site_is_not_found(session, field):
    saved = record_wave(session, field.actor("consultant"), wave(field))
    director = field.actor("director")
    assert open_wave(session, director, saved.id).may_change is False
    with pytest.raises(NotFound):
        record_wave(session, director, wave(field))
    with pytest.raises(NotFound):
        remove_wave(session, field.actor("coordinator"), saved.id, 1, "not mine")
    with pytest.raises(NotFound):
        record_wave(session, field.actor("consultant"), wave(field, site_id=field.elsewhere.id))
    with pytest.raises(NotFound):
        open_wave(session, field.actor("admin"), saved.id)
    denied = [event for event in session.exec(select(AuditEvent)).all() if event.action == "access_denied"]
    assert len(denied) == 4
