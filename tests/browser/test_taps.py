"""How many taps and typed characters the usual things take, counted by the browser itself."""

import re
from collections import Counter

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Person
from tests.browser.test_capture import SITE, empty_form, picture

pytestmark = pytest.mark.browser

COUNT = """
for (const kind of ['pointerdown', 'keydown'])
  document.addEventListener(kind, event => event.isTrusted && window.attuneCounted(kind), true)
"""
SUMMARY = "Watched the morning circle and talked about waiting."


class Hands:
    """A person whose taps and key strokes are counted from now on, whatever page they are on."""

    def __init__(self, person: Person) -> None:
        self.person, self.count = person, Counter[str]()
        person.page.expose_function("attuneCounted", lambda kind: self.count.update([kind]))
        person.page.add_init_script(COUNT)
        person.page.evaluate(COUNT)

    def tap(self, name: str | re.Pattern[str], role: str = "button", group: str | None = None) -> None:
        """Tap with a finger what is found by its name, in a group of chips where that is told."""
        page = self.person.page
        within = page.locator('[data-testid="stButtonGroup"]', has_text=group) if group else page.locator("body")
        within.get_by_role(role, name=name, exact=isinstance(name, str)).first.tap()
        self.person.idle()

    def save(self, name: str) -> None:
        """Tap save, and once more where the form asks back (a closed day)."""
        self.tap(name)
        if self.person.page.get_by_role("button", name="Save anyway").count():
            self.tap("Save anyway")
        self.person.sees(re.compile("^Saved"))

    @property
    def taps(self) -> int:
        return self.count["pointerdown"]

    @property
    def keys(self) -> int:
        return self.count["keydown"]


@pytest.fixture
def hands(someone) -> Hands:
    """The demo consultant on Today, with no draft left and one incident on record here, as after the first days."""
    person = someone("consultant")
    for address in ("/log-visit", "/record-incident"):
        empty_form(person, address)
    person.open("/")
    return Hands(person)


def test_an_incident_takes_at_most_12_taps_and_no_typing(hands: Hands):
    hands.tap("Record an incident")
    hands.tap(SITE, "radio")
    rooms = hands.person.page.get_by_role("radiogroup", name=re.compile("Classroom"))
    rooms.get_by_role("radio").last.tap()
    hands.person.idle()
    hands.tap("15 min ago")
    hands.tap("Running away")
    hands.tap("Transition", "radio")
    hands.tap("Peers")
    hands.tap("To avoid a task", "radio")
    hands.tap("Redirect")
    hands.tap("Verbal reminder")
    hands.save("Save incident")
    print(f"incident: {hands.taps} taps, {hands.keys} keys")
    assert 8 <= hands.taps <= 12
    assert hands.keys == 0


def test_a_visit_takes_at_most_15_taps_and_its_summary(hands: Hands):
    hands.tap("Log a visit")
    hands.tap(SITE, "radio")
    hands.tap("Now")
    hands.tap("45", "radio")
    hands.tap("Classroom")
    hands.tap("Classroom observation")
    hands.tap("Teachers")
    hands.tap("Assistants")
    hands.person.page.get_by_label("Summary").tap()
    hands.person.page.get_by_label("Summary").press_sequentially(SUMMARY)
    hands.save("Save visit")
    print(f"visit: {hands.taps} taps, {hands.keys} keys")
    assert 8 <= hands.taps <= 15
    assert hands.keys == len(SUMMARY)


def test_a_visit_like_the_last_takes_few_taps_and_its_summary(hands: Hands):
    hands.tap("Log a visit")
    hands.tap(SITE, "radio")
    hands.tap(re.compile("Same as on"))
    hands.person.page.get_by_label("Summary").tap()
    hands.person.page.get_by_label("Summary").press_sequentially(SUMMARY)
    hands.save("Save visit")
    print(f"visit like the last: {hands.taps} taps, {hands.keys} keys")
    assert 4 <= hands.taps <= 7
    assert hands.keys == len(SUMMARY)


def test_from_sign_in_the_third_tap_answers_the_first_field(someone):
    person = someone()
    person.page.goto(f"{person.base_url}/sign-in")
    hands = Hands(person)
    person.page.get_by_role("button", name="Consultant").first.tap()
    person.page.wait_for_url(f"{person.base_url}/")
    person.page.get_by_role("link", name="Record an incident").first.wait_for()
    hands.tap("Record an incident")
    hands.tap("Running away")
    expect(person.page.get_by_role("button", name="Running away")).to_have_attribute("aria-pressed", "true")
    assert (hands.taps, hands.keys) == (3, 0)
    person.tap("Start over")


def test_a_draft_is_resumed_with_at_most_2_taps(someone):
    person = someone("consultant")
    empty_form(person, "/record-incident")
    person.tap("Running away")
    person.sees("Draft saved")
    other_tablet = someone("consultant")
    other_tablet.open("/")
    hands = Hands(other_tablet)
    hands.tap("Continue", "link")
    other_tablet.has_heading("Record an incident")
    expect(other_tablet.page.get_by_role("button", name="Running away")).to_have_attribute("aria-pressed", "true")
    print(f"draft: {hands.taps} taps")
    assert 1 <= hands.taps <= 2
    picture(other_tablet, "draft-resumed")
    other_tablet.tap("Start over")
