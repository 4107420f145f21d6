"""What an imported file would do, row by row, before anything is written."""

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, Literal, Protocol, TypeVar

from db.audit import digest
from db.exchange.cells import LineProblem

Status = Literal["added", "unchanged", "refused"]


class PreviewRow(Protocol):
    """What one record of a file would do, and the lines of the file that it stands in."""

    @property
    def lines(self) -> tuple[int, ...]:
        """The lines, the first one first."""
        ...

    @property
    def status(self) -> Status:
        """What happens to it."""
        ...

    @property
    def problems(self) -> tuple[LineProblem, ...]:
        """Why it is refused."""
        ...

    @property
    def key(self) -> uuid.UUID | None:
        """The key that it would be stored under: the same content has the same key."""
        ...


Row = TypeVar("Row", bound=PreviewRow)


@dataclass(frozen=True)
class Preview(Generic[Row]):
    """What a file would do, in the order of its rows."""

    rows: tuple[Row, ...]

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many records there are of each status."""
        return Counter(row.status for row in self.rows)

    @cached_property
    def signature(self) -> str:
        """What tells whether the same file would still do the same."""
        return digest([[row.lines, row.status, str(row.key) if row.key else None] for row in self.rows])

    @property
    def names_no_site(self) -> bool:
        """Whether no row names a site of the actor's: such a file is no preview of anything."""
        return all(any(problem.code == "site_not_found" for _line, problem in row.problems) for row in self.rows)


@dataclass(frozen=True)
class Imported:
    """How many records an import added, found stored already, and left out."""

    added: int
    unchanged: int
    left_out: int
