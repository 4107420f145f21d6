"""A site's meeting on a shared display: from its opening to the next month's, with last month's decision first."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from db.engine import make_engine
from tests.browser.conftest import LANDSCAPE, picture

pytestmark = pytest.mark.browser


@pytest.fixture
def a_month_passes(demo_database, today):
    """Make every meeting one of the month before; afterwards none was ever held."""
    engine = make_engine(demo_database)

    def run(statement, **values):
        with engine.begin() as connection:
            connection.execute(text(statement), values)

    yield lambda: run("UPDATE meeting SET held_on = :day", day=(today - timedelta(days=35)).isoformat())
    run("DELETE FROM meeting_decision")
    run("DELETE FROM meeting")
    engine.dispose()


def test_a_meeting_is_held_on_a_shared_display_and_opens_the_next_with_its_decision(someone, a_month_passes):
    person = someone("director", LANDSCAPE)
    page = person.page
    person.open("/meeting")
    person.tap("Begin this month's meeting")
    person.sees("What went well")
    page.get_by_label("What may explain what we see?").fill("The new schedule has fewer transitions.")
    person.sees("Kept at")
    page.get_by_label("What will we do? *").fill("Keep the two shorter circles.")
    page.keyboard.press("Tab")
    person.idle()
    person.choose("Teacher")
    person.choose("All incidents")
    person.tap("Keep this decision")
    person.sees("The decision was kept.")

    menu = page.get_by_test_id("stSidebar")
    page.get_by_role("button", name="Full screen", exact=True).click()
    expect(menu).to_be_hidden()
    picture(person, "meeting_display")
    page.keyboard.press("Escape")
    expect(menu).to_be_visible()

    page.emulate_media(media="print")
    expect(menu).to_be_hidden()
    expect(page.get_by_role("button", name="Keep this decision")).to_be_hidden()
    expect(page.get_by_text("The new schedule has fewer transitions.").last).to_be_visible()
    expect(page.locator(".st-key-on_paper_hypotheses")).to_be_visible()
    page.emulate_media(media="screen")

    a_month_passes()
    person.open("/meeting")
    person.sees("What we decided, and what happened since")
    person.sees("Keep the two shorter circles.")
    person.sees("open days since.")
    person.choose("Done")
    person.sees("1 of 1 decision")
    page.get_by_text("Earlier meetings").click()
    page.get_by_role("button", name="1 decision").click()
    person.idle()
    expect(page.get_by_label("What may explain what we see?")).to_have_value("The new schedule has fewer transitions.")
