"""Every sentence of the outcome scorecard, in every state and both languages, with its numbers and nothing unfilled."""

from typing import get_args

import pytest

from analytics.intervals import Interval
from analytics.verdicts import Judged, Missing
from components import outcome_parts as parts
from components.words import LANGUAGES, use_language

FACTS = {
    "known": 5, "asked": 12, "needed": 3, "counted": 8, "sites": 13, "count_before": 71, "count_now": 62,
    "paired": "4 rooms", "least": 10, "since": "Mar 2025",
}  # fmt: skip
SPANS = ("Nov 2024 to Oct 2025", "Nov 2025 to Oct 2026")
RATE = Judged("improved", "ratio", 27.04, 14.02, (167, 88), 0.52, Interval(0.34, 0.78))
SCORE = Judged("improved", "difference", 5.432, 6.001, (6, 6), 0.569, Interval(0.301, 0.832))
TOLD_OF = {
    "months": ("5", "12", "3"), "events": ("71", "62"), "more_time": ("66%", "22%"), "pairs": ("4 rooms", "3"),
    "spread": ("10",), "no_enrolment": (SPANS[1],), "no_before": SPANS, "hidden": SPANS, "few_children": ("10",),
    "rooms_closed": ("3",), "no_survey": (SPANS[1],), "surveys_hidden": ("10",), "no_staff": SPANS,
    "gaps": SPANS, "later_sites": ("Mar 2025",), "part_of_months": ("5", "12"), "part_of_sites": ("8", "13"),
}  # fmt: skip
"""The numbers and dates that must stand in a sentence; those not named here hold none."""


@pytest.fixture(params=LANGUAGES, autouse=True)
def spoken(request):
    use_language(request.param)
    yield request.param
    use_language("en")


def row(judged, **values):
    return parts.Row("behaviour", "measure", "per unit", judged, "incidents", SPANS, facts=FACTS, **values)


def whole_sentence(told, numbers):
    assert told
    assert "{" not in told
    assert "}" not in told
    assert [number for number in numbers if number not in told] == []


@pytest.mark.parametrize("verdict", ["improved", "no_change", "worsened"])
def test_a_verdict_on_rates_holds_both_rates_the_change_and_its_limits(verdict):
    judged = Judged(verdict, "ratio", *list(vars(RATE).values())[2:7])
    whole_sentence(parts.sentence(row(judged)), ("27.0", "14.0", "48%", "66%", "22%", "per unit"))


@pytest.mark.parametrize("verdict", ["improved", "no_change", "worsened"])
def test_a_verdict_on_scores_holds_both_means_the_change_and_its_limits(verdict):
    judged = Judged(verdict, "difference", *list(vars(SCORE).values())[2:7])
    told = parts.sentence(row(judged, digits=2))
    whole_sentence(told, ("5.43", "6.00", "+0.57", "+0.30", "+0.83", "per unit"))


@pytest.mark.parametrize("missing", parts.MISSING)
def test_what_is_missing_is_said_with_its_numbers(missing):
    judged = Judged("cannot_tell", "ratio", interval=RATE.interval)
    whole_sentence(parts.sentence(row(judged, missing=missing)), TOLD_OF.get(missing, ()))


def test_every_reason_of_the_analytics_has_its_sentence():
    assert set(get_args(Missing)) <= set(parts.MISSING)


@pytest.mark.parametrize("code", parts.NOTES)
def test_every_note_is_whole(code):
    whole_sentence(parts.note(code, row(RATE)), TOLD_OF.get(code, ()))


@pytest.mark.parametrize("count", [0, 1, 7, 1345])
@pytest.mark.parametrize("code", parts.COUNTED)
def test_every_count_is_said_with_what_was_counted(code, count):
    whole_sentence(parts.counted_words(code, count), (f"{count:,}",))


@pytest.mark.parametrize(
    ("ratio", "told"), [(0.0, "100%"), (0.52, "48%"), (1.3, "30%"), (5.42, "5.4"), (1.001, ""), (float("inf"), "")]
)
def test_every_ratio_is_said_in_words(ratio, told):
    judged = Judged("no_change", "ratio", 1.0, 1.0, (9, 9), ratio, Interval(ratio, ratio))
    for words in (parts.change(row(judged)), *parts.limits(row(judged))):
        whole_sentence(words, (told,))


def test_nothing_before_has_words_of_its_own():
    judged = Judged("worsened", "ratio", 0.0, 9.3, (0, 12), None, Interval(1.4, float("inf")))
    whole_sentence(parts.sentence(row(judged)), ("0.0", "9.3", "40%"))


def test_outcomes_and_verdicts_have_words_and_each_verdict_an_icon_of_its_own():
    for words in map(parts.outcome_words, parts.OUTCOMES):
        whole_sentence(words, ())
    assert len({parts.verdict_words(verdict) for verdict in parts.VERDICTS}) == 4
    assert len({parts.verdict_icon(verdict) for verdict in parts.VERDICTS}) == 4


@pytest.mark.parametrize("visits", [0, 1, 17])
def test_consultation_is_said_with_visits_and_hours_by_level(visits):
    told = parts.consulted(parts.Consulted(visits, 60, 90, 30, SPANS[1]))
    whole_sentence(told, (str(visits), "3.0", "1.0", "1.5", "0.5"))


def test_the_overview_and_the_cautions_are_whole():
    rows = [row(RATE), row(Judged("cannot_tell", "ratio"), missing="no_before")]
    short = parts.in_short(rows)
    assert [verdict for verdict, _told in short] == ["improved", "cannot_tell"]
    always = (parts.expected_anyway(), parts.how_judged(), parts.beside_trends())
    for told in (*(told for _verdict, told in short), *always):
        whole_sentence(told, ())
