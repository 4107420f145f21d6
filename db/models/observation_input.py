"""What an observation form or an import sends, and the rules that its scores must keep."""

import uuid
from collections.abc import Iterator
from datetime import date

from pydantic import Field

from db.errors import Problem
from db.instruments import INSTRUMENTS, Instrument
from db.models.inputs import SubmittedInput
from db.models.score_rules import score_problems
from db.problems import listed


class ObservationInput(SubmittedInput):
    """The raw scores of one observation, as the observer gave them: never reversed.

    ``cycles`` holds one mapping per cycle, from a scale's code to its score. ``incomplete_on_purpose`` says
    that the observer knows that scores are missing; the domains that need them then have no score.
    """

    site_id: uuid.UUID
    classroom_id: uuid.UUID
    instrument_code: str
    observed_on: date
    certified_until: date | None = None
    phase: str
    cycles: tuple[dict[str, float | None], ...] = Field(min_length=1, max_length=6)
    incomplete_on_purpose: bool = False

    @property
    def instrument(self) -> Instrument | None:
        """The edition that was used, or None when there is no such observation tool."""
        found = INSTRUMENTS.get(self.instrument_code)
        return found if found and found.kind == "observation" else None

    def rules(self) -> Iterator[Problem]:
        """Give what is wrong with the values taken together."""
        yield from listed("phase", self.phase, "observation_phase")
        yield from listed("source", self.source, "record_source")
        if self.certified_until and self.certified_until < self.observed_on:
            yield Problem("certified_until", "certificate_expired")
        instrument = self.instrument
        if instrument is None:
            yield Problem("instrument_code", "unknown_option")
            return
        if not instrument.cycles_min <= len(self.cycles) <= instrument.cycles_max:
            bounds = {"minimum": instrument.cycles_min, "maximum": instrument.cycles_max}
            yield Problem("cycles", "out_of_range", bounds)
        for number, scores in enumerate(self.cycles, start=1):
            yield from self._cycle(instrument, number, scores)

    def _cycle(self, instrument: Instrument, number: int, scores: dict[str, float | None]) -> Iterator[Problem]:
        known = {scale.code: scale for scale in instrument.scales}
        for code, value in scores.items():
            yield from score_problems(f"cycles.{number}.{code}", known.get(code), value)
        entered = [code for code in known if scores.get(code) is not None]
        if not entered or (len(entered) < len(known) and not self.incomplete_on_purpose):
            yield Problem(f"cycles.{number}", "scores_missing", {"cycle": number})
