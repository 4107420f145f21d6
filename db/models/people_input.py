"""What the forms about people and their reach send, and the rules of their values."""

import re
import uuid
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from db.errors import Problem
from db.models.inputs import Input
from db.models.organisation_input import Line, OptionalLine, one_line
from db.problems import listed

SIGN_IN_NAME = re.compile(r"[a-z0-9._@+-]{3,120}")
LANGUAGES = ("en", "es")


def _lower_line(value: Any) -> Any:
    """Give a sign-in name as it is stored: case does not matter when someone signs in."""
    flat = one_line(value)
    return flat.lower() if isinstance(flat, str) else flat


class PersonInput(Input):
    """Someone with an account, as an administrator typed it."""

    sign_in_name: Annotated[str, BeforeValidator(_lower_line)] = Field(max_length=120)
    display_name: Line = Field(max_length=120)
    role: str
    language: str = "en"
    supervisor_id: uuid.UUID | None = None
    license: OptionalLine = Field(default=None, max_length=80)
    endorsement: OptionalLine = Field(default=None, max_length=80)
    fte: float | None = Field(default=None, ge=0, le=1.5, allow_inf_nan=False)
    languages: tuple[Line, ...] = Field(default=(), max_length=20)
    caseload_cap: int | None = Field(default=None, ge=0, le=200)

    def rules(self) -> Iterator[Problem]:
        """Give what is wrong with the values taken together."""
        yield from listed("role", self.role, "role")
        if not SIGN_IN_NAME.fullmatch(self.sign_in_name):
            yield Problem("sign_in_name", "sign_in_name_form")
        if self.language not in LANGUAGES:
            yield Problem("language", "unknown_option")
        if self.supervisor_id and self.role != "consultant":
            yield Problem("supervisor_id", "supervisor_for_consultants")


class ScopeInput(Input):
    """A place that a person may reach, from when until when (both days included)."""

    person_id: uuid.UUID
    scope_type: str
    target_id: uuid.UUID
    case_role: bool = False
    valid_from: date
    valid_to: date | None = None

    def rules(self) -> Iterator[Problem]:
        """Give what is wrong with the values taken together."""
        yield from listed("scope_type", self.scope_type, "scope_type")
        if self.valid_to and self.valid_to < self.valid_from:
            yield Problem("valid_to", "end_before_start")
