"""People who sign in, what they may reach, and their sessions."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field

from db.models.base import Base, Kept, check, one_of

SECRETS = frozenset({"password_hash", "password_set_by_other_at", "totp_secret", "totp_confirmed_at", "totp_last_step"})
"""Columns of a person that no audit event and no screen repeats."""


class Person(Base, Kept, table=True):
    """Someone with an account. Children and site staff are never in this table.

    ``password_set_by_other_at``: when somebody else set the password; empty as soon as its owner chose one.
    """

    __table_args__ = (
        one_of("role", "role"),
        check("fte_sensible", "fte IS NULL OR (fte >= 0 AND fte <= 1.5)"),
    )
    sign_in_name: str = Field(unique=True, max_length=120)
    display_name: str = Field(max_length=120)
    role: str = Field(max_length=20)
    password_hash: str | None = Field(default=None, max_length=300)
    password_set_by_other_at: datetime | None = Field(default=None)
    language: str = Field(default="en", max_length=5)
    disabled_at: datetime | None = Field(default=None)
    supervisor_id: uuid.UUID | None = Field(default=None, foreign_key="person.id", index=True)
    license: str | None = Field(default=None, max_length=80)
    endorsement: str | None = Field(default=None, max_length=80)
    fte: float | None = Field(default=None)
    languages: list[str] = Field(default_factory=list, sa_type=JSON, nullable=False)
    caseload_cap: int | None = Field(default=None)
    totp_secret: str | None = Field(default=None, max_length=200)
    totp_confirmed_at: datetime | None = Field(default=None)
    totp_last_step: int | None = Field(default=None)


class PersonScope(Base, Kept, table=True):
    """What a person may reach, and from when until when. ``case_role`` opens child-level rows to a coordinator."""

    __tablename__ = "person_scope"
    __table_args__ = (
        one_of("scope_type", "scope_type"),
        check(
            "one_target",
            "(scope_type = 'site' AND site_id IS NOT NULL AND program_id IS NULL AND region_id IS NULL)"
            " OR (scope_type = 'program' AND program_id IS NOT NULL AND site_id IS NULL AND region_id IS NULL)"
            " OR (scope_type = 'region' AND region_id IS NOT NULL AND site_id IS NULL AND program_id IS NULL)",
        ),
        check("date_order", "valid_to IS NULL OR valid_to >= valid_from"),
        Index("ix_person_scope_person_id", "person_id"),
        Index("ix_person_scope_site_id", "site_id"),
    )
    person_id: uuid.UUID = Field(foreign_key="person.id")
    scope_type: str = Field(max_length=20)
    site_id: uuid.UUID | None = Field(default=None, foreign_key="site.id")
    program_id: uuid.UUID | None = Field(default=None, foreign_key="program.id")
    region_id: uuid.UUID | None = Field(default=None, foreign_key="region.id")
    case_role: bool = Field(default=False, nullable=False)
    valid_from: date
    valid_to: date | None = Field(default=None)


class SignInSession(Base, table=True):
    """A signed-in browser. Only the hash of its token is stored; a row that ended is never used again.

    ``issuer`` is the OpenID provider that opened it, ``provider_session`` the hash of what that calls its own session.
    """

    __tablename__ = "sign_in_session"
    id: uuid.UUID = Field(primary_key=True)
    token_hash: str = Field(unique=True, max_length=64)
    person_id: uuid.UUID = Field(foreign_key="person.id", index=True)
    started_at: datetime
    last_seen_at: datetime
    ends_at: datetime
    ended_at: datetime | None = Field(default=None)
    end_reason: str | None = Field(default=None, max_length=20)
    method: str | None = Field(default=None, max_length=20)
    browser: str | None = Field(default=None, max_length=60)
    issuer: str | None = Field(default=None, max_length=300)
    provider_session: str | None = Field(default=None, max_length=64, index=True)


class RecoveryCode(Base, table=True):
    """One of the codes that let a person in once without their second factor. Only its hash is stored."""

    __tablename__ = "recovery_code"
    code_hash: str = Field(primary_key=True, max_length=64)
    person_id: uuid.UUID = Field(foreign_key="person.id", index=True)
    used_at: datetime | None = Field(default=None)


class PersonIdentity(Base, table=True):
    """Who a person is at an OpenID provider: known by issuer and subject, never by an e-mail address."""

    __tablename__ = "person_identity"
    issuer: str = Field(primary_key=True, max_length=300)
    subject: str = Field(primary_key=True, max_length=255)
    person_id: uuid.UUID = Field(foreign_key="person.id", index=True)
    linked_at: datetime
    last_used_at: datetime | None = Field(default=None)


class SignInThrottle(Base, table=True):
    """How many wrong passwords came lately for one account, or for the whole server (key ``*``).

    Also what may come once only in these minutes, such as a provider's word that somebody signed out.
    """

    __tablename__ = "sign_in_throttle"
    key: str = Field(primary_key=True, max_length=64)
    failures: float
    counted_at: datetime


class DownloadToken(Base, table=True):
    """A right to fetch one identified document once, in the session that asked for it."""

    __tablename__ = "download_token"
    token_hash: str = Field(primary_key=True, max_length=64)
    session_id: uuid.UUID = Field(foreign_key="sign_in_session.id", index=True)
    kind: str = Field(max_length=40)
    subject_id: uuid.UUID
    ends_at: datetime
    used_at: datetime | None = Field(default=None)


class KeptTable(Base, table=True):
    """The numbers of a chart as somebody saw them, until they fetched them as a file, or for a day.

    ``content`` is the table with all that stands around it (``db.exchange.chart_file``).
    """

    __tablename__ = "kept_table"
    id: uuid.UUID = Field(primary_key=True)
    person_id: uuid.UUID = Field(foreign_key="person.id", index=True)
    content: dict[str, Any] = Field(sa_type=JSON, nullable=False)
    made_at: datetime
