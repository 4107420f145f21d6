"""The migrations make exactly the tables of the models, go back, and other versions are refused with a sentence."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Engine, inspect, text

from db import migrate
from db.models import Base


def test_the_migrations_make_the_tables_of_the_models(engine: Engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_every_check_of_the_models_is_in_the_database(engine: Engine):
    found = inspect(engine)
    checks = [(table, rule) for table in Base.metadata.sorted_tables for rule in table.constraints]
    assert sum(isinstance(rule, CheckConstraint) for _table, rule in checks) > 60
    for table in Base.metadata.sorted_tables:
        wanted = {str(rule.name) for rule in table.constraints if isinstance(rule, CheckConstraint)}
        stored = {str(check["name"]) for check in found.get_check_constraints(table.name)}
        assert wanted <= stored, table.name


def test_down_to_nothing_and_up_again(engine: Engine):
    migrate.downgrade(engine, "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    migrate.upgrade(engine)
    migrate.require_current(engine)


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE alembic_version SET version_num = 'from_the_future'", "newer version"),
        ("DELETE FROM alembic_version", "empty or not Attune's"),
    ],
)
def test_the_server_refuses_a_database_of_another_version(engine: Engine, statement: str, sentence: str):
    with engine.begin() as connection:
        connection.execute(text(statement))
    with pytest.raises(migrate.WrongVersion, match=sentence):
        migrate.require_current(engine)


def test_the_database_refuses_what_the_program_should_never_send(engine: Engine):
    rules = {
        "region": "INSERT INTO region (id, version, created_at, name, code, timezone)"
        " VALUES (:id, 1, :at, 'N', NULL, 'UTC')",
        "site": "INSERT INTO site (id, version, created_at, region_id, program_id, name, setting, languages, active)"
        " VALUES (:id, 1, :at, :id, :id, 'S', 'castle', '[]', true)",
    }
    for statement in rules.values():
        with engine.connect() as connection, pytest.raises(Exception, match=r"(?i)constraint|null"):
            connection.execute(text(statement), {"id": "0" * 32, "at": "2026-01-01 00:00:00+00:00"})
