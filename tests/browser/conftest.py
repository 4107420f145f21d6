"""A real server with demo data, a real Chromium at tablet size, and a person in front of it."""

import os
import re
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, WebSocket, expect, sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

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
expect.set_options(timeout=20_000)


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
        """Sign in as one of the four demo people, with one tap."""
        self.page.goto(f"{self.base_url}/sign-in")
        self.page.get_by_role("button", name=ROLE_BUTTONS[role]).click()
        self.idle()

    def open(self, address: str) -> None:
        """Type an address."""
        self.page.goto(self.base_url + address)
        self.idle()

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

    @property
    def heading(self) -> str:
        """The page's main heading."""
        return self.page.get_by_role("heading", level=1).first.inner_text()


@pytest.fixture
def someone(browser: Browser, server: Server) -> Iterator[Callable[..., Person]]:
    """Make a person with a browser of their own: ``someone("director", PORTRAIT)``."""
    contexts = []

    def make(role: str | None = None, size: tuple[int, int] = LANDSCAPE, **options: Any) -> Person:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, has_touch=True, timezone_id=NOON, **options
        )
        contexts.append(context)
        person = Person(context.new_page(), server.base_url)
        if role:
            person.sign_in(role)
        return person

    yield make
    for context in contexts:
        context.close()


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
