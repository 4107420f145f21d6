"""Sheets of answers become scores as the authors of each survey say; the rules come from the registry."""

import csv
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.scoring import ItemScale, ScaleScore, SurveyScoring, WrongAnswer, WrongEdition, score_survey
from db.instruments import instrument
from db.instruments.scoring import survey_scoring_of


def scoring(code: str) -> SurveyScoring:
    found = survey_scoring_of(instrument(code))
    assert found is not None
    return found


def scores(code: str, answers: list[Any]) -> dict[str, ScaleScore]:
    return score_survey(scoring(code), answers, edition=code)


def score(code: str, answers: list[Any], scale: str = "total") -> float | None:
    return scores(code, answers)[scale].value


@pytest.mark.parametrize(
    ("answers", "total"),
    # Rows 1, 2, 4 and 6 of the UKM data (github.com/IskandarAyuphan/psychological-aspects-and-bmi, MIT).
    [
        ([0, 0, 0, 1, 1, 0, 1, 1, 0, 0], 12),
        ([0, 0, 0, 0, 3, 0, 2, 2, 2, 1], 12),
        ([2, 2, 1, 2, 2, 2, 2, 1, 2, 2], 20),
        ([0, 0, 0, 4, 4, 0, 4, 4, 0, 0], 0),
    ],
)
def test_pss10_gives_the_totals_of_the_published_data(answers: list[int], total: int) -> None:
    assert score("pss10", answers) == total


def test_the_three_lengths_of_the_pss_turn_round_the_published_items() -> None:
    assert score("pss10", [4, 4, 4, 0, 0, 4, 0, 0, 4, 4]) == 40
    assert score("pss10", [0] * 10) == 16
    assert score("pss4", [4, 0, 0, 4]) == 16
    assert score("pss4", [0, 4, 4, 0]) == 0
    assert score("pss14", [4, 4, 4, 0, 0, 0, 0, 4, 0, 0, 4, 4, 0, 4]) == 56
    assert score("pss14", [0] * 14) == 28


def test_cbi_scales_are_means_and_energy_for_family_is_turned_round() -> None:
    answers = [100, 75, 50, 25, 0, 50, *[100] * 6, 0, *[25] * 6]
    found = scores("cbi", answers)
    assert [found[code].value for code in ("personal", "work", "client")] == [50, 100, 25]


def test_proqol_sums_each_scale_over_its_own_ten_items() -> None:
    answers = [5] * 30
    found = scores("proqol5", answers)
    # Five of the ten burnout items are turned round: 5 x 5 + 5 x 1.
    assert (found["compassion_satisfaction"].value, found["burnout"].value) == (50, 30)
    assert found["secondary_trauma"].value == 50
    for position in (1, 4, 15, 17, 29):
        answers[position - 1] = 1
    assert scores("proqol5", answers)["burnout"].value == 50


def test_proqol_uses_every_item_once() -> None:
    used = sorted(position for scale in scoring("proqol5").scales for position in scale.positions)
    assert used == list(range(1, 31))


def test_goal_achievement_and_satisfaction_are_means_of_their_items() -> None:
    assert score("goal_achievement", [3] * 12 + [5], "achievement") == pytest.approx((36 + 5) / 13)
    # The fifth of our own questions says that something was missing: agreeing with it lowers the score.
    assert score("consultee_satisfaction", [4, 4, 4, 4, 1, 4], "satisfaction") == 4
    assert score("consultee_satisfaction", [4, 4, 4, 4, 4, 4], "satisfaction") == pytest.approx(21 / 6)
    assert score("attune_pulse", [5, 5, 5, 1, 5], "wellbeing") == 5
    assert score("turnover_intent", [2], "intent") == 2


def test_the_teacher_opinion_survey_waits_for_wording_that_says_what_is_turned_round() -> None:
    assert survey_scoring_of(instrument("teacher_opinion")) is None
    stated = SurveyScoring(
        "teacher_opinion", "teacher-opinion-1", 12, (1, 2, 3, 4, 5),
        (ItemScale("confidence", tuple(range(1, 13)), (2, 4), "mean"),),
    )  # fmt: skip
    found = score_survey(stated, [5, 1, 5, 1, *[5] * 8], edition="teacher_opinion")
    assert found["confidence"].value == 5


@pytest.mark.parametrize("code", ["ccw_jsi", "mbi_es", "class_infant", "perm"])
def test_an_instrument_without_known_items_is_not_scored_from_answers(code: str) -> None:
    assert survey_scoring_of(instrument(code)) is None


@pytest.mark.parametrize(("code", "least", "of"), [("pss10", 8, 10), ("pss4", 4, 4), ("pss14", 12, 14)])
def test_a_scale_is_prorated_from_80_percent_of_its_items(code: str, least: int, of: int) -> None:
    turned = scoring(code).scales[0].reversed
    answers: list[int | None] = [1 if position in turned else 3 for position in range(1, of + 1)]
    for missing in range(of + 1):
        part = [None if at < missing else answer for at, answer in enumerate(answers)]
        found = scores(code, part)["total"]
        assert found.value == (3 * of if of - missing >= least else None)
        assert (found.answered, found.of) == (of - missing, of)
        assert found.prorated is (found.value is not None and missing > 0)


def test_a_prorated_sum_is_rounded_to_the_nearest_point_and_halves_go_up() -> None:
    # Eight answers that come to 17: 17 / 8 x 10 = 21.25; eight that come to 18: 22.5; nine that come to 19: 21.1.
    assert score("pss10", [None, None, 2, 2, 2, 2, 2, 2, 2, 3]) == 21
    assert score("pss10", [None, None, 3, 2, 2, 2, 2, 2, 2, 3]) == 23
    assert score("pss10", [None, 2, 2, 2, 2, 2, 2, 2, 2, 3]) == 21


def test_a_prorated_mean_is_the_mean_of_what_was_answered() -> None:
    answers: list[float | None] = [100, 75, 50, 25, 25, None, *[None] * 13]
    found = scores("cbi", answers)
    assert found["personal"].value == 55
    assert found["work"].value is None


def test_no_answer_at_all_gives_no_score() -> None:
    assert score("pss10", [None] * 10) is None
    assert score("pss10", [math.nan] * 10) is None
    assert score("turnover_intent", [None], "intent") is None


@pytest.mark.parametrize("wrong", [5, -1, 2.5, math.inf])
def test_an_answer_out_of_range_is_refused_with_its_position(wrong: Any) -> None:
    with pytest.raises(WrongAnswer, match="item 3 must be one of 0, 1, 2, 3, 4") as refused:
        scores("pss10", [None, 0, wrong, *[0] * 7])
    assert refused.value.position == 3


def test_answers_coded_1_to_5_are_refused_rather_than_scored_as_0_to_4() -> None:
    with pytest.raises(WrongAnswer, match="item 10"):
        scores("pss10", [1, 2, 3, 4, 1, 2, 3, 4, 1, 5])


def test_another_edition_is_refused() -> None:
    with pytest.raises(WrongEdition, match="answers of 'pss4' cannot be scored as 'pss10'"):
        score_survey(scoring("pss10"), [0] * 10, edition="pss4")
    with pytest.raises(WrongEdition, match="'pss10' has 10 items, but 4 answers"):
        scores("pss10", [0] * 4)


def test_every_score_carries_the_version_of_its_formula() -> None:
    assert {found.formula_version for found in scores("cbi", [50] * 19).values()} == {"cbi-1"}


@pytest.mark.parametrize("code", ["pss10", "pss14", "cbi", "proqol5", "goal_achievement", "attune_pulse"])
def test_extreme_answers_reach_the_ends_that_the_registry_states(code: str) -> None:
    survey, entry = scoring(code), instrument(code)
    low, high = min(survey.answers), max(survey.answers)
    for scale in survey.scales:
        worst: list[Any] = [low if position in scale.reversed else high for position in range(1, survey.count + 1)]
        best = [low + high - answer for answer in worst]
        assert scores(code, worst)[scale.code].value == entry.scale(scale.code).maximum
        assert scores(code, best)[scale.code].value == entry.scale(scale.code).minimum


@given(st.lists(st.one_of(st.none(), st.integers(0, 4)), min_size=10, max_size=10))
def test_pss10_stays_within_0_and_40_with_any_gaps(answers: list[int | None]) -> None:
    total = score("pss10", answers)
    assert (total is None) == (sum(answer is not None for answer in answers) < 8)
    assert total is None or (0 <= total <= 40 and total == int(total))


@pytest.mark.realdata
def test_pss10_totals_of_all_223_people_agree(shared_data: Path) -> None:
    with (shared_data / "pss10_ukm_items.csv").open() as items:
        answers = [[int(row[f"S{at}"]) for at in range(1, 11)] for row in csv.DictReader(items)]
    with (shared_data / "pss10_ukm_expected.csv").open() as expected:
        totals = [int(row["pss10_total"]) for row in csv.DictReader(expected)]
    assert len(totals) == 223
    assert [score("pss10", row) for row in answers] == totals
