"""How many people one process carries on each page, and what ends it. ``python -m tests.load.limits --pages patterns``

Everybody is signed in before and opens nothing but that page, with 5 seconds between two looks on average; people are
added until the 95th percentile of the last seconds passes one second. Nobody works like that: it tells pages apart.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import httpx
import psutil

from db.demo.people import SIGN_INS
from db.engine import make_engine, session
from db.sign_in import SignedIn, sign_in
from tests.cluster import alone
from tests.load.place import PASSWORD, prepare
from tests.load.rolling import WINDOW_SECONDS, passed_at
from tests.serving import ROOT, Server, start_server

SITES_EACH = 7
"""A consultant's sites at 300 consultants for 2,000 sites."""
COORDINATORS = ("compare-sites", "who-to-call", "equity")
"""Pages that are a coordinator's work; all others are measured as a consultant."""
PAGES = (
    "", "log-visit", "record-incident", "records", "exclusions", "classroom-quality", "child-measures", "staff-stress",
    "outcomes", "site-trends", "patterns", "meeting", "sites", "instruments", *COORDINATORS,
)  # fmt: skip
[COORDINATOR] = [(one.name, one.password) for one in SIGN_INS if one.role == "coordinator"]
TOKEN = "only-on-this-machine"


class Spent(NamedTuple):
    """What a process has spent so far, in seconds."""

    cpu: float
    sql: float


def main() -> int:
    """Prepare one server, drive each page, and print a row for each."""
    parser = argparse.ArgumentParser(prog="python -m tests.load.limits", description=__doc__)
    parser.add_argument("--pages", default=",".join(one or "today" for one in PAGES))
    parser.add_argument("--sites", type=int, default=240)
    parser.add_argument("--most", type=int, default=400, help="people at most")
    parser.add_argument("--each-second", type=float, default=3, help="people who come each second")
    parser.add_argument("--postgres", action="store_true", help="PostgreSQL instead of SQLite")
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="attune-limits-")))
        url = stack.enter_context(alone(durable=True)).url if asked.postgres else f"sqlite:///{folder / 'load.db'}"
        prepare(url, asked.most, asked.sites, folder / "come.json", SITES_EACH)
        _let_in(url, asked.most, folder / "come.json")
        server = start_server(url, ATTUNE_METRICS_TOKEN=TOKEN)
        stack.callback(server.stop)
        print(f"{'PostgreSQL' if asked.postgres else 'SQLite'}, one process, {asked.sites} sites\n")
        print("| page | p95 passes 1 s at | CPU ms a look | of it while SQL ran, ms | errors |\n|---|---|---|---|---|")
        for page in asked.pages.split(","):
            _row("" if page == "today" else page, asked, server, folder)
    return 0


def _let_in(url: str, most: int, file: Path) -> None:
    """Open the sessions here: the password check of hundreds would be what is measured."""
    come = json.loads(file.read_text())
    engine, now = make_engine(url), datetime.now(UTC)
    with session(engine) as opened:
        for one in come["people"]:
            one["consultant"] = _cookie(sign_in(opened, one["name"], PASSWORD, now))
        come["coordinators"] = [_cookie(sign_in(opened, *COORDINATOR, now)) for _number in range(min(most, 60))]
    engine.dispose()
    file.write_text(json.dumps(come))


def _cookie(answer: object) -> str:
    if not isinstance(answer, SignedIn):
        raise RuntimeError(f"not let in: {answer}")
    return f"attune={answer.token}"


def _row(page: str, asked: argparse.Namespace, server: Server, folder: Path) -> None:
    environment = {
        **os.environ,
        "ATTUNE_LOAD_SERVERS": server.base_url,
        "ATTUNE_LOAD_COME": str(folder / "come.json"),
        "ATTUNE_LOAD_NOTES": str(folder / "notes"),
        "ATTUNE_LOAD_PAGE": page,
        "ATTUNE_LOAD_WHO": "coordinators" if page in COORDINATORS else "people",
        "ATTUNE_LOAD_MOST": str(asked.most),
        "ATTUNE_LOAD_EACH_SECOND": str(asked.each_second),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "locust", "--headless", "-f", "tests/load/lookers.py", "--only-summary"]
    before = _spent(server)
    told = subprocess.run(
        [*command, "--stop-timeout", "2"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    after = _spent(server)
    notes = [json.loads(line) for line in (folder / "notes").read_text().splitlines()]
    if not notes:
        raise RuntimeError(told.stderr)
    people = passed_at([(at, milliseconds, people) for at, milliseconds, _error, people in notes])
    reached = max(one[3] for one in notes)
    errors = [one[2] for one in notes if one[2]]
    print(
        f"| /{page} | {people or f'not at {reached}'} | {1000 * (after.cpu - before.cpu) / len(notes):.0f} "
        f"| {1000 * (after.sql - before.sql) / len(notes):.0f} | {len(errors)} {errors[0] if errors else ''} |",
        flush=True,
    )


def _spent(server: Server) -> Spent:
    told = httpx.get(f"{server.base_url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=60).text
    [sql] = [line.split()[1] for line in told.splitlines() if line.startswith("attune_sql_seconds_sum")]
    used = psutil.Process(server.process.pid).cpu_times()
    return Spent(used.user + used.system, float(sql))


if __name__ == "__main__":
    print(f"the last {WINDOW_SECONDS:.0f} seconds count each time\n")
    sys.exit(main())
