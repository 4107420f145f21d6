"""A tablet with the capture app in it, a real service worker, and someone who taps."""

import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PORTRAIT, ROLE_BUTTONS
from tests.clock import NOON
from tests.demo import make_demo
from tests.serving import Server, start_server

PIN = "otter-417"
SUMMARY = "Summary"

QUEUE = """async ({count, prefix, uuids}) => {
  const { app } = await import("/capture/app/app.js");
  const { opened } = await import("/capture/app/form.js");
  const site = app.reference.sites.find((one) => one.forms.includes("visit"));
  const begun = opened("visit", app.definitions, app.reference, new Date());
  for (let number = 0; number < count; number += 1) {
    const values = {
      site_id: site.id, visited_on: new Date().toLocaleDateString("sv"), minutes: 30, minutes_classroom: 30,
      outcome: "completed", mode: "in_person", reason: "planned", activities: ["classroom_observation"],
      participants: {teacher: 1}, summary: `${prefix} ${number}`,
    };
    app.begin("visit");
    if (uuids) app.entry.client_uuid = uuids[number];
    await app.send({ fields: { ...begun, site_id: site.id, summary: values.summary }, values });
  }
  await app.leave();
}"""
"""Makes visits through the functions that the form's own Save button calls."""

EVERYTHING = """async () => {
  const found = [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie];
  const text = (value) => {
    if (value instanceof ArrayBuffer) return text(new Uint8Array(value));
    if (ArrayBuffer.isView(value)) {
      return new TextDecoder("latin1").decode(value) + new TextDecoder("utf-16").decode(value);
    }
    if (value && typeof value === "object") return Object.entries(value).map(([k, v]) => k + "=" + text(v)).join(";");
    return String(value);
  };
  const wait = (asked) => new Promise((good, bad) => {
    asked.onsuccess = () => good(asked.result);
    asked.onerror = () => bad(asked.error);
  });
  for (const { name } of await indexedDB.databases()) {
    const db = await wait(indexedDB.open(name));
    for (const store of db.objectStoreNames) {
      const all = db.transaction(store).objectStore(store);
      found.push(`${name}/${store}`, text(await wait(all.getAllKeys())), text(await wait(all.getAll())));
    }
    db.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) found.push(request.url, await (await cache.match(request)).text());
  }
  return found;
}"""
"""Everything that this page's origin has stored in the browser, as text."""


class Tablet:
    """Someone with one browser: what they do in it, and what it shows."""

    def __init__(self, browser: Browser, base_url: str, **options: Any) -> None:
        width, height = PORTRAIT
        self.base_url = base_url
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, has_touch=True, timezone_id=NOON, **options
        )
        self.page = self.context.new_page()

    def sign_in(self, role: str = "consultant", page: Page | None = None) -> None:
        """Sign in, and come back to the app."""
        page = page or self.page
        page.goto(f"{self.base_url}/sign-in?next=/capture")
        if "/sign-in" in page.url:
            page.get_by_role("button", name=ROLE_BUTTONS[role]).click()

    def set_up(self, role: str = "consultant", pin: str = PIN) -> None:
        """Sign in for the first time, choose a PIN, and wait until the app works without a signal."""
        self.sign_in(role)
        self.page.get_by_label("PIN", exact=True).fill(pin)
        self.page.get_by_label("PIN once more").fill(pin)
        self.page.get_by_role("button", name="Set the PIN").click()
        self.is_home()
        expect(self.page.get_by_text("Ready to work without a signal.")).to_be_visible()

    def unlock(self, pin: str = PIN, page: Page | None = None) -> None:
        """Enter the PIN."""
        page = page or self.page
        page.get_by_label("PIN").fill(pin)
        page.get_by_role("button", name="Unlock").click()

    def is_home(self) -> None:
        """Expect the start screen."""
        expect(self.page.get_by_role("heading", name="Capture", level=1)).to_be_visible()

    def open(self) -> None:
        """Open the app at its address."""
        self.page.goto(f"{self.base_url}/capture")

    def tap(self, name: str) -> None:
        """Tap a button by its name."""
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def sees(self, text: Any) -> None:
        """Expect a text on the screen."""
        expect(self.page.get_by_text(text).first).to_be_visible()

    def offline(self, is_offline: bool = True) -> None:
        """Take the signal away, or give it back."""
        self.context.set_offline(is_offline)

    def queue(self, count: int, prefix: str, uuids: list[str] | None = None) -> None:
        """Finish so many visits, as the form does."""
        self.page.evaluate(QUEUE, {"count": count, "prefix": prefix, "uuids": uuids})

    def draft(self, words: str) -> None:
        """Begin a visit and type its summary."""
        self.tap("Log a visit")
        self.page.get_by_label(SUMMARY).fill(words)

    def stored(self) -> str:
        """Give everything that this browser has stored for our address."""
        return "\n".join(self.page.evaluate(EVERYTHING))

    def reference_is_kept(self) -> bool:
        """Tell whether anything is stored in the place of the reference data."""
        return "name=reference" in self.stored()


def own_demo(folder: Path) -> Path:
    """Make a small demo of its own: what these tests send must not be found by others."""
    make_demo(folder, sites=8, months=2)
    return folder / "demo.db"


def copy_of(file: Path, folder: Path) -> Path:
    """Copy a demo database that nobody has open."""
    return Path(shutil.copy(file, folder / "demo.db"))


@contextmanager
def serving(file: Path, port: int | None = None) -> Iterator[Server]:
    """Serve a database until the end of the block."""
    server = start_server(f"sqlite:///{file}", port=port)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()


def ask(file: Path, statement: str, **values: Any) -> list[tuple[Any, ...]]:
    """Ask the database beside the server; a change is committed."""
    connection = sqlite3.connect(file, timeout=30)
    try:
        found = connection.execute(statement, values).fetchall()
        connection.commit()
        return found
    finally:
        connection.close()


def arrived(file: Path, prefix: str) -> tuple[int, int, int]:
    """Count visits by the beginning of their summary, their ids from the tablet, and the events that tell of them."""
    found = ask(
        file,
        "SELECT count(*), count(DISTINCT client_uuid), (SELECT count(*) FROM audit_event WHERE action = 'log_visit'"
        " AND entity_id IN (SELECT id FROM visit WHERE summary LIKE :like)) FROM visit WHERE summary LIKE :like",
        like=f"{prefix} %",
    )
    return found[0]


def unique(words: str) -> str:
    """Give words that no other test uses."""
    return f"{words} {uuid.uuid4().hex[:8]}"
