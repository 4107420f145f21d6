"""Files with answers of paper surveys: every way in which the PSS-10 is written down, and totals that disagree."""

import pytest
from sqlmodel import select

from db.commands.waves import record_wave
from db.errors import InvalidInput
from db.exchange.survey_answers import Disagreement, read_answers
from db.exchange.table_file import UnreadableFile, read_table
from db.instruments import instrument
from db.models import SurveyWave
from db.survey_file import wave_of_file

PSS = instrument("pss10")
NAMES = [f"S{number}" for number in range(1, 11)]
ENGLISH = ["Never", "almost never", "Sometimes", "Fairly often", "very often"]
SPANISH = ["nunca", "Casi nunca", "De vez en cuando", "a menudo", "Muy a menudo"]
ROWS = [[0, 1, 2, 3, 4, 0, 1, 2, 3, 4], [4, 4, 4, 0, 0, 4, 0, 0, 4, 4], [2, 2, 2, 2, 2, 2, 2, 2, 2, 2]]
TOTALS = [16, 40, 20]


def file(rows, names=NAMES, totals=None):
    header = [*names, "Total"] if totals else names
    lines = [[*row, totals[number]] if totals else row for number, row in enumerate(rows)]
    return read_table("\n".join(",".join(map(str, line)) for line in [header, *lines]).encode())


def test_answers_are_read_however_they_are_written():
    as_scored = read_answers(file(ROWS), PSS)
    from_one = read_answers(file([[value + 1 for value in row] for row in ROWS]), PSS)
    words = [read_answers(file([[said[value] for value in row] for row in ROWS]), PSS) for said in (ENGLISH, SPANISH)]
    expected = tuple(tuple(float(value) for value in row) for row in ROWS)
    assert [one.sheets for one in (as_scored, from_one, *words)] == [expected] * 4
    assert [one.coding for one in (as_scored, from_one, *words)] == ["as_scored", "from_one", "words", "words"]
    assert not any(one.unsure for one in (as_scored, from_one, *words))


@pytest.mark.parametrize(
    "names",
    [
        [f"Item {n:02}" for n in range(1, 11)],
        [f"pss10_{n}" for n in range(1, 11)],
        [str(n) for n in range(1, 11)],
        [f"Pregunta{n}" for n in range(1, 11)],
    ],
)
def test_columns_are_found_by_their_number(names):
    assert len(read_answers(file(ROWS, names), PSS).sheets) == 3


def test_a_missing_column_and_an_unscored_instrument_are_refused():
    with pytest.raises(UnreadableFile, match="file_items_missing") as refused:
        read_answers(file([row[:9] for row in ROWS], NAMES[:9]), PSS)
    assert refused.value.context == {"items": "10"}
    with pytest.raises(UnreadableFile, match="file_not_scored"):
        read_answers(file(ROWS), instrument("class_infant"))


def test_totals_that_disagree_are_told_line_by_line_and_ours_is_used():
    read = read_answers(file(ROWS, totals=[16, 38, 20]), PSS)
    assert read.disagreements == (Disagreement(3, 38.0, 40.0),)
    assert read.compared == 3


def test_a_total_that_takes_a_missing_answer_for_nothing_is_told():
    """Nine answers of 2, four of them turned round: 18 in nine, 20 with the mean of them for the tenth."""
    row = ["2"] * 9 + [""]
    for total, told in (("18", [(2, 18, 20)]), ("20", []), ("19.5", [])):
        read = read_answers(file([row], totals=[total]), PSS)
        assert [(one.line, one.in_file, one.computed) for one in read.disagreements] == told


def test_answers_that_fit_two_codings_are_settled_by_the_totals_or_said_to_be_unsure():
    rows = [[1, 2, 3, 2, 1, 2, 3, 2, 1, 2]] * 3
    assert read_answers(file(rows), PSS).unsure
    mean = sum(4 - (v - 1) if n in (4, 5, 7, 8) else v - 1 for n, v in enumerate(rows[0], start=1))
    settled = read_answers(file(rows, totals=[mean] * 3), PSS)
    assert (settled.coding, settled.unsure, settled.disagreements) == ("from_one", False, ())
    assert read_answers(file(rows), PSS, "as_scored").sheets[0][0] == 1.0


def test_lines_with_what_is_no_answer_are_refused_and_open_items_stay_open():
    rows = [ROWS[0], [0, 9, *[1] * 8], [""] * 10, ["", *[2] * 9]]
    read = read_answers(file(rows), PSS)
    assert [(line, problem.code) for line, problem in read.refused] == [(3, "not_an_answer")]
    assert read.sheets[-1][0] is None


def test_only_the_totals_of_a_file_are_stored_and_the_same_file_adds_nothing(session, field):
    read = read_answers(file(ROWS * 3), PSS)
    made = wave_of_file(
        b"the file",
        read.sheets,
        site_id=field.here.id,
        instrument_code="pss10",
        opened_on=field.today,
        closed_on=field.today,
        invited=20,
    )
    first, again = (record_wave(session, field.actor("consultant"), made) for _time in range(2))
    assert (first.created, again.created, first.id) == (True, False, again.id)
    row = session.exec(select(SurveyWave)).one()
    assert (row.source, row.collected) == ("import", "totals")
    assert made.results[0].respondents == 9
    assert made.results[0].mean == pytest.approx(sum(TOTALS) / 3)


def test_a_file_with_one_usable_row_is_refused(field):
    with pytest.raises(InvalidInput, match="scale_needed"):
        wave_of_file(
            b"x",
            [tuple(map(float, ROWS[0]))],
            site_id=field.here.id,
            instrument_code="pss10",
            opened_on=field.today,
            closed_on=field.today,
            invited=20,
        )
