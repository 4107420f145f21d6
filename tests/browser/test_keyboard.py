"""Capture without touching the screen: Tab, arrows, Space and Enter fill and save a form, and lead to what is wrong."""

import re

import pytest

from tests.browser.conftest import Person
from tests.browser.test_accessibility import violations
from tests.browser.test_capture import SITE, empty_form, picture

pytestmark = pytest.mark.browser

PRESSES = 120
HERE = """() => { const here = document.activeElement
  return [here.getAttribute('aria-label') || here.innerText || '', here.getAttribute('role') || here.tagName,
    here.closest('[data-testid="stButtonGroup"]')?.innerText.split('\\n')[0] || ''] }"""


def press(person: Person, key: str) -> None:
    person.page.keyboard.press(key)
    person.idle()


def tab_to(person: Person, name: str, within: str = "") -> None:
    """Press Tab (and the arrow inside a group of chips) until the focus is on what has this name."""
    for _ in range(PRESSES):
        shown, role, group = person.page.evaluate(HERE)
        if re.search(name, shown) and group.startswith(within):
            return
        person.page.keyboard.press("ArrowRight" if within and group.startswith(within) else "Tab")
    pytest.fail(f"the keyboard never reaches {name}; it is on {shown} ({role})")


def test_an_incident_is_filled_and_saved_with_the_keyboard_alone(someone):
    person = someone("consultant")
    empty_form(person, "/record-incident")
    person.choose(SITE)
    person.page.evaluate("() => document.activeElement.blur()")
    tab_to(person, ".", "Classroom")
    press(person, "Space")
    tab_to(person, "^Running away", "What the child did")
    press(person, "Space")
    tab_to(person, "^Transition", "Activity")
    press(person, "Space")
    tab_to(person, "^Redirect", "What the adults did")
    press(person, "Space")
    tab_to(person, "Save incident")
    press(person, "Enter")
    again = person.page.get_by_role("button", name="Save anyway")
    if again.count():
        tab_to(person, "Save anyway")
        press(person, "Enter")
    person.sees(re.compile("^Saved"))


@pytest.mark.parametrize(
    ("address", "save", "parts"),
    [
        ("/record-incident", "Save incident", ["More about what happened", "About the child"]),
        ("/log-visit", "Save visit", ["Recommendations", "More about this visit", "Private reflection"]),
    ],
    ids=["incident", "visit"],
)
def test_a_refused_save_leads_to_the_list_of_problems_and_everything_open_is_accessible(
    someone, address: str, save: str, parts: list[str]
):
    person = someone("consultant")
    empty_form(person, address)
    person.choose(SITE)
    for part in parts:
        person.page.locator("summary", has_text=part).click()
        person.idle()
    if address == "/record-incident":
        person.choose("Yes")
    else:
        person.tap("Add a follow-up")
    person.tap(save)
    listed = person.page.get_by_role("alert").filter(has_text="Nothing was saved yet").first
    listed.wait_for()
    person.page.wait_for_function("() => document.activeElement.className.includes('_problems')")
    assert listed.get_by_role("link").count() >= 2
    for scheme in ("light", "dark"):
        person.page.emulate_media(color_scheme=scheme)
        person.idle()
        picture(person, f"problems-{address[1:]}-{scheme}")
        assert violations(person) == []
    # Once: whoever goes on to mend a field stays there.
    person.page.get_by_role("button", name="Running away" if "incident" in address else "Teachers").first.click()
    person.idle()
    assert "_problems" not in person.page.evaluate("() => document.activeElement.className")
    person.tap("Start over")
