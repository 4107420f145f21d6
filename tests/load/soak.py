"""The soak: 50 saves a second for 30 seconds, then 10 exports every 3 seconds for as long as told.

No error, flat memory and no transaction left open is what must come of it; the exit code says whether it did. The
shape is that of the load test that ODK Central publishes. ``python -m tests.load.soak --seconds 300 --postgres``
"""

import argparse
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles

import httpx
import psutil
from sqlalchemy import Engine, text
from sqlmodel import col, select

from benchmarks.visitor import cookie_of
from db.actor import load_actor
from db.commands.chart_tables import keep_table
from db.commands.downloads import TABLE_EXCEL, ask_download
from db.engine import make_engine, session
from db.exchange.chart_file import ChartTable
from db.models import Person, Visit
from db.models.people import SignInSession
from db.sign_in import token_hash
from tests.cluster import alone
from tests.load.place import PASSWORD, prepare, visit
from tests.serving import start_server

MEMORY_GROWS_AT_MOST = 0.10
"""What the server's memory may gain from a third into the exports to their end, as a share."""
TABLE = ChartTable(
    title="Incidents by month", about=[], head=["month", "count"], notes=[], made_on=datetime.now(UTC).date(),
    rows=[[f"2026-{number % 12 + 1:02}", str(number)] for number in range(400)],
)  # fmt: skip


class Someone:
    """A signed-in person who sends visits and fetches tables."""

    def __init__(self, base_url: str, engine: Engine, number: int) -> None:
        cookie = cookie_of(base_url, f"load-{number}", PASSWORD)
        hashed = token_hash(cookie.split("attune=")[1].partition(";")[0])
        headers = {"Cookie": cookie, "Origin": base_url}
        self.client = httpx.Client(base_url=base_url, headers=headers, timeout=30)
        self.engine, self.today = engine, datetime.now(UTC).date()
        with session(engine) as opened:
            row = opened.exec(select(SignInSession).where(col(SignInSession.token_hash) == hashed)).one()
            person = opened.get_one(Person, row.person_id)
            self.actor = load_actor(opened, person, self.today, row.id)
        [self.site] = self.actor.scope.sites

    def save(self) -> None:
        """Send one visit as a tablet does."""
        made = visit(self.site, self.today - timedelta(days=1))
        marks = {"client_uuid", "source", "made_at", "clock_off_minutes"}
        now = datetime.now(UTC).isoformat()
        values = made.model_dump(mode="json", exclude=marks)
        entry = {"client_uuid": str(made.client_uuid), "form": "visit", "made_at": now, "values": values}
        who = {"device": str(uuid.uuid4()), "person_id": str(self.actor.person_id), "sent_at": now}
        self.client.post("/api/submissions", json={**who, "entry": entry}).raise_for_status()

    def export(self) -> None:
        """Ask for a table as an Excel file and fetch it."""
        with session(self.engine) as opened:
            token = ask_download(opened, self.actor, TABLE_EXCEL, keep_table(opened, self.actor, TABLE))
        answer = self.client.get(f"/download/{token}")
        answer.raise_for_status()
        if not answer.content.startswith(b"PK"):
            raise RuntimeError("no Excel file")


class Phase:
    """Starts tasks at fixed moments, whether those before have ended or not, and counts how they went."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._pool, self._all = pool, list[Future[float]]()
        self.errors: list[str] = []
        self.times: list[float] = []

    def start(self, act: Callable[[], None]) -> None:
        """Begin one; the time is from now, so that waiting for a thread counts."""
        self._all.append(self._pool.submit(_timed, act, time.perf_counter()))

    def end(self) -> None:
        """Wait for all."""
        for one in self._all:
            wrong = one.exception()
            if wrong is None:
                self.times.append(one.result())
            else:
                self.errors.append(repr(wrong)[:160])

    def told(self) -> str:
        """Say how it went."""
        slow = quantiles(self.times, n=20)[-1] if len(self.times) > 1 else 0
        said = f"{len(self._all)} started, {len(self.errors)} errors"
        return f"{said}; median {1000 * median(self.times or [0]):.0f} ms, 95th percentile {1000 * slow:.0f} ms"


def _timed(act: Callable[[], None], began: float) -> float:
    act()
    return time.perf_counter() - began


def main() -> int:
    """Run it, print what came of it, and give 0 when it is as it must be."""
    parser = argparse.ArgumentParser(prog="python -m tests.load.soak", description=__doc__)
    parser.add_argument("--seconds", type=int, default=300, help="how long the exports go on")
    parser.add_argument("--saves", type=int, default=50, help="saves a second")
    parser.add_argument("--save-seconds", type=int, default=30)
    parser.add_argument("--postgres", action="store_true")
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="attune-soak-")))
        url = stack.enter_context(alone(durable=True)).url if asked.postgres else f"sqlite:///{folder / 'soak.db'}"
        prepare(url, 20, 24, folder / "come.json")
        server = start_server(url)
        stack.callback(server.stop)
        engine = make_engine(url)
        stack.callback(engine.dispose)
        people = [Someone(server.base_url, engine, number) for number in range(20)]
        with session(engine) as opened:
            before = len(opened.exec(select(Visit.id)).all())
        process = psutil.Process(server.process.pid)
        pool = stack.enter_context(ThreadPoolExecutor(40))
        saves, exports, memory = Phase(pool), Phase(pool), list[float]()
        began = time.monotonic()
        for number in range(asked.saves * asked.save_seconds):
            time.sleep(max(0.0, began + number / asked.saves - time.monotonic()))
            saves.start(people[number % 20].save)
        saves.end()
        took = time.monotonic() - began
        print(f"saves: {saves.told()}; {len(saves.times) / took:.1f} a second over {took:.1f} s", flush=True)
        began = time.monotonic()
        for number in range(asked.seconds // 3):
            time.sleep(max(0.0, began + 3 * number - time.monotonic()))
            for person in people[number % 2 :: 2]:
                exports.start(person.export)
            memory.append(process.memory_info().rss / 2**20)
        exports.end()
        print(f"exports: {exports.told()}")
        with session(engine) as opened:
            stored = len(opened.exec(select(Visit.id)).all()) - before
        left, early = _open_transactions(engine), memory[len(memory) // 3]
        grown = memory[-1] / early - 1
        print(f"memory in MB: {' '.join(f'{one:.0f}' for one in memory[:: max(1, len(memory) // 12)])}; {grown:+.1%}")
        print(f"stored {stored} visits for {len(saves.times)} answers; transactions left open: {left}")
        for error in sorted({*saves.errors, *exports.errors})[:5]:
            print(f"  {error}")
        good = not saves.errors and not exports.errors and not left and stored == len(saves.times)
        return 0 if good and grown <= MEMORY_GROWS_AT_MOST else 1


def _open_transactions(engine: Engine) -> int:
    """Count the server's transactions that are still open: on SQLite, whether its lock is still held."""
    if engine.dialect.name == "postgresql":
        asked = "SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND xact_start IS NOT NULL"
        with engine.connect() as connection:
            return int(connection.execute(text(asked + " AND datname = current_database()")).scalar_one())
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
        connection.exec_driver_sql("BEGIN")
        return int(busy)


if __name__ == "__main__":
    sys.exit(main())
