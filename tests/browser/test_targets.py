"""Everything that a finger aims at in both capture forms is 44 px large, with 8 px to its neighbor."""

from typing import Any

import pytest

from tests.browser.conftest import LANDSCAPE, PORTRAIT, Person
from tests.browser.test_capture import SITE, empty_form, picture

pytestmark = pytest.mark.browser

LEAST, GAP = 44, 8
STREAMLITS_OWN = {
    "[data-testid=stDateInput]": "the segments of a date are Streamlit's own; buttons for the likely days stand beside",
    "[data-testid=stTimeInput]": "the segments of a time are Streamlit's own; buttons for likely times stand beside",
    "[data-testid=stNumberInput]": "the steps of a number are joined to its field; chips of likely ones stand beside",
    "[data-testid=stTooltipIcon]": "the mark of an explanation that is also read out with its button",
    "[data-testid=stHeaderActionElements]": "the link beside a heading is for mice and hidden for fingers",
}
"""Parts of Streamlit's that a page cannot give another size, each with the reason and the way around."""
MEASURE = """(own) => {
  const all = 'button, a[href], summary, [role=radio], [role=tab], textarea, input[type=text]'
  const shown = { visibilityProperty: true, opacityProperty: true }
  const seen = [...document.querySelectorAll(`[data-testid=stMain] :is(${all})`)].filter(one =>
    !one.closest(own) && one.checkVisibility(shown) && !one.matches('p a, li a'))
  return seen.map(one => { const b = one.getBoundingClientRect()
    return { name: (one.innerText || one.getAttribute('aria-label') || one.tagName).trim().slice(0, 40),
      pinned: one.closest('[data-testid=stBottom]') !== null,
      left: b.left, top: b.top, right: b.right, bottom: b.bottom } }).filter(one => one.right > one.left)
}"""


def targets(person: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = person.page.evaluate(MEASURE, ", ".join(STREAMLITS_OWN))
    return found


def too_small(found: list[dict[str, Any]]) -> list[str]:
    sizes = [(one["name"], round(one["right"] - one["left"], 1), round(one["bottom"] - one["top"], 1)) for one in found]
    return [f"{name}: {wide} x {high}" for name, wide, high in sizes if min(wide, high) < LEAST - 0.5]


def too_close(found: list[dict[str, Any]]) -> list[str]:
    """Give pairs whose distance, across or down, is less than the gap.

    One that lies inside another is no neighbor, and the bar at the bottom is none of what scrolls behind it.
    """
    close = []
    for at, one in enumerate(found):
        for other in (rest for rest in found[at + 1 :] if rest["pinned"] == one["pinned"]):
            across = max(one["left"], other["left"]) - min(one["right"], other["right"])
            down = max(one["top"], other["top"]) - min(one["bottom"], other["bottom"])
            if max(across, down) < GAP - 0.5 and not (across < -LEAST / 2 and down < -LEAST / 2):
                close.append(f"{one['name']} | {other['name']}: {max(across, down):.1f}")
    return close


@pytest.mark.parametrize(
    ("address", "taps", "parts"),
    [
        (
            "/record-incident",
            ["Running away", "Physical aggression", "Yes"],
            ["More about what happened", "About the child"],
        ),
        (
            "/log-visit",
            ["Classroom", "Program", "Teachers"],
            ["Recommendations", "More about this visit", "Private reflection"],
        ),
    ],
    ids=["incident", "visit"],
)
def test_every_target_of_a_form_is_large_and_apart(someone, address: str, taps: list[str], parts: list[str]):
    person = someone("consultant", LANDSCAPE)
    empty_form(person, address)
    person.choose(SITE)
    for name in taps:
        person.page.get_by_role("radio" if name == "Yes" else "button", name=name, exact=True).first.tap()
        person.idle()
    for part in parts:
        person.page.locator("summary", has_text=part).tap()
        person.idle()
    if address == "/log-visit":
        person.tap("Add a follow-up")
    person.tap("Save visit" if address == "/log-visit" else "Save incident")
    for width, height in (LANDSCAPE, PORTRAIT):
        person.page.set_viewport_size({"width": width, "height": height})
        person.idle()
        found = targets(person)
        picture(person, f"targets-{address[1:]}-{width}")
        assert len(found) > 60
        assert {"small": too_small(found), "close": too_close(found)} == {"small": [], "close": []}
    person.tap("Start over")
