"""Rows as lines of JSON and back, without loss, whichever database they come from or go to."""

import hashlib
import json
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

import sqlalchemy as sa
from sqlmodel.sql import sqltypes

UTCDateTime = sqltypes.UTCDateTime

_KINDS: tuple[tuple[str, type[Any]], ...] = (
    ("uuid", sa.Uuid),
    ("moment", UTCDateTime),
    ("day", sa.Date),
    ("time", sa.Time),
    ("json", sa.JSON),
    ("bool", sa.Boolean),
    ("int", sa.Integer),
    ("float", sa.Float),
    ("text", sa.String),
)
_WRITE: dict[str, Callable[[Any], Any]] = {
    "uuid": lambda value: value.hex,
    "moment": lambda value: value.astimezone(UTC).isoformat(),
    "day": date.isoformat,
    "time": time.isoformat,
}
_READ: dict[str, Callable[[Any], Any]] = {
    "uuid": uuid.UUID,
    "moment": datetime.fromisoformat,
    "day": date.fromisoformat,
    "time": time.fromisoformat,
}


def kind_of(column: sa.Column[Any]) -> str:
    """Give the kind of a column's values.

    Raises:
        TypeError: no kind is known for the column's type.
    """
    plain = column.type
    if isinstance(plain, sqltypes.AutoString):
        plain = plain.impl_instance
    for kind, found in _KINDS:
        if isinstance(plain, found):
            return kind
    raise TypeError(f"{column}: no way to back up {column.type!r}")


def columns_of(listed: Sequence[Sequence[str]]) -> list[sa.Column[Any]]:
    """Give columns, with their types, from their names and kinds."""
    types: dict[str, type[Any]] = dict(_KINDS)
    return [sa.Column(name, types[kind]()) for name, kind in listed]


class RowWriter:
    """Turns rows of the same columns into lists for JSON."""

    def __init__(self, kinds: Sequence[str]) -> None:
        self._ways = [_WRITE.get(kind) for kind in kinds]

    def __call__(self, row: Sequence[Any]) -> list[Any]:
        """Give one row."""
        pairs = zip(row, self._ways, strict=True)
        return [way(value) if way and value is not None else value for value, way in pairs]


class RowReader:
    """Turns lists of JSON back into values by column name."""

    def __init__(self, names: Sequence[str], kinds: Sequence[str]) -> None:
        self._names, self._ways = list(names), [_READ.get(kind) for kind in kinds]

    def __call__(self, row: Sequence[Any]) -> dict[str, Any]:
        """Give one row."""
        triples = zip(self._names, row, self._ways, strict=True)
        return {name: way(value) if way and value is not None else value for name, value, way in triples}


class Tally:
    """How many rows a table has, and a digest that does not depend on their order (databases sort text differently)."""

    def __init__(self) -> None:
        self.rows, self._sum = 0, 0

    def add(self, row: list[Any]) -> None:
        """Count one row."""
        told = json.dumps(row, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        self.rows += 1
        self._sum += int.from_bytes(hashlib.sha256(told.encode()).digest(), "big")

    def told(self) -> dict[str, Any]:
        """Give both, for the end of a backup."""
        return {"rows": self.rows, "digest": f"{self._sum % 2**256:064x}"}
