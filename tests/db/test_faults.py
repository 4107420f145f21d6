"""PostgreSQL dies and comes back, the disk is full or read-only, the clock steps back, a migration is killed."""

import re
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import DatabaseError
from sqlmodel import col, select

from db import audit, migrate, sign_in, throttle, verify
from db.commands import command
from db.commands.drafts import keep_draft
from db.commands.visits import log_visit
from db.engine import make_engine
from db.engine import session as open_session
from db.models import AuditEvent, Site, Visit, VisitChoice
from db.models.base import new_id
from db.models.drafts import Draft
from db.models.people import SignInSession
from tests.cluster import alone
from tests.factories import Field
from tests.serving import ROOT


def stored(engine: Engine) -> set:
    with open_session(engine) as opened:
        return set(opened.exec(select(Visit.client_uuid)))


def test_postgresql_that_dies_amid_saves_loses_nothing_confirmed_and_is_used_again_by_itself():
    with alone() as node:
        engine = make_engine(node.url)
        migrate.upgrade(engine)
        with open_session(engine) as opened:
            field = Field(opened, date.today())
            actor = field.actor("consultant")
            visits = [field.visit() for _number in range(2000)]
        confirmed, failed, enough, ended = [], [], threading.Event(), threading.Event()

        def write() -> None:
            for visit in visits:
                if ended.is_set():
                    return
                try:
                    with open_session(engine) as own:
                        log_visit(own, actor, visit)
                except Exception as error:
                    failed.append(type(error).__name__)
                    time.sleep(0.02)
                else:
                    confirmed.append(visit.client_uuid)
                    if len(confirmed) >= 15:
                        enough.set()

        writer = threading.Thread(target=write)
        writer.start()
        assert enough.wait(60)
        node.stop("immediate")
        down = len(confirmed)
        node.start()
        until = time.monotonic() + 60
        while len(confirmed) < down + 10 and time.monotonic() < until:
            time.sleep(0.01)
        ended.set()
        writer.join()
        assert len(confirmed) >= down + 10, failed[-3:]
        assert set(failed) <= {"OperationalError"}
        assert failed
        assert set(confirmed) <= stored(engine)
        with open_session(engine) as opened:
            events = opened.exec(select(AuditEvent.entity_id).where(col(AuditEvent.action) == "log_visit")).all()
            assert sorted(events) == sorted(opened.exec(select(Visit.id)).all())
        assert [check.problem for check in verify.checks(engine) if check.problem] == []
        engine.dispose()


def refuse_to_grow(engine: Engine) -> None:
    """Make every connection act as on a full disk: the file may have no more pages than it has."""
    _on_connections(engine, lambda cursor: cursor.execute("PRAGMA max_page_count = 1"))


def only_read(engine: Engine) -> None:
    """Make every connection act as on a disk that was remounted read-only."""
    _on_connections(engine, lambda cursor: cursor.execute("PRAGMA query_only = ON"))


def _on_connections(engine: Engine, act) -> None:
    engine.dispose()
    event.listen(engine, "connect", lambda connection, _record: act(connection.cursor()))


@pytest.mark.parametrize("fault", [refuse_to_grow, only_read])
def test_a_disk_that_takes_nothing_fails_the_save_whole_and_works_again_after(sqlite_engine, fault):
    engine = sqlite_engine
    with open_session(engine) as opened:
        field = Field(opened, date.today())
        actor = field.actor("consultant")
        first, then = field.visit(), field.visit(summary="words " * 1300, activities=("classroom_observation",))
        log_visit(opened, actor, first)
        chosen = len(opened.exec(select(VisitChoice)).all())
    broken = make_engine(engine.url.render_as_string())
    fault(broken)
    refused = []
    for _try in range(12):
        try:
            with open_session(broken) as opened:
                log_visit(opened, actor, then.model_copy(update={"client_uuid": new_id()}))
        except DatabaseError as error:  # the last free pages may still take some
            refused.append(str(error))
    broken.dispose()
    taken = len(stored(engine))
    with open_session(engine) as opened:
        written = select(AuditEvent.entity_id).where(col(AuditEvent.action) == "log_visit")
        assert sorted(opened.exec(written).all()) == sorted(opened.exec(select(Visit.id)).all())
        assert len(opened.exec(select(VisitChoice)).all()) == chosen * taken
        log_visit(opened, actor, then)
    assert then.client_uuid in stored(engine)
    assert [check.problem for check in verify.checks(engine) if check.problem] == []
    assert len(refused) > 3
    assert all(re.search(r"full|readonly", one) for one in refused)


def test_a_clock_that_steps_back_gives_nobody_time_and_keeps_the_order(engine, session, field, monkeypatch):
    now, back = datetime.now(UTC), timedelta(hours=3)
    person = field.people["consultant"]
    opened = sign_in.let_in(session, person, now, sign_in.BY_PASSWORD, sign_in.Browser())
    session.commit()
    hashed = sign_in.token_hash(opened.token)
    actor = sign_in.resolve(session, hashed, now)
    assert actor is not None
    first = keep_draft(session, actor, new_id(), "visit", {"summary": "before"})
    log_visit(session, actor, field.visit())
    for module in (command, audit, sys.modules[keep_draft.__module__]):
        if hasattr(module, "utc_now"):
            monkeypatch.setattr(module, "utc_now", lambda: now - back)
    # The session goes on, and ends as long after its start as it would have.
    assert sign_in.resolve(session, hashed, now - back) is not None
    session.rollback()
    row = session.exec(select(SignInSession).where(col(SignInSession.token_hash) == hashed)).one()
    assert abs(row.ends_at - (opened.ends_at - back)) < timedelta(seconds=1)
    assert sign_in.resolve(session, hashed, opened.ends_at - back + timedelta(seconds=1)) is None
    # What was counted melts no faster.
    assert all(throttle.admit(session, "guessed", now) for _try in range(10))
    assert not throttle.admit(session, "guessed", now - back)
    # A draft that is kept after the step is the newer one, and a record stands behind the earlier in the chain.
    kept = keep_draft(session, actor, session.exec(select(Draft.client_uuid)).one(), "visit", {"summary": "after"}, 1)
    assert (kept.version, first.version) == (2, 1)
    assert session.exec(select(Draft.content)).one() == {"summary": "after"}
    log_visit(session, actor, field.visit())
    events = session.exec(select(AuditEvent).order_by(col(AuditEvent.seq))).all()
    saved = [one for one in events if one.action == "log_visit"]
    assert [one.seq for one in saved] == sorted(one.seq for one in saved)
    assert [check.problem for check in verify.checks(engine) if check.problem] == []


KILLED = """
import os, signal, sys
from sqlalchemy import event
from db import migrate
from db.engine import make_engine
engine, left = make_engine(sys.argv[1]), [int(sys.argv[2])]
@event.listens_for(engine, "before_cursor_execute")
def count(connection, cursor, statement, *rest):
    left[0] -= statement.lstrip().upper().startswith(("CREATE", "ALTER", "INSERT", "UPDATE"))
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
migrate.upgrade(engine)
"""


def test_a_migration_that_is_killed_is_refused_by_the_server_and_goes_on_when_run_again(engine, session, field):
    name = field.here.name
    session.close()
    migrate.downgrade(engine, "0004")
    url = engine.url.render_as_string(hide_password=False)
    killed = subprocess.run([sys.executable, "-c", KILLED, url, "25"], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    with pytest.raises(migrate.WrongVersion, match=r"Run: python manage\.py migrate"):
        migrate.require_current(engine)
    migrate.upgrade(engine)
    migrate.require_current(engine)
    assert name in session.exec(select(Site.name)).all()
    assert [check.problem for check in verify.checks(engine) if check.problem] == []
