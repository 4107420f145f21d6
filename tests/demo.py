"""Demo data as an operator makes them, on the clock of the tests."""

import os
import subprocess
import sys
from pathlib import Path

from tests.clock import NOON
from tests.serving import ROOT


def make_demo(folder: Path, sites: int, months: int) -> str:
    """Make a demo in a new SQLite file of ``folder`` with the command of ``make run``, and give its address."""
    url = f"sqlite:///{folder / 'demo.db'}"
    size = ["--sites", str(sites), "--months", str(months), "--seed", "7", "--timezone", NOON]
    command = [sys.executable, "manage.py", "demo", *size]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "DATABASE_URL": url}, check=True, capture_output=True)
    return url
