"""The registry states names, ranges, directions and reversals as published; contradictions are refused."""

import math
import time
from datetime import date
from pathlib import Path

import pytest

from db.field_data import DataError
from db.instruments import (
    INSTRUMENTS,
    Band,
    Domain,
    Instrument,
    Scale,
    editions_of,
    instrument,
    instruments_of,
    reading,
)
from db.instruments.reading import load_instruments
from db.instruments.scoring import change_basis_of
from db.options import load_option_lists

FOLDER = Path(reading.__file__).parent

CLASS_PREK = {
    "emotional_support": ("positive_climate negative_climate teacher_sensitivity regard_for_student_perspectives"),
    "classroom_organization": "behaviour_management productivity instructional_learning_formats",
    "instructional_support": "concept_development quality_of_feedback language_modelling",
}
# code -> (kind, unit, minimum, maximum, scales)
EXPECTED = {
    "class_infant": (
        *("observation", "classroom", 1, 7),
        "relational_climate teacher_sensitivity facilitated_exploration early_language_support",
    ),
    "class_toddler": (
        *("observation", "classroom", 1, 7),
        "positive_climate negative_climate teacher_sensitivity regard_for_child_perspectives "
        "behaviour_guidance facilitation_of_learning quality_of_feedback language_modelling",
    ),
    "class_prek_1": ("observation", "classroom", 1, 7, " ".join(CLASS_PREK.values())),
    "class_prek_2": ("observation", "classroom", 1, 7, " ".join(CLASS_PREK.values())),
    "child": (
        *("observation", "classroom", 1, 5),
        "transitions directions_rules social_emotional_learning adult_awareness adult_affect "
        "adult_cooperation adult_child_interactions individualized_practice child_behaviours",
    ),
    "ecers3": (
        *("observation", "classroom", 1, 7),
        "space_furnishings personal_care_routines language_literacy learning_activities interaction program_structure",
    ),
    "arnett_cis": ("observation", "teacher", 1, 4, "sensitivity harshness detachment permissiveness"),
    "pss10": ("survey", "site", 0, 40, "total"),
    "pss4": ("survey", "site", 0, 16, "total"),
    "pss14": ("survey", "site", 0, 56, "total"),
    "pmhcs": ("observation", "classroom", 1, 5, "positive negative"),
    "iters3": (
        *("observation", "classroom", 1, 7),
        "space_furnishings personal_care_routines language_books activities interaction program_structure",
    ),
    "mbi_es": ("survey", "site", 0, 6, "exhaustion depersonalization accomplishment"),
    "proqol5": ("survey", "site", 10, 50, "compassion_satisfaction burnout secondary_trauma"),
    "teacher_opinion": ("survey", "site", 1, 5, "confidence"),
    "goal_achievement": ("survey", "site", 1, 5, "achievement"),
    "turnover_intent": ("survey", "site", 1, 5, "intent"),
    "consultee_satisfaction": ("survey", "site", 1, 4, "satisfaction"),
    "attune_pulse": ("survey", "site", 1, 5, "wellbeing"),
    "perm": ("rating", "child", 1, 5, "disruption accountability hopelessness stress"),
    "asq_se_2": ("rating", "child", 0, 600, "total"),
    "deca_p2": (
        *("rating", "child", 28, 72),
        "initiative self_regulation attachment protective_factors behavioral_concerns",
    ),
    "ccw_jsi": ("survey", "site", 1, 5, "demands control resources"),
    "cbi": ("survey", "site", 0, 100, "personal work client"),
}
DOMAINS = {
    "class_infant": {"responsive_caregiving": EXPECTED["class_infant"][4]},
    "class_toddler": {
        "emotional_behavioural_support": "positive_climate negative_climate teacher_sensitivity "
        "regard_for_child_perspectives behaviour_guidance",
        "engaged_support_for_learning": "facilitation_of_learning quality_of_feedback language_modelling",
    },
    "class_prek_1": CLASS_PREK,
    "class_prek_2": CLASS_PREK,
    "arnett_cis": {"total": EXPECTED["arnett_cis"][4]},
}
SDQ_DIFFICULTIES = ("emotional", "conduct", "hyperactivity", "peer", "total")
LOWER_BETTER = {
    *(("class_toddler", "negative_climate"), ("class_prek_1", "negative_climate")),
    *(("class_prek_2", "negative_climate"), ("tpot", "red_flags")),
    *(("arnett_cis", "harshness"), ("arnett_cis", "detachment"), ("arnett_cis", "permissiveness")),
    *(("pss10", "total"), ("pss4", "total"), ("ccw_jsi", "demands")),
    *(("cbi", "personal"), ("cbi", "work"), ("cbi", "client")),
    *(("pss14", "total"), ("mbi_es", "exhaustion"), ("mbi_es", "depersonalization"), ("turnover_intent", "intent")),
    *(("proqol5", "burnout"), ("proqol5", "secondary_trauma"), ("tpitos", "red_flags"), ("pmhcs", "negative")),
    *((code, scale) for code in ("sdq_2_4", "sdq_4_17") for scale in SDQ_DIFFICULTIES),
    *(("perm", scale) for scale in ("disruption", "accountability", "hopelessness", "stress")),
    *(("asq_se_2", "total"), ("deca_p2", "behavioral_concerns")),
}
REVERSED = {pair for pair in LOWER_BETTER if pair[0].startswith(("class", "arnett"))}


def parts_of(entry: Instrument) -> list[Scale | Domain]:
    return [*entry.scales, *entry.domains]


def every_band(entry: Instrument) -> list[Band]:
    return [band for part in parts_of(entry) for band in part.bands]


def test_the_registry_holds_the_instruments_of_the_field() -> None:
    assert set(INSTRUMENTS) == {*EXPECTED, "tpot", "tpitos", "sdq_2_4", "sdq_4_17"}


@pytest.mark.parametrize("code", EXPECTED)
def test_an_instrument_has_its_scales_and_range(code: str) -> None:
    kind, unit, minimum, maximum, scales = EXPECTED[code]
    entry = instrument(code)
    assert (entry.kind, entry.unit) == (kind, unit)
    assert [scale.code for scale in entry.scales] == str(scales).split()
    assert {(scale.minimum, scale.maximum) for scale in entry.scales} == {(minimum, maximum)}


def test_tpot_keeps_two_percents_and_a_count_apart() -> None:
    tpot = instrument("tpot")
    ranges = {scale.code: (scale.minimum, scale.maximum) for scale in tpot.scales}
    assert ranges == {"key_practices": (0, 100), "red_flags": (0, 17), "responding": (0, 100)}


def test_tpitos_keeps_a_percent_and_a_count_apart_for_one_teacher() -> None:
    tpitos = instrument("tpitos")
    assert tpitos.unit == "teacher"
    assert {scale.code: scale.maximum for scale in tpitos.scales} == {"practices": 100, "red_flags": 11}


def test_the_two_sdq_editions_have_five_scales_and_a_total_of_four() -> None:
    younger, older = editions_of("sdq")
    for entry in (younger, older):
        ranges = {scale.code: scale.maximum for scale in entry.scales}
        assert ranges == {**dict.fromkeys(SDQ_DIFFICULTIES[:4], 10), "total": 40, "prosocial": 10}
    # The younger children have norms of their own, which were not found in full.
    assert not [band for scale in younger.scales for band in scale.bands]
    assert [(band.low, band.high) for band in older.scale("total").shown_bands] == [
        (0, 11), (12, 15), (16, 18), (19, 40),
    ]  # fmt: skip
    assert older.scale("total").sd is not None
    assert older.scale("total").sd.value == 5.2


def test_a_child_is_rated_by_scores_only() -> None:
    ratings = instruments_of("rating")
    assert {entry.unit for entry in ratings} == {"child"}
    assert {entry.licence_class for entry in ratings} == {"scores_only"}
    assert all(entry.items is None for entry in ratings)


def test_the_facts_of_the_field_stand_with_every_instrument() -> None:
    for entry in INSTRUMENTS.values():
        assert entry.levels, entry.code
        assert "en" in entry.languages
        assert (entry.respondent == "observer") == (entry.kind == "observation"), entry.code
    assert instrument("class_prek_1").scored_by == "certified"
    assert instrument("asq_se_2").respondent == "family"


def test_a_reliability_and_a_spread_each_name_their_source() -> None:
    stress, demands = instrument("pss10").scale("total"), instrument("ccw_jsi").scale("demands")
    assert stress.reliability is not None
    assert demands.reliability is not None
    assert (stress.reliability.value, demands.reliability.value) == (0.78, 0.77)
    for entry in INSTRUMENTS.values():
        for part in parts_of(entry):
            for figure in (part.reliability, part.sd):
                assert figure is None or (figure.source and figure.value > 0)
                assert figure is None or not figure.unverified or entry.unverified, entry.code


def test_a_change_is_judged_by_the_figures_of_the_registry() -> None:
    basis = change_basis_of(instrument("ccw_jsi").scale("control"))
    assert basis is not None
    assert (basis.sd, basis.reliability, basis.unverified) == (0.5, 0.88, True)
    assert "Maryland" in basis.reliability_source
    assert change_basis_of(instrument("class_prek_1").domain("emotional_support")) is not None
    assert change_basis_of(instrument("pss4").scale("total")) is None


def test_a_band_without_a_strong_source_is_never_one_to_show() -> None:
    for code, scale in (("pss10", "total"), ("pss4", "total"), ("cbi", "work"), ("proqol5", "burnout")):
        part = instrument(code).scale(scale)
        assert part.bands
        assert part.shown_bands == ()
    assert [band.low for band in instrument("class_prek_1").scale("productivity").shown_bands] == [1, 3, 6]


def test_screens_take_only_the_bands_that_may_be_shown() -> None:
    root = FOLDER.parents[1]
    for folder in ("components", "pages", "web", "db/queries", "db/commands"):
        for path in sorted((root / folder).rglob("*.py")):
            if path.name != "instrument_parts.py":  # the registry screen lists every band with its source
                assert ".bands" not in path.read_text(encoding="utf-8"), path


def test_domains_are_those_published_and_no_other_instrument_is_summed() -> None:
    found = {
        code: {domain.code: " ".join(domain.scales) for domain in entry.domains}
        for code, entry in INSTRUMENTS.items()
        if entry.domains
    }
    assert found == DOMAINS
    assert {domain.direction for entry in INSTRUMENTS.values() for domain in entry.domains} == {"higher_better"}


def test_directions_are_stated_as_published() -> None:
    found = {
        (code, scale.code)
        for code, entry in INSTRUMENTS.items()
        for scale in entry.scales
        if scale.direction == "lower_better"
    }
    assert found == LOWER_BETTER


def test_only_negative_climate_and_the_negative_arnett_subscales_are_reversed() -> None:
    found = {(code, scale.code) for code, entry in INSTRUMENTS.items() for scale in entry.scales if scale.reversed}
    assert found == REVERSED


def test_a_scale_is_reversed_where_it_points_against_its_domain() -> None:
    for entry in INSTRUMENTS.values():
        for domain in entry.domains:
            for scale in map(entry.scale, domain.scales):
                assert scale.reversed == (scale.direction != domain.direction), (entry.code, scale.code)


def test_every_name_stands_in_both_languages() -> None:
    for entry in INSTRUMENTS.values():
        assert all((entry.name, entry.name_es, entry.edition, entry.source, entry.respondent))
        for part in parts_of(entry):
            assert part.en != part.es or part.en == "Total"
        for band in every_band(entry):
            assert band.label_en != band.label_es


def test_the_two_prek_editions_are_one_family_that_never_shares_an_entry() -> None:
    first, second = editions_of("class_prek")
    assert (first.edition, second.edition) == ("1st edition", "2nd edition")
    assert [scale.code for scale in first.scales] == [scale.code for scale in second.scales]
    assert {entry.family for entry in INSTRUMENTS.values() if entry.code != entry.family} == {"class_prek", "sdq"}


def test_what_nobody_has_checked_is_marked_and_says_which_part() -> None:
    marked = {code for code, entry in INSTRUMENTS.items() if entry.unverified}
    settled = {"ecers3", "pss14", "turnover_intent", "consultee_satisfaction", "sdq_2_4"}
    assert marked == set(INSTRUMENTS) - settled
    for entry in INSTRUMENTS.values():
        assert (entry.unverified_part is not None) == (entry.unverified_part_es is not None) == entry.unverified


def test_bands_are_references_with_a_source_inside_the_range() -> None:
    for entry in INSTRUMENTS.values():
        low = min(scale.minimum for scale in entry.scales)
        high = max(scale.maximum for scale in entry.scales)
        for band in every_band(entry):
            assert band.reference_only
            assert band.source
            assert low <= band.low <= band.high <= high


def test_stress_bands_cover_the_range_once() -> None:
    bands = instrument("pss10").scale("total").bands
    assert [(band.low, band.high) for band in bands] == [(0, 13), (14, 26), (27, 40)]
    assert [(band.low, band.high) for band in instrument("pss4").scale("total").bands] == [(6, 16)]


def test_head_start_thresholds_stand_only_where_a_source_was_found() -> None:
    prek = instrument("class_prek_1")
    today = date(2026, 1, 1)
    in_force = {domain.code: [band.low for band in domain.bands if _holds_on(band, today)] for domain in prek.domains}
    assert in_force == {"emotional_support": [], "classroom_organization": [], "instructional_support": [2.3]}
    assert [band.low for band in prek.domain("instructional_support").bands] == [2, 2.3, 2.5]
    others = (entry for entry in INSTRUMENTS.values() if entry is not prek)
    assert not [band for entry in others for domain in entry.domains for band in domain.bands]


def _holds_on(band: Band, day: date) -> bool:
    return (band.in_force_from or date.min) <= day <= (band.in_force_to or date.max)


def test_one_threshold_ends_the_day_before_the_next_begins() -> None:
    bands = instrument("class_prek_1").domain("instructional_support").bands
    for day in (date(2020, 10, 26), date(2020, 10, 27), date(2027, 7, 31), date(2027, 8, 1)):
        assert sum(_holds_on(band, day) for band in bands) == 1


def test_a_score_must_be_in_range_and_on_a_step() -> None:
    climate = instrument("class_prek_1").scale("positive_climate")
    assert [score for score in (0, 1, 4.5, 7, 8) if climate.accepts(score)] == [1, 7]
    practices = instrument("tpot").scale("key_practices")
    assert [score for score in (82.3, 82.35, math.nan, math.inf) if practices.accepts(score)] == [82.3]
    subscale = instrument("ecers3").scale("interaction")
    assert all(subscale.accepts(hundredths / 100) for hundredths in range(100, 701))


def test_cycles_follow_the_dictionary() -> None:
    assert (instrument("class_toddler").cycles_min, instrument("class_toddler").cycles_max) == (1, 6)
    assert instrument("class_toddler").cycles_usual == instrument("child").cycles_usual == 4
    assert {entry.cycles_max for entry in instruments_of("survey")} == {1}


def test_an_unknown_code_is_named_in_the_error() -> None:
    with pytest.raises(KeyError, match="no instrument 'iters'"):
        instrument("iters")
    with pytest.raises(KeyError, match="'pss4' has no scale 'work'"):
        instrument("pss4").scale("work")
    with pytest.raises(KeyError, match="'pss4' has no domain 'work'"):
        instrument("pss4").domain("work")
    assert editions_of("iters") == ()


GOOD = (FOLDER / "arnett_cis.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("code: arnett_cis", "code: other", "named after another code"),
        ("maximum: 4", "maximum: 1", "above the minimum"),
        ("step: 0.01", "step: 0", "step above zero"),
        ("direction: lower_better", "direction: down", "'direction' must be one of"),
        ("reversed: true", "reversed: 'yes'", "'reversed' must be"),
        ("scales: [sensitivity, harshness", "scales: [warmth, harshness", "names scales of its instrument"),
        ("code: detachment", "code: harshness", "each code once"),
        ("edition: '1989'", "edition: 1989", "'edition' must be a text"),
        ("unit: teacher", "unit: group", "'unit' must be one of"),
        ("unverified: true\n", "", "stand together"),
        ("cycles_max: 1", "cycles_max: 0", "'cycles_max' must be a whole number"),
        ("kind: observation", "kind: observation\nsubject: 26", "unknown keys"),
        ("kind: observation", "kind: observation\nitems: 26", "a count, answers and a source"),
        ("levels: [classroom]", "levels: [room]", "'level' must be one of"),
        ("languages: [en]", "languages: en", "'languages' must be a list"),
        ("scored_by: trained", "scored_by: parents", "'scored_by' must be one of"),
        ("minimum: 1", "minimum: one", "'minimum' must be a number"),
    ],
)
def test_a_contradiction_is_refused_with_the_reason(tmp_path: Path, before: str, after: str, message: str) -> None:
    assert before in GOOD
    (tmp_path / "arnett_cis.yaml").write_text(GOOD.replace(before, after), encoding="utf-8")
    with pytest.raises(DataError, match=message):
        load_instruments(tmp_path)


def test_the_field_data_loads_in_under_60_ms_of_processor_time() -> None:
    times = []
    for _attempt in range(3):
        begin = time.process_time()
        load_option_lists(FOLDER.with_name("options"))
        load_instruments(FOLDER)
        times.append(time.process_time() - begin)
    assert min(times) < 0.060
