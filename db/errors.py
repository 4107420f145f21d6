"""What a command or a query can refuse, and why."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple


class Problem(NamedTuple):
    """What is wrong with one field. ``code`` names a sentence of ``db.problems.SENTENCES``; ``context`` fills it."""

    field: str
    code: str
    context: Mapping[str, Any] = MappingProxyType({})


class InvalidInput(ValueError):
    """The input breaks rules; ``problems`` says which, field by field."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(", ".join(f"{problem.field}: {problem.code}" for problem in problems))
        self.problems = problems


class NotFound(LookupError):
    """The thing does not exist, or is outside what the actor may reach: nobody is told which."""


class AccessDenied(NotFound):
    """The actor may not do this. Turned into an audit event and a plain ``NotFound`` at the edge of a command."""

    def __init__(self, thing: str, verb: str, site_id: Any = None, entity_id: Any = None) -> None:
        super().__init__(f"{verb} {thing}")
        self.thing, self.verb, self.site_id, self.entity_id = thing, verb, site_id, entity_id


class Conflict(RuntimeError):
    """The row changed meanwhile, was sent before with other content, or was removed.

    ``kind`` is ``other_content``, ``removed``, ``newer_version`` or ``not_removed``.
    """

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind
