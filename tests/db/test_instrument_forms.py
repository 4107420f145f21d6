"""The forms that people fill in: our own words only, every item in one scale, contradictions refused."""

from pathlib import Path

import pytest

from db.field_data import DataError
from db.instruments import INSTRUMENTS, instrument, reading
from db.instruments.reading import load_instruments

FOLDER = Path(reading.__file__).parent
SURVEY = (FOLDER / "attune_pulse.yaml").read_text(encoding="utf-8")


def test_only_our_own_words_stand_in_the_registry_in_both_languages() -> None:
    asking = {code for code, entry in INSTRUMENTS.items() if entry.asks}
    assert asking == {"attune_pulse", "consultee_satisfaction", "turnover_intent"}
    for code in asking:
        entry = instrument(code)
        assert (entry.licence_class, entry.edition, entry.languages) == ("open_items", "Attune 1", ("en", "es"))
        assert entry.items is not None
        assert all(text.en and text.es and text.en != text.es for text in entry.items.texts)
        assert all(answer.en and answer.es for answer in entry.items.answers)
    for entry in INSTRUMENTS.values():
        if entry.items is not None and entry.code not in asking:
            assert not any(answer.en or answer.es for answer in entry.items.answers)


def test_the_pulse_says_that_nobody_validated_it() -> None:
    pulse = instrument("attune_pulse")
    assert pulse.unverified
    assert "not validated" in pulse.name
    assert "sin validar" in pulse.name_es
    assert pulse.items is not None
    assert 4 <= pulse.items.count <= 5


def test_every_item_of_a_form_belongs_to_exactly_one_scale() -> None:
    for entry in INSTRUMENTS.values():
        if entry.items is not None:
            used = sorted(at for scale in entry.scales if scale.items for at in scale.items.positions)
            assert used == list(range(1, entry.items.count + 1)), entry.code


def test_a_scale_that_can_be_scored_from_items_ends_where_their_scores_end() -> None:
    for entry in INSTRUMENTS.values():
        for scale in entry.scales:
            if scale.items and entry.items:
                times = len(scale.items.positions) if scale.items.combine == "sum" else 1
                ends = (times * min(entry.items.values), times * max(entry.items.values))
                assert ends == (scale.minimum, scale.maximum), entry.code


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("  count: 5", "  count: 6", "it has 6 items, but 'texts' gives the words of 5"),
        ("  count: 5", "  count: 0", "'count' must be a whole number from 1"),
        ("value: 2,", "value: 1,", "the numbers of the answers must rise"),
        ("value: 2,", "value: two,", "an answer counts as a number"),
        ("reversed: [4]", "reversed: [6]", "'reversed' must list positions"),
        ("positions: [1, 2, 3, 4, 5]", "positions: [1, 2, 3, 4, 6]", "'positions' must list positions"),
        ("positions: [1, 2, 3, 4, 5]", "positions: []", "a scale needs items"),
        ("combine: mean", "combine: median", "'combine' must be sum or mean"),
        ("direction: higher_better", "direction: higher_better\n    sd: 4", "'sd' must give a value and its source"),
        (
            "direction: higher_better",
            "direction: higher_better\n    reliability: {value: 1.2, source: us}",
            "'reliability' is out of range",
        ),
    ],
)
def test_a_form_that_contradicts_itself_is_refused(tmp_path: Path, before: str, after: str, message: str) -> None:
    assert before in SURVEY
    (tmp_path / "attune_pulse.yaml").write_text(SURVEY.replace(before, after), encoding="utf-8")
    with pytest.raises(DataError, match=message):
        load_instruments(tmp_path)
