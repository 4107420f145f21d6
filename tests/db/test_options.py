"""The option lists hold what the field's forms hold, in both languages; broken files are refused."""

import re
from pathlib import Path

import pytest

from db.field_data import DataError
from db.options import OPTION_LISTS, OptionList, codes, hint, label, load_option_lists, option, options, phrase

EXPECTED = {
    "program_type": (
        "head_start early_head_start public_prek child_care_center private_preschool family_child_care "
        "part_c home_visiting"
    ),
    "setting": (
        "child_care_center preschool head_start early_head_start public_prek family_child_care "
        "home_visiting early_intervention family_home primary_care other"
    ),
    "age_group": "infant toddler preschool mixed",
    "session": "full part",
    "closure_reason": "holiday weather illness pd_day other",
    "staff_role": "lead assistant float director other",
    "leave_reason": (
        "other_program left_field pay_benefits workload health_family moved_away education retired "
        "employer_decision other unknown"
    ),
    "role": "consultant supervisor director coordinator admin",
    "scope_type": "site region program",
    "record_source": "tablet web import",
    "demographic_dimension": "race sex iep dll",
    "race": (
        "american_indian_alaska_native asian black hispanic middle_eastern_north_african "
        "pacific_islander white unknown declined"
    ),
    "sex": "female male another unknown declined",
    "yes_no_unknown": "yes no unknown",
    "site_event": "consultation_start consultation_end staff_change training closure other",
    "decision_status": "open done dropped",
    "observation_phase": "baseline mid post follow_up annual",
    "visit_outcome": "completed shortened cancelled_site cancelled_consultant no_show closed",
    "visit_mode": "in_person video phone message",
    "consultation_level": "program classroom child_family",
    "visit_activity": (
        "classroom_observation child_observation teacher_meeting director_meeting family_contact "
        "team_meeting reflective_group in_class_support training screening action_plan referral_linkage "
        "crisis_response policy_review other"
    ),
    "participant_role": "teacher assistant director family specialist child_group",
    "visit_reason": "planned behaviour climate staff_stress family policy transition grief_trauma other",
    "tier": "promotion prevention intervention",
    "strategy": (
        "transitions visual_schedule emotion_teaching co_regulation environment family_partnership "
        "staff_wellness policy"
    ),
    "follow_up_owner": "consultant director teacher family other",
    "behaviour": (
        "physical_aggression self_injury stereotypic disruption_tantrum inconsolable_crying "
        "inappropriate_language verbal_aggression non_compliance social_withdrawal running_away "
        "property_damage unsafe_behaviour trouble_falling_asleep other"
    ),
    "activity": (
        "arrival routine_job large_group small_group centers diapering meals quiet_time outdoor_play "
        "special_activity self_care transition departure clean_up therapy individual_activity other"
    ),
    "others_involved": (
        "teacher assistant_teacher peers family_member admin_substitute therapist support_staff "
        "bus_driver kitchen_staff classroom_volunteer none other"
    ),
    "motivation": (
        "not_known obtain_item obtain_activity peer_attention adult_attention avoid_task avoid_peers "
        "avoid_adults obtain_sensory avoid_sensory other"
    ),
    "response": (
        "verbal_reminder redirect physical_comfort reteach time_with_teacher curriculum_modification "
        "move_within_group remove_item remove_from_activity ignore loss_of_privilege different_classroom "
        "family_contact physical_guidance physical_hold other"
    ),
    "admin_followup": (
        "not_applicable talk_with_child contact_family family_meeting behaviour_consultation "
        "targeted_group transfer_program reduce_hours temporary_removal send_home in_program_suspension "
        "out_of_program_suspension dismissal other"
    ),
    "severity": "low moderate high severe",
    "duration_band": "under_1 min_1_5 min_5_10 min_10_20 over_20",
    "injury": "none child peer adult",
    "effect": "stopped reduced none escalated",
    "antecedent": (
        "asked_to_do told_no transition activity_ended item_taken peer_conflict adult_busy "
        "difficult_task noise_crowding routine_change separation tired_hungry_unwell not_seen other"
    ),
    "location": ("classroom other_classroom bathroom hallway playground indoor_gym dining_area bus off_site other"),
    "reported_by_role": "teacher assistant float director consultant specialist other",
    "exclusion_type": (
        "other_room sent_home_early asked_to_pick_up reduced_schedule stay_home in_program_suspension "
        "out_of_program_suspension left_under_pressure transfer expulsion"
    ),
    "idea_decision": "already_served referred not_referred family_declined undecided",
    "exclusion_step": (
        "consultant_engaged family_met community_resources written_plan home_visit idea_decision reentry_plan"
    ),
    "place_moment": "closure month_1 month_6",
    "child_place": "same_full same_reduced better_fit elsewhere home not_known",
}
BIR_LISTS = ("behaviour", "activity", "others_involved", "motivation", "response", "admin_followup")
BRITISH = re.compile(r"behaviour|centre|cancelled|modelling|programme|organis|colour", re.IGNORECASE)


SAID_IN_SENTENCES = ("behaviour", "activity", "motivation", "response", "location")


@pytest.mark.parametrize("list_code", SAID_IN_SENTENCES)
@pytest.mark.parametrize("language", ["en", "es"])
def test_what_a_precision_statement_says_has_words_for_inside_a_sentence(list_code: str, language: str) -> None:
    told = [phrase(list_code, code, language) for code in codes(list_code)]
    assert all(told)
    assert len(set(told)) == len(told)
    assert all(words[0].islower() for words in told)


def test_there_are_exactly_the_lists_of_the_field() -> None:
    assert set(OPTION_LISTS) == set(EXPECTED)


@pytest.mark.parametrize("list_code", EXPECTED)
def test_a_list_holds_its_codes_in_order(list_code: str) -> None:
    assert codes(list_code) == tuple(EXPECTED[list_code].split())


@pytest.mark.parametrize("found", OPTION_LISTS.values(), ids=lambda found: found.code)
def test_every_label_stands_in_both_languages_once(found: OptionList) -> None:
    assert all((found.en, found.es, found.standard, found.source))
    for language in ("en", "es"):
        labels = [label(found.code, code, language) for code in codes(found.code)]
        assert all(text == text.strip() and text for text in labels)
        assert len(set(labels)) == len(labels), "two choices of one list read the same"


def test_visible_english_is_american_and_spanish_is_not_english() -> None:
    for found in OPTION_LISTS.values():
        english = [found.en, *(text for one in found.options for text in (one.en, one.hint_en or ""))]
        assert [text for text in english if BRITISH.search(text)] == []
        same = [one.en for one in found.options if one.en == one.es]
        assert set(same) <= {"Head Start", "Early Head Start", "Director", "No", "Web"}


@pytest.mark.parametrize("list_code", BIR_LISTS)
def test_every_incident_choice_maps_to_the_wording_of_the_form(list_code: str) -> None:
    assert all((one.maps_to or "").startswith("BIR: ") for one in options(list_code))


def test_visit_choices_map_to_the_parts_that_the_national_standard_asks_for() -> None:
    for list_code in ("visit_mode", "visit_activity", "participant_role", "visit_reason", "follow_up_owner"):
        assert all((one.maps_to or "").startswith("CFOC 9.4.1.17: ") for one in options(list_code))
    assert option("behaviour", "running_away").maps_to == "BIR: Running away"


def test_every_exclusion_is_counted_under_a_line_of_the_form() -> None:
    form = {one.maps_to for one in options("admin_followup")}
    assert {one.maps_to for one in options("exclusion_type")} <= form


def test_a_motivation_is_not_known_until_someone_says_so() -> None:
    assert OPTION_LISTS["motivation"].default == "not_known"
    assert [found.code for found in OPTION_LISTS.values() if found.default] == ["motivation"]


def test_every_severity_has_an_anchor() -> None:
    for code in codes("severity"):
        assert hint("severity", code)
        assert hint("severity", code, "es")


def test_a_label_comes_in_the_language_asked_for() -> None:
    assert label("yes_no_unknown", "yes") == "Yes"
    assert label("yes_no_unknown", "yes", "es") == "Sí"
    assert label("behaviour", "unsafe_behaviour") == "Unsafe behavior"


def test_an_unknown_list_or_code_is_named_in_the_error() -> None:
    with pytest.raises(KeyError, match="no option list 'weather'"):
        codes("weather")
    with pytest.raises(KeyError, match="'session' has no code 'night'"):
        label("session", "night")


GOOD = """\
size:
  en: Size
  es: Tamaño
  standard: s
  source: s
  options:
    - {code: big, en: Big, es: Grande}
"""


def test_a_good_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(GOOD, encoding="utf-8")
    assert load_option_lists(tmp_path)["size"].options[0].es == "Grande"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD.replace("code: big", "code: Big"), "lower-case"),
        (GOOD.replace("code: big", "code: 1_5"), "must be a text|lower-case"),
        (GOOD.replace("es: Grande", "es: ''"), "'es' must be a text"),
        (GOOD.replace("es: Grande", "es: no"), "'es' must be a text"),
        (GOOD.replace(", es: Grande", ""), "'es' must be a text"),
        (GOOD.replace("es: Grande", "es: Grande, hint_en: Large"), "both languages"),
        (GOOD.replace("es: Grande", "es: Grande, lable: x"), "unknown keys"),
        (GOOD + "    - {code: big, en: Large, es: Amplio}\n", "'big' stands twice"),
        (GOOD + GOOD, "'size' stands twice"),
        (GOOD + "  default: small\n", "default 'small'"),
        (GOOD.split("  options")[0], "no options"),
        ("- just a list\n", "expected a mapping"),
    ],
)
def test_a_broken_file_is_refused_with_the_reason(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "one.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        load_option_lists(tmp_path)


def test_a_list_stands_in_one_file_only(tmp_path: Path) -> None:
    for name in ("one.yaml", "two.yaml"):
        (tmp_path / name).write_text(GOOD, encoding="utf-8")
    with pytest.raises(DataError, match="another file"):
        load_option_lists(tmp_path)
