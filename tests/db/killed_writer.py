"""A process that saves visits until it is killed, and notes each one that was confirmed. Used by test_kill.py."""

import os
import sys
import uuid
from datetime import date
from types import SimpleNamespace

from db.actor import Actor, Places
from db.commands.visits import log_visit
from db.engine import make_engine
from db.engine import session as open_session
from tests.factories import Field


def main(url: str, acknowledged: str, person: str, site: str) -> None:
    """Save until killed: the note is written after the commit, and reaches the disk before the next save."""
    engine = make_engine(url)
    actor = Actor(uuid.UUID(person), "consultant", scope=Places(sites=frozenset({uuid.UUID(site)})))
    field = SimpleNamespace(today=date.today())
    here = SimpleNamespace(id=uuid.UUID(site))
    with open(acknowledged, "a") as notes:
        while True:
            visit = Field.visit(field, here)  # type: ignore[arg-type]
            with open_session(engine) as own:
                log_visit(own, actor, visit)
            notes.write(f"{visit.client_uuid}\n")
            notes.flush()
            os.fsync(notes.fileno())


if __name__ == "__main__":
    main(*sys.argv[1:])
