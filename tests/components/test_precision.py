"""The precision statement and a meeting's sentences: right in every state, in both languages."""

import re
from datetime import date
from typing import get_args

import pytest

from analytics.concentration import Concentration
from analytics.meeting_signals import Fired, SignalCode
from analytics.since import Since
from analytics.strengths import Strength, StrengthCode
from components import meeting_words, precision
from components.precision import Told
from components.words import use_language
from db import options
from db.incident_cuts import DIMENSIONS
from db.meeting_figures import FIGURES, Counted
from db.queries.patterns import ChildShare

ROOM = "6b0d9a5c-0000-7000-8000-000000000001"
NAMES = {ROOM: "Owls", "mark": "K-7"}


@pytest.fixture(autouse=True)
def english():
    yield
    use_language("en")


def said(language, cut, count=14, total=31, **motives):
    use_language(language)
    return precision.statement(Told(cut, count, total, motives), NAMES)


def test_the_sentence_of_the_issue():
    cut = {"hour": "10", "classroom": ROOM, "activity": "transition"}
    assert said("en", cut, avoid_task=9, obtain_item=2) == (
        "In the classroom “Owls”, between 10 and 11 AM, during transitions: 14 of 31 incidents (45%),"
        " most often to avoid a task."
    )
    assert said("es", cut, avoid_task=9, obtain_item=2) == (
        "En el aula “Owls”, entre las 10 y las 11 a. m., durante las transiciones: 14 de 31 incidentes (45%),"
        " con más frecuencia para evitar una tarea."
    )


@pytest.mark.parametrize(
    ("cut", "count", "total", "motives", "english", "spanish"),
    [
        ({}, 0, 0, {}, "No incident is on record in this time.", "En este tiempo no hay ningún incidente registrado."),
        ({}, 1, 1, {}, "1 incident in all.", "1 incidente en total."),
        ({}, 9, 9, {"not_known": 9}, "9 incidents in all, mostly for reasons that are not known.",
         "9 incidentes en total, en su mayoría por motivos que no se conocen."),
        ({"weekday": "0"}, 0, 7, {}, "On Mondays: none of 7 incidents.", "Los lunes: ninguno de 7 incidentes."),
        ({"weekday": "0"}, 1, 1, {}, "On Mondays: 1 of 1 incident (100%).", "Los lunes: 1 de 1 incidente (100%)."),
        ({"hour": "12"}, 9, 30, {"avoid_task": 4, "not_known": 5},
         "Between noon and 1 PM: 9 of 30 incidents (30%), most often to avoid a task (4 of the 4 with a reason noted).",
         "Entre el mediodía y la 1 p. m.: 9 de 30 incidentes (30%), con más frecuencia para evitar una tarea (4 de los"
         " 4 con un motivo anotado)."),
        ({"behaviour": "self_injury"}, None, None, {}, "Self-injury: hidden to protect privacy.",
         "Autolesión: oculto para proteger la privacidad."),
        ({}, None, None, {}, "The number of incidents is hidden to protect privacy.",
         "El número de incidentes está oculto para proteger la privacidad."),
    ],
)  # fmt: skip
def test_each_state_has_its_sentence_in_both_languages(cut, count, total, motives, english, spanish):
    assert said("en", cut, count, total, **motives) == english
    assert said("es", cut, count, total, **motives) == spanish


def test_a_motive_is_named_only_where_it_is_clear():
    for motives in ({"avoid_task": 3, "obtain_item": 3}, {"avoid_task": 2, "obtain_item": 6, "other": 7}):
        assert "most often" not in said("en", {"hour": "9"}, 14, 31, **motives)
    assert "avoid" not in said("en", {"hour": "9"}, 14, 31, avoid_task=2, not_known=12)
    assert "most often" not in said("en", {"motivation": "avoid_task"}, 14, 31, avoid_task=14)


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_answer_of_every_dimension_makes_a_sentence(language):
    answers = {
        "hour": [str(hour) for hour in range(5, 21)], "weekday": [str(day) for day in range(7)], "classroom": [ROOM],
        "child": ["mark"],
    }  # fmt: skip
    for by in DIMENSIONS:
        for code in answers.get(by) or options.codes(by):
            sentence = said(language, {by: code}, avoid_task=14)
            assert re.fullmatch(r"[A-ZÁÉÍÓÚ].*: 14 (of|de) 31 [a-z]+ \(45%\).*\.", sentence), sentence
            assert "  " not in sentence
            assert "{" not in sentence
            assert "{" not in precision.title(by) + precision.part_label(by, code, NAMES)


SHARES = [None, ChildShare(True), ChildShare(False), ChildShare(None), ChildShare(False, 0, 0, 0),
          ChildShare(True, 1, 8, 8), ChildShare(False, 3, 9, 4)]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "es"])
def test_one_childs_share_is_told_without_saying_who(language):
    use_language(language)
    told = [precision.child_share(share, 14) for share in SHARES]
    assert told[0] == ""
    assert len(set(told)) == len(SHARES)
    assert not any("K-7" in sentence or "{" in sentence for sentence in told)


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_meeting_has_a_sentence_for_each_strength_signal_figure_and_reading(language):
    use_language(language)
    told = [meeting_words.strength(Strength(code, number, 3)) for code in get_args(StrengthCode) for number in (1, 2)]
    told += [meeting_words.signal(Fired(code, number)) for code in get_args(SignalCode) for number in (1, 2)]
    told += [meeting_words.rule(code) + meeting_words.suggestion(code) for code in get_args(SignalCode)]
    told += [meeting_words.figure(code, {"hour": "9"}, NAMES) for code in FIGURES]
    for reading in ("fewer", "more", "no_more_than_chance", "too_early"):
        found = Since(0.4, 0.1, 8.0, reading)
        told.append(meeting_words.then_and_now("incidents", Counted(((26, 65),)), Counted(((2, 20),)), found))
    told += [meeting_words.then_and_now("visits", None, None, None)]
    told += [precision.standing_out(Concentration("hour", "9", 9, 3.0, basis), NAMES, 20)
             for basis in ("exposure", "calendar", "equal", "rest")]  # fmt: skip
    told += [
        meeting_words.due(date(2026, 5, 4), date(2026, 5, 5), status) for status in options.codes("decision_status")
    ]
    assert not any("{" in sentence or not sentence for sentence in told)
    if language == "es":
        assert [one for one in told if re.search(r"\b(the|incidents|chance|meeting|before)\b", one)] == []


def test_what_is_kept_of_a_meeting_is_put_into_words_again():
    cut = Told({"hour": "9", "activity": "meals"}, 9, 30, {"avoid_task": 9})
    kept = meeting_words.kept([Strength("decisions_done", 1, 2)], [cut], [Fired("no_visits")])
    assert [meeting_words.seen(one, NAMES) for one in kept] == [
        "1 of 2 decisions of the last meeting is done.",
        "Between 9 and 10 AM, during meals: 9 of 30 incidents (30%), most often to avoid a task.",
        "No visit took place in the last full month.",
    ]
