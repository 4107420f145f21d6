"""What a load run stands on: a demo, as many consultants as come, each with a site and an earlier visit there."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from sqlmodel import select

from db.actor import load_actor
from db.commands.visits import log_visit
from db.engine import make_engine, session
from db.models import Person, PersonScope, Site
from db.models.base import new_id
from db.models.visit_input import VisitInput
from db.passwords import hash_password
from tests.serving import ROOT

PASSWORD = "seven kites over the harbor"


def prepare(url: str, people: int, sites: int, file: Path, each: int = 1) -> None:
    """Fill an empty database, and write who comes (name, first of ``each`` sites) to ``file`` for the driver."""
    command = [sys.executable, "manage.py", "demo", "--sites", str(sites), "--months", "18", "--timezone", "UTC"]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "DATABASE_URL": url}, check=True, stdout=subprocess.DEVNULL)
    engine, hashed, today = make_engine(url), hash_password(PASSWORD), datetime.now(UTC).date()
    come = []
    with session(engine) as opened:
        places = [one.id for one in opened.exec(select(Site).order_by(Site.id))]
        for number in range(people):
            name, site = f"load-{number}", places[number % len(places)]
            person = Person(sign_in_name=name, display_name=name.title(), role="consultant", password_hash=hashed)
            opened.add(person)
            opened.flush()
            for one in range(min(each, len(places))):
                theirs = places[(number + one) % len(places)]
                opened.add(PersonScope(person_id=person.id, scope_type="site", site_id=theirs, valid_from=today))
            opened.commit()
            log_visit(opened, load_actor(opened, person, today), visit(site, today - timedelta(days=1)))
            come.append({"name": name, "person_id": str(person.id), "site_id": str(site)})
    engine.dispose()
    file.write_text(json.dumps({"password": PASSWORD, "people": come}))


def visit(site_id: object, on: object) -> VisitInput:
    """Give a complete visit."""
    return VisitInput.checked(
        {
            "client_uuid": new_id(), "site_id": site_id, "visited_on": on, "started_at": time(9, 30), "minutes": 60,
            "minutes_classroom": 60, "outcome": "completed", "mode": "in_person", "reason": "planned",
            "activities": ("classroom_observation",), "participants": {"teacher": 2},
            "summary": "Watched the morning circle with both teachers.",
        }
    )  # fmt: skip
