"""The capture app on one tablet: opens without a signal, tells nobody anything without the PIN, and forgets in time."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.browser.tablet import PIN, SUMMARY, Tablet, ask, own_demo, unique
from tests.serving import Server, start_server

pytestmark = pytest.mark.browser
ELEVEN_MINUTES = "11:00"
APP = "const { app } = await import('/capture/app/app.js');"

SILENT_FOR_DAYS = """async (days) => {
  const db = await new Promise((done) => {
    const asked = indexedDB.open("attune-people");
    asked.onsuccess = () => done(asked.result);
  });
  const people = db.transaction("people", "readwrite").objectStore("people");
  const asked = people.getAll();
  const all = await new Promise((done) => (asked.onsuccess = () => done(asked.result)));
  for (const one of all) people.put({ ...one, last_contact: Date.now() - days * 86400000 });
  await new Promise((done) => (people.transaction.oncomplete = done));
  db.close();
}"""

EARLIER_VERSION = """
  const real = navigator.serviceWorker.register.bind(navigator.serviceWorker);
  if (!sessionStorage.later) navigator.serviceWorker.register = (url, how) => real(`${url}?earlier`, how);
"""
LATER_VERSION = """async () => {
  sessionStorage.later = "yes";
  const how = { scope: "/capture", updateViaCache: "none" };
  const register = ServiceWorkerContainer.prototype.register;
  window.registration = await register.call(navigator.serviceWorker, "/capture/sw.js", how);
}"""
"""A worker at another address is another version to the browser."""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return own_demo(tmp_path_factory.mktemp("capture"))


@pytest.fixture(scope="module")
def server(file: Path) -> Iterator[Server]:
    started = start_server(f"sqlite:///{file}")
    yield started
    started.stop()


@pytest.fixture
def tablet(browser: Browser, server: Server) -> Iterator[Callable[..., Tablet]]:
    made: list[Tablet] = []

    def make(**options) -> Tablet:
        made.append(Tablet(browser, server.base_url, **options))
        return made[-1]

    yield make
    for one in made:
        one.context.close()


def devices(file: Path) -> list[str]:
    return [row[0] for row in ask(file, "SELECT id FROM capture_device ORDER BY set_up_at")]


def test_it_opens_without_a_signal_and_only_with_the_pin_and_stores_nothing_that_can_be_read(tablet):
    words, one = unique("Typed in the corridor"), tablet()
    one.open()
    one.sees("Sign in first")
    one.set_up()
    name = one.page.get_by_text(re.compile("^Signed in as ")).inner_text().removeprefix("Signed in as ")
    one.draft(words)
    one.offline()
    one.page.reload()
    one.unlock("otter-418")
    one.sees("That PIN is not right.")
    one.unlock()
    one.is_home()
    one.sees("No signal.")
    site = one.page.evaluate(f"async () => {{ {APP} return app.reference.sites[0].name; }}")
    one.queue(1, words)
    one.tap("Continue")
    expect(one.page.get_by_label(SUMMARY)).to_have_value(words)
    held = one.page.evaluate(f"async () => {{ {APP} await app.queue.flush(); return app.entry.client_uuid; }}")
    stored = one.stored()
    assert held in stored, "the look finds what is there"
    assert '"visit_outcome"' in stored, "the look finds what the service worker keeps"
    for secret in (PIN, words, site, name, "Demo Consultant"):
        assert secret not in stored


def test_a_tablet_that_nobody_touches_locks_itself_and_brings_the_open_form_back(tablet):
    words, one = unique("Interrupted"), tablet()
    one.page.clock.install()
    one.set_up()
    one.draft(words)
    one.page.clock.fast_forward(ELEVEN_MINUTES)
    one.sees("Enter your PIN")
    assert words not in one.page.content()
    for _ in range(3):
        one.unlock("not the pin")
        one.sees("That PIN is not right.")
    one.sees("Please wait 5 seconds before you try again.")
    late = one.page.evaluate("() => Date.now()") / 1000
    one.page.clock.set_fixed_time(late)  # the seconds do not pass while a slow machine gets here
    one.unlock()
    one.sees(re.compile("^Please wait [1-5] seconds?"))
    one.page.clock.set_fixed_time(late + 6)
    one.unlock()
    expect(one.page.get_by_label(SUMMARY)).to_have_value(words)


def test_signing_out_wipes_the_lists_and_a_second_person_sees_nothing_of_the_first(tablet):
    words, one = unique("Mine alone"), tablet()
    one.set_up()
    first = one.page.get_by_text(re.compile("^Signed in as ")).inner_text()
    one.draft(words)
    one.page.get_by_role("button", name=re.compile("^← ")).click()
    assert one.reference_is_kept()
    one.tap("Sign out")
    one.page.wait_for_url("**/sign-out")
    assert not one.reference_is_kept()
    one.tap("Sign out")
    one.open()
    one.sees("You signed out.")
    assert "1" not in one.page.inner_text("main"), "not even a count"

    one.set_up("director", "second-pin")
    one.sees("No draft is open.")
    shown = one.page.inner_text("body")
    assert first not in shown
    assert words not in shown
    assert one.page.evaluate(f"async () => {{ {APP} return app.queue.lists(); }}") == {
        "drafts": [], "queue": [], "receipts": [],
    }  # fmt: skip
    one.page.goto(f"{one.base_url}/sign-out")
    assert one.reference_is_kept()
    one.tap("Sign out")
    one.open()
    one.sees("You signed out.")
    assert not one.reference_is_kept(), "the server said so"

    one.sign_in()
    one.unlock("second-pin")
    one.sees("That PIN is not right.")
    one.unlock()
    one.sees(first)
    one.tap("Continue")
    expect(one.page.get_by_label(SUMMARY)).to_have_value(words)
    assert one.reference_is_kept()


def test_a_second_tab_that_still_asks_for_a_first_pin_does_not_take_the_first_tabs_entries(tablet):
    words, one = unique("Under the first key"), tablet()
    one.sign_in()
    one.sees("Choose a PIN for this tablet")
    late = one.context.new_page()
    late.goto(f"{one.base_url}/capture")
    late.get_by_label("PIN", exact=True).fill("late-418")
    late.get_by_label("PIN once more").fill("late-418")
    one.set_up()
    one.draft(words)
    one.page.get_by_role("button", name=re.compile("^← ")).click()
    one.sees("Continue")
    late.get_by_role("button", name="Set the PIN").click()
    expect(late.get_by_role("heading", name="Enter your PIN")).to_be_visible()
    assert late.get_by_role("link", name="Not you? Sign in").get_attribute("href") == "/sign-out", "else it leads back"
    one.page.reload()
    one.unlock()
    one.tap("Continue")
    expect(one.page.get_by_label(SUMMARY)).to_have_value(words)


def test_one_draft_in_two_tabs_loses_nothing_and_offers_the_other_to_the_tab_that_is_behind(tablet):
    one = tablet()
    one.set_up()
    one.draft("Begun")
    here = one.page.get_by_label(SUMMARY)
    one.page.evaluate(f"async () => {{ {APP} await app.queue.flush(); }}")
    other = one.context.new_page()
    other.goto(f"{one.base_url}/capture")
    one.unlock(PIN, other)
    other.get_by_role("button", name="Continue").click()
    there = other.get_by_label(SUMMARY)
    expect(there).to_have_value("Begun")
    there.fill("Begun, and typed there")
    one.sees(re.compile("^This was changed in another tab"))
    one.tap("Take that one")
    expect(here).to_have_value("Begun, and typed there")
    here.fill("Typed here")
    expect(other.get_by_text(re.compile("^This was changed in another tab"))).to_be_visible()
    there.fill("Typed there")
    expect(other.get_by_text(re.compile("Both are kept"))).to_be_visible()
    other.get_by_role("button", name="Keep mine").click()
    expect(there).to_have_value("Typed there")
    kept = "return (await app.queue.lists()).drafts.map((one) => one.fields.summary).sort();"
    assert other.evaluate(f"async () => {{ {APP} await app.queue.flush(); {kept} }}") == ["Typed here", "Typed there"]


def test_it_forgets_the_lists_when_it_is_revoked_or_had_no_contact_for_14_days_and_keeps_the_entries(tablet, file):
    words, one = unique("Kept all the same"), tablet()
    one.set_up()
    one.draft(words)
    one.page.get_by_role("button", name=re.compile("^← ")).click()
    one.offline()
    one.page.evaluate(SILENT_FOR_DAYS, 13)
    one.page.reload()
    one.sees("Enter your PIN")
    one.page.evaluate(SILENT_FOR_DAYS, 15)
    one.page.reload()
    one.sees("This tablet had no contact for 14 days")
    assert not one.reference_is_kept()
    one.offline(False)
    one.sign_in()
    one.unlock()
    one.is_home()
    assert one.reference_is_kept()

    ask(
        file,
        "UPDATE capture_device SET ended_at = '2026-01-01 00:00:00.000000', end_reason = 'revoked' WHERE id = :id",
        id=devices(file)[-1],
    )
    one.page.evaluate(f"async () => {{ {APP} await app.refresh(); }}")
    one.sees("Capture was turned off for this tablet.")
    assert not one.reference_is_kept()
    one.page.reload()
    one.sees("Capture was turned off for this tablet.")
    one.tap("Set up this tablet again")
    one.unlock()
    one.tap("Continue")
    expect(one.page.get_by_label(SUMMARY)).to_have_value(words)
    assert len({*devices(file)}) == len(devices(file))


def test_a_forgotten_pin_says_what_would_be_lost_and_starting_over_needs_a_word(tablet):
    one = tablet()
    one.set_up()
    one.draft(unique("Lost"))
    one.page.get_by_role("button", name=re.compile("^← ")).click()
    one.tap("Change the PIN")
    one.page.get_by_label("PIN until now").fill(PIN)
    one.page.get_by_label("New PIN").fill("444444")
    one.page.get_by_label("PIN once more").fill("444444")
    one.page.get_by_role("button", name="Change the PIN").click()
    one.sees("This PIN is easy to guess.")
    one.page.get_by_label("New PIN").fill("a new one 7")
    one.page.get_by_label("PIN once more").fill("a new one 7")
    one.page.get_by_role("button", name="Change the PIN").click()
    one.sees("The PIN was changed.")
    one.tap("Lock")
    one.unlock()
    one.sees("That PIN is not right.")
    one.tap("Forgot the PIN?")
    one.sees("1 entry that was not sent would be lost for good.")
    one.page.get_by_label("Type LOSE to confirm").fill("yes")
    one.tap("Start over")
    one.sees("Please type LOSE exactly.")
    one.page.get_by_label("Type LOSE to confirm").fill("LOSE")
    one.tap("Start over")
    one.sees("Choose a PIN for this tablet")
    one.page.get_by_label("PIN", exact=True).fill(PIN)
    one.page.get_by_label("PIN once more").fill(PIN)
    one.tap("Set the PIN")
    one.sees("No draft is open.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_every_target_is_large_and_apart(tablet, scheme: str):
    one = tablet(color_scheme=scheme)
    found = {}

    def look(screen: str) -> None:
        response = Axe().run(one.page).response["violations"]
        found[screen] = [f"{wrong['id']}: {node['html'][:120]}" for wrong in response for node in wrong["nodes"]]
        for target in one.page.locator("button:visible, a:visible, input:visible, summary:visible").all():
            box = target.bounding_box()
            assert min(box["width"], box["height"]) >= 44, target.inner_text()

    one.open()
    one.sees("Sign in first")
    look("sign in")
    one.sign_in()
    one.sees("Choose a PIN for this tablet")
    look("set PIN")
    one.set_up()
    one.queue(1, unique("Seen"))
    one.sees("Sent from this tablet (1)")
    one.offline()
    one.queue(2, unique("Waits"))
    one.sees("2 entries wait")
    look("home")
    one.tap("Lock")
    one.sees("Enter your PIN")
    look("locked")
    assert {screen: wrong for screen, wrong in found.items() if wrong} == {}


def test_the_keyboard_alone_is_enough_from_the_pin_to_the_form(tablet):
    one = tablet()
    one.set_up()
    one.tap("Lock")
    one.sees("Enter your PIN")
    one.page.keyboard.press("Tab")
    one.page.keyboard.type(PIN)
    one.page.keyboard.press("Enter")
    one.is_home()
    expect(one.page.get_by_role("heading", name="Capture", level=1)).to_be_focused()
    one.page.keyboard.press("Tab")
    expect(one.page.get_by_role("button", name="Log a visit")).to_be_focused()
    one.page.keyboard.press("Enter")
    expect(one.page.get_by_label(SUMMARY)).to_be_visible()


def test_a_new_version_waits_for_a_tap(tablet):
    one = tablet()
    one.page.add_init_script(EARLIER_VERSION)
    one.set_up()
    one.page.reload()
    one.unlock()
    one.is_home()
    one.draft("Half a visit")
    one.page.evaluate(LATER_VERSION)
    one.page.wait_for_function("() => Boolean(window.registration.waiting)")
    expect(one.page.get_by_label(SUMMARY)).to_have_value("Half a visit")
    expect(one.page.get_by_text("A new version is ready.")).to_have_count(0)
    one.page.get_by_role("button", name=re.compile("^← ")).click()
    one.sees("A new version is ready.")
    one.tap("Reload")
    one.sees("Enter your PIN")
    one.unlock()
    one.sees("Continue")
    expect(one.page.get_by_text("A new version is ready.")).to_have_count(0)
    active = "async () => (await navigator.serviceWorker.ready).active.scriptURL"
    assert one.page.evaluate(active) == f"{one.base_url}/capture/sw.js"


def test_it_speaks_the_browsers_language_first_and_then_the_persons(tablet):
    one = tablet(locale="es-MX")
    one.page.goto(f"{one.base_url}/sign-in?next=/capture")
    one.page.locator("section.demo button").first.click()
    pins = one.page.locator("input[type=password]")
    expect(pins).to_have_count(2)
    assert one.page.evaluate("() => document.documentElement.lang") == "es"
    pins.nth(0).fill(PIN)
    pins.nth(1).fill(PIN)
    pins.nth(1).press("Enter")
    one.is_home()
    assert one.page.evaluate("() => document.documentElement.lang") == "en"
