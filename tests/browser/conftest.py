"""A real server with demo data, a real Chromium at tablet size, and a person in front of it."""

import os
import re
import time
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, WebSocket, expect, sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from db.demo.people import SIGN_INS
from tests import chromium
from tests.clock import NOON
from tests.demo import make_demo
from tests.serving import Server, start_server

IDLE_WITHIN_SECONDS = 60
LANDSCAPE, PORTRAIT = (1024, 768), (768, 1024)
ROLE_BUTTONS = {
    "consultant": "Consultant",
    "director": "Site director",
    "coordinator": "Regional coordinator",
    "admin": "Administrator",
}
STORED = "local_storage,indexeddb,cache_storage,service_workers,websql,file_systems"
expect.set_options(timeout=60_000)


@pytest.fixture(scope="session")
def demo_database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The demo of ``make run``, made by the same command."""
    return make_demo(tmp_path_factory.mktemp("browser"), sites=24, months=18)


@pytest.fixture(scope="session")
def server(demo_database: str) -> Iterator[Server]:
    """The server, as people start it."""
    started = start_server(demo_database)
    yield started
    started.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium, for one file: its driver keeps an event loop, and other tests have one of their own."""
    found = chromium.path()
    assert found, "no Chromium or Chrome here: make test installs one"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=list(chromium.ARGUMENTS))
        yield started
        started.close()


class Contexts:
    """Browser contexts that tests use one after the other: what Streamlit's page is made of stays in their cache.

    Whoever takes one finds no page, no cookie and nothing stored.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[str, list[BrowserContext]] = {}
        self._taken: list[tuple[str, BrowserContext]] = []

    def take(self, **options: Any) -> BrowserContext:
        """Give a context with these options."""
        kind = repr(sorted(options.items()))
        free = self._free.setdefault(kind, [])
        context = free.pop() if free else self._browser.new_context(**options)
        self._taken.append((kind, context))
        return context

    def give_back(self) -> None:
        """Take back what was taken, emptied."""
        for kind, context in self._taken:
            self._empty(context)
            self._free[kind].append(context)
        self._taken.clear()

    @staticmethod
    def _empty(context: BrowserContext) -> None:
        origins = {"/".join(page.url.split("/", 3)[:3]) for page in context.pages if page.url.startswith("http")}
        for page in context.pages[1:]:
            page.close()
        for page in context.pages:
            page.goto("about:blank")
            told = context.new_cdp_session(page)
            for origin in origins:
                told.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": STORED})
            page.close()
        context.clear_cookies()


class Person:
    """Someone at a tablet: opens addresses, taps, types, and waits until the page has answered."""

    def __init__(self, page: Page, base_url: str) -> None:
        self.page, self.base_url = page, base_url
        self.asked_outside: list[str] = []
        self.unanswered = 0
        page.on("request", lambda request: self._note(request.url))
        page.on("websocket", self._listen)

    def _note(self, url: str) -> None:
        if not url.startswith((self.base_url, self.base_url.replace("http", "ws", 1), "data:", "blob:")):
            self.asked_outside.append(url)

    def _listen(self, socket: WebSocket) -> None:
        """Follow Streamlit's own conversation, to know whether what was asked is answered."""
        socket.on("framesent", lambda frame: self._sent(frame))
        socket.on("framereceived", lambda frame: self._received(frame))
        socket.on("close", lambda _socket: self._forget())

    def _sent(self, frame: str | bytes) -> None:
        if isinstance(frame, bytes) and BackMsg.FromString(frame).WhichOneof("type") == "rerun_script":
            self.unanswered += 1

    def _received(self, frame: str | bytes) -> None:
        # Runs that were asked for in quick succession are answered by one; the last answer is the one that counts.
        if isinstance(frame, bytes):
            answer = ForwardMsg.FromString(frame)
            early = ForwardMsg.FINISHED_EARLY_FOR_RERUN
            if answer.WhichOneof("type") == "script_finished" and answer.script_finished != early:
                self.unanswered = 0

    def _forget(self) -> None:
        self.unanswered = 0

    def sign_in(self, role: str) -> None:
        """Be one of the four demo people: their form is sent beside the page, which stays where it is."""
        one = next(one for one in SIGN_INS if one.role == role)
        asked, address = self.page.context.request, f"{self.base_url}/sign-in"
        token = re.search(r'name="token" value="([^"]+)"', asked.get(address).text())
        assert token, "somebody is signed in"
        form = {"token": token.group(1), "name": one.name, "password": one.password}
        answer = asked.post(address, form=form, headers={"origin": self.base_url}, max_redirects=0)
        assert answer.status == 303, answer.status

    def open(self, address: str) -> None:
        """Type an address."""
        self.page.goto(self.base_url + address)
        self.idle()

    def turn_to(self, path: str) -> None:
        """Go to a screen by its link in the menu, without loading the page again; by its address where none is."""
        link = self.page.locator(f'[data-testid="stSidebarNavLink"][href$="/{path}"]')
        if link.count():
            link.click()
            self.idle()
        else:
            self.open(f"/{path}")

    def idle(self) -> None:
        """Wait until the page's script has run to its end."""
        self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
        deadline = time.monotonic() + IDLE_WITHIN_SECONDS
        while self.unanswered and time.monotonic() < deadline:
            self.page.wait_for_timeout(10)  # lets the browser's events in
        self.page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
        self.page.locator('[data-testid="stMainBlockContainer"]').wait_for()
        expect(self.page.locator('[data-testid="stSkeleton"]')).to_have_count(0)
        self.page.wait_for_function("() => !document.querySelector('[data-stale=\"true\"]')")

    def tap(self, name: str | re.Pattern[str], role: Any = "button") -> None:
        """Tap a button (or chip, tab, link) by its name."""
        self.page.get_by_role(role, name=name, exact=isinstance(name, str)).first.click()
        self.idle()

    def choose(self, name: str) -> None:
        """Choose one of several chips; leave it when it is chosen already."""
        chip = self.page.get_by_role("radio", name=name, exact=True).first
        if not chip.is_checked():
            chip.click()
            self.idle()

    def sees(self, text: str | re.Pattern[str]) -> None:
        """Expect a text somewhere on the page."""
        expect(self.page.get_by_text(text).first).to_be_visible()

    def does_not_see(self, text: str | re.Pattern[str]) -> None:
        """Expect a text nowhere on the page."""
        expect(self.page.get_by_text(text)).to_have_count(0)

    def has_heading(self, text: str) -> None:
        """Expect the page's main heading."""
        expect(self.page.get_by_role("heading", level=1).first).to_have_text(text)

    @property
    def heading(self) -> str:
        """The page's main heading."""
        return self.page.get_by_role("heading", level=1).first.inner_text()


@pytest.fixture(scope="module")
def contexts(browser: Browser) -> Contexts:
    """The contexts that the tests of a file share."""
    return Contexts(browser)


@pytest.fixture
def someone_at(contexts: Contexts) -> Iterator[Callable[..., Person]]:
    """Make a person with a browser of their own at some server: ``someone_at(address, "director", PORTRAIT)``."""

    def make(base_url: str, role: str | None = None, size: tuple[int, int] = LANDSCAPE, **options: Any) -> Person:
        page = contexts.take(has_touch=True, timezone_id=NOON, **options).new_page()
        page.set_viewport_size({"width": size[0], "height": size[1]})
        person = Person(page, base_url)
        if role:
            person.sign_in(role)
        return person

    yield make
    contexts.give_back()


@pytest.fixture
def someone(someone_at: Callable[..., Person], server: Server) -> Callable[..., Person]:
    """Make a person with a browser of their own at the demo, signed in when a role is given, with no page open yet."""
    return partial(someone_at, server.base_url)


@pytest.fixture(scope="session")
def today() -> date:
    """The date of this run."""
    return date.today()


def picture(person: Person, name: str) -> Path:
    """Keep a picture of what the person sees, for a look afterwards."""
    path = Path(os.environ.get("ATTUNE_PICTURES", "")) / f"{name}.png"
    if "ATTUNE_PICTURES" in os.environ:
        person.page.screenshot(path=path)
    return path
