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
from tests.factories import Field

WRITERS = 10
SAVES_EACH = 40
PAUSE_SECONDS = 0.2


def measure(folder: Path) -> None:
    """Print the times of 400 saves by ten writers who pause shortly between saves."""
    engine = make_engine(f"sqlite:///{folder / 'saves.db'}")
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
            time.sleep(PAUSE_SECONDS)
        return times

    with ThreadPoolExecutor(WRITERS) as pool:
        times = [1000 * one for done in pool.map(write, range(WRITERS)) for one in done]
    engine.dispose()
    print(f"Saves: {WRITERS} writers, {len(times)} visits, SQLite with synchronous=FULL")
    print(
        f"  median {median(times):.0f} ms, 95th percentile {quantiles(times, n=20)[-1]:.0f} ms"
        f" (target 300), longest {max(times):.0f} ms"
    )
