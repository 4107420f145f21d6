"""What somebody has typed and not saved yet. A draft never counts in any figure and is its author's alone."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from db.models.base import Base


class Draft(Base, table=True):
    """The values of a form that is being filled, under the key that the record will be sent with.

    ``entity_id`` and ``base_version`` name the record that it corrects, and the version that the person saw.
    ``version`` counts what was kept, so that a second device notices that it holds an older state. A draft that was
    let go keeps ``dropped_at`` for a while: that can be undone.
    """

    client_uuid: uuid.UUID = Field(primary_key=True)
    person_id: uuid.UUID = Field(foreign_key="person.id", index=True)
    form: str = Field(max_length=20)
    content: dict[str, Any] = Field(sa_type=JSON, nullable=False)
    saved_at: datetime
    entity_id: uuid.UUID | None = Field(default=None)
    base_version: int | None = Field(default=None)
    version: int = Field(default=1, nullable=False)
    dropped_at: datetime | None = Field(default=None)


def correction_key(person_id: uuid.UUID, record_id: uuid.UUID) -> uuid.UUID:
    """Give the key of somebody's draft of a record's correction: the same on every device."""
    return uuid.uuid5(record_id, str(person_id))
