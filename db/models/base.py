"""What every table shares: keys, marks of who and when, the place that a row belongs to."""

import os
import time
import uuid
from datetime import UTC, datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, MetaData
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from db.options import codes

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(SQLModel, registry=registry(metadata=MetaData(naming_convention=NAMES))):
    """The base of all tables.

    It has a registry of its own: Streamlit's hot reload imports every local module again, and in SQLModel's shared
    registry the second import of a table is an error.
    """


def new_id() -> uuid.UUID:
    """Give a time-ordered UUID (version 7, RFC 9562 section 5.7), so that index pages fill in order."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | int.from_bytes(os.urandom(10), "big")
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return uuid.UUID(int=value)


def utc_now() -> datetime:
    """Give the present moment, in UTC."""
    return datetime.now(UTC)


def one_of(column: str, option_list: str) -> CheckConstraint:
    """Give the database's own check that ``column`` holds a code of ``option_list`` (or nothing)."""
    listed = ", ".join(f"'{code}'" for code in codes(option_list))
    return CheckConstraint(f"{column} IS NULL OR {column} IN ({listed})", name=f"{column}_listed")


def check(name: str, rule: str) -> CheckConstraint:
    """Give a named database check."""
    return CheckConstraint(rule, name=name)


class Kept(SQLModel):
    """Columns of a row that people keep: its key, its version, and who made, changed or removed it, and when."""

    id: uuid.UUID = Field(default_factory=new_id, primary_key=True)
    version: int = Field(default=1, nullable=False)
    created_at: datetime = Field(default_factory=utc_now, nullable=False)
    created_by: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    updated_at: datetime | None = Field(default=None)
    updated_by: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    deleted_at: datetime | None = Field(default=None)
    deleted_by: uuid.UUID | None = Field(default=None, foreign_key="person.id")


class Placed(SQLModel):
    """Columns of a row that happened at a site. The region is repeated so that big tables can be distributed."""

    region_id: uuid.UUID = Field(foreign_key="region.id", nullable=False)
    site_id: uuid.UUID = Field(foreign_key="site.id", nullable=False)


class Part(SQLModel):
    """The column that a part of a placed row repeats, so that it lies where its row lies. See ``part_of``."""

    region_id: uuid.UUID = Field(nullable=False)


def to_be_named(table: str) -> Index:
    """Give the unique pair of a placed table by which its parts and the rows below it name it."""
    return Index(f"ix_{table}_id_region_id", "id", "region_id", unique=True)


def part_of(table: str, key: str) -> ForeignKeyConstraint:
    """Give the key of a part: it has the region of its row, moves with it and goes with it."""
    return ForeignKeyConstraint(
        [key, "region_id"], [f"{table}.id", f"{table}.region_id"], onupdate="CASCADE", ondelete="CASCADE"
    )


def below(table: str, key: str) -> ForeignKeyConstraint:
    """Give the key of a placed row to the one that it belongs to, in the same region.

    It is looked at when the transaction ends: who moves both to another site moves one after the other.
    """
    return ForeignKeyConstraint(
        [key, "region_id"], [f"{table}.id", f"{table}.region_id"], deferrable=True, initially="DEFERRED"
    )


class Captured(SQLModel):
    """Columns of a row that may have been made without a signal: ``created_at`` is when it arrived.

    ``made_at`` is the moment on the clock of the tablet, ``clock_off_minutes`` by how much that clock was ahead of the
    server's (negative: behind) when it was sent. Both are empty for what was typed on our own pages.
    """

    made_at: datetime | None = Field(default=None)
    clock_off_minutes: int | None = Field(default=None)


class Submitted(SQLModel):
    """Columns of a row that a person sends in.

    ``client_uuid`` is made where the form is filled, so that sending twice stores once; ``content_digest`` tells the
    same content sent again from other content under the same key.
    """

    client_uuid: uuid.UUID = Field(nullable=False, unique=True)
    content_digest: str = Field(nullable=False, max_length=64)
    source: str = Field(default="web", nullable=False, max_length=20)
