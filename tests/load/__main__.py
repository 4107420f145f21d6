"""``make load``: how many people can work at once; prints a Markdown table for each number of people.

The driver uses the same cores as the server, so a machine of two cores shows what one server process on one core does.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median, quantiles

import psutil

from tests.cluster import alone
from tests.load.place import prepare
from tests.serving import ROOT, Server, start_server

RAMP_PER_SECOND, SETTLE_SECONDS = 2.0, 3.0


def main() -> int:
    """Prepare, drive, and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--people", default="50,100,150,200,250", help="stages, growing")
    parser.add_argument("--seconds", type=float, default=40, help="how long each stage is counted")
    parser.add_argument("--charts", default="site-trends", help="chart pages, one after each form; empty: forms only")
    parser.add_argument("--sites", type=int, default=24)
    parser.add_argument("--postgres", action="store_true", help="PostgreSQL instead of SQLite")
    parser.add_argument("--processes", type=int, default=1, help="server processes; a person stays at one")
    asked = parser.parse_args()
    stages = [int(one) for one in asked.people.split(",")]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="attune-load-")))
        url = stack.enter_context(alone(durable=True)).url if asked.postgres else f"sqlite:///{folder / 'load.db'}"
        prepare(url, stages[-1], asked.sites, folder / "come.json")
        servers = [start_server(url) for _number in range(asked.processes)]
        for server in servers:
            stack.callback(server.stop)
        watch = Watch(servers)
        environment = {
            **os.environ,
            "ATTUNE_LOAD_SERVERS": ",".join(one.base_url for one in servers),
            "ATTUNE_LOAD_COME": str(folder / "come.json"),
            "ATTUNE_LOAD_STAGES": asked.people,
            "ATTUNE_LOAD_SECONDS": str(asked.seconds + SETTLE_SECONDS),
            "ATTUNE_LOAD_CHARTS": asked.charts,
            "ATTUNE_LOAD_NOTES": str(folder / "notes"),
            "PYTHONPATH": str(ROOT),
        }
        command = [sys.executable, "-m", "locust", "--headless", "-f", "tests/load/locustfile.py", "--only-summary"]
        began = time.time()
        driver = subprocess.run(
            [*command, "--stop-timeout", "2"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        watch.stop()
        notes = [json.loads(line) for line in (folder / "notes").read_text().splitlines()]
        if not notes:
            print(driver.stderr)
            return 1
        _report(asked, stages, notes, watch, min(began, notes[0][0]), servers)
    return 0


class Watch:
    """Samples the servers' CPU and memory, and how busy the whole machine is, once a second."""

    def __init__(self, servers: list[Server]) -> None:
        self._processes = [psutil.Process(one.process.pid) for one in servers]
        self.samples: list[tuple[float, float, float, float]] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._ended.wait(1.0):
            used = sum(sum(one.cpu_times()[:2]) for one in self._processes)
            memory = sum(one.memory_info().rss for one in self._processes)
            self.samples.append((time.time(), used, memory / 2**20, psutil.cpu_percent()))

    def stop(self) -> None:
        """Sample no more."""
        self._ended.set()
        self._thread.join()

    def between(self, start: float, end: float) -> tuple[float, float, float]:
        """Give the servers' CPU (share of one core), their memory at the end in MB, and the machine's busy share."""
        inside = [one for one in self.samples if start <= one[0] <= end]
        (first, used, _rss, _busy), (last, used_last, memory, _) = inside[0], inside[-1]
        busy = sum(one[3] for one in inside) / len(inside)
        return (used_last - used) / max(last - first, 1e-9), memory, busy


def _report(
    asked: argparse.Namespace, stages: list[int], notes: list[list], watch: Watch, began: float, servers: list[Server]
) -> None:
    kind = "PostgreSQL" if asked.postgres else "SQLite"
    empty = watch.samples[0][2]
    print(
        f"\n{kind}, {len(servers)} process(es), {asked.sites} sites, charts: {asked.charts or 'none'}; p50 / p95 in ms"
    )
    print(f"before anybody came: {empty:.0f} MB\n")
    names = sorted({one[1] for one in notes if one[1] != "sign in"})
    columns = [
        "people",
        *names,
        "all p95",
        "reruns/s",
        "errors",
        "server CPU",
        "CPU ms a rerun",
        "machine busy",
        "MB",
        "MB a person",
    ]
    print("| " + " | ".join(columns) + " |\n|" + "---|" * len(columns))
    began, before = next(one[0] for one in notes if one[1] == "sign in"), 0
    for people in stages:
        start = began + (people - before) / RAMP_PER_SECOND + SETTLE_SECONDS
        end = start + asked.seconds
        began, before = end, people
        arrived = sorted(one[0] for one in notes if one[1] == "sign in")[:people][-1]
        start = max(start, arrived + SETTLE_SECONDS)
        if end - start < asked.seconds / 2:
            print(f"| {people} | were still signing in |")
            continue
        inside = [one for one in notes if start <= one[0] < end and one[1] != "sign in"]
        if len(inside) < 2:
            continue
        cpu, memory, busy = watch.between(start, end)
        every = [one[2] for one in inside]
        cells = [_cell([one[2] for one in inside if one[1] == name]) for name in names]
        errors = sum(one[3] is not None for one in inside)
        cells += [
            f"{_p95(every):.0f}",
            f"{len(inside) / (end - start):.1f}",
            str(errors),
            f"{100 * cpu:.0f} %",
            f"{1000 * cpu * (end - start) / len(inside):.1f}",
        ]
        cells += [f"{busy:.0f} %", f"{memory:.0f}", f"{(memory - empty) / people:.2f}"]
        print(f"| {people} | " + " | ".join(cells) + " |")
    signs = [one[2] for one in notes if one[1] == "sign in"]
    print(
        f"\nsign in: {_cell(signs)} ms, {len(signs)} people, {sum(one[3] is not None for one in notes)} errors in all"
    )
    for error in sorted({one[3] for one in notes if one[3]})[:5]:
        print(f"  {error}")


def _p95(values: list[float]) -> float:
    return quantiles(values, n=20)[-1] if len(values) > 1 else values[0]


def _cell(values: list[float]) -> str:
    return f"{median(values):.0f} / {_p95(values):.0f}" if values else "-"


if __name__ == "__main__":
    sys.exit(main())
