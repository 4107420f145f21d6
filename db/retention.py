"""Deletes removed records for good once their time is over, and leaves a tombstone: the key, and nothing else."""

import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Engine, Table, delete, exists, func, insert, select
from sqlmodel import Session, col

from db import audit
from db.engine import writing
from db.models.base import Base
from db.models.records import AuditContent, AuditEvent, Tombstone
from db.regions import same_region
from db.settings import settings

FILE = Path(__file__).with_name("retention.yaml")
AT_ONCE = 500


@lru_cache(maxsize=1)
def _defaults() -> dict[str, int]:
    return dict(yaml.safe_load(FILE.read_text()))


def days_kept() -> dict[str, int]:
    """Give how many days a removed record of each type is kept.

    Raises:
        ValueError: ATTUNE_RETENTION_DAYS names a type that is not there, or less than a day.
    """
    chosen = settings().retention_days
    if set(chosen) - set(_defaults()) or any(days < 1 for days in chosen.values()):
        raise ValueError(f"ATTUNE_RETENTION_DAYS knows {', '.join(_defaults())}, each with at least one day.")
    return {**_defaults(), **chosen}


def due(session: Session, now: datetime) -> dict[str, int]:
    """Give how many removed records of each type are over their time at ``now``."""
    return {
        name: session.connection().execute(select(func.count()).where(_is_over(_table(name), days, now))).scalar_one()
        for name, days in days_kept().items()
    }


def purge(session: Session, now: datetime) -> dict[str, int]:
    """Delete them, with what hangs on them and what the audit kept of their content, and give how many of each type.

    Each batch is one transaction with one audit event that counts it. The chain stays whole: it covers a digest of the
    content, and ``verify`` accepts that a tombstone's content is gone.
    """
    done: dict[str, int] = {}
    for name, days in days_kept().items():
        table = _table(name)
        while True:
            with writing(session):
                found = session.connection().execute(
                    select(table.c.id, table.c.client_uuid if "client_uuid" in table.c else table.c.id)
                    .where(_is_over(table, days, now))
                    .limit(AT_ONCE)
                )
                keys: Mapping[uuid.UUID, uuid.UUID] = {row[0]: row[1] for row in found}
                if keys:
                    _delete(session, table, keys, now)
                    audit.append(
                        session, actor_id=None, actor_role="operator", action="purge", entity=name, rows=len(keys)
                    )
            if not keys:
                break
            done[name] = done.get(name, 0) + len(keys)
    return done


def clear_bytes(engine: Engine, types: list[str]) -> None:
    """Make the files let go of what was deleted: nothing of it can be read from them any more.

    SQLite overwrites what it deletes (``secure_delete``); its log is emptied here. PostgreSQL writes the tables anew.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
            return
        written = {"audit_content", *(table.name for name in types for table in (_table(name), *_below(_table(name))))}
        for name in sorted(written):
            connection.exec_driver_sql(f'VACUUM FULL "{name}"')


def _table(name: str) -> Table:
    return Base.metadata.tables[name]


def _below(table: Table) -> Iterator[Table]:
    """Give the tables whose rows hang on a row of ``table``, and theirs."""
    for other in Base.metadata.sorted_tables:
        if any(key.column.table is table for key in other.foreign_keys):
            yield other
            yield from _below(other)


def _is_over(table: Table, days: int, now: datetime) -> Any:
    """Tell that a row was removed long enough ago, and that nothing that still counts hangs on it.

    What hangs on it and can be removed by itself has its own time: an exclusion that was removed yesterday can be
    restored until that is over.
    """
    over = table.c.deleted_at < now - timedelta(days=days)
    for other, column in _hanging(table):
        if "deleted_at" in other.c:
            own = days_kept().get(other.name, 0)
            stays = other.c.deleted_at.is_(None) | (other.c.deleted_at >= now - timedelta(days=own))
            over &= ~exists().where(column == table.c.id, same_region(other, table), stays)
    return over


def _hanging(table: Table) -> Iterator[tuple[Table, Any]]:
    for other in Base.metadata.sorted_tables:
        for key in other.foreign_keys:
            if key.column is table.c.id:
                yield other, key.parent


def _delete(session: Session, table: Table, keys: Mapping[uuid.UUID, uuid.UUID | None], now: datetime) -> None:
    run = session.connection().execute
    for other, column in _hanging(table):
        if "id" in other.c:
            below = run(select(other.c.id).where(column.in_(keys))).scalars().all()
            if below:
                _delete(session, other, dict.fromkeys(below), now)
        else:
            run(delete(other).where(column.in_(keys)))
    run(
        insert(Tombstone),
        [{"id": key, "entity": table.name, "client_uuid": sent, "purged_at": now} for key, sent in keys.items()],
    )
    events = select(col(AuditEvent.seq)).where(
        col(AuditEvent.entity) == table.name, col(AuditEvent.entity_id).in_(keys)
    )
    run(delete(AuditContent).where(col(AuditContent.seq).in_(events)))
    run(delete(table).where(table.c.id.in_(keys)))
