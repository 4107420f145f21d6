"""Tablets that hold the capture app for somebody."""

import uuid
from datetime import datetime

from sqlmodel import Field

from db.models.base import Base


class CaptureDevice(Base, table=True):
    """One browser in which one person set up the capture app. Its key is known to that browser only.

    ``end_reason`` is ``signed_out``, ``revoked`` or ``account``; the app wipes what it was given when it hears of it.
    """

    __tablename__ = "capture_device"
    id: uuid.UUID = Field(primary_key=True)
    person_id: uuid.UUID = Field(foreign_key="person.id", index=True)
    session_id: uuid.UUID | None = Field(default=None, foreign_key="sign_in_session.id", index=True)
    name: str = Field(default="", max_length=60)
    set_up_at: datetime
    last_contact_at: datetime
    ended_at: datetime | None = Field(default=None)
    end_reason: str | None = Field(default=None, max_length=20)
