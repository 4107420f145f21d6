"""Incidents in partitions by half-year on a real PostgreSQL, as docs/scale.md tells: what it takes and brings."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col

from db.actor import Actor
from db.commands.incidents import record_incident
from db.engine import session as open_session
from db.models import Base, Incident
from db.period import Period
from db.queries.patterns import incident_patterns
from db.queries.records import RecordFilter, find_records
from db.queries.trends import incident_breakdowns
from tests.factories import Field

AGO = (20, 100, 200, 300, 380)
"""How many days ago the incidents happened: in at least three half-years."""


def half_years(first: date, last: date) -> Iterator[tuple[date, date]]:
    start = date(first.year, 1 if first.month < 7 else 7, 1)
    while start <= last:
        end = date(start.year, 7, 1) if start.month == 1 else date(start.year + 1, 1, 1)
        yield start, end
        start = end


def names(first: date, last: date) -> set[str]:
    return {f"incident_{start:%Y_%m}" for start, _end in half_years(first, last)}


def divide(connection: Connection, first: date, last: date) -> None:
    """Put the incidents into partitions. Keys to them go: they would have to name the day as well."""
    run = connection.exec_driver_sql
    for table in Base.metadata.tables.values():
        for key in table.foreign_key_constraints:
            if key.referred_table.name == "incident":
                run(f"ALTER TABLE {table.name} DROP CONSTRAINT {key.name}")
    run("ALTER TABLE incident RENAME TO incident_whole")
    run(
        "CREATE TABLE incident (LIKE incident_whole INCLUDING DEFAULTS INCLUDING CONSTRAINTS,"
        " PRIMARY KEY (id, occurred_on), UNIQUE (client_uuid, occurred_on)) PARTITION BY RANGE (occurred_on)"
    )
    for start, end in half_years(first, last):
        run(f"CREATE TABLE incident_{start:%Y_%m} PARTITION OF incident FOR VALUES FROM ('{start}') TO ('{end}')")
    run("INSERT INTO incident SELECT * FROM incident_whole")


def told(session: Session, actor: Actor, site: Any, period: Period) -> list[Any]:
    """Give what three screens tell of a site's incidents."""
    found = [
        find_records(session, actor, RecordFilter("incident", period, response="redirect")),
        incident_breakdowns(session, actor, period, site.id),
        incident_patterns(session, actor, period, site.id, {"behaviour": "physical_aggression"}),
    ]
    session.rollback()
    return found


def test_screens_tell_the_same_and_a_short_period_reads_its_own_partitions(postgres_engine: Engine):
    with open_session(postgres_engine) as opened:
        field = Field(opened, date.today())
        actor, period = field.actor("consultant"), Period.last_months(16, field.today)
        days = [field.today - timedelta(days=ago) for ago in AGO]
        for day in days:
            record_incident(opened, actor, field.incident(occurred_on=day, responses=("redirect",)))
        before = told(opened, actor, field.here, period)
        assert before[0].total == len(days)
        opened.rollback()
        with postgres_engine.begin() as connection:
            divide(connection, days[-1], field.today)
        assert told(opened, actor, field.here, period) == before
        record_incident(opened, actor, field.incident(responses=("redirect",)))
        assert find_records(opened, actor, RecordFilter("incident", period)).total == len(days) + 1
        opened.rollback()
        every = names(days[-1], field.today)
        for since in (days[0], days[-1]):
            recent = select(func.count()).where(
                col(Incident.region_id) == field.north.id, col(Incident.occurred_on) >= since
            )
            words = str(recent.compile(postgres_engine, compile_kwargs={"literal_binds": True}))
            plan = "\n".join(opened.connection().exec_driver_sql(f"EXPLAIN {words}").scalars())
            assert {name for name in every if name in plan} == names(since, field.today)


@pytest.mark.parametrize("rule", ["PRIMARY KEY (id)", "UNIQUE (client_uuid)"])
def test_what_is_unique_must_name_the_day(postgres_engine: Engine, rule: str):
    with postgres_engine.connect() as connection, pytest.raises(DBAPIError, match="must include all partitioning"):
        connection.exec_driver_sql(f"CREATE TABLE divided (LIKE incident, {rule}) PARTITION BY RANGE (occurred_on)")
