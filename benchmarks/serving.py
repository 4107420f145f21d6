"""Starts a server to measure, and reads its CPU time and its SQL."""

import mmap
import os
import struct
from pathlib import Path

import psutil

from tests.serving import Server, start_server

ROOT = Path(__file__).resolve().parent.parent


class Measured:
    """A running server with its counters."""

    def __init__(self, database_url: str, counts: Path, app: str = "app.py") -> None:
        counts.write_bytes(struct.pack("qd", 0, 0.0))
        path = os.pathsep.join([str(ROOT / "benchmarks" / "counting"), str(ROOT)])
        self.server: Server = start_server(database_url, script=app, PYTHONPATH=path, ATTUNE_SQL_COUNTS=str(counts))
        self.process = psutil.Process(self.server.process.pid)
        with counts.open("r+b") as file:
            self.shared = mmap.mmap(file.fileno(), 16)

    def cpu_seconds(self) -> float:
        """Give the CPU time that the server has used, in its own and in system calls."""
        every = [self.process, *self.process.children(recursive=True)]
        return sum(sum(one.cpu_times()[:2]) for one in every)

    def sql(self) -> tuple[int, float]:
        """Give how many statements ran, and the seconds spent in them."""
        count, seconds = struct.unpack("qd", self.shared[:16])
        return count, seconds

    def stop(self) -> None:
        """End the server."""
        self.server.stop()
