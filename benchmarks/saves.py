"""How long a save takes with ten people saving at once: durable, with its audit event and roll-up."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from statistics import median, quantiles

from db import migrate
from db.commands.visits import log_visit
from db.engine import make_engine, session
from tests.cluster import alone
from tests.factories import Field

WRITERS = 10
SAVES_EACH = 40
PAUSE_SECONDS = 0.2


def measure(folder: Path) -> None:
    """Print the times of 400 saves by ten writers, with short pauses as people make them and without any."""
    for pause in (PAUSE_SECONDS, 0.0):
        _measure("SQLite with synchronous=FULL", f"sqlite:///{folder / f'saves{pause}.db'}", pause)
        with alone(durable=True) as node:
            _measure("PostgreSQL", node.url, pause)


def _measure(name: str, url: str, pause: float) -> None:
    engine = make_engine(url)
    migrate.upgrade(engine)
    with session(engine) as opened:
        field = Field(opened, date.today())
        actor = field.actor("consultant")
        visits = [[field.visit() for _ in range(SAVES_EACH)] for _ in range(WRITERS)]
        opened.commit()
    start = threading.Barrier(WRITERS)

    def write(number: int) -> list[float]:
        start.wait()
        times = []
        for visit in visits[number]:
            began = time.perf_counter()
            with session(engine) as own:
                log_visit(own, actor, visit)
            times.append(time.perf_counter() - began)
            time.sleep(pause)
        return times

    began = time.perf_counter()
    with ThreadPoolExecutor(WRITERS) as pool:
        times = [1000 * one for done in pool.map(write, range(WRITERS)) for one in done]
    rate = len(times) / (time.perf_counter() - began)
    engine.dispose()
    print(f"Saves: {WRITERS} writers who pause {pause} s, {len(times)} visits, {name}: {rate:.0f} a second")
    print(
        f"  median {median(times):.0f} ms, 95th percentile {quantiles(times, n=20)[-1]:.0f} ms"
        f" (target 300), longest {max(times):.0f} ms"
    )
