"""What every input model shares: no unknown fields, and all its problems told at once."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from db.audit import digest
from db.errors import InvalidInput, Problem
from db.problems import from_pydantic

MARKS = {"client_uuid", "source", "made_at", "clock_off_minutes"}
"""What says how an input came, not what it says."""


class Input(BaseModel):
    """Values that a person sent, with the right types. ``rules`` says what is still wrong with them together."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    def rules(self) -> Iterable[Problem]:
        """Give what breaks the rules that need nothing but the values themselves."""
        return ()

    @classmethod
    def checked(cls, values: Mapping[str, Any]) -> Self:
        """Give the input made of ``values``.

        Raises:
            InvalidInput: with every problem, field by field.
        """
        return cls._checked(lambda: cls.model_validate(values))

    @classmethod
    def checked_json(cls, text: str) -> Self:
        """Give the input made of JSON, which has to have the right types: no "5" for a number, no 0 for a date.

        Raises:
            InvalidInput: with every problem, field by field.
        """
        return cls._checked(lambda: cls.model_validate_json(text, strict=True))

    @classmethod
    def _checked(cls, make: Callable[[], Self]) -> Self:
        try:
            made = make()
        except ValidationError as error:
            raise InvalidInput([from_pydantic(one) for one in error.errors()]) from None
        made.require_valid()
        return made

    def require_valid(self) -> None:
        """Refuse values that break the rules.

        Raises:
            InvalidInput: with every problem, field by field.
        """
        problems = list(self.rules())
        if problems:
            raise InvalidInput(problems)


class SubmittedInput(Input):
    """An input that a person sends in once, under a key made where the form is filled."""

    client_uuid: uuid.UUID
    source: str = "web"

    def content_digest(self) -> str:
        """Give what tells the same content from other content under the same key."""
        return digest(self.model_dump(mode="json", exclude=MARKS))

    def marks(self) -> dict[str, Any]:
        """Give the columns that tell how it came."""
        return {"client_uuid": self.client_uuid, "content_digest": self.content_digest(), "source": self.source}


class CapturedInput(SubmittedInput):
    """An input that may have been made without a signal: when, and how wrong that clock was (minutes ahead)."""

    made_at: AwareDatetime | None = None
    clock_off_minutes: int | None = None

    def marks(self) -> dict[str, Any]:
        """Give the columns that tell how it came, and when it was made."""
        return {**super().marks(), "made_at": self.made_at, "clock_off_minutes": self.clock_off_minutes}
