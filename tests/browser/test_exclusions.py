"""Time away on a real tablet: recorded with taps, a step noted, and taken back."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PORTRAIT, picture

pytestmark = pytest.mark.browser


def test_a_director_records_an_early_pick_up_notes_a_step_and_takes_it_all_back(someone):
    person = someone("director", PORTRAIT)
    page = person.page
    person.open("/exclusions")
    counted = page.get_by_test_id("stMetricValue").first
    before = int(counted.inner_text())
    person.tap("Record time away")
    person.choose("Family asked to pick up")
    person.choose("2")
    picture(person, "time_away_form")
    person.tap("Save")
    person.sees("Saved.")
    person.tap("Go on: steps and the child's place")
    person.has_heading("Family asked to pick up")
    person.sees("Steps: 0 of 7 noted")
    page.get_by_text("Note this step").nth(1).click()
    person.idle()
    page.get_by_test_id("stButtonGroup").get_by_text("Director", exact=True).click()
    person.idle()
    person.tap("Save step")
    person.sees("Steps: 1 of 7 noted")
    person.sees("noted by")
    picture(person, "time_away_steps")
    person.tap("Back to the list")
    expect(counted).to_have_text(str(before + 1))
    page.get_by_role("button", name="Family asked to pick up").first.click()
    person.idle()
    page.get_by_text("Remove this record").first.click()
    person.idle()
    page.get_by_label("Why?").last.fill("It was only a try.")
    page.keyboard.press("Tab")
    person.idle()
    page.get_by_role("button", name="Remove this record").last.click()
    person.idle()
    person.sees("This was removed. It counts in no figure.")
    person.open("/exclusions")
    expect(counted).to_have_text(str(before))
