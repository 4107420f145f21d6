"""What the forms and imports of programs, sites and classrooms send, and the rules of their values."""

import unicodedata
import uuid
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from db.errors import Problem
from db.models.inputs import Input
from db.problems import listed


def one_line(value: Any) -> Any:
    """Give a text without line breaks and outer spaces, and None for an empty one.

    Raises:
        ValueError: it holds a control character, which one of the databases cannot store.
    """
    if not isinstance(value, str):
        return value
    flat = " ".join(value.split())
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in flat):
        raise ValueError("control character")
    return flat or None


Line = Annotated[str, BeforeValidator(one_line)]
OptionalLine = Annotated[str | None, BeforeValidator(one_line)]


class RegionInput(Input):
    """A region as someone typed it."""

    name: Line = Field(max_length=120)
    code: Line = Field(max_length=20)
    timezone: Line = Field(default="America/New_York", max_length=60)


class ProgramInput(Input):
    """A program as someone typed it."""

    region_id: uuid.UUID
    name: Line = Field(max_length=160)
    type: str

    def rules(self) -> Iterator[Problem]:
        """Give what is wrong with the values taken together."""
        yield from listed("type", self.type, "program_type")


class SiteInput(Input):
    """A site as someone typed it, or as a row of a site list says it. Its region is that of its program."""

    program_id: uuid.UUID
    name: Line = Field(max_length=160)
    license_no: OptionalLine = Field(default=None, max_length=60)
    setting: str
    address: OptionalLine = Field(default=None, max_length=200)
    city: OptionalLine = Field(default=None, max_length=100)
    county: OptionalLine = Field(default=None, max_length=100)
    postal_code: OptionalLine = Field(default=None, max_length=20)
    capacity: int | None = Field(default=None, ge=0, le=5000)
    subsidy: bool | None = None
    rural: bool | None = None
    languages: tuple[Line, ...] = Field(default=(), max_length=20)
    service_start: date | None = None
    service_end: date | None = None
    planned_minutes_month: int | None = Field(default=None, ge=1, le=20_000)

    def rules(self) -> Iterator[Problem]:
        """Give what is wrong with the values taken together."""
        yield from listed("setting", self.setting, "setting")
        if self.service_start and self.service_end and self.service_end < self.service_start:
            yield Problem("service_end", "end_before_start")
        if any(len(language) > 40 for language in self.languages):
            yield Problem("languages", "too_long", {"max_length": 40})


class ClassroomInput(Input):
    """A classroom as someone typed it. ``open_to`` is its last day."""

    site_id: uuid.UUID
    name: Line = Field(max_length=80)
    age_group: str
    capacity: int | None = Field(default=None, ge=1, le=40)
    session: str = "full"
    open_from: date | None = None
    open_to: date | None = None

    def rules(self) -> Iterator[Problem]:
        """Give what is wrong with the values taken together."""
        yield from listed("age_group", self.age_group, "age_group")
        yield from listed("session", self.session, "session")
        if self.open_from and self.open_to and self.open_to < self.open_from:
            yield Problem("open_to", "end_before_start")


class StaffInput(Input):
    """Someone who works at a site, under an alias."""

    site_id: uuid.UUID
    alias: Line = Field(max_length=60)
    role: str
    fte: float = Field(default=1.0, gt=0, le=1.5, allow_inf_nan=False)
    hire_date: date
    leave_date: date | None = None
    leave_reason: str | None = None

    def rules(self) -> Iterator[Problem]:
        """Give what is wrong with the values taken together."""
        yield from listed("role", self.role, "staff_role")
        yield from listed("leave_reason", self.leave_reason, "leave_reason")
        if self.leave_date and self.leave_date < self.hire_date:
            yield Problem("leave_date", "end_before_start")
        if self.leave_reason and not self.leave_date:
            yield Problem("leave_date", "leave_date_needed")


class SiteEventInput(Input):
    """Something to mark on a site's time axis."""

    site_id: uuid.UUID
    kind: str
    happened_on: date
    note: OptionalLine = Field(default=None, max_length=120)

    def rules(self) -> Iterator[Problem]:
        """Give what is wrong with the values taken together."""
        yield from listed("kind", self.kind, "site_event")
