"""What was changed behind the program's back is found, and named."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from db import audit, migrate
from db.commands.incidents import record_incident
from db.commands.visits import correct_visit, log_visit
from db.engine import make_engine
from db.engine import session as open_session
from db.models import AuditContent, AuditEvent, Base, Visit
from db.verify import checks
from tests.factories import Field


class Story:
    """A visit logged (event 1), an incident recorded (2), the visit corrected (3), another visit logged (4)."""

    def __init__(self, session: Session, field: Field) -> None:
        actor = field.actor("consultant")
        visit = field.visit()
        self.visit_id = log_visit(session, actor, visit).id
        self.incident_id = record_incident(session, actor, field.incident()).id
        longer = visit.model_copy(update={"minutes": 90, "minutes_classroom": 90})
        correct_visit(session, actor, self.visit_id, 1, longer, "It took longer.")
        self.last_id = log_visit(session, actor, field.visit()).id
        session.commit()


@pytest.fixture
def story(session: Session, field: Field) -> Story:
    return Story(session, field)


def problems(engine: Engine) -> dict[str, str]:
    """Give what verify finds, by check."""
    return {result.check: result.problem for result in checks(engine) if result.problem is not None}


def behind_the_back(engine: Engine, *statements: tuple[str, dict[str, Any]]) -> None:
    """Run SQL as someone with the file in hand would: no triggers, no foreign keys."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            cursor = connection.connection.cursor()
            cursor.execute("PRAGMA foreign_keys = OFF")
            for table in ("audit_event", "audit_content"):
                for verb in ("update", "delete"):
                    cursor.execute(f"DROP TRIGGER {table}_no_{verb}")
            cursor.close()
        else:
            connection.execute(text("SET session_replication_role = replica"))
        for statement, values in statements:
            connection.execute(text(statement), values)
        connection.commit()
        connection.invalidate()


def raw(engine: Engine, key: uuid.UUID) -> Any:
    """Give a key as this database stores it."""
    return key.hex if engine.dialect.name == "sqlite" else key


def test_what_the_commands_wrote_is_whole(engine: Engine, story: Story) -> None:
    found = list(checks(engine))
    assert [result.check for result in found] == [
        "storage", "foreign keys", "audit chain", "audited rows", "monthly roll-ups", "children's months",
    ]  # fmt: skip
    assert [result.problem for result in found] == [None] * 6
    assert found[2].note.startswith("4 events")


def test_an_empty_database_is_whole(engine: Engine) -> None:
    assert problems(engine) == {}


@pytest.mark.parametrize("table", ["audit_event", "audit_content"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET seq = seq + 100", "DELETE FROM {}"])
def test_the_database_itself_refuses_to_change_or_remove_the_audit(
    engine: Engine, story: Story, table: str, statement: str
) -> None:
    with engine.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text(statement.format(table)))
    assert problems(engine) == {}


@pytest.mark.parametrize(
    "change",
    [
        "actor_role = 'director'", "action = 'record_incidenT'", "reason = 'x'", "entity_version = 2",
        "at = '2020-01-01 00:00:00.000000'", "rows = 1", "actor_id = NULL",
    ],
)  # fmt: skip
def test_a_changed_event_is_named(engine: Engine, story: Story, change: str) -> None:
    behind_the_back(engine, (f"UPDATE audit_event SET {change} WHERE seq = 2", {}))
    assert problems(engine)["audit chain"] == "audit event 2: its hash does not match what it says"


def test_a_changed_event_with_a_new_hash_breaks_the_next_one(engine: Engine, story: Story) -> None:
    with open_session(engine) as session:
        event = session.get_one(AuditEvent, 2)
        event.actor_role = "director"
        forged = audit.event_hash(event)
        session.rollback()
    behind_the_back(
        engine, ("UPDATE audit_event SET actor_role = 'director', hash = :hash WHERE seq = 2", {"hash": forged})
    )
    assert problems(engine)["audit chain"] == "audit event 3: it does not carry the hash of the event before"


def test_an_event_taken_out_of_the_middle_leaves_a_gap(engine: Engine, story: Story) -> None:
    behind_the_back(
        engine, ("DELETE FROM audit_content WHERE seq = 2", {}), ("DELETE FROM audit_event WHERE seq = 2", {})
    )
    assert problems(engine)["audit chain"] == "audit event 3: the event before it is missing (gap after 1)"


def test_the_last_event_cannot_be_cut_off_unnoticed(engine: Engine, story: Story) -> None:
    behind_the_back(
        engine, ("DELETE FROM audit_content WHERE seq = 4", {}), ("DELETE FROM audit_event WHERE seq = 4", {})
    )
    assert problems(engine) == {"audited rows": f"visit {story.last_id} was never audited"}


def test_a_correction_cut_off_with_all_after_it_shows_at_the_version(engine: Engine, story: Story) -> None:
    behind_the_back(
        engine,
        ("DELETE FROM audit_content WHERE seq > 2", {}),
        ("DELETE FROM audit_event WHERE seq > 2", {}),
        ("DELETE FROM visit WHERE id = :id", {"id": raw(engine, story.last_id)}),
    )
    assert problems(engine)["audited rows"] == f"visit {story.visit_id} is at version 2, but the audit ends at 1"


def test_changed_content_is_named(engine: Engine, story: Story) -> None:
    with open_session(engine) as session:
        after = session.exec(select(AuditContent.after).where(col(AuditContent.seq) == 1)).one()
    assert after is not None
    changed = audit.json.dumps({**after, "summary": "Something else."})
    behind_the_back(engine, ("UPDATE audit_content SET after = :after WHERE seq = 1", {"after": changed}))
    assert problems(engine) == {"audit chain": "audit event 1: its content was changed"}


def test_removed_content_is_named(engine: Engine, story: Story) -> None:
    behind_the_back(engine, ("DELETE FROM audit_content WHERE seq = 3", {}))
    assert problems(engine) == {"audit chain": "audit event 3: its content is missing"}


def test_a_row_removed_for_good_is_missed(engine: Engine, story: Story) -> None:
    behind_the_back(
        engine,
        ("DELETE FROM incident_choice", {}),
        ("DELETE FROM incident WHERE id = :id", {"id": raw(engine, story.incident_id)}),
    )
    found = problems(engine)
    assert found["audited rows"] == f"incident {story.incident_id} is in the audit, but no longer stored"
    assert found["monthly roll-ups"].endswith("the roll-up of incidents is not what is counted")


def test_a_demo_row_slipped_in_afterwards_is_noticed(engine: Engine, story: Story) -> None:
    behind_the_back(
        engine,
        (
            "UPDATE visit SET content_digest = 'demo' WHERE id = :id",
            {"id": raw(engine, story.last_id)},
        ),
    )
    assert problems(engine) == {"audited rows": "visit: 1 rows are marked as demo rows, but 0 were loaded"}


def test_a_drifted_rollup_is_named(engine: Engine, story: Story) -> None:
    behind_the_back(engine, ("UPDATE site_month SET minutes = minutes + 15", {}))
    found = problems(engine)
    assert list(found) == ["monthly roll-ups"]
    assert "the roll-up of minutes is not what is counted" in found["monthly roll-ups"]


def test_a_missing_rollup_is_named(engine: Engine, story: Story, field: Field) -> None:
    behind_the_back(engine, ("DELETE FROM site_month", {}))
    assert problems(engine)["monthly roll-ups"].startswith(f"site {field.here.id}, ")


def test_a_reference_to_nothing_is_named_on_sqlite(sqlite_engine: Engine) -> None:
    behind_the_back(
        sqlite_engine,
        ("INSERT INTO incident_choice VALUES (:id, 'behaviour', 'other', :id)", {"id": uuid.uuid4().hex}),
    )
    assert problems(sqlite_engine)["foreign keys"].startswith("incident_choice, row")


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("DROP CONSTRAINT {0}", "its foreign key {0} is not there"),
        (
            "DROP CONSTRAINT {0}, ADD CONSTRAINT {0} FOREIGN KEY (consultant_id) REFERENCES person NOT VALID",
            "its rule {0} was never checked on all rows",
        ),
    ],
)
def test_a_loosened_foreign_key_is_named_on_postgresql(postgres_engine: Engine, statement: str, problem: str) -> None:
    standing = [str(key.name) for key in Base.metadata.tables["visit"].foreign_key_constraints]
    name = next(key for key in standing if "consultant_id" in key)
    behind_the_back(postgres_engine, (f"ALTER TABLE visit {statement.format(name)}", {}))
    assert problems(postgres_engine) == {"foreign keys": f"visit: {problem.format(name)}"}


@pytest.fixture(params=[None, "a key of some length"], ids=["plain", "encrypted"])
def file_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A migrated SQLite file, plain or encrypted."""
    engine = make_engine(f"sqlite:///{tmp_path / 'file.db'}", request.param)
    migrate.upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    yield engine
    engine.dispose()


def test_damaged_pages_of_the_file_are_noticed(file_engine: Engine) -> None:
    assert problems(file_engine) == {}
    file_engine.dispose()
    path = Path(str(file_engine.url.database))
    content = bytearray(path.read_bytes())
    for page in range(8, len(content) // 4096, 3):
        content[4096 * page + 10 : 4096 * page + 60] = b"\xa5" * 50
    path.write_bytes(content)
    assert "storage" in problems(file_engine)


def test_a_long_chain_is_walked_in_pieces(engine: Engine, monkeypatch: pytest.MonkeyPatch, story: Story) -> None:
    monkeypatch.setattr("db.verify.AT_ONCE", 2)
    assert problems(engine) == {}
    behind_the_back(engine, ("UPDATE audit_event SET reason = 'x' WHERE seq = 4", {}))
    assert problems(engine)["audit chain"].startswith("audit event 4")


def test_a_visit_slipped_in_by_hand_is_named(engine: Engine, story: Story) -> None:
    with open_session(engine) as session:
        values = session.get_one(Visit, story.visit_id).model_dump()
        new = uuid.uuid4()
        values |= {"id": new, "client_uuid": uuid.uuid4(), "version": 1}
        session.add(Visit(**values))
        session.commit()
    assert problems(engine)["audited rows"] == f"visit {new} was never audited"
