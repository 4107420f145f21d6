"""What the form for a child's questionnaire sends: scores of its scales, never its items, never a name."""

import uuid
from collections.abc import Iterator
from datetime import date
from typing import Literal, get_args

from db.errors import Problem
from db.instruments import INSTRUMENTS, Instrument
from db.models.incident_input import CHILD_KEY
from db.models.inputs import SubmittedInput
from db.models.score_rules import score_problems
from db.problems import listed

Rater = Literal["teacher", "family"]
RATERS: tuple[Rater, ...] = get_args(Rater)
"""Who can answer questions about a child. Their answers are never compared with each other."""


class ChildMeasureInput(SubmittedInput):
    """One questionnaire about one child, known by its key, with the family's permission.

    ``scores`` holds the scales of the scoring sheet, from a scale's code to its score; not all have to be there.
    """

    site_id: uuid.UUID
    child_key: str
    permission_on: date
    instrument_code: str
    respondent: str
    phase: str
    measured_on: date
    scores: dict[str, float]

    @property
    def instrument(self) -> Instrument | None:
        """The edition that was used, or None when there is no such measure of children."""
        found = INSTRUMENTS.get(self.instrument_code)
        return found if found and found.kind == "rating" else None

    def rules(self) -> Iterator[Problem]:
        """Give what is wrong with the values taken together."""
        yield from listed("source", self.source, "record_source")
        yield from listed("phase", self.phase, "observation_phase")
        if self.respondent not in RATERS:
            yield Problem("respondent", "unknown_option")
        if not CHILD_KEY.fullmatch(self.child_key):
            yield Problem("child_key", "child_key_form")
        if self.permission_on > self.measured_on:
            yield Problem("permission_on", "permission_late")
        instrument = self.instrument
        if instrument is None:
            yield Problem("instrument_code", "unknown_option")
            return
        if not self.scores:
            yield Problem("scores", "score_needed")
        scales = {scale.code: scale for scale in instrument.scales}
        for code, value in self.scores.items():
            yield from score_problems(f"scores.{code}", scales.get(code), value)
