"""axe-core finds no serious or critical violation of ours on any page, in light and dark."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from components.navigation import SCREENS
from tests.browser.conftest import LANDSCAPE, PORTRAIT, Person
from tests.browser.test_capture import empty_form

pytestmark = pytest.mark.browser

STREAMLITS_OWN: dict[str, tuple[str, str]] = {
    "target-size": (
        'role="spinbutton"',
        "the segments of Streamlit's date and time fields are 18 x 20 px; buttons for the usual dates and times stand"
        " beside them",
    ),
    "empty-table-header": ("", "the corner cell of Streamlit's own table"),
    "svg-img-alt": (
        "metric_chart",
        "a group without a name in the small line of Streamlit's metric; the sentence below it says what it shows",
    ),
}
"""Violations of Streamlit's own elements that a page cannot mend: by rule, what their HTML holds, and the reason."""

NOTHING_BESIDE = """() => {
  const main = document.querySelector('[data-testid="stMain"]');
  return main.scrollWidth - main.clientWidth <= 1;
}"""

LOOKED_AT = [
    ("consultant", ["", "log-visit", "record-incident", "records", "classroom-quality", "child-measures"]),
    ("director", ["", "outcomes", "site-trends", "patterns", "meeting", "staff-stress", "exclusions", "equity"]),
    ("coordinator", ["", "compare-sites", "who-to-call", "sites", "people"]),
    ("admin", ["", "sites", "instruments", "people"]),
]


def violations(person: Person, rules: list[str] | None = None) -> list[str]:
    """Give what axe-core finds (by all rules, or only some), without what is known to be Streamlit's own."""
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": rules}
    found: Any = Axe().run(person.page, options=options).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:160]}"
        for one in found
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
        if one["id"] not in STREAMLITS_OWN or STREAMLITS_OWN[one["id"]][0] not in node["html"]
    ]


def test_the_list_of_screens_is_complete():
    assert {path for _role, paths in LOOKED_AT for path in paths} == {screen.path for screen in SCREENS}


@pytest.mark.parametrize(("role", "paths"), LOOKED_AT, ids=[role for role, _paths in LOOKED_AT])
def test_no_page_has_a_serious_violation_or_has_to_be_pushed_sideways(someone, role: str, paths: list[str]):
    person = someone(role)
    found = {}
    person.open("/")
    for path in paths:
        person.page.emulate_media(color_scheme="light")
        person.turn_to(path)
        for scheme in ("light", "dark"):
            person.page.emulate_media(color_scheme=scheme)
            person.idle()
            found[path, scheme] = violations(person, ["color-contrast"] if scheme == "dark" else None)
        for width, height in (PORTRAIT, LANDSCAPE):
            person.page.set_viewport_size({"width": width, "height": height})
            person.idle()
            person.page.wait_for_function(NOTHING_BESIDE, timeout=5000)
    person.page.goto(f"{person.base_url}/account")
    for scheme in ("light", "dark"):
        person.page.emulate_media(color_scheme=scheme)
        found["account", scheme] = violations(person)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_sign_in_page_is_clean(someone, scheme: str):
    person = someone(color_scheme=scheme)
    person.page.goto(f"{person.base_url}/sign-in")
    assert violations(person) == []


def test_a_visit_can_be_saved_with_the_keyboard_alone(someone):
    person = someone("consultant")
    empty_form(person, "/log-visit")
    save = person.page.get_by_role("button", name="Save visit")
    for _ in range(150):
        person.page.keyboard.press("Tab")
        if save.evaluate("button => button === document.activeElement"):
            break
    else:
        pytest.fail("the tab key never reaches the save button")
    person.page.keyboard.press("Enter")
    person.idle()
    person.sees("Please choose at least one activity.")
