"""From a tap to a record that everybody who may sees: visits and incidents, right and wrong."""

import re
import uuid

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from db.engine import make_engine
from tests.browser.conftest import PORTRAIT, Person, picture

pytestmark = pytest.mark.browser

SITE = "Maple Lane Demo Center"
TAP_MILLISECONDS = 80
"""How long a finger rests on the glass in a quick tap."""


def empty_form(person: Person, address: str) -> None:
    """Open a form and let go of what an earlier test left as a draft."""
    person.open(address)
    person.tap("Start over")
    asked = person.page.get_by_role("button", name="Discard it")
    if asked.count():
        asked.click()
        person.idle()


def fill_visit(person: Person, summary: str, day: str = "Yesterday") -> None:
    empty_form(person, "/log-visit")
    person.choose(SITE)
    person.tap(day)
    person.choose("45")
    person.tap("Classroom", "button")
    person.tap("Classroom observation")
    person.page.get_by_label("Summary").fill(summary)
    person.page.get_by_label("Summary").blur()
    person.idle()


def save(person: Person, name: str) -> None:
    """Tap save, and once more where the form asks back (a closed day, a date long ago)."""
    person.tap(name)
    ask_again = person.page.get_by_role("button", name=re.compile("Save anyway"))
    if ask_again.count():
        ask_again.click()
        person.idle()


def stored(demo_database: str, statement: str, **values: str) -> list[tuple[object, ...]]:
    engine = make_engine(demo_database)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(statement), values)]
    engine.dispose()
    return found


def test_a_logged_visit_is_in_today_records_and_the_directors_trends(someone, demo_database: str):
    summary = f"Watched the morning circle {uuid.uuid4().hex[:8]}"
    director = someone("director")
    director.open("/site-trends?period=3&view=Consultation")
    visits_before = shown_visits(director)
    consultant = someone("consultant")
    fill_visit(consultant, summary)
    save(consultant, "Save visit")
    consultant.sees(re.compile("^Saved"))
    picture(consultant, "visit-saved")
    assert len(stored(demo_database, "SELECT 1 FROM visit WHERE summary = :summary", summary=summary)) == 1
    consultant.open("/")
    consultant.sees(re.compile(re.escape(SITE)))
    consultant.open("/records?kind=visit&period=3")
    consultant.sees(re.compile(re.escape(SITE)))
    director.open("/site-trends?period=3&view=Consultation")
    assert shown_visits(director) == visits_before + 1


def shown_visits(person: Person) -> int:
    """Add up the visits of the table under the chart of visits."""
    toggles = person.page.get_by_text("Show the numbers")
    for number in range(toggles.count()):
        toggles.nth(number).click()
        person.idle()
    table = person.page.locator("table").filter(has_text=re.compile("Visits")).first
    expect(table).to_be_visible()
    heads = [head.inner_text() for head in table.locator("thead th").all()]
    column = next(at for at, head in enumerate(heads) if head.startswith("Visits"))
    rows = table.locator("tbody tr").all()
    return sum(int(row.locator("th, td").nth(column).inner_text().replace(",", "") or 0) for row in rows)


def test_a_double_tap_on_save_stores_one_visit(someone, demo_database: str):
    summary = f"Nap time {uuid.uuid4().hex[:8]}"
    person = someone("consultant")
    fill_visit(person, summary)
    person.page.get_by_role("button", name="Save visit").dblclick()
    person.idle()
    person.sees(re.compile("^Saved"))
    assert len(stored(demo_database, "SELECT 1 FROM visit WHERE summary = :summary", summary=summary)) == 1


def test_every_problem_is_told_and_nothing_typed_is_lost(someone):
    person = someone("consultant", PORTRAIT)
    empty_form(person, "/log-visit")
    person.choose(SITE)
    person.page.get_by_label("Summary").fill("It's a note with an apostrophe & <b>marks</b>")
    person.page.get_by_label("Summary").blur()
    person.idle()
    person.tap("Save visit")
    person.sees(re.compile("Please choose at least one activity"))
    picture(person, "visit-problems")
    expect(person.page.get_by_label("Summary")).to_have_value("It's a note with an apostrophe & <b>marks</b>")
    expect(person.page.get_by_role("radio", name=SITE)).to_be_checked()


def test_what_was_chosen_survives_going_to_another_screen_and_back(someone):
    person = someone("consultant")
    fill_visit(person, "Half a note")
    person.tap("Records", "link")
    person.tap("Log a visit", "link")
    expect(person.page.get_by_label("Summary")).to_have_value("Half a note")
    expect(person.page.get_by_role("radio", name="45", exact=True)).to_be_checked()


def test_what_was_typed_just_before_leaving_the_page_is_there(someone):
    person = someone("consultant")
    fill_visit(person, "First")
    for number in range(8):
        words = f"Typed just now, {number}"
        person.page.get_by_label("Summary").fill(words)
        menu = person.page.get_by_role("link", name="Sites", exact=True)
        menu.click(delay=TAP_MILLISECONDS if number % 2 else 0)
        person.page.wait_for_url("**/sites*")
        person.idle()
        person.tap("Log a visit", "link")
        expect(person.page.get_by_label("Summary")).to_have_value(words)


def record_incident(person: Person) -> None:
    empty_form(person, "/record-incident")
    person.choose(SITE)
    rooms = person.page.get_by_role("radiogroup", name="Classroom").get_by_role("radio")
    if not rooms.first.is_checked():
        rooms.first.click()
        person.idle()
    person.tap("Yesterday")
    person.tap("Running away")
    person.choose("Transition")
    person.tap("Redirect")
    save(person, "Save incident")
    person.sees(re.compile("^Saved"))


def test_a_recorded_incident_reaches_the_directors_records(someone, demo_database: str):
    count = "SELECT count(*) FROM incident WHERE deleted_at IS NULL"
    before = stored(demo_database, count)[0][0]
    record_incident(someone("consultant"))
    assert stored(demo_database, count)[0][0] == before + 1
    director = someone("director")
    director.open("/records?kind=incident&period=3&behaviour=running_away&activity=transition")
    director.sees(re.compile("Running away"))


def test_another_like_this_keeps_the_place(someone):
    person = someone("consultant")
    record_incident(person)
    person.tap(re.compile("Another like this"))
    expect(person.page.get_by_role("radio", name=SITE)).to_be_checked()
    expect(person.page.get_by_role("radio", name="Transition", exact=True)).to_be_checked()
    expect(person.page.get_by_role("button", name="Running away")).not_to_have_attribute("aria-pressed", "true")


def test_the_copy_for_the_site_is_fetched_once_by_the_one_who_asked(someone):
    person = someone("consultant")
    fill_visit(person, f"Copy this {uuid.uuid4().hex[:8]}")
    save(person, "Save visit")
    person.tap(re.compile("[Cc]opy for the site"))
    link = person.page.locator('a[href*="/download/"]').first
    expect(link).to_be_visible()
    address = link.get_attribute("href")
    stranger = someone("director")
    assert stranger.page.request.get(stranger.base_url + address[address.index("/download/") :]).status == 404
    first = person.page.request.get(person.base_url + address[address.index("/download/") :])
    assert first.status == 200
    assert SITE in first.text()
    assert "Classroom observation" in first.text()
    assert person.page.request.get(person.base_url + address[address.index("/download/") :]).status == 404


def test_the_log_holds_no_names_and_no_free_text(someone, server):
    words = f"Quiet words {uuid.uuid4().hex[:8]}"
    person = someone("consultant")
    fill_visit(person, words)
    save(person, "Save visit")
    person.open(f"/records?kind=visit&period=3&site={uuid.uuid4()}")
    log = server.log()
    assert '"event"' in log
    for secret in (words, SITE, "Demo Consultant", "demo.consultant", "lantern", "token="):
        assert secret not in log
