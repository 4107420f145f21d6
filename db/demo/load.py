"""Makes demo data and stores them in one transaction, with one audit event and the roll-ups."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Connection, Engine, Index, func, text
from sqlalchemy.schema import CreateIndex, DropIndex
from sqlmodel import Session, col, select

from db import audit, child_rollups, rollups
from db.demo import (
    child_measures,
    children,
    enrolments,
    incident_counts,
    incidents,
    ledger,
    observations,
    people,
    places,
    surveys,
    visits,
)
from db.demo.order import Block, Keys, Order
from db.engine import writing
from db.marks import DEMO
from db.models.base import Base
from db.models.people import Person
from db.models.records import DatabaseMark
from db.passwords import hash_password

SITES_AT_ONCE = 25
MANY_INCIDENTS = 50_000
"""From this many on, the indexes of the big tables are left out during the load and made once at its end."""
INDEXED_LATER = ("incident", "enrolment_group", "visit")

Progress = Callable[[float, int], None]
"""Is told how much of the work is done (0 to 1) and how many rows are stored."""


class DemoRefused(RuntimeError):
    """The database already holds something; the message says what."""


def has_people(session: Session) -> bool:
    """Tell whether anyone at all is in the database."""
    return session.exec(select(func.count(col(Person.id)))).one() > 0


def require_empty(session: Session) -> None:
    """Refuse to mix demo data with anything else.

    Raises:
        DemoRefused: there are people.
    """
    if not has_people(session):
        return
    if session.get(DatabaseMark, DEMO) is None:
        raise DemoRefused("This database holds people who are not demo people; the demo needs an empty one.")
    raise DemoRefused("This database already holds demo data; remove it or choose another one.")


def make(order: Order, hashes: dict[str, str]) -> Iterator[tuple[float, list[Block]]]:
    """Give all rows of an order, parents before children, with the share of the work that is then done."""
    keys = Keys(order)
    map_, rows = places.make(order, keys)
    staffed = people.make(order, keys, map_, hashes)
    # Sites name their region and program, people nothing: so both can come first.
    yield 0.0, rows + staffed
    counts = incident_counts.make(order, map_.sites)
    first_room = 0
    for start in range(0, len(map_.sites), SITES_AT_ONCE):
        sites = map_.sites[start : start + SITES_AT_ONCE]
        group = children.make(order, sites)
        here = counts[first_room : first_room + len(group.rooms)]
        first_room += len(group.rooms)
        yield (
            (start + len(sites)) / len(map_.sites),
            [
                *places.site_dates(order, keys, sites),
                *people.staff(order, keys, sites),
                *enrolments.make(order, keys, group),
                *visits.make(order, keys, sites),
                *(happened := incidents.make(order, keys, group, here)),
                *observations.make(order, keys, sites),
                *surveys.make(order, keys, sites),
                *ledger.make(order, keys, sites, happened),
                *child_measures.make(order, keys, sites),
            ],
        )


def load(engine: Engine, order: Order, progress: Progress = lambda _share, _rows: None) -> dict[str, int]:
    """Fill an empty, migrated database and give how many rows each table got.

    Raises:
        DemoRefused: the database holds people.
    """
    hashes = {one.name: hash_password(one.password) for one in people.SIGN_INS}
    with engine.connect() as connection:
        _check_foreign_keys(connection, at_once=False)
        try:
            with Session(bind=connection) as session, writing(session):
                require_empty(session)
                counts = _store(session, order, hashes, progress)
        finally:
            _check_foreign_keys(connection, at_once=True)
    with engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()
    return counts


def _check_foreign_keys(connection: Connection, *, at_once: bool) -> None:
    """On SQLite, check references row by row or (``at_once`` false) all together at the end of the load."""
    if connection.dialect.name == "sqlite":
        cursor = connection.connection.cursor()
        cursor.execute(f"PRAGMA foreign_keys = {'ON' if at_once else 'OFF'}")
        cursor.close()


def _store(session: Session, order: Order, hashes: dict[str, str], progress: Progress) -> dict[str, int]:
    connection = session.connection()
    later = _droppable() if (order.incidents or 0) >= MANY_INCIDENTS else []
    for index in later:
        connection.execute(DropIndex(index))
    counts: dict[str, int] = {}
    for share, made in make(order, hashes):
        for block in made:
            write(connection, block)
            counts[block.table] = counts.get(block.table, 0) + len(block.rows)
        progress(0.8 * share, sum(counts.values()))
    for index in later:
        connection.execute(CreateIndex(index))
    rows = sum(counts.values())
    progress(0.9, rows)
    require_references(connection)
    progress(0.95, rows)
    rollups.rebuild(session)
    child_rollups.rebuild(session)
    session.add(DatabaseMark(key=DEMO, value=json.dumps([one._asdict() for one in people.SIGN_INS])))
    audit.append(
        session,
        actor_id=None,
        actor_role="operator",
        action="demo_loaded",
        entity="database",
        rows=rows,
        after={
            "seed": order.seed,
            "sites": order.sites,
            "months": order.months,
            "until": order.until,
            "rows": counts,
        },
    )
    progress(1.0, rows)
    return counts


def _droppable() -> list[Index]:
    """Give the indexes that are made at the end: none that is unique, because keys of other tables rest on those."""
    return [index for name in INDEXED_LATER for index in Base.metadata.tables[name].indexes if not index.unique]


def write(connection: Connection, block: Block) -> None:
    """Store one block: COPY on PostgreSQL, one prepared statement on SQLite."""
    columns = ", ".join(f'"{name}"' for name in block.columns)
    cursor: Any = connection.connection.cursor()
    if connection.dialect.name == "postgresql":
        cursor.execute("SET LOCAL timezone = 'UTC'")
        with cursor.copy(f'COPY "{block.table}" ({columns}) FROM STDIN') as copy:
            for row in block.rows:
                copy.write_row(row)
    else:
        marks = ", ".join("?" * len(block.columns))
        cursor.executemany(f'INSERT INTO "{block.table}" ({columns}) VALUES ({marks})', block.rows)  # noqa: S608
    cursor.close()


def require_references(connection: Connection) -> None:
    """Refuse a load that refers to a row which is not there (PostgreSQL has checked that on the way).

    Raises:
        RuntimeError: naming the table.
    """
    if connection.dialect.name == "sqlite":
        bad = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if bad is not None:
            raise RuntimeError(f"A row of {bad[0]} refers to a row of {bad[2]} that is not there.")
