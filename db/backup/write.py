"""Makes a backup while people go on working: one view of the database, compressed and encrypted on its way out."""

import gzip
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO, Any

import pyrage
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, Table, func, select

from db.backup.refusals import BackupRefused
from db.backup.rows import RowWriter, Tally, kind_of
from db.migrate import require_current
from db.models.base import Base, utc_now

FORMAT = 1
SUFFIX = ".attune.age"
AT_ONCE = 1_000

Progress = Callable[[float, int], None]


def back_up(engine: Engine, folder: Path, recipient: pyrage.x25519.Recipient, progress: Progress) -> Path:
    """Write all rows to a new file in ``folder``, its manifest beside it, and give the file.

    The database goes on; what is committed after the start is not part of it. A file that is not whole has no manifest
    and ends in ``.partial``.

    Raises:
        WrongVersion: the database is not at the version of this program.
        BackupRefused: the folder cannot be written to.
    """
    require_current(engine)
    made_at = utc_now()
    path = folder / f"attune-{made_at:%Y%m%dT%H%M%S%f}Z{SUFFIX}"
    partial = path.with_name(path.name + ".partial")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _private(partial) as out:
            end = _encrypted(engine, out, recipient, made_at, progress)
            out.flush()
            os.fsync(out.fileno())
        manifest = {**end, "file": path.name, "bytes": partial.stat().st_size, "sha256": sha256_of(partial)}
        with _private(manifest_of(path)) as out:
            out.write(json.dumps(manifest, indent=1).encode() + b"\n")
        partial.rename(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        manifest_of(path).unlink(missing_ok=True)
        raise BackupRefused(f"The backup could not be written ({error.strerror}). Nothing was changed.") from None
    return path


def manifest_of(path: Path) -> Path:
    """Give where a backup's manifest stands: counts and digests, no data."""
    return path.with_name(path.name + ".json")


def sha256_of(path: Path) -> str:
    """Give the digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def backups_in(folder: Path) -> list[Path]:
    """Give the finished backups of a folder, the oldest first."""
    return sorted(path for path in folder.glob(f"attune-*Z{SUFFIX}") if manifest_of(path).exists())


def keep_newest(folder: Path, count: int) -> list[Path]:
    """Delete all but the newest ``count`` backups of a folder, and give those that went."""
    gone = backups_in(folder)[: -max(count, 1)]
    for path in gone:
        path.unlink()
        manifest_of(path).unlink()
    return gone


@contextmanager
def _private(path: Path) -> Iterator[IO[bytes]]:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        yield opened


def _encrypted(
    engine: Engine, out: IO[bytes], recipient: pyrage.x25519.Recipient, made_at: datetime, progress: Progress
) -> dict[str, Any]:
    """Let one thread read rows into a pipe and this one encrypt what comes out: nothing plain meets a disk."""
    read_end, write_end = os.pipe()

    def produce() -> dict[str, Any]:
        with os.fdopen(write_end, "wb") as pipe, gzip.GzipFile(fileobj=pipe, mode="wb", compresslevel=5) as packed:
            return _rows_of(engine, packed, made_at, progress)

    with ThreadPoolExecutor(1, "backup") as aside:
        produced = aside.submit(copy_context().run, produce)  # with the operator's reach
        with os.fdopen(read_end, "rb") as pipe:
            pyrage.encrypt_io(pipe, out, [recipient])
    return produced.result()


def _rows_of(engine: Engine, out: gzip.GzipFile, made_at: datetime, progress: Progress) -> dict[str, Any]:
    def line(told: dict[str, Any]) -> None:
        out.write(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")

    with one_view(engine) as connection:
        tables = list(Base.metadata.tables.values())
        count = sum(connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables)
        head = {
            "attune_backup": FORMAT,
            "made_at": made_at.isoformat(),
            "revision": MigrationContext.configure(connection).get_current_revision(),
            "program": _program_version(),
            "database": engine.dialect.name,
        }
        line(head)
        tallies, done = {}, 0
        for table in tables:
            line({"table": table.name, "columns": [[column.name, kind_of(column)] for column in table.columns]})
            tally = Tally()
            for rows in batches(connection, table):
                for row in rows:
                    tally.add(row)
                line({"rows": rows})
                done += len(rows)
                progress(min(done / max(count, 1), 0.999), done)
            tallies[table.name] = tally.told()
        line({"end": tallies})
    progress(1.0, done)
    return {**head, "tables": tallies}


@contextmanager
def one_view(engine: Engine) -> Iterator[Connection]:
    """Give a connection that sees the database as it is now, whatever others commit meanwhile."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


def batches(connection: Connection, table: Table) -> Iterator[list[list[Any]]]:
    """Give the rows of a table as lists for JSON, some at a time."""
    as_json = RowWriter([kind_of(column) for column in table.columns])
    streamed = {"stream_results": True, "yield_per": AT_ONCE}
    for rows in connection.execute(select(*table.columns), execution_options=streamed).partitions():
        yield [as_json(tuple(row)) for row in rows]


def _program_version() -> str:
    try:
        return version("attune")
    except PackageNotFoundError:
        return "source"
