"""kill -9 in the middle of saving: what was confirmed is there, once, with its event, and nothing is broken."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session, select

from db import verify
from db.models import AuditEvent, Visit

SAVES = 200
ROOT = Path(__file__).parents[2]


def confirmed(notes: Path) -> list[str]:
    return notes.read_text().split() if notes.exists() else []


def test_nothing_that_was_confirmed_is_lost_when_the_process_is_killed(
    engine: Engine, session: Session, field, tmp_path: Path
):
    notes = tmp_path / "confirmed"
    actor, site_id = field.actor("consultant"), field.here.id
    session.commit()
    url = engine.url.render_as_string(hide_password=False)
    chance = random.Random(7)
    kills = 0
    while len(confirmed(notes)) < SAVES:
        before = len(confirmed(notes))
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.db.killed_writer", url, notes, str(actor.person_id), str(site_id)],
            cwd=ROOT,
        )
        deadline = time.monotonic() + 60
        target = before + chance.randint(30, 75)
        while len(confirmed(notes)) < target and time.monotonic() < deadline:
            time.sleep(chance.uniform(0.001, 0.02))
        process.send_signal(signal.SIGKILL)
        process.wait()
        kills += 1
    session.rollback()
    stored = [str(key) for key in session.exec(select(Visit.client_uuid))]
    assert len(stored) == len(set(stored))
    assert set(confirmed(notes)) <= set(stored)
    assert len(session.exec(select(AuditEvent)).all()) == len(stored)
    assert [check.problem for check in verify.checks(engine) if check.problem] == []
    assert kills >= 3
