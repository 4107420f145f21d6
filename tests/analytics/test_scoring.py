import csv
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.scoring import (
    Domain,
    InstrumentScoring,
    cbi_scale,
    percent_yes,
    pss4,
    pss10,
    score_domains,
)

CLASS_PREK = InstrumentScoring(
    "class_prek",
    "class-prek-1",
    (
        Domain("emotional_support", ("positive", "negative", "sensitivity", "regard")),
        Domain("classroom_organization", ("behaviour", "productivity", "formats")),
        Domain("instructional_support", ("concepts", "feedback", "language")),
    ),
    {"negative": (1, 7)},
)
CLASS_TODDLER = InstrumentScoring(
    "class_toddler",
    "class-toddler-1",
    (
        Domain("behavioral_support", ("positive", "negative", "sensitivity", "regard", "guidance")),
        Domain("engaged_support", ("facilitation", "feedback", "language")),
    ),
    {"negative": (1, 7)},
)
CLASS_INFANT = InstrumentScoring(
    "class_infant",
    "class-infant-1",
    (Domain("responsive_caregiving", ("climate", "sensitivity", "exploration", "language")),),
)
ARNETT = InstrumentScoring(
    "arnett",
    "arnett-1",
    (
        Domain("total", ("sensitivity", "harshness", "detachment", "permissiveness")),
        Domain("sensitivity", ("sensitivity",)),
    ),
    {"harshness": (1, 4), "detachment": (1, 4), "permissiveness": (1, 4)},
)


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
    assert pss10(answers) == total


def test_pss_ends_and_reversed_items() -> None:
    assert pss10([4, 4, 4, 0, 0, 4, 0, 0, 4, 4]) == 40
    assert pss10([0] * 10) == 16
    assert pss4([4, 0, 0, 4]) == 16
    assert pss4([0, 4, 4, 0]) == 0
    assert pss4([1, 1, 2, 3]) == 1 + 3 + 2 + 3


def test_a_missing_answer_gives_no_score() -> None:
    assert pss10([0, None, *[1] * 8]) is None
    assert pss4([None] * 4) is None
    assert cbi_scale([50, None, 75]) is None


@pytest.mark.parametrize("wrong", [5, -1, 2.5])
def test_an_answer_out_of_range_is_named_by_its_position(wrong: Any) -> None:
    with pytest.raises(ValueError, match="item 3 must be a whole number from 0 to 4"):
        pss10([None, 0, wrong, *[0] * 7])


def test_the_wrong_number_of_answers_is_refused() -> None:
    with pytest.raises(ValueError, match="expected 10 answers, got 4"):
        pss10([0] * 4)
    with pytest.raises(ValueError, match="expected 4 answers, got 10"):
        pss4([0] * 10)


def test_cbi_scales_are_means_of_the_five_response_scores() -> None:
    assert cbi_scale([100, 75, 50, 25, 0, 50]) == 50
    assert cbi_scale([100, 100, 100, 100, 100, 100, 0], reversed_items={7}) == 100
    with pytest.raises(ValueError, match="item 2 must be one of"):
        cbi_scale([50, 60])
    with pytest.raises(ValueError, match="reversed item 3 is not one of the 2 items"):
        cbi_scale([50, 75], reversed_items=(3,))
    with pytest.raises(ValueError, match="at least one answer"):
        cbi_scale([])


def test_class_prek_domains_average_cycles_then_reverse_then_average_dimensions() -> None:
    first = {
        "positive": 6,
        "negative": 1,
        "sensitivity": 5,
        "regard": 5,
        "behaviour": 6,
        "productivity": 7,
        "formats": 5,
        "concepts": 2,
        "feedback": 3,
        "language": 3,
    }
    second = {**first, "positive": 5, "negative": 2, "concepts": 3}
    scores = score_domains(CLASS_PREK, [first, second])
    # Negative climate 1.5 enters as 8 - 1.5 = 6.5.
    assert scores["emotional_support"].value == pytest.approx((5.5 + 6.5 + 5 + 5) / 4)
    assert scores["classroom_organization"].value == pytest.approx(6)
    assert scores["instructional_support"].value == pytest.approx((2.5 + 3 + 3) / 3)
    assert {score.n_cycles for score in scores.values()} == {2}
    assert {score.formula_version for score in scores.values()} == {"class-prek-1"}
    assert {score.missing for score in scores.values()} == {()}


def test_class_toddler_and_infant_domains() -> None:
    toddler = {
        "positive": 6,
        "negative": 1,
        "sensitivity": 5,
        "regard": 4,
        "guidance": 4,
        "facilitation": 3,
        "feedback": 2,
        "language": 4,
    }
    scores = score_domains(CLASS_TODDLER, [toddler])
    assert scores["behavioral_support"].value == pytest.approx((6 + 7 + 5 + 4 + 4) / 5)
    assert scores["engaged_support"].value == pytest.approx(3)
    infant = score_domains(CLASS_INFANT, [{"climate": 6, "sensitivity": 5, "exploration": 4, "language": 3}])
    assert infant["responsive_caregiving"].value == pytest.approx(4.5)


def test_the_arnett_total_reverses_the_three_negative_subscales() -> None:
    scores = score_domains(ARNETT, [{"sensitivity": 3.5, "harshness": 1.2, "detachment": 1.5, "permissiveness": 2}])
    assert scores["total"].value == pytest.approx((3.5 + 3.8 + 3.5 + 3) / 4)
    assert scores["sensitivity"].value == 3.5


def test_a_mean_of_all_items_scores_ecers_and_child() -> None:
    items = tuple(f"item{at}" for at in range(1, 36))
    ecers = InstrumentScoring("ecers3", "ecers3-1", (Domain("total", items),))
    scores = score_domains(ecers, [{item: at % 7 + 1 for at, item in enumerate(items)}])
    assert scores["total"].value == pytest.approx(4)
    dimensions = tuple(f"dimension{at}" for at in range(1, 10))
    child = InstrumentScoring("child", "child-1", (Domain("total", dimensions),))
    assert score_domains(child, [dict.fromkeys(dimensions, 3.5)])["total"].value == 3.5


def test_tpot_is_the_per_cent_of_scored_indicators() -> None:
    assert percent_yes(80, 100) == 80
    assert percent_yes(91, 110) == pytest.approx(82.727, abs=1e-3)
    assert percent_yes(0, 0) is None
    with pytest.raises(ValueError, match="between 0 and the number scored"):
        percent_yes(5, 4)


@pytest.mark.parametrize("gap", [{}, {"language": None}, {"language": math.nan}])
def test_a_domain_with_a_dimension_missing_in_any_cycle_has_no_score(gap: dict[str, Any]) -> None:
    full = {"climate": 6, "sensitivity": 5, "exploration": 4, "language": 3}
    holed = {**{name: value for name, value in full.items() if name != "language"}, **gap}
    score = score_domains(CLASS_INFANT, [full, holed])["responsive_caregiving"]
    assert (score.value, score.missing, score.n_cycles) == (None, ("language",), 2)


def test_a_missing_dimension_leaves_the_other_domains_their_scores() -> None:
    scores = score_domains(CLASS_PREK, [{"behaviour": 6, "productivity": 7, "formats": 5}])
    assert scores["classroom_organization"].value == 6
    assert scores["instructional_support"].missing == ("concepts", "feedback", "language")


def test_no_cycles_give_no_score_and_name_every_dimension() -> None:
    score = score_domains(CLASS_INFANT, [])["responsive_caregiving"]
    assert (score.value, score.n_cycles, len(score.missing)) == (None, 0, 4)


def test_a_reversed_rating_outside_its_scale_is_refused() -> None:
    with pytest.raises(ValueError, match="harshness must lie between 1 and 4"):
        score_domains(ARNETT, [{"sensitivity": 3, "harshness": 5, "detachment": 1, "permissiveness": 2}])


RATINGS = st.fixed_dictionaries(
    {name: st.integers(1, 7) for domain in CLASS_PREK.domains for name in domain.dimensions}
)


@given(st.lists(RATINGS, min_size=1, max_size=6), st.randoms())
def test_domain_scores_stay_on_the_scale_and_ignore_the_order_of_cycles(
    cycles: list[dict[str, float]], source: Any
) -> None:
    scores = score_domains(CLASS_PREK, cycles)
    shuffled = list(cycles)
    source.shuffle(shuffled)
    for code, score in score_domains(CLASS_PREK, shuffled).items():
        assert score.value == pytest.approx(scores[code].value)
        assert score.value is not None
        assert 1 <= score.value <= 7


@given(RATINGS)
def test_more_negative_climate_never_raises_emotional_support(ratings: dict[str, float]) -> None:
    better = score_domains(CLASS_PREK, [{**ratings, "negative": 1}])["emotional_support"].value
    worse = score_domains(CLASS_PREK, [{**ratings, "negative": 7}])["emotional_support"].value
    assert better is not None
    assert worse == pytest.approx(better - 6 / 4)


@given(st.lists(st.integers(0, 4), min_size=10, max_size=10))
def test_pss10_stays_within_0_and_40_and_mirrors(answers: list[int]) -> None:
    total = pss10(answers)
    assert total is not None
    assert 0 <= total <= 40
    assert pss10([4 - answer for answer in answers]) == 40 - total


@pytest.mark.realdata
def test_pss10_totals_of_all_223_people_agree(shared_data: Path) -> None:
    with (shared_data / "pss10_ukm_items.csv").open() as items:
        answers = [[int(row[f"S{at}"]) for at in range(1, 11)] for row in csv.DictReader(items)]
    with (shared_data / "pss10_ukm_expected.csv").open() as expected:
        totals = [int(row["pss10_total"]) for row in csv.DictReader(expected)]
    assert len(totals) == 223
    assert [pss10(row) for row in answers] == totals
