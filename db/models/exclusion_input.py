"""What the ledger of time away sends: an exclusion without an incident, a step, a look at the child's place."""

import uuid
from collections.abc import Iterator
from datetime import date

from pydantic import Field

from db.errors import Problem
from db.models.incident_input import ExclusionInput
from db.models.inputs import Input, SubmittedInput
from db.problems import listed


class RecordedExclusion(SubmittedInput):
    """Care that a child lost, at a site, where no incident was recorded for it."""

    site_id: uuid.UUID
    exclusion: ExclusionInput

    def rules(self) -> Iterator[Problem]:
        """Give what is wrong with the values taken together."""
        yield from listed("source", self.source, "record_source")
        for problem in self.exclusion.rules():
            yield problem._replace(field=f"exclusion.{problem.field}")


class StepInput(Input):
    """A step that was taken. ``who`` took it is a role, never a name."""

    step: str
    done_on: date
    who: str | None = None
    note: str = Field(default="", max_length=300)

    def rules(self) -> Iterator[Problem]:
        """Give what is wrong with the values taken together."""
        yield from listed("step", self.step, "exclusion_step")
        yield from listed("who", self.who, "reported_by_role")


class PlaceInput(Input):
    """Where the child was at a moment after the time away."""

    moment: str
    noted_on: date
    place: str

    def rules(self) -> Iterator[Problem]:
        """Give what is wrong with the values taken together."""
        yield from listed("moment", self.moment, "place_moment")
        yield from listed("place", self.place, "child_place")
