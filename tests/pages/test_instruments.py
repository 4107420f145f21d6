"""The registry on the screen: everyone who enters scores reads it, an administrator adds and removes packs."""

from collections.abc import Iterator

import pytest

from db import pack_registry
from db.instruments import INSTRUMENTS, instrument_for
from db.models import InstrumentPack
from tests.db.pack_texts import OWN, WORDING
from tests.pages.test_sites import press, rows, words


@pytest.fixture(autouse=True)
def _only_shipped() -> Iterator[None]:
    yield
    INSTRUMENTS.use_added((), {})
    pack_registry._known = None


def upload(screen, text):
    screen.file_uploader[0].upload("pack.yaml", text.encode(), "application/yaml").run()
    assert not screen.exception, [one.value for one in screen.exception]
    return screen


@pytest.mark.parametrize("role", ["consultant", "supervisor", "coordinator", "admin"])
def test_all_instruments_stand_in_one_table_with_sources_and_what_is_unverified(open_screen, role):
    table = open_screen("instruments", role).dataframe[0].value
    assert len(table) == len(INSTRUMENTS)
    line = table[table["Instrument"].str.startswith("CHILD tool")].iloc[0]
    assert (line["What is stored"], line["Not checked yet"]) == ("Scores only", "The range from 1 to 5")
    assert "socialemotionalchild.org" in line["Source"]


def test_one_instrument_tells_its_figures_and_what_no_screen_uses(open_screen):
    told = words(open_screen("instruments", "consultant", code="pss10"))
    assert "Reliability 0.78" in told
    assert "Spread (standard deviation) 6.4, not checked" in told
    assert "0 to 13: Lower stress (not checked, so no screen uses it)" in told
    verified = words(open_screen("instruments", "consultant", code="sdq_4_17"))
    assert "0 to 11: Close to average (for reference only)" in verified


def test_names_in_the_choice_stand_as_they_are(open_screen):
    # Streamlit reads no Markdown in the options of a select box: marks made plain would show as such.
    screen = open_screen("instruments", "consultant")
    assert "Perceived Stress Scale (PSS-10), 10 items" in screen.selectbox(key="instrument_read").options


def test_what_is_stored_is_told_apart_from_what_is_free_to_use(open_screen):
    table = open_screen("instruments", "consultant").dataframe[0].value
    told = dict(zip(table["Instrument"], table["What is stored"], strict=True))
    assert told["Arnett Caregiver Interaction Scale, 1989"] == "Scores; its questions are free to use"
    assert told["Intent to leave (one question), Attune 1"] == "Questions and scores"


def test_only_an_administrator_sees_packs(field, open_screen):
    for role in ("consultant", "supervisor", "coordinator"):
        screen = open_screen("instruments", role)
        assert "Added packs" not in words(screen)
        assert not screen.file_uploader


def test_wording_is_previewed_added_and_removed(field, open_screen):
    screen = upload(open_screen("instruments", "admin"), WORDING)
    assert "first words / primeras palabras" in words(screen)
    assert rows(field, InstrumentPack) == []
    screen.selectbox(key="pack_program_wording").set_value(str(field.program.id)).run()
    press(screen, "Add this pack")
    assert "The pack was added." in words(screen)
    assert instrument_for("pss4", field.program.id).asks
    screen = open_screen("instruments", "admin")
    assert "Wording: pss4 · Lantern Program" in words(screen)
    press(screen, "Yes, remove it")
    assert "Please say why you are changing this." in words(screen)
    screen.text_input[0].set_value("the license ended")
    press(screen, "Yes, remove it")
    assert "The pack was removed." in words(screen)
    assert not instrument_for("pss4", field.program.id).asks


def test_an_own_instrument_may_be_for_all_programs(field, open_screen):
    screen = upload(open_screen("instruments", "admin"), OWN)
    screen.selectbox(key="pack_program_instrument").set_value("").run()
    press(screen, "Add this pack")
    assert rows(field, InstrumentPack)[0].program_id is None
    assert "own_calm_rooms" in INSTRUMENTS


def test_a_broken_pack_is_told_with_its_line_and_offers_no_button(field, open_screen):
    screen = upload(open_screen("instruments", "admin"), "pack: wording\ninstrument: &a pss4\n")
    assert "Line 2" in words(screen)
    assert "Anchors and aliases" in words(screen)
    assert not [button for button in screen.button if button.label == "Add this pack"]
