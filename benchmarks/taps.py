"""How long a tap on a chip takes in a real browser, beside the same tap on a Streamlit page with one chip."""

import base64
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright
from sqlalchemy import text
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.serving import ROOT
from db.engine import make_engine
from tests import chromium
from tests.serving import Server, start_server

TAPS, WARM_UP, THINK_MILLISECONDS = 60, 6, 250
TARGET = 1.5
TIMER = (
    f"const FINISHED = {ForwardMsg.DESCRIPTOR.fields_by_name['script_finished'].number}\n"
    f"const EARLY = {ForwardMsg.FINISHED_EARLY_FOR_RERUN}\n" + Path(__file__).with_suffix(".js").read_text()
)


@dataclass
class Tapped:
    """A page, the chips that are tapped in turn, and what was measured."""

    name: str
    page: Page
    chips: tuple[str, str]
    lost: int = 0
    times: list[float] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)
    received: list[int] = field(default_factory=list)
    traffic: dict[str, int] = field(default_factory=lambda: {"sent": 0, "received": 0})

    def listen(self) -> None:
        """Count what goes over the WebSocket, uncompressed."""
        network: CDPSession = self.page.context.new_cdp_session(self.page)
        network.send("Network.enable")
        for kind, event in (("sent", "Network.webSocketFrameSent"), ("received", "Network.webSocketFrameReceived")):
            network.on(event, lambda told, kind=kind: self._count(kind, told["response"]))

    def _count(self, kind: str, frame: dict[str, str]) -> None:
        payload = frame["payloadData"]
        self.traffic[kind] += len(base64.b64decode(payload)) if frame["opcode"] == 2 else len(payload)

    def tap(self, keep: bool) -> None:
        """Tap a chip, wait until the form is idle again, and think a little."""
        before = dict(self.traffic)
        took = self.page.evaluate_handle("() => ({ promise: window.tapTook() })")
        # A draft may have brought one back: the tap has to change something, so it goes to the other chip.
        names = "|".join(self.chips)
        self.page.locator('button:not([data-selected="true"])', has_text=re.compile(f"^({names})$")).first.tap()
        milliseconds = took.evaluate("(held) => held.promise")
        self.page.wait_for_timeout(THINK_MILLISECONDS)
        if milliseconds is None:
            self.lost += 1
        elif keep:
            self.times.append(milliseconds)
            self.sent.append(self.traffic["sent"] - before["sent"])
            self.received.append(self.traffic["received"] - before["received"])


def measure(folder: Path, taps: int = TAPS) -> None:
    """Print a table: each form's tap beside the empty page's, in turns, in one browser."""
    url = f"sqlite:///{folder / 'taps.db'}"
    command = [sys.executable, "manage.py", "demo", "--sites", "24"]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "DATABASE_URL": url}, check=True, stdout=subprocess.DEVNULL)
    empty, ours = start_server(url, script="benchmarks/chip_app.py"), start_server(url)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium.path(), args=list(chromium.ARGUMENTS))
            pages = _opened(browser, empty, ours)
            for number in range(WARM_UP + taps):
                for page in pages:
                    page.tap(number >= WARM_UP)
            browser.close()
    finally:
        empty.stop()
        ours.stop()
    _print(pages, _drafts(url))


def _opened(browser: Browser, empty: Server, ours: Server) -> list[Tapped]:
    alone = _page(browser)
    alone.goto(empty.base_url)
    pages = [Tapped("one chip on an empty page", alone, ("Yes", "No"))]
    for path, name, chips in (
        ("record-incident", "Record an incident, activity", ("Transition", "Outdoor play")),
        ("log-visit", "Log a visit, how", ("Video", "In person")),
    ):
        page = _page(browser)
        page.goto(f"{ours.base_url}/{path}")
        page.get_by_role("button", name="Consultant").click()
        pages.append(Tapped(name, page, chips))
    for one in pages:
        for chip in one.chips:
            one.page.locator("button", has_text=chip).first.wait_for()
        one.page.wait_for_timeout(1000)
        one.listen()
    return pages


def _page(browser: Browser) -> Page:
    """Open a window of its own: what is timed in the background of another would be slowed down."""
    page = browser.new_context(viewport={"width": 1024, "height": 768}, has_touch=True).new_page()
    page.add_init_script(TIMER)
    return page


def _drafts(url: str) -> int:
    """Tell how often the drafts were written: each tap has to."""
    engine = make_engine(url)
    with engine.connect() as connection:
        writes = connection.execute(text("SELECT COALESCE(SUM(version), 0) FROM draft")).scalar_one()
    engine.dispose()
    return int(writes)


def _print(pages: list[Tapped], writes: int) -> None:
    basis = median(pages[0].times)
    taps = sum(len(page.times) + WARM_UP for page in pages[1:])
    print(f"\nA tap on a chip, to the next frame with the page idle again: {len(pages[0].times)} taps each, in turns")
    print(f"{'page':<32}{'median ms':>10}{'quartiles':>14}{'x empty':>9}{'sent B':>8}{'received B':>12}")
    for page in pages:
        low, _middle, high = quantiles(page.times, n=4)
        print(
            f"{page.name:<32}{median(page.times):>10.0f}{f'{low:.0f}-{high:.0f}':>14}{median(page.times) / basis:>9.2f}"
            f"{median(page.sent):>8.0f}{median(page.received):>12.0f}" + f"  {page.lost} not seen" * bool(page.lost)
        )
    print(f"  target {TARGET} or less; drafts written {writes} times for {taps} taps on our forms")
