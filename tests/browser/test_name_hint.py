"""The tablet and the server find the same names: both programs run on the same texts, one in a real Chromium."""

import json

import pytest
from playwright.sync_api import Browser

from analytics.name_hint import names_in, rules
from tests.analytics.test_name_hint import DEMO, TEXTS
from tests.serving import ROOT

pytestmark = pytest.mark.browser

HARD = [
    "", "  ", "\n\n", "MARIA", "I'm Maria. I'LL go", "D'Angelo O'Brien", "Ana-Lucía and Spanish-speaking",
    "J. M. J.M. U.S.",
    "“Maria” said… «José»; (Zyaire) - Tobin – Kai — Ana", "Jose\u0301 Mi\u0301a Straße ÀB Øre", "Ms. K. and Student Q",
    "Maria’s mom; the Jones family; the Owls; The Owls", "x" * 4000, "A" * 50 + " Maria " * 50, "emoji 🙂 Maria 🙂",
    "Tea With Maria Every Monday\nand\tTobin\r\nKai", "İstanbul ılık ŞAHIN ßeta", "1. Zyaire 2) Tobin 3-Kai",
]  # fmt: skip


def test_the_tablet_finds_the_same_names_as_the_server(browser: Browser):
    texts = [*TEXTS["named"], *TEXTS["nobody"], *DEMO, *HARD]
    module = (ROOT / "web" / "tablet" / "name_hint.js").read_text()
    page = browser.new_page()
    found = page.evaluate(
        "async ([module, texts, rules]) => {"
        " const url = URL.createObjectURL(new Blob([module], {type: 'text/javascript'}));"
        " const { namesIn } = await import(url);"
        " return texts.map(text => namesIn(text, rules)) }",
        [module, texts, json.loads(json.dumps(rules()))],
    )
    page.close()
    assert dict(zip(texts, found, strict=True)) == {text: names_in(text) for text in texts}
    assert sum(map(bool, found)) > len(TEXTS["named"]) / 2
