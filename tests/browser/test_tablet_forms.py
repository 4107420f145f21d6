"""The tablet app's forms in front of somebody: by finger, by keyboard, right and wrong."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import LANDSCAPE, PORTRAIT
from tests.browser.tablet_form import ACORNS, BUTTERFLIES, LADYBUGS, MAPLE, OAK, TabletForm
from tests.browser.tablet_modules import modules_page
from tests.clock import NOON

pytestmark = pytest.mark.browser

INCIDENT_TAPS, VISIT_TAPS = 12, 15
"""The most taps that a typical record may cost (issue 3, part 3)."""
TOUCH, GAP = 44, 8
ANSWERED = {"visit": ("minutes", "levels", "participants"), "incident": ("child", "behaviours", "lost_care")}
CROWDED = """([touch, gap]) => {
    const kinds = "button, select, textarea, summary, .chip, .field > input, .chips > input, .problem-summary a";
    const targets = [...document.querySelectorAll(kinds)];
    const boxes = targets.map((one) => [one, one.getBoundingClientRect()]).filter(([, box]) => box.width);
    const small = boxes.filter(([, box]) => box.width < touch || box.height < touch);
    const apart = (a, b) => Math.max(b.left - a.right, a.left - b.right, b.top - a.bottom, a.top - b.bottom);
    const bar = document.querySelector(".save-bar");
    const flowing = boxes.filter(([one]) => !bar.contains(one));
    const near = flowing.flatMap(([one, a], at) => flowing.slice(at + 1).filter(([, b]) => apart(a, b) < gap - 0.01)
        .map(([other, b]) => `${one.textContent} | ${other.textContent}: ${apart(a, b)}`));
    return [...small.map(([one, box]) => `${one.outerHTML.slice(0, 80)}: ${box.width} x ${box.height}`), ...near];
}"""


@pytest.fixture
def tablet(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a tablet on which it is about noon."""
    with ExitStack() as opened:

        def page(size: tuple[int, int] = PORTRAIT, **options: Any) -> Page:
            viewport: Any = {"width": size[0], "height": size[1]}
            wrong: list[str] = []
            made = opened.enter_context(
                modules_page(browser, viewport=viewport, has_touch=True, timezone_id=NOON, **options)
            )
            made.on("pageerror", lambda error: wrong.append(str(error)))
            opened.callback(lambda: None if not wrong else pytest.fail("\n".join(wrong)))
            return made

        yield page


def fill_incident(form: TabletForm) -> None:
    form.tap("Running away")
    form.tap("Transition")
    form.tap("Teacher")
    form.tap("Redirect")
    form.tap("Save incident")


def test_an_incident_takes_a_few_taps_and_no_typing(tablet):
    form = TabletForm(tablet(), "incident")
    fill_incident(form)
    expect(form.page.get_by_role("heading", level=1)).to_contain_text("Saved on this tablet")
    assert form.taps <= INCIDENT_TAPS
    sent = form.sent
    assert sent["occurred_on"] == date.today().isoformat()
    assert (sent["site_id"], sent["classroom_id"], sent["child_key"]) == (MAPLE, BUTTERFLIES, None)
    assert (sent["behaviours"], sent["primary_behaviour"]) == (["running_away"], "running_away")
    assert (sent["activity"], sent["responses"], sent["exclusion"]) == ("transition", ["redirect"], None)
    form.page.get_by_text("Running away").wait_for()


def test_a_visit_takes_a_few_taps_and_its_summary(tablet):
    form = TabletForm(tablet(), "visit")
    form.tap("Same as on Jan 14: 60 minutes")
    form.page.get_by_label("Summary").fill("Watched the morning circle.")
    form.tap("Save visit")
    form.page.get_by_text("Saved on this tablet").wait_for()
    assert form.taps <= VISIT_TAPS
    sent = form.sent
    assert (sent["minutes"], sent["minutes_classroom"], sent["minutes_child_family"]) == (60, 45, 15)
    assert (sent["mode"], sent["participants"], sent["classroom_ids"]) == ("phone", {"teacher": 2}, [LADYBUGS])
    assert sent["permission_on"] == "2026-01-02"
    expect(form.page.locator(".facts")).to_contain_text("Classroom 45 min, Child and family 15 min")


def test_both_forms_can_be_filled_with_the_keyboard_alone(tablet):
    form = TabletForm(tablet(LANDSCAPE), "incident")
    for name in ("Running away", "Transition", "Redirect"):
        form.press(name)
    form.press("Save incident", "Enter")
    form.page.get_by_text("Saved on this tablet").wait_for()
    assert form.sent["activity"] == "transition"

    form = TabletForm(tablet(LANDSCAPE), "visit")
    for name in ("45", "Program", "Classroom", "Classroom observation"):
        form.press(name)
    form.walk_to("Summary *")
    form.page.keyboard.type("Two rooms, one plan.")
    form.walk_to("Recommendations and follow-ups")
    form.page.keyboard.press("Enter")
    form.press("Add a follow-up")
    form.walk_to("What will be done")
    form.page.keyboard.type("Send the picture cards")
    form.press("In 2 weeks: By when")
    form.press("Save visit", "Enter")
    form.page.get_by_text("Saved on this tablet").wait_for()
    sent = form.sent
    assert (sent["minutes"], sent["minutes_program"], sent["minutes_classroom"]) == (45, 25, 20)
    due = (date.today() + timedelta(days=14)).isoformat()
    assert sent["follow_ups"] == [{"text": "Send the picture cards", "owner": "consultant", "due_on": due}]


def test_what_is_wrong_is_told_above_and_at_the_field_and_what_is_right_stays(tablet):
    form = TabletForm(tablet(), "visit")
    page = form.page
    form.tap("30")
    form.tap("Classroom")
    page.get_by_label("Summary").fill("It's a note & <b>marks</b>")
    form.tap("Save visit")
    summary = page.locator("#problem-summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("What you did: Please choose at least one activity.")
    group = page.get_by_role("group", name="What you did")
    assert (
        page.locator(f"#{group.get_attribute('aria-describedby')}").inner_text()
        == "Please choose at least one activity."
    )
    form.tap("What you did")
    expect(page.get_by_role("checkbox", name="Classroom observation")).to_be_focused()
    assert page.get_by_label("Summary").input_value() == "It's a note & <b>marks</b>"
    form.tap("Classroom observation")
    expect(summary).to_have_count(0)
    form.tap("Save visit")
    assert form.sent["summary"] == "It's a note & <b>marks</b>"


def test_a_link_to_a_folded_field_opens_its_part(tablet):
    form = TabletForm(tablet(), "visit")
    form.tap("Same as on Jan 14: 60 minutes")
    form.page.get_by_label("Summary").fill("Talked")
    form.open_parts()
    form.page.get_by_label("Children in the room").fill("81")
    form.page.locator("summary", has_text="More about this visit").click()
    form.tap("Save visit")
    form.tap("Children in the room")
    expect(form.page.get_by_label("Children in the room")).to_be_focused()
    expect(form.page.locator("#field-children_present-problem")).to_have_text("This must be 80 or less.")


def test_an_unlikely_entry_is_asked_about_and_can_be_saved_anyway(tablet):
    form = TabletForm(tablet(), "incident")
    form.tap("Yesterday: Date")
    fill_incident(form)
    asked = form.page.get_by_text("The site was closed on this day (holiday). Is the date right?")
    expect(asked).to_be_visible()
    assert form.heard["sent"] == []
    form.tap("Change it")
    expect(asked).to_have_count(0)
    form.tap("Save incident")
    form.tap("Save anyway")
    form.page.get_by_text("Saved on this tablet").wait_for()
    assert len(form.heard["sent"]) == 1


def test_a_second_incident_of_a_child_within_minutes_is_asked_about(tablet):
    now = tablet().evaluate("new Date().toTimeString().slice(0, 5)")
    waiting = {"site_id": MAPLE, "child_key": "K-12", "occurred_on": date.today().isoformat(), "occurred_at": now}
    form = TabletForm(tablet(), "incident", recent=[waiting])
    form.tap("K-12")
    assert form.page.get_by_label("Date on the parent's permission *", exact=True).input_value() == "2026-01-05"
    fill_incident(form)
    form.page.get_by_text("There is one for this child at").wait_for()


def test_another_site_forgets_the_child_and_takes_its_only_classroom(tablet):
    form = TabletForm(tablet(), "incident")
    form.tap("K-12")
    form.tap("Oak Street Demo School")
    expect(form.control("No key, or a group")).to_be_checked()
    expect(form.control("Acorns")).to_be_checked()
    fill_incident(form)
    form.page.get_by_text("Saved on this tablet").wait_for()
    sent = form.sent
    assert (sent["site_id"], sent["classroom_id"], sent["child_key"], sent["permission_on"]) == (
        OAK,
        ACORNS,
        None,
        None,
    )


def test_another_like_this_keeps_place_activity_and_time(tablet):
    form = TabletForm(tablet(), "incident")
    form.page.get_by_label("Time *").fill("10:05")
    fill_incident(form)
    form.tap("Another like this")
    expect(form.control("Transition")).to_be_checked()
    expect(form.control("Running away")).not_to_be_checked()
    assert form.page.get_by_label("Time *").input_value() == "10:05"
    expect(form.page.get_by_role("heading", level=1)).to_be_focused()


def test_a_choice_that_excludes_the_others_does(tablet):
    form = TabletForm(tablet(), "incident")
    form.tap("Peers")
    form.tap("Nobody")
    expect(form.control("Peers")).not_to_be_checked()
    form.tap("Teacher")
    expect(form.control("Nobody")).not_to_be_checked()
    form.open_parts()
    form.tap("Low", "Severity")
    expect(form.control("Low", "Severity")).to_be_checked()
    form.tap("Low", "Severity")
    expect(form.control("Low", "Severity")).not_to_be_checked()


def test_an_expulsion_at_a_head_start_site_needs_its_story(tablet):
    form = TabletForm(tablet(), "incident", head_start=True)
    form.tap("Yes", "Did the child lose care time?")
    expect(form.page.get_by_text("may not expel a child for behavior").first).to_be_visible()
    assert form.page.get_by_label("From *").input_value() == date.today().isoformat()
    form.tap("Expulsion")
    fill_incident(form)
    expect(form.page.locator("#problem-summary")).to_contain_text("Head Start programs may not expel for behavior")


def test_what_the_server_refused_is_told_until_it_is_mended(tablet):
    form = TabletForm(tablet(), "visit")
    form.tap("Same as on Jan 14: 60 minutes")
    form.page.get_by_label("Summary").fill("Talked")
    form.tap("Save visit")
    fields = form.heard["sent"][0]["fields"]
    problem = {"field": "classroom_ids", "code": "classroom_not_here", "context": {}}
    form = TabletForm(tablet(), "visit", fields=fields, problems=[problem], refused="invalid")
    told = form.page.locator("#problem-summary")
    expect(told).to_contain_text("Classrooms: This classroom is not at this site.")
    form.tap("Ladybugs")
    expect(told).to_have_count(0)
    form.tap("Save visit")
    assert form.sent["classroom_ids"] == []


def test_what_was_typed_where_nothing_is_asked_any_more_can_be_copied_and_the_rest_sent(tablet):
    form = TabletForm(tablet(), "visit")
    form.page.get_by_label("Summary").fill("Circle time")
    fields = {**form.heard["changes"][-1], "minutes": 30, "levels": ["classroom"], "mood": "Calm since Monday"}
    fields |= {"activities": ["classroom_observation"], "participants": ["teacher"]}
    unknown = {"field": "mood", "code": "unknown_field", "context": {}}
    form = TabletForm(tablet(), "visit", fields=fields, problems=[unknown], refused="other_version")
    expect(form.page.get_by_text("made with another version of this app")).to_be_visible()
    expect(form.page.get_by_text("Calm since Monday")).to_be_visible()
    expect(form.page.get_by_text("Please check")).to_have_count(0)
    form.tap("Save visit")
    expect(form.page.get_by_role("heading", name="Saved")).to_be_visible()
    assert "mood" not in form.heard["sent"][0]["values"]


def test_a_double_tap_on_save_keeps_one_entry(tablet):
    form = TabletForm(tablet(), "incident")
    for name in ("Running away", "Transition"):
        form.tap(name)
    form.control("Save incident").evaluate("(button) => { button.click(); button.click(); }")
    form.page.get_by_text("Saved on this tablet").wait_for()
    assert len(form.heard["sent"]) == 1


def test_what_could_not_be_kept_stays_on_the_screen(tablet):
    form = TabletForm(tablet(), "incident")
    form.page.evaluate("window.heard.fails = true")
    fill_incident(form)
    expect(form.page.get_by_role("alert")).to_contain_text("could not keep it")
    expect(form.control("Running away")).to_be_checked()
    form.page.evaluate("window.heard.fails = false")
    form.tap("Save incident")
    form.page.get_by_text("Saved on this tablet").wait_for()


def test_a_name_in_free_text_gets_a_quiet_hint(tablet):
    form = TabletForm(tablet(), "visit")
    hint = form.page.get_by_text("This may name a child or a family.")
    form.page.get_by_label("Summary").fill("Watched the circle with the teacher.")
    expect(hint).to_have_count(0)
    form.page.get_by_label("Summary").fill("Talked about Emily and her mother.")
    expect(hint).to_be_visible()


@pytest.mark.parametrize("kind", ["visit", "incident"])
def test_no_violation_and_no_crowded_target_at_both_sizes_in_light_and_dark(tablet, kind: str):
    found = {}
    for size, language in ((PORTRAIT, "en"), (LANDSCAPE, "es")):
        form = TabletForm(tablet(size), kind, language)
        form.open_parts()
        for name in ANSWERED[kind]:
            form.page.locator(f"#field-{name} input").last.click()
        form.page.locator("#field-follow_ups").or_(form.page.locator("[id='field-exclusion-type'] input").last).click()
        form.page.locator(".save-bar button.main").click()
        expect(form.page.locator("#problem-summary")).to_be_focused()
        assert "undefined" not in form.page.locator("#app").inner_text()
        found[size, "crowded"] = form.page.evaluate(CROWDED, [TOUCH, GAP])
        for scheme in ("light", "dark"):
            form.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            wrong: Any = Axe().run(form.page).response["violations"]
            found[size, scheme] = [f"{one['id']}: {node['html'][:120]}" for one in wrong for node in one["nodes"]]
    assert {where: wrong for where, wrong in found.items() if wrong} == {}
