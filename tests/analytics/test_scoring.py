import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.scoring import Domain, InstrumentScoring, score_domains

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
