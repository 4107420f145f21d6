"""A pack is read from a file that anybody may have written: what breaks a rule is refused in words, and quickly."""

import re
import time
from pathlib import Path

import pytest

from db.instruments import INSTRUMENTS
from db.instruments.packs import LARGEST, PackRefused, read_pack
from db.problems import SENTENCES
from tests.db.pack_texts import OPINION, OWN, WORDING


def refusal(text: str | bytes) -> PackRefused:
    with pytest.raises(PackRefused) as refused:
        read_pack(text if isinstance(text, bytes) else text.encode(), INSTRUMENTS.shipped)
    sentence = SENTENCES[refused.value.code].format(**refused.value.context)
    assert "{" not in sentence
    return refused.value


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
