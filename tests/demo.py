"""Demo data as an operator makes them, on the clock of the tests: made once for a whole run and copied."""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from filelock import FileLock

from tests.clock import NOON
from tests.serving import ROOT

if "ATTUNE_TEST_DEMOS" not in os.environ:
    os.environ["ATTUNE_TEST_DEMOS"] = tempfile.mkdtemp(prefix="attune-demos-")
    atexit.register(shutil.rmtree, os.environ["ATTUNE_TEST_DEMOS"], ignore_errors=True)
TEMPLATES = Path(os.environ["ATTUNE_TEST_DEMOS"])
"""Shared by the workers of a run: the first that needs a demo of some size makes it, the others wait for it."""


def make_demo(folder: Path, sites: int, months: int) -> str:
    """Put a demo of that size as a new SQLite file into ``folder`` and give its address."""
    template = TEMPLATES / f"{sites}-{months}.db"
    with FileLock(template.with_suffix(".lock")):
        if not template.exists():
            _make(template.with_suffix(".new"), sites, months)
            template.with_suffix(".new").rename(template)
    shutil.copy(template, folder / "demo.db")
    return f"sqlite:///{folder / 'demo.db'}"


def _make(path: Path, sites: int, months: int) -> None:
    """Use the command of ``make run``; at its end the whole database is in the one file."""
    size = ["--sites", str(sites), "--months", str(months), "--seed", "7", "--timezone", NOON]
    command = [sys.executable, "manage.py", "demo", *size]
    env = {**os.environ, "DATABASE_URL": f"sqlite:///{path}"}
    subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True)
    if path.with_name(path.name + "-wal").exists():
        raise RuntimeError("The demo left a log beside its file: a copy would not be whole.")
