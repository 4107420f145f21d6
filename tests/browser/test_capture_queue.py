"""What waits on a tablet arrives, each entry once: after no signal, a killed server, and from two tabs."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.tablet import PIN, Tablet, arrived, ask, own_demo, unique
from tests.serving import Server, start_server

pytestmark = pytest.mark.browser
EACH_ONCE = (50, 50, 50)

SEND_WITHOUT_SUMMARY = """async () => {
  const { app } = await import("/capture/app/app.js");
  const { opened } = await import("/capture/app/form.js");
  const site = app.reference.sites.find((one) => one.forms.includes("visit"));
  app.begin("visit");
  const fields = { ...opened("visit", app.definitions, app.reference, new Date()), site_id: site.id };
  window.made = {
    site_id: site.id, visited_on: new Date().toLocaleDateString("sv"), minutes: 45, minutes_classroom: 45,
    outcome: "completed", mode: "in_person", reason: "planned", activities: ["classroom_observation"], summary: "",
  };
  await app.send({ fields, values: window.made });
  await app.leave();
}"""
"""As an app of an older version would, which knew less of what the server checks."""

SEND_MENDED = """async () => {
  const { app } = await import("/capture/app/app.js");
  const { fields } = app.lists.queue[0];
  await app.send({ fields, values: { ...window.made, summary: fields.summary } });
  await app.leave();
}"""

SAVED_BEFORE = 13
ENDLESS_SAVE = (
    "CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT i FROM n",
    "CREATE TRIGGER endless_save BEFORE INSERT ON visit"
    " WHEN (SELECT count(*) FROM visit WHERE summary LIKE '{words} %') = {saved}"
    " BEGIN SELECT count(*) FROM endless; END",
)
"""The next save after so many goes on until its process is killed, however fast or slow the machine is."""


class Place:
    """A server that can be killed and started again at the same address, and its database."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.server: Server = start_server(f"sqlite:///{file}")
        self.base_url = self.server.base_url

    def start_again(self) -> None:
        """Start it where it was."""
        self.server = start_server(f"sqlite:///{self.file}", port=urlsplit(self.base_url).port)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    found = Place(own_demo(tmp_path_factory.mktemp("queue")))
    yield found
    if found.server.process.poll() is None:
        found.server.stop()


@pytest.fixture(scope="module")
def tablet(browser: Browser, place: Place) -> Iterator[Tablet]:
    made = Tablet(browser, place.base_url)
    made.set_up()
    yield made
    made.context.close()


@pytest.fixture(autouse=True)
def _signal(tablet: Tablet) -> Iterator[None]:
    yield
    tablet.offline(False)


def all_sent(tablet: Tablet) -> None:
    expect(tablet.page.get_by_role("heading", name="To be sent", exact=True)).to_be_visible(timeout=60_000)
    tablet.sees("Everything is sent.")


def test_fifty_visits_made_without_a_signal_survive_a_reload_and_arrive_once_each(tablet: Tablet, place: Place):
    words = unique("Without a signal")
    tablet.offline()
    tablet.queue(50, words)
    tablet.sees(re.compile("50 entries wait to be sent"))
    tablet.sees(re.compile("No signal"))
    expect(tablet.page.get_by_role("button", name="Send now")).to_have_count(0)
    tablet.page.reload()
    tablet.unlock()
    expect(tablet.page.get_by_role("heading", name="To be sent (50)")).to_be_visible()
    expect(tablet.page.get_by_text("Waiting", exact=True)).to_have_count(50)
    assert arrived(place.file, words) == (0, 0, 0)

    lines = tablet.page.evaluate_handle(
        """() => {
          const seen = [];
          const look = () => seen.push(document.querySelector("[aria-live]").textContent);
          new MutationObserver(look).observe(document.body, {subtree: true, childList: true, characterData: true});
          return seen;
        }"""
    )
    tablet.offline(False)
    all_sent(tablet)
    assert "Sending 10 of 50" in lines.json_value()
    assert arrived(place.file, words) == EACH_ONCE
    late = "SELECT count(*) FROM visit WHERE summary LIKE :like AND source = 'tablet' AND made_at < created_at"
    assert ask(place.file, late, like=f"{words} %") == [(50,)]
    tablet.sees("Sent from this tablet (50)")
    assert words not in tablet.page.evaluate(
        "async () => JSON.stringify(await (await import('/capture/app/app.js')).app.queue.lists())"
    )


def test_a_server_that_is_killed_while_they_arrive_has_each_once_in_the_end(tablet: Tablet, place: Place):
    words = unique("Killed meanwhile")
    tablet.offline()
    tablet.queue(50, words)
    for statement in ENDLESS_SAVE:
        ask(place.file, statement.format(words=words, saved=SAVED_BEFORE))
    tablet.offline(False)
    deadline = time.monotonic() + 60
    while arrived(place.file, words)[0] < SAVED_BEFORE and time.monotonic() < deadline:
        tablet.page.wait_for_timeout(5)
    place.server.kill()
    for statement in ("DROP TRIGGER endless_save", "DROP VIEW endless"):
        ask(place.file, statement)
    assert arrived(place.file, words) == (SAVED_BEFORE,) * 3
    tablet.sees("The server cannot be reached. We keep trying.")
    expect(tablet.page.get_by_text("Waiting", exact=True).first).to_be_visible()
    place.start_again()
    all_sent(tablet)
    assert arrived(place.file, words) == EACH_ONCE


def test_two_tabs_that_send_at_once_send_each_once(tablet: Tablet, place: Place):
    words = unique("Two tabs")
    other = tablet.context.new_page()
    other.goto(f"{place.base_url}/capture")
    tablet.unlock(PIN, other)
    expect(other.get_by_role("heading", name="Capture", level=1)).to_be_visible()
    requests: list[str] = []
    tablet.context.on("request", lambda one: requests.append(one.url) if "/api/submissions" in one.url else None)
    tablet.offline()
    tablet.queue(50, words)
    expect(other.get_by_role("heading", name="To be sent (50)")).to_be_visible()
    tablet.offline(False)
    for page in (tablet.page, other):
        page.evaluate("async () => { (await import('/capture/app/app.js')).app.sendNow(); }")
    all_sent(tablet)
    expect(other.get_by_role("heading", name="To be sent", exact=True)).to_be_visible()
    other.close()
    assert arrived(place.file, words) == EACH_ONCE
    assert len(requests) == 5, "only the tab that holds the lock sends"


def test_without_a_session_the_queue_stays_whole_until_the_person_is_back(tablet: Tablet, place: Place):
    words = unique("Signed in again")
    tablet.offline()
    tablet.queue(2, words)
    ask(place.file, "UPDATE sign_in_session SET ends_at = '2020-01-01 00:00:00.000000' WHERE ended_at IS NULL")
    tablet.offline(False)
    tablet.sees("Sign in again to send. Everything is kept until then.")
    expect(tablet.page.get_by_role("heading", name="To be sent (2)")).to_be_visible()
    tablet.page.get_by_role("link", name="Sign in", exact=True).first.click()
    tablet.sign_in()
    tablet.unlock()
    all_sent(tablet)
    assert arrived(place.file, words) == (2, 2, 2)


def test_a_refused_entry_is_opened_mended_and_sent_as_the_same_record(tablet: Tablet, place: Place):
    words = unique("Mended")
    tablet.page.evaluate(SEND_WITHOUT_SUMMARY)
    tablet.sees("Not taken")
    tablet.tap("Open and correct")
    expect(tablet.page.get_by_label("Summary")).to_have_attribute("aria-invalid", "true")
    tablet.page.get_by_label("Summary").fill(f"{words} 0")
    tablet.page.get_by_role("button", name=re.compile("^← ")).click()
    tablet.sees("Not taken")
    held = tablet.page.evaluate(
        "async () => (await import('/capture/app/app.js')).app.lists.queue.map((one) => one.client_uuid)"
    )
    tablet.tap("Open and correct")
    expect(tablet.page.get_by_label("Summary")).to_have_value(f"{words} 0")
    tablet.page.evaluate(SEND_MENDED)
    all_sent(tablet)
    rows = ask(place.file, "SELECT client_uuid FROM visit WHERE summary = :words", words=f"{words} 0")
    assert [str(row[0]).replace("-", "") for row in rows] == [held[0].replace("-", "")]


def test_an_entry_that_was_saved_with_other_content_can_go_as_a_new_record_or_be_discarded(
    tablet: Tablet, place: Place
):
    words = unique("Other content")
    tablet.queue(1, words)
    all_sent(tablet)
    taken = tablet.page.evaluate("async () => (await import('/capture/app/app.js')).app.lists.receipts[0].client_uuid")
    # As when a tablet's storage was set back to an earlier day: the id is used, the receipt of it is gone.
    tablet.page.evaluate(
        """async (used) => {
          const { app } = await import("/capture/app/app.js");
          const db = await new Promise((done) => {
            const asked = indexedDB.open(`attune-${app.who.person_id}`);
            asked.onsuccess = () => done(asked.result);
          });
          const work = db.transaction("entries", "readwrite");
          work.objectStore("entries").delete(used);
          await new Promise((done) => (work.oncomplete = done));
          db.close();
        }""",
        taken,
    )
    tablet.queue(1, f"{words} later", [taken])
    tablet.sees(re.compile("This entry was saved already, with other content"))
    tablet.tap("Send as a new record")
    expect(tablet.page.get_by_label("Summary")).to_have_value(f"{words} later 0")
    tablet.page.get_by_role("button", name=re.compile("^← ")).click()
    tablet.sees("Continue")
    tablet.tap("Discard")
    tablet.sees("Discard this entry?")
    tablet.page.get_by_role("group", name="Discard this entry?").get_by_role("button", name="Discard").click()
    tablet.sees("Discarded.")
    tablet.tap("Undo")
    tablet.sees("Continue")
    assert arrived(place.file, words)[0] == 1


def test_a_clock_that_is_wrong_is_noticed_and_said(browser: Browser, place: Place):
    wrong = Tablet(browser, place.base_url)
    wrong.page.clock.install()
    wrong.set_up()
    wrong.page.evaluate("() => { const right = Date.now; Date.now = () => right() }")
    wrong.page.clock.set_system_time(time.time() + 2 * 3600)
    wrong.queue(1, unique("Fast clock"))
    wrong.sees(re.compile("The clock of this tablet is off by about (119|120|121) minutes"))
    wrong.context.close()
