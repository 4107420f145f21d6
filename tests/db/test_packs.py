"""A program adds its own instrument, or wording that it holds a licence for; everything else is refused in words."""

import json
import re
import time
from pathlib import Path

import pytest
from sqlmodel import Session, select

from analytics.scoring import score_survey
from db import pack_registry
from db.commands.observations import correct_observation, record_observation
from db.commands.packs import add_pack, remove_pack
from db.commands.waves import correct_wave, record_wave
from db.errors import InvalidInput, NotFound
from db.instruments import INSTRUMENTS, instrument, instrument_for, instruments_of
from db.instruments.packs import LARGEST, PackRefused, read_pack
from db.instruments.scoring import survey_scoring_of
from db.models import AuditContent, InstrumentRow, ScaleRow
from db.models.base import new_id
from db.models.observation_input import ObservationInput
from db.models.wave_input import WaveInput, WaveResultInput
from db.problems import SENTENCES
from db.queries.packs import packs
from tests.factories import Field

OWN = """
pack: instrument
licence: Written by the Lantern Program
code: own_calm_rooms
family: own_calm_rooms
name: Calm rooms
name_es: Aulas en calma
edition: First
kind: observation
unit: classroom
levels: [classroom]
languages: [en]
licence_class: open_items
respondent: observer
scored_by: trained
source: The Lantern Program
cycles_min: 1
cycles_max: 2
formula_version: own-calm-rooms-1
scales:
  - {code: calm, en: Calm, es: Calma, minimum: 1, maximum: 5, step: 1, direction: higher_better, reversed: false}
"""
WORDING = """
pack: wording
instrument: pss4
licence: License 1 of the Lantern Program, to 2030
languages: [en, es]
answers:
  - {value: 0, en: none, es: nada}
  - {value: 1, en: one, es: uno}
  - {value: 2, en: two, es: dos}
  - {value: 3, en: three, es: tres}
  - {value: 4, en: four, es: cuatro}
items:
  - {en: first words, es: primeras palabras}
  - {en: second words, es: segundas palabras}
  - {en: third words, es: terceras palabras}
  - {en: fourth words, es: cuartas palabras}
"""
OPINION = (
    "pack: wording\ninstrument: teacher_opinion\nlicence: ours\nlanguages: [en]\nreversed: {confidence: [2, 4]}\n"
    "answers: [{value: 1, en: a}, {value: 2, en: b}, {value: 3, en: c}, {value: 4, en: d}, {value: 5, en: e}]\n"
    "items:\n" + "".join(f"  - en: words {at}\n" for at in range(1, 13))
)


pytestmark = pytest.mark.usefixtures("packs_go_again")


def refusal(text: str | bytes) -> PackRefused:
    with pytest.raises(PackRefused) as refused:
        read_pack(text if isinstance(text, bytes) else text.encode(), INSTRUMENTS.shipped)
    sentence = SENTENCES[refused.value.code].format(**refused.value.context)
    assert "{" not in sentence
    return refused.value


def add(field: Field, text: str, program: object = None) -> object:
    saved = add_pack(field.session, field.actor("admin"), text.encode(), program)  # type: ignore[arg-type]
    pack_registry.refresh(field.session, at_once=True)
    field.session.rollback()
    return saved.id


def observed(field: Field) -> ObservationInput:
    return ObservationInput(
        client_uuid=new_id(), site_id=field.here.id, classroom_id=field.room.id, instrument_code="own_calm_rooms",
        observed_on=field.today, phase="baseline", cycles=({"calm": 4.0},),
    )  # fmt: skip


def test_an_own_instrument_can_be_chosen_and_scored(field: Field, session: Session) -> None:
    add(field, OWN)
    assert "own_calm_rooms" in [one.code for one in instruments_of("observation")]
    assert record_observation(session, field.actor("consultant"), observed(field)).created
    assert session.get(InstrumentRow, "own_calm_rooms") is not None
    assert session.get(ScaleRow, ("own_calm_rooms", "calm")) is not None


def test_an_instrument_of_one_program_is_not_offered_to_another(field: Field) -> None:
    add(field, OWN, field.program.id)
    offered = [[one.code for one in instruments_of("observation", key)] for key in
               (field.program.id, field.program_elsewhere.id)]  # fmt: skip
    assert ["own_calm_rooms" in codes for codes in offered] == [True, False]


def test_another_programs_instrument_or_a_retired_one_takes_no_new_score(field: Field, session: Session) -> None:
    key = add(field, OWN, field.program_elsewhere.id)
    with pytest.raises(InvalidInput, match="instrument_code: unknown_option"):
        record_observation(session, field.actor("consultant"), observed(field))
    remove_pack(session, field.actor("admin"), key, 1, "not used")  # type: ignore[arg-type]
    second = OWN.replace("own_calm_rooms", "own_calm_corners").replace("own-calm", "own-corners")
    key = add(field, second)
    remove_pack(session, field.actor("admin"), key, 1, "not used")  # type: ignore[arg-type]
    pack_registry.refresh(session, at_once=True)
    assert not instrument("own_calm_corners").offered_to(field.program.id)
    other = observed(field).model_copy(update={"instrument_code": "own_calm_corners"})
    with pytest.raises(InvalidInput, match="instrument_code: unknown_option"):
        record_observation(session, field.actor("consultant"), other)


def test_a_correction_leads_to_no_instrument_of_another_program(field: Field, session: Session) -> None:
    add(field, OWN, field.program_elsewhere.id)
    corners = OWN.replace("own_calm_rooms", "own_calm_corners").replace("own-calm", "own-corners")
    key = add(field, corners, field.program.id)
    consultant = field.actor("consultant")
    ours = observed(field).model_copy(update={"instrument_code": "own_calm_corners"})
    saved = record_observation(session, consultant, ours)
    with pytest.raises(InvalidInput, match="instrument_code: unknown_option"):
        correct_observation(session, consultant, saved.id, 1, observed(field), "another tool")
    remove_pack(session, field.actor("admin"), key, 1, "not used")  # type: ignore[arg-type]
    pack_registry.refresh(session, at_once=True)
    higher = ours.model_copy(update={"cycles": ({"calm": 5.0},)})
    assert correct_observation(session, consultant, saved.id, 1, higher, "typed wrong").version == 2


def test_a_wave_entered_as_totals_refuses_another_programs_survey_and_a_retired_one(
    field: Field, session: Session
) -> None:
    own = OWN.replace("kind: observation", "kind: survey").replace("respondent: observer", "respondent: staff")
    own = own.replace("unit: classroom", "unit: teacher").replace("cycles_max: 2", "cycles_max: 1")
    totals = WaveInput(
        client_uuid=new_id(), site_id=field.here.id, instrument_code="own_calm_rooms", opened_on=field.today,
        closed_on=field.today, invited=9, results=(WaveResultInput(scale_code="calm", respondents=8, mean=3.5),),
    )  # fmt: skip
    consultant, admin = field.actor("consultant"), field.actor("admin")
    add(field, own, field.program_elsewhere.id)
    with pytest.raises(InvalidInput, match="instrument_code: unknown_option"):
        record_wave(session, consultant, totals)
    corners = own.replace("own_calm_rooms", "own_calm_corners").replace("own-calm", "own-corners")
    key = add(field, corners, field.program.id)
    ours = totals.model_copy(update={"instrument_code": "own_calm_corners"})
    saved = record_wave(session, consultant, ours)
    remove_pack(session, admin, key, 1, "not used")  # type: ignore[arg-type]
    pack_registry.refresh(session, at_once=True)
    with pytest.raises(InvalidInput, match="instrument_code: unknown_option"):
        record_wave(session, consultant, ours.model_copy(update={"client_uuid": new_id()}))
    # What stands was asked with it: its numbers can still be corrected.
    correct_wave(session, consultant, saved.id, saved.version, ours.model_copy(update={"invited": 10}), "miscounted")


def test_wording_is_shown_only_within_the_program_that_holds_the_licence(field: Field) -> None:
    add(field, WORDING, field.program.id)
    licensed = instrument_for("pss4", field.program.id)
    assert licensed.asks
    assert licensed.items is not None
    assert licensed.items.texts[0].es == "primeras palabras"
    for other in (instrument_for("pss4", field.program_elsewhere.id), instrument("pss4")):
        assert not other.asks
    scoring = survey_scoring_of(licensed)
    assert scoring is not None
    assert score_survey(scoring, [4, 0, 0, 4], edition="pss4")["total"].value == 16


@pytest.mark.parametrize(
    ("was", "becomes", "code"),
    [
        ("maximum: 5", "maximum: " + "9" * 399, "pack_rule"),
        ("minimum: 1", "minimum: -.inf", "pack_rule"),
        ("cycles_max: 2", "cycles_max: 2\ninterval_days: " + "9" * 399, "pack_rule"),
        ("name: Calm rooms", 'name: "Calm\\0rooms"', "pack_unseen"),
        ("name: Calm rooms", 'name: "Calm \\u202esmoor"', "pack_unseen"),
        ("languages: [en]", "languages: [en, fr]", "pack_languages"),
    ],
)
def test_numbers_beyond_everything_and_signs_that_nobody_sees_are_refused(was: str, becomes: str, code: str) -> None:
    assert was in OWN
    assert refusal(OWN.replace(was, becomes)).code == code


OWN_SURVEY = (
    OWN.replace("kind: observation", "kind: survey").replace("respondent: observer", "respondent: staff")
    .replace("cycles_max: 2", "cycles_max: 1").replace("unit: classroom", "unit: site")
    .replace("reversed: false}", "reversed: false, items: {positions: [1, 2], reversed: [], combine: mean}}")
    .replace(
        "scales:",
        "items:\n  count: 2\n  source: us\n  answers: [{value: 1, en: never}, {value: 5, en: always}]\n"
        "  texts: [{en: our first question}, {en: our second question}]\nscales:",
    )
)  # fmt: skip


def test_one_programs_own_questions_are_known_to_nobody_else(field: Field) -> None:
    add(field, OWN_SURVEY, field.program.id)
    own, open_to_all = instrument_for("own_calm_rooms", field.program.id), instrument("own_calm_rooms")
    assert own.asks
    for one in (open_to_all, instrument_for("own_calm_rooms", field.program_elsewhere.id)):
        assert one.items is not None
        assert not one.asks
        assert [(answer.value, answer.en) for answer in one.items.answers] == [(1, None), (5, None)]


def test_own_questions_for_all_programs_can_be_asked_everywhere(field: Field) -> None:
    add(field, OWN_SURVEY)
    assert instrument("own_calm_rooms").asks
    assert instrument_for("own_calm_rooms", field.program_elsewhere.id).asks


def test_wording_says_what_is_turned_round_where_the_registry_does_not_know(field: Field) -> None:
    add(field, OPINION, field.program.id)
    assert survey_scoring_of(instrument("teacher_opinion")) is None
    scoring = survey_scoring_of(instrument_for("teacher_opinion", field.program.id))
    assert scoring is not None
    answers = [1 if at in (2, 4) else 5 for at in range(1, 13)]
    assert score_survey(scoring, answers, edition="teacher_opinion")["confidence"].value == 5


def test_a_new_wording_takes_the_place_of_the_old_one(field: Field, session: Session) -> None:
    add(field, WORDING, field.program.id)
    add(field, WORDING.replace("first words", "better words"), field.program.id)
    licensed = instrument_for("pss4", field.program.id)
    assert licensed.items is not None
    assert licensed.items.texts[0].en == "better words"
    assert len(packs(session, field.actor("admin"))) == 1


def test_a_removed_pack_is_not_offered_but_its_name_stays(field: Field, session: Session) -> None:
    key = add(field, OWN)
    remove_pack(session, field.actor("admin"), key, 1, "not used any more")  # type: ignore[arg-type]
    pack_registry.refresh(session, at_once=True)
    assert "own_calm_rooms" not in [one.code for one in instruments_of("observation")]
    assert instrument("own_calm_rooms").name == "Calm rooms"
    assert packs(session, field.actor("admin")) == []
    with pytest.raises(InvalidInput, match="pack_code_used"):
        add(field, OWN)


def test_removed_wording_is_gone_at_once(field: Field, session: Session) -> None:
    key = add(field, WORDING, field.program.id)
    remove_pack(session, field.actor("admin"), key, 1, "the license ended")  # type: ignore[arg-type]
    pack_registry.refresh(session, at_once=True)
    assert not instrument_for("pss4", field.program.id).asks


@pytest.mark.parametrize("role", ["consultant", "supervisor", "director", "coordinator"])
def test_only_an_administrator_arranges_packs(field: Field, session: Session, role: str) -> None:
    key = add(field, WORDING, field.program.id)
    with pytest.raises(NotFound):
        add_pack(session, field.actor(role), WORDING.encode(), field.program.id)
    with pytest.raises(NotFound):
        remove_pack(session, field.actor(role), key, 1, "no")  # type: ignore[arg-type]
    assert packs(session, field.actor(role)) == []


def test_the_audit_keeps_no_wording(field: Field, session: Session) -> None:
    add(field, WORDING, field.program.id)
    kept = json.dumps([row.after for row in session.exec(select(AuditContent))])
    assert "License 1 of the Lantern Program" in kept
    assert "first words" not in kept


def test_wording_needs_a_program_that_exists(field: Field, session: Session) -> None:
    with pytest.raises(InvalidInput, match="pack_program_needed"):
        add_pack(session, field.actor("admin"), WORDING.encode())
    with pytest.raises(NotFound):
        add_pack(session, field.actor("admin"), WORDING.encode(), new_id())


def test_a_pack_that_breaks_a_rule_stores_nothing(field: Field, session: Session) -> None:
    with pytest.raises(InvalidInput) as refused:
        add_pack(session, field.actor("admin"), OWN.replace("own_calm", "calm").encode())
    assert refused.value.problems[0].code == "pack_code_form"
    assert packs(session, field.actor("admin")) == []
    assert session.get(InstrumentRow, "calm_rooms") is None


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("pack: instrument", "pack: other", "pack_kind"),
        ("code: own_calm_rooms", "code: class_prek_1", "pack_code_form"),
        ("code: own_calm_rooms", "code: own_Calm", "pack_code_form"),
        ("family: own_calm_rooms", "family: class_prek", "pack_family_form"),
        ("unit: classroom", "unit: child", "pack_no_children"),
        ("kind: observation", "kind: rating", "pack_no_children"),
        ("cycles_max: 2", "cycles_max: 7", "pack_too_much"),
        ("code: calm,", "code: 'Calm <b>',", "pack_scale_code"),
        ("name: Calm rooms", "name: " + "x" * 161, "pack_long_text"),
        ("name: Calm rooms", "name: " + "x" * 401, "pack_long_text"),
        ("licence: Written by the Lantern Program\n", "", "pack_licence_missing"),
        ("minimum: 1,", "minimum: .inf,", "pack_rule"),
        ("minimum: 1,", "minimum: .nan,", "pack_rule"),
        ("unit: classroom", "unit: classroom\nunit: site", "pack_rule"),
        ("unit: classroom", "unit: classroom\nwho: us", "pack_rule"),
        ("scales:", "scales: {", "pack_not_yaml"),
        ("source: The Lantern Program", "source: 'open", "pack_not_yaml"),
        ("cycles_max: 2", "cycles_max: " + "9" * 390, "pack_rule"),
    ],
)
def test_an_own_instrument_that_breaks_a_rule_is_refused(before: str, after: str, code: str) -> None:
    assert before in OWN
    assert refusal(OWN.replace(before, after, 1)).code == code


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("instrument: pss4", "instrument: pss11", "pack_unknown_instrument"),
        ("instrument: pss4", "instrument: pss10", "pack_item_count"),
        ("instrument: pss4", "instrument: ccw_jsi", "pack_no_wording_here"),
        ("instrument: pss4", "instrument: attune_pulse", "pack_no_wording_here"),
        ("licence: License 1 of the Lantern Program, to 2030", "licence: ' '", "pack_licence_missing"),
        ("licence: License 1 of the Lantern Program, to 2030", "licence: " + "x" * 301, "pack_long_text"),
        ("  - {en: fourth words, es: cuartas palabras}\n", "", "pack_item_count"),
        ("{en: second words, es: segundas palabras}", "{en: second words}", "pack_item_language"),
        ("en: four, es: cuatro", "en: four", "pack_answer_language"),
        ("value: 4,", "value: 5,", "pack_answers"),
        ("languages: [en, es]", "languages: [en, fr]", "pack_languages"),
        ("languages: [en, es]", "languages: []", "pack_rule"),
        ("languages: [en, es]", "languages: [en, es]\nreversed_items: [1]", "pack_rule"),
    ],
)
def test_wording_that_does_not_fit_is_refused(before: str, after: str, code: str) -> None:
    assert before in WORDING
    assert refusal(WORDING.replace(before, after, 1)).code == code


def test_wording_must_say_what_is_turned_round_where_nobody_knows() -> None:
    assert refusal(OPINION.replace("reversed: {confidence: [2, 4]}\n", "")).code == "pack_reversed_missing"
    assert refusal(OPINION.replace("[2, 4]", "[2, 13]")).code == "pack_rule"


def test_the_ends_of_a_scale_must_be_those_of_its_items() -> None:
    items = "items: {count: 2, answers: [1, 2, 3], source: us}\nscales:"
    text = OWN.replace("scales:", items).replace(
        "reversed: false}", "reversed: false, items: {positions: [1, 2], reversed: [], combine: sum}}"
    )
    assert refusal(text).code == "pack_scale_ends"
    assert read_pack(text.replace("minimum: 1, maximum: 5", "minimum: 2, maximum: 6").encode(), {}).instrument.items


def test_the_line_is_named_where_it_is_known() -> None:
    assert refusal("pack: instrument\ncode: [").line == 2
    assert refusal("pack: instrument\n\ncode: &a own_x\n").line == 3


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\npack: wording\n"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (BOMB, "pack_anchor"),
        ("pack: !!python/object/apply:os.system [echo]", "pack_tag"),
        ("pack: !own x", "pack_tag"),
        ("[" * 30_000, "pack_too_much"),
        ("a: " + "[x, " * 9, "pack_too_much"),
        ("a: [" + "x, " * 6_000 + "x]", "pack_too_much"),
        ("x" * (LARGEST + 1), "pack_too_large"),
        (b"\xff\xfe\x00", "pack_not_text"),
        ("pack: \x00", "pack_not_yaml"),
        ("- pack", "pack_rule"),
        ("", "pack_rule"),
        ("1: 2", "pack_rule"),
        ("pack: instrument\n---\npack: instrument", "pack_not_yaml"),
    ],
)
def test_a_hostile_file_is_refused_quickly(text: str | bytes, code: str) -> None:
    begin = time.process_time()
    assert refusal(text).code == code
    assert time.process_time() - begin < 2


def test_the_packs_in_the_documentation_can_be_added() -> None:
    document = (Path(__file__).parents[2] / "docs" / "instrument_packs.md").read_text(encoding="utf-8")
    found = [
        read_pack(block.encode(), INSTRUMENTS.shipped) for block in re.findall(r"```yaml\n(.*?)```", document, re.S)
    ]
    assert [(pack.kind, pack.instrument.code) for pack in found] == [
        ("instrument", "own_calm_corner"),
        ("wording", "pss4"),
    ]


def test_a_byte_order_mark_does_no_harm() -> None:
    assert read_pack(b"\xef\xbb\xbf" + OWN.encode(), {}).instrument.code == "own_calm_rooms"


def test_nothing_is_asked_again_within_a_few_seconds(field: Field, session: Session) -> None:
    pack_registry.refresh(session, at_once=True)
    add_pack(session, field.actor("admin"), OWN.encode())
    pack_registry.refresh(session)
    assert "own_calm_rooms" not in INSTRUMENTS
    pack_registry.refresh(session, at_once=True)
    assert "own_calm_rooms" in INSTRUMENTS
