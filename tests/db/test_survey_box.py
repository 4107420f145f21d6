"""The sealed box of a staff survey: one code, one sheet, and nothing that joins them."""

import ast
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from sqlmodel import select

from db import pack_registry, survey_box
from db.commands.packs import remove_pack
from db.commands.survey_waves import close_survey, open_survey, print_codes
from db.commands.survey_waves import count_ended_surveys as count_for
from db.commands.waves import correct_wave, remove_wave, restore_wave
from db.engine import session as open_session
from db.errors import Conflict, InvalidInput, NotFound
from db.instruments import instrument
from db.models import AuditEvent, Base, SurveyBox, SurveyResult, SurveyWave
from db.operator import count_ended_surveys
from db.period import Period
from db.queries.waves import open_wave, waves
from db.survey_box import code_hash, fits, new_codes, put_in, survey_of, totals_of
from tests.db.pack_texts import OPINION
from tests.db.survey_waves import PULSE, SHEET, answer, close, opened, survey
from tests.db.test_packs import add
from tests.db.test_waves import wave as totals

ROOT = Path(__file__).resolve().parents[2]
PULSE_TOOL = instrument(PULSE)


def sheets(number):
    return [[1 + (person + item) % 5 for item in range(5)] for person in range(number)]


def tables(session):
    """All rows of all tables, as plain texts."""
    session.rollback()
    found = {
        table.name: [repr(tuple(row)) for row in session.connection().execute(table.select())]
        for table in Base.metadata.sorted_tables
    }
    session.rollback()
    return found


def test_a_code_is_one_of_a_million_million_and_reads_well():
    codes = new_codes(500)
    assert len(set(codes)) == 500
    assert all(len(code) == 9 and code[4] == "-" and set(code) <= {*survey_box.ALPHABET, "-"} for code in codes)
    assert len(survey_box.ALPHABET) ** survey_box.LENGTH >= 2**40
    assert not set("01IO") & set(survey_box.ALPHABET)


def test_a_code_works_once_however_it_is_typed(session, field):
    wave_id, codes = opened(session, field)
    found = survey_of(session, codes[0].lower().replace("-", " "))
    assert (found.wave_id, found.instrument_code, found.languages) == (wave_id, PULSE, ("en", "es"))
    assert put_in(session, f" {codes[0].lower()} ", SHEET)
    assert survey_of(session, codes[0]) is None
    assert not put_in(session, codes[0], SHEET)
    assert not put_in(session, "2222-2222", SHEET)


def test_of_many_answers_with_one_code_at_once_exactly_one_counts(engine, session, field):
    _wave, codes = opened(session, field)
    start = Barrier(6)

    def send(number):
        start.wait()
        with open_session(engine) as own:
            return put_in(own, codes[number % 2], SHEET)

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(send, range(6))) == [False] * 4 + [True] * 2
    box = session.exec(select(SurveyBox)).one()
    assert (len(box.unused), box.answers) == (5, [SHEET] * 2)


def test_a_survey_that_closes_while_somebody_sends_takes_no_sheet(engine, session, field, monkeypatch):
    """The code was found, and then the survey was counted before the box was locked."""
    wave_id, codes = opened(session, field)
    found = survey_box.survey_of

    def found_too_late(*given):
        survey = found(*given)
        with open_session(engine) as other:
            close(other, field, wave_id)
        return survey

    session.rollback()
    monkeypatch.setattr(survey_box, "survey_of", found_too_late)
    assert not put_in(session, codes[0], SHEET)
    assert session.exec(select(SurveyBox)).all() == []


def test_no_table_keeps_a_code(session, field):
    _wave, codes = opened(session, field)
    kept = repr(tables(session))
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)


def test_an_answer_changes_nothing_but_the_box(session, field):
    _wave, codes = opened(session, field)
    before = tables(session)
    answer(session, codes, sheets(3))
    after = tables(session)
    assert {name for name in before if before[name] != after[name]} == {"survey_box"}


def test_a_sheet_holds_answers_and_nothing_else(session, field):
    _wave, codes = opened(session, field)
    answer(session, codes, sheets(4))
    (box,) = session.exec(select(SurveyBox)).all()
    assert set(SurveyBox.model_fields) == {"wave_id", "region_id", "unused", "answers"}
    assert sorted(box.answers) == sorted([float(value) for value in sheet] for sheet in sheets(4))


def test_the_order_in_the_box_says_nothing_about_the_order_of_answers_or_codes(session, field, monkeypatch):
    """The last sheet can take any place, and the unused codes are in a new order each time."""
    assert isinstance(survey_box._chance, random.SystemRandom)
    wave_id, codes = opened(session, field, invited=20)
    monkeypatch.setattr(survey_box, "_chance", random.Random(4))
    places, moved = [], 0
    for number, code in enumerate(codes[:19]):
        unused = list(session.exec(select(SurveyBox)).one().unused)
        assert put_in(session, code, [5, 1, 5, 1, 5] if number % 3 == 0 else SHEET)
        box = session.exec(select(SurveyBox).execution_options(populate_existing=True)).one()
        rest = [one for one in unused if one != code_hash(wave_id, code)]
        moved += box.unused != rest
        places.append(box.answers.index([5, 1, 5, 1, 5]) / max(1, len(box.answers)))
    assert moved > 12
    assert len(set(places)) > 5


@pytest.mark.parametrize("sheet", [SHEET[:4], [*SHEET, 1.0], [0, 1, 1, 1, 1], [6, 1, 1, 1, 1], [1.5] * 5, [None] * 5])
def test_a_sheet_that_does_not_fit_is_refused_and_the_code_still_works(session, field, sheet):
    _wave, codes = opened(session, field)
    with pytest.raises(ValueError, match="does not fit"):
        put_in(session, codes[0], sheet)
    assert put_in(session, codes[0], [None, *SHEET[1:]])


def test_a_code_works_only_on_the_days_of_its_survey_where_the_site_is(session, field):
    field.north.timezone = "America/New_York"
    field.add(field.north)
    session.commit()
    start = date.today() + timedelta(days=2)
    _wave, codes = opened(session, field, opened_on=start, closed_on=start)
    midnight = datetime(start.year, start.month, start.day, 5, 30, tzinfo=UTC)
    assert survey_of(session, codes[0], midnight - timedelta(hours=2)) is None
    assert survey_of(session, codes[0], midnight) is not None
    assert survey_of(session, codes[0], midnight + timedelta(hours=24)) is None


def test_four_answers_show_no_result_five_do_and_the_sheets_are_gone(session, field):
    for number, other in ((4, {}), (5, {"instrument_code": "turnover_intent"})):
        wave_id, codes = opened(session, field, **other)
        answers = sheets(number) if not other else [[1 + person % 5] for person in range(number)]
        answer(session, codes, answers)
        assert open_wave(session, field.actor("consultant"), wave_id).results == ()
        close(session, field, wave_id)
        row = open_wave(session, field.actor("director"), wave_id)
        assert [result.hidden for result in row.results] == [number < 5]
        assert row.results[0].mean == (None if number < 5 else 3.0)
    assert session.exec(select(SurveyBox)).all() == []
    assert {row.respondents for row in session.exec(select(SurveyResult)).all()} == {4, 5}


def test_one_single_answer_leaves_no_total_behind(session, field):
    wave_id, codes = opened(session, field)
    answer(session, codes, [SHEET])
    close(session, field, wave_id)
    assert session.exec(select(SurveyResult)).all() == []


def test_open_items_are_prorated_and_a_sheet_with_too_few_has_no_score(session, field):
    wave_id, codes = opened(session, field)
    for code, sheet in zip(codes, [[4, 4, 4, None, 4], [None, None, 5, 5, 5], *[[2, 2, 2, 4, 2]] * 4], strict=False):
        assert put_in(session, code, sheet)
    close(session, field, wave_id)
    result = session.exec(select(SurveyResult)).one()
    assert (result.respondents, result.mean) == (5, pytest.approx((4 + 4 * 2) / 5))


def test_progress_is_told_roughly_and_never_before_five(session, field):
    actor = field.actor("coordinator")
    wave_id, codes = opened(session, field, invited=12)
    told = []
    for code in codes:
        told.append(open_wave(session, actor, wave_id).progress)
        assert put_in(session, code, SHEET)
    assert told == ["few"] * 5 + ["under_half"] + ["half_to_three_quarters"] * 2 + ["over_half"] * 4
    (listed,) = waves(session, actor, Period.last_months(1, field.today - timedelta(days=300)))
    assert listed.open
    assert listed.results == ()


def test_scales_that_share_items_count_the_same_sheets():
    """A total of six people beside its parts of seven would tell, by subtraction, what the seventh answered."""
    scale = PULSE_TOOL.scales[0]
    parts = [
        replace(scale, code=code, items=replace(scale.items, positions=items, reversed=()))
        for code, items in (("total", (1, 2, 3, 4)), ("first", (1, 2)), ("second", (3, 4)), ("apart", (5,)))
    ]
    answered = [[2, 3, 4, 5, 1], [1, 2, 3, 4, None], [5, 5, None, None, 2], [3, 3, 3, 3, 3]]
    totals = totals_of(replace(PULSE_TOOL, scales=tuple(parts)), answered)
    assert {total.scale_code: total.respondents for total in totals} == {
        "total": 3, "first": 3, "second": 3, "apart": 3,
    }  # fmt: skip


@pytest.mark.parametrize("by", ["director", "coordinator", "operator"])
def test_a_survey_is_counted_when_its_last_day_is_over_and_nobody_taps(session, field, by):
    wave_id, codes = opened(session, field)
    running, _codes = opened(session, field, site_id=field.site("Second Demo Center").id, role="coordinator")
    answer(session, codes, sheets(6))

    def count():
        return count_ended_surveys(session) if by == "operator" else count_for(session, field.actor(by))

    assert count() == 0
    row = session.get_one(SurveyWave, wave_id)
    row.opened_on, row.closed_on = (field.today - timedelta(days=days) for days in (9, 1))
    session.commit()
    assert (count(), count()) == (1, 0)
    session.rollback()
    assert [box.wave_id for box in session.exec(select(SurveyBox))] == [running]
    (shown,) = open_wave(session, field.actor("director"), wave_id).results
    assert (shown.hidden, shown.mean is not None) == (False, True)
    event = session.exec(select(AuditEvent).order_by(AuditEvent.seq.desc())).first()
    assert (event.action, event.reason) == ("close_survey", "the last day is over")


def test_codes_are_printed_anew_only_while_nobody_has_answered(session, field):
    wave_id, first = opened(session, field)
    actor = field.actor("consultant")
    second = print_codes(session, actor, wave_id)
    assert not put_in(session, first[0], SHEET)
    assert put_in(session, second[0], SHEET)
    with pytest.raises(Conflict, match="answered"):
        print_codes(session, actor, wave_id)


def test_after_the_close_nothing_can_be_answered_counted_printed_or_corrected(session, field):
    wave_id, codes = opened(session, field)
    answer(session, codes, sheets(6))
    close(session, field, wave_id)
    actor = field.actor("consultant")
    assert not put_in(session, codes[6], SHEET)
    for again in (
        lambda: close_survey(session, actor, wave_id, 2),
        lambda: print_codes(session, actor, wave_id),
        lambda: correct_wave(session, actor, wave_id, 2, totals(field), "better numbers"),
    ):
        with pytest.raises(NotFound):
            again()
    row = session.get_one(SurveyWave, wave_id, populate_existing=True)
    assert (row.closed_on, row.version) == (field.today, 2)


def test_a_removed_survey_takes_no_answers_until_it_is_restored(session, field):
    wave_id, codes = opened(session, field)
    actor = field.actor("consultant")
    remove_wave(session, actor, wave_id, 1, "wrong week")
    assert not put_in(session, codes[0], SHEET)
    restore_wave(session, actor, wave_id, 2, "right week")
    assert put_in(session, codes[0], SHEET)


@pytest.mark.usefixtures("packs_go_again")
def test_what_only_a_programs_pack_can_score_is_counted_and_never_destroyed_uncounted(session, field):
    pack = add(field, OPINION, field.program.id)
    wave_id, codes = opened(session, field, instrument_code="teacher_opinion", languages=("en",))
    answer(session, codes, [[2] * 12] * 6)
    remove_pack(session, field.actor("admin"), pack, 1, "by mistake")
    pack_registry.refresh(session, at_once=True)
    with pytest.raises(Conflict, match="not_scored"):
        close(session, field, wave_id)
    assert len(session.exec(select(SurveyBox)).one().answers) == 6
    add(field, OPINION, field.program.id)
    close(session, field, wave_id)
    result = session.exec(select(SurveyResult)).one()
    assert (result.respondents, result.mean) == (6, pytest.approx((10 * 2 + 2 * 4) / 12))


def test_only_who_opened_it_prints_and_closes_it(session, field):
    wave_id, _codes = opened(session, field)
    for role in ("supervisor", "director", "coordinator", "admin"):
        for refused in (print_codes, lambda *given: close_survey(*given, 1)):
            with pytest.raises(NotFound):
                refused(session, field.actor(role), wave_id)
    for role in ("supervisor", "director", "admin"):
        with pytest.raises(NotFound):
            open_survey(session, field.actor(role), survey(field))


def test_what_is_wrong_with_a_new_survey_is_told_at_its_field(session, field):
    def refused(**values):
        with pytest.raises(InvalidInput) as problems:
            open_survey(session, field.actor("consultant"), survey(field, **values))
        return {(problem.field, problem.code) for problem in problems.value.problems}

    yesterday, later = field.today - timedelta(days=2), field.today + timedelta(days=90)
    assert refused(instrument_code="pss10") == {("instrument_code", "unknown_option")}
    assert refused(instrument_code="class_infant") == {("instrument_code", "unknown_option")}
    assert refused(languages=("en", "fr")) == {("languages", "unknown_option")}
    assert refused(closed_on=yesterday) == {("closed_on", "end_before_start")}
    assert refused(closed_on=later) == {("closed_on", "open_too_long")}
    assert refused(opened_on=yesterday) == {("opened_on", "day_over")}
    saved = open_survey(session, field.actor("consultant"), survey(field))
    assert refused() == {("opened_on", "already_there")}
    assert saved.created


def test_the_audit_tells_that_a_survey_was_opened_printed_and_closed_but_no_answer(session, field):
    wave_id, codes = opened(session, field)
    answer(session, codes, sheets(6))
    close(session, field, wave_id)
    actions = [event.action for event in session.exec(select(AuditEvent).order_by(AuditEvent.seq)).all()]
    assert actions == ["open_survey", "print_codes", "close_survey"]
    assert "mean" not in repr(tables(session)["audit_content"])


def test_no_module_but_the_box_reads_or_writes_the_box():
    """Neither through its model nor as a table in SQL."""
    touching = set()
    for folder in ("analytics", "components", "db", "pages", "web"):
        for path in (ROOT / folder).rglob("*.py"):
            tree = list(ast.walk(ast.parse(path.read_text())))
            named = {node.id for node in tree if isinstance(node, ast.Name)}
            told = [node.value for node in tree if isinstance(node, ast.Constant) and isinstance(node.value, str)]
            if "SurveyBox" in named or any("survey_box" in text.split() for text in told):
                touching.add(path.relative_to(ROOT).as_posix())
    laid_out = {name for name in touching if name.startswith(("db/migrations/versions/", "db/models/instruments"))}
    assert touching - laid_out == {"db/survey_box.py", "db/wall.py"}, "the wall only names it, in a list of rights"


def test_guessing_codes_is_slowed_down_for_the_whole_server_and_melts(session, field, monkeypatch):
    monkeypatch.setattr(survey_box.settings(), "throttle_server", 3)
    now = datetime.now(UTC)
    for _guess in range(3):
        assert not survey_box.guessing_too_much(session, now)
        survey_box.note_guess(session, now)
    assert survey_box.guessing_too_much(session, now)
    assert not survey_box.guessing_too_much(session, now + timedelta(minutes=6))


def test_a_sheet_fits_only_what_has_items():
    assert fits(instrument(PULSE), SHEET)
    assert not fits(instrument("class_infant"), SHEET)
