"""What was removed long ago is deleted for good, leaves its key only, and can never be sent in again."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from db import retention, verify
from db.commands.incidents import record_incident, remove_incident
from db.commands.visits import log_visit, remove_visit
from db.errors import Conflict
from db.models import AuditContent, AuditEvent, Exclusion, Incident, Tombstone, Visit
from db.models.base import utc_now
from tests.factories import Field

SECRET = "ZEBRA-PARACHUTE"


@pytest.fixture
def removed(session: Session, field: Field):
    """A visit with a telling summary, removed just now; another that stands."""
    consultant = field.actor("consultant")
    sent = field.visit(summary=f"{SECRET} in the summary", recommendations=f"{SECRET} again")
    saved = log_visit(session, consultant, sent)
    log_visit(session, consultant, field.visit())
    remove_visit(session, consultant, saved.id, 1, "typed twice")
    return sent, saved.id


def kinds(session: Session) -> list[str | None]:
    return [result.problem for result in verify.checks(session.get_bind())]


def test_before_its_time_a_removed_record_stays(session: Session, removed):
    now = utc_now() + timedelta(days=retention.days_kept()["visit"] - 1)
    assert retention.due(session, now)["visit"] == 0
    assert retention.purge(session, now) == {}
    assert len(session.exec(select(Visit)).all()) == 2


def test_after_its_time_the_key_alone_remains_and_the_chain_is_whole(session: Session, field: Field, removed):
    sent, key = removed
    now = utc_now() + timedelta(days=retention.days_kept()["visit"] + 1)
    assert retention.due(session, now)["visit"] == 1
    assert retention.purge(session, now) == {"visit": 1}
    session.rollback()
    assert [row.id for row in session.exec(select(Visit))] != [key]
    stone = session.exec(select(Tombstone)).one()
    assert (stone.id, stone.entity, stone.client_uuid) == (key, "visit", sent.client_uuid)
    events = select(AuditEvent.seq).where(col(AuditEvent.entity_id) == key)
    assert session.exec(events).all()
    assert not session.exec(select(AuditContent).where(col(AuditContent.seq).in_(events))).all()
    counted = session.exec(select(AuditEvent).where(AuditEvent.action == "purge")).one()
    assert (counted.entity, counted.rows) == ("visit", 1)
    assert kinds(session) == [None] * len(kinds(session))
    with pytest.raises(Conflict) as refused:
        log_visit(session, field.actor("consultant"), sent)
    assert refused.value.kind == "removed"


def test_verify_still_sees_content_that_went_without_a_purge(session: Session, removed):
    drop = "DROP TRIGGER audit_content_no_delete"
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(text("DELETE FROM audit_content"))
    session.rollback()
    on = " ON audit_content" if session.get_bind().dialect.name == "postgresql" else ""
    session.execute(text(drop + on))
    session.execute(text("DELETE FROM audit_content WHERE seq = (SELECT max(seq) FROM audit_content)"))
    session.commit()
    assert any("content is missing" in (problem or "") for problem in kinds(session))


def test_an_incident_that_still_has_an_exclusion_waits_for_it(session: Session, field: Field):
    consultant = field.actor("consultant")
    saved = record_incident(session, consultant, field.incident())
    remove_incident(session, consultant, saved.id, 1, "wrong room")
    alone = field.add(
        Exclusion(
            region_id=field.north.id, site_id=field.here.id, incident_id=saved.id, type="sent_home_early",
            started_on=field.today, client_uuid=saved.id, content_digest="x",
        )
    )  # fmt: skip
    session.commit()
    now = utc_now() + timedelta(days=5000)
    assert retention.due(session, now)["incident"] == 0
    alone.deleted_at = now - timedelta(days=1)
    session.add(alone)
    session.commit()
    assert retention.due(session, now)["incident"] == 0, "an exclusion that was removed yesterday can still be restored"
    alone.deleted_at = utc_now()
    session.add(alone)
    session.commit()
    assert retention.purge(session, now) == {"incident": 1}
    assert not session.exec(select(Incident)).all()
    assert not session.exec(select(Exclusion)).all()
    assert {stone.entity for stone in session.exec(select(Tombstone))} == {"incident", "exclusion"}


def test_the_bytes_are_gone_from_the_file(sqlite_engine: Engine, tmp_path):
    from datetime import date

    from db.engine import session as open_session

    with open_session(sqlite_engine) as opened:
        field = Field(opened, today=date.today())
        consultant = field.actor("consultant")
        saved = log_visit(opened, consultant, field.visit(summary=f"{SECRET} " * 60))
        remove_visit(opened, consultant, saved.id, 1, "typed twice")
        files = [path for path in tmp_path.iterdir() if path.name.startswith("attune.db")]
        assert any(SECRET.encode() in path.read_bytes() for path in files)
        retention.purge(opened, utc_now() + timedelta(days=5000))
    retention.clear_bytes(sqlite_engine, ["visit"])
    for path in tmp_path.iterdir():
        assert path.is_dir() or SECRET.encode() not in path.read_bytes(), path.name


def test_postgresql_writes_the_tables_anew(postgres_engine: Engine):
    before = relation(postgres_engine)
    retention.clear_bytes(postgres_engine, ["visit"])
    assert relation(postgres_engine) != before


def relation(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT pg_relation_filenode('visit')")).scalar_one())


def test_settings_may_change_single_times_and_nothing_else(monkeypatch: pytest.MonkeyPatch):
    chosen = SimpleNamespace(retention_days={"incident": 30})
    monkeypatch.setattr(retention, "settings", lambda: chosen)
    assert retention.days_kept()["incident"] == 30
    assert retention.days_kept()["visit"] == 400
    for wrong in ({"person": 3}, {"visit": 0}):
        chosen.retention_days = wrong
        with pytest.raises(ValueError, match="ATTUNE_RETENTION_DAYS"):
            retention.days_kept()
