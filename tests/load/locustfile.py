"""Consultants at work, for Locust: sign in, then form after form with a look at a chart page after each.

``python -m tests.load`` prepares the server and sets what is read from the environment here.
"""

import json
import os
import random
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

from locust import LoadTestShape, User, between, events, task
from locust.exception import StopUser

from benchmarks.visitor import cookie_of
from tests.load.person import Person, Run, WentWrong

SERVERS = os.environ["ATTUNE_LOAD_SERVERS"].split(",")
COME = json.loads(Path(os.environ["ATTUNE_LOAD_COME"]).read_text())
STAGES = [int(one) for one in os.environ["ATTUNE_LOAD_STAGES"].split(",")]
STAGE_SECONDS, RAMP_PER_SECOND = float(os.environ["ATTUNE_LOAD_SECONDS"]), 2.0
CHARTS = [one for one in os.environ.get("ATTUNE_LOAD_CHARTS", "").split(",") if one]
NOTES = Path(os.environ["ATTUNE_LOAD_NOTES"])
SUMMARY = "Watched the morning circle with both teachers; they tried the picture cards."

_numbers = count()
_kept = NOTES.open("w")


@events.request.add_listener
def _note(name: str, response_time: float, exception: Exception | None, **_told: object) -> None:
    _kept.write(json.dumps([time.time(), name, response_time, repr(exception) if exception else None]) + "\n")


@events.quitting.add_listener
def _end(**_told: object) -> None:
    _kept.close()


class Consultant(User):
    """One person: 5 seconds on average between two taps, never the same pause twice."""

    wait_time = between(2.0, 8.0)

    def on_start(self) -> None:
        """Sign in and open the form."""
        number = next(_numbers)
        self.who = COME["people"][number % len(COME["people"])]
        self.base = SERVERS[number % len(SERVERS)]
        cookie = self._timed("sign in", lambda: cookie_of(self.base, self.who["name"], COME["password"]))
        if cookie is None:
            raise StopUser
        self.person = Person(self.base, cookie)

    def on_stop(self) -> None:
        """Leave."""
        self.person.close()

    @task
    def visit_then_look(self) -> None:
        """One visit logged, and, where charts are asked for, one chart page."""
        site, person = self.who["site_id"], self.person
        self._step("form: open", lambda: person.open("log-visit"))
        if person.has("visit_same_as_last"):
            self._step("form: chips", lambda: person.tap("visit_same_as_last"))
            self._step("form: minutes", lambda: person.choose("visit_minutes_chip"))
            self._step("form: summary", lambda: person.type("visit_summary", f"{SUMMARY} {time.time()}"))
        self._step("form: save", self._save)
        if CHARTS:
            chart = random.choice(CHARTS)
            self._step(f"chart: {chart}", lambda: person.open(chart, f"site={site}"))

    def _save(self) -> Run:
        run = self.person.tap("visit_save")
        if b"The visit is on record" not in self.person.said:
            raise WentWrong("not saved")
        return run

    def _step(self, name: str, act: Callable[[], Run]) -> None:
        self._timed(name, act)
        self.wait()

    def _timed(self, name: str, act: Callable[[], object]) -> object:
        began, failed, given = time.perf_counter(), None, None
        try:
            given = act()
        except Exception as error:  # whatever went wrong is counted, and the others go on
            failed = error
        events.request.fire(
            request_type="WS", name=name, response_time=1000 * (time.perf_counter() - began),
            response_length=getattr(given, "bytes", 0), exception=failed, context={},
        )  # fmt: skip
        return given


class Stages(LoadTestShape):
    """So many people for so long, then more. Each stage begins with a ramp that is not counted (``tests.load``)."""

    def tick(self) -> tuple[int, float] | None:
        """Give how many people there should be now."""
        left, before = self.get_run_time(), 0
        for people in STAGES:
            took = (people - before) / RAMP_PER_SECOND + STAGE_SECONDS
            if left < took:
                return people, RAMP_PER_SECOND
            left, before = left - took, people
        return None
