"""People who open one page again and again, more of them each second, for Locust. Set up by ``tests.load.limits``."""

import json
import os
import random
import time
from itertools import count
from pathlib import Path

from locust import LoadTestShape, User, between, task

from tests.load.person import Person
from tests.load.rolling import WINDOW_SECONDS, passed_at

SERVER, PAGE, WHO = (os.environ[f"ATTUNE_LOAD_{name}"] for name in ("SERVERS", "PAGE", "WHO"))
COME = json.loads(Path(os.environ["ATTUNE_LOAD_COME"]).read_text())
MOST, EACH_SECOND = int(os.environ["ATTUNE_LOAD_MOST"]), float(os.environ["ATTUNE_LOAD_EACH_SECOND"])
NOTES = Path(os.environ["ATTUNE_LOAD_NOTES"])

_numbers = count()
_looks: list[tuple[float, float, int]] = []
_kept = NOTES.open("w")


class Looker(User):
    """One person: opens the page, looks at it for 5 seconds on average, opens it again."""

    wait_time = between(2.0, 8.0)

    def on_start(self) -> None:
        """Come with a session that was opened before; a consultant looks at one of their sites."""
        number, self.query = next(_numbers), ""
        if WHO == "people":
            who = COME["people"][number % len(COME["people"])]
            cookie = who["consultant"]
            if PAGE in ("site-trends", "patterns", "outcomes", "meeting"):
                self.query = f"site={who['site_id']}"
        else:
            cookie = COME["coordinators"][number % len(COME["coordinators"])]
        self.person = Person(SERVER, cookie)
        time.sleep(random.uniform(0.0, 1.0))

    def on_stop(self) -> None:
        """Leave."""
        self.person.close()

    @task
    def look(self) -> None:
        """One look at the page."""
        began, failed = time.perf_counter(), None
        try:
            self.person.open(PAGE, self.query)
        except Exception as error:  # whatever went wrong is counted, and the others go on
            failed = repr(error)
        took, people = 1000 * (time.perf_counter() - began), self.environment.runner.user_count
        _looks.append((time.time(), took, people))
        _kept.write(json.dumps([time.time(), took, failed, people]) + "\n")


class MoreAndMore(LoadTestShape):
    """A few more people each second, until a second is passed or as many came as may."""

    def tick(self) -> tuple[int, float] | None:
        """Give how many people there should be now."""
        people = 1 + int(EACH_SECOND * self.get_run_time())
        if people > MOST + EACH_SECOND * WINDOW_SECONDS or passed_at(_looks[-400:]):
            _kept.flush()
            return None
        return min(people, MOST), max(EACH_SECOND, 1.0)
