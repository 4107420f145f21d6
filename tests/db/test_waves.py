"""Recording staff survey waves, and keeping what would tell one person's answer."""

from datetime import UTC, date, datetime

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
from db.survey_disclosure import KnownWave, Total, shown_result, shown_waves


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
    saved = record_wave(session, actor, wave(field, scale("personal", 13, 50.0, 15), invited=14))
    row = open_wave(session, actor, saved.id)
    assert (row.results[0].respondents, row.results[0].mean, row.response) == (
        None,
        50.0,
        "over_half",
    )


def told_to_all(invited):
    """What a reader can learn of how many answered, for every number that may have."""
    return {
        answered: (one.results[0].respondents, one.results[0].sd, one.response)
        for answered in range(5, invited + 1)
        if (one := shown_of(Total(answered, 50.0, 20.0), invited))
    }


def shown_of(total, invited):
    site, day = new_id(), date(2026, 3, 2)
    known = KnownWave(
        new_id(), site, new_id(), "cbi", day, day, invited, datetime(2026, 3, 3, tzinfo=UTC), False, None,
        {"personal": total},
    )  # fmt: skip
    return shown_waves([known])[known.id]


@pytest.mark.parametrize("invited", range(6, 31))
def test_neither_share_nor_spread_tells_that_exactly_one_number_of_people_stayed_silent(invited):
    told = told_to_all(invited)
    for answered in range(max(5, invited - 4), invited):
        alike = [other for other in told if told[other] == told[answered]]
        assert told[answered][0] is None
        assert len(alike) > 1, (answered, told)


@pytest.mark.parametrize(
    ("instrument_code", "scale_code", "total", "hidden"),
    [
        ("turnover_intent", "intent", Total(5, 4.8, None), True),  # all five said 4 or 5
        ("turnover_intent", "intent", Total(5, 1.2, None), True),
        ("turnover_intent", "intent", Total(5, 4.6, None), False),  # one may have said 3 or less
        ("turnover_intent", "intent", Total(12, 3.0, 0.3), True),  # nobody is far from 3
        ("turnover_intent", "intent", Total(12, 3.0, 0.8), False),
        ("cbi", "personal", Total(7, 97.0, None), True),
        ("cbi", "personal", Total(12, 97.0, 4.0), True),
    ],
)
def test_numbers_that_tell_about_everyone_on_which_side_they_are_stay_hidden(
    instrument_code, scale_code, total, hidden
):
    assert shown_result(instrument_code, scale_code, total, 30).hidden is hidden


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


def test_a_spread_that_nobody_is_shown_stays_when_its_result_does(session, field):
    """Without it, the mean of people who all answered alike would show."""
    actor = field.actor("consultant")
    saved = record_wave(session, actor, wave(field, scale("personal", 12, 62.5, 0.0), scale("work", 12, 52.1, 15.0)))
    again = wave(field, scale("personal", 12, 62.5), scale("work", 12, 51.2))
    correct_wave(session, actor, saved.id, 1, again, "a digit")
    shown = {one.scale_code: (one.hidden, one.mean, one.sd) for one in open_wave(session, actor, saved.id).results}
    assert shown == {"personal": (True, None, None), "work": (False, 51.2, None)}


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
