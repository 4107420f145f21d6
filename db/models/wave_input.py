"""What a survey-wave form or an import sends: totals per scale, never one person's answer."""

import math
import uuid
from collections.abc import Iterator
from datetime import date

from pydantic import Field

from db.errors import Problem
from db.instruments import INSTRUMENTS, Instrument, Scale
from db.models.inputs import Input, SubmittedInput
from db.problems import listed

ROUNDING = 0.01
"""Means and spreads are copied from a scoring sheet, rounded to two decimals."""


class WaveResultInput(Input):
    """What one scale came to: how many people answered it, their mean, and the spread if it is known."""

    scale_code: str
    respondents: int = Field(ge=1, le=500)
    mean: float = Field(allow_inf_nan=False)
    sd: float | None = Field(default=None, ge=0, allow_inf_nan=False)


class WaveInput(SubmittedInput):
    """One round of a staff survey at a site."""

    site_id: uuid.UUID
    instrument_code: str
    opened_on: date
    closed_on: date
    invited: int = Field(ge=1, le=500)
    results: tuple[WaveResultInput, ...] = Field(max_length=20)

    @property
    def instrument(self) -> Instrument | None:
        """The edition that was used, or None when there is no such survey."""
        found = INSTRUMENTS.get(self.instrument_code)
        return found if found and found.kind == "survey" else None

    def rules(self) -> Iterator[Problem]:
        """Give what is wrong with the values taken together."""
        yield from listed("source", self.source, "record_source")
        if self.closed_on < self.opened_on:
            yield Problem("closed_on", "end_before_start")
        instrument = self.instrument
        if instrument is None:
            yield Problem("instrument_code", "unknown_option")
            return
        if not self.results:
            yield Problem("results", "scale_needed")
        scales = {scale.code: scale for scale in instrument.scales}
        seen: set[str] = set()
        for result in self.results:
            scale = scales.get(result.scale_code)
            if scale is None or result.scale_code in seen:
                yield Problem(f"results.{result.scale_code}", "unknown_option")
                continue
            seen.add(result.scale_code)
            yield from self._result(scale, result)

    def _result(self, scale: Scale, result: WaveResultInput) -> Iterator[Problem]:
        field = f"results.{scale.code}"
        if result.respondents > self.invited:
            yield Problem(
                f"{field}.respondents",
                "more_answered_than_invited",
                {"respondents": result.respondents, "invited": self.invited},
            )
        if not scale.minimum <= result.mean <= scale.maximum:
            bounds = {"minimum": f"{scale.minimum:g}", "maximum": f"{scale.maximum:g}"}
            yield Problem(f"{field}.mean", "out_of_range", bounds)
        elif result.sd is not None and result.sd > largest_sd(scale, result.mean, result.respondents) + ROUNDING:
            yield Problem(f"{field}.sd", "spread_too_large")


def largest_sd(scale: Scale, mean: float, respondents: int) -> float:
    """Give the largest sample standard deviation that answers within the scale can have around ``mean``.

    The variance of values from a to b with mean m is at most (b - m)(m - a) (Bhatia and Davis 2000, The
    American Mathematical Monthly 107(4)), times n / (n - 1) for a sample.
    """
    if respondents < 2:
        return 0.0
    variance = (scale.maximum - mean) * (mean - scale.minimum)
    return math.sqrt(max(variance, 0.0) * respondents / (respondents - 1))
