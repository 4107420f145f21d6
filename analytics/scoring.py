"""Scores from ratings and answers: domain means of observation tools, scales of surveys.

Only numbers: no item wording. What an edition's items are comes with the call, as data.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Literal

LEAST_ANSWERED_PERCENT = 80
"""From this share of a scale's items on, those missing are taken as the mean of those answered (domain.md, data
dictionary, survey_response). One rule for every survey, also where authors are more generous (CBI: half)."""


@dataclass(frozen=True)
class Domain:
    """One computed score: the mean of these dimensions."""

    code: str
    dimensions: tuple[str, ...]


@dataclass(frozen=True)
class InstrumentScoring:
    """How one edition of an instrument turns ratings into domain scores.

    `reversed` names the dimensions whose low end is the good one, with the ends (min, max) of their scale:
    they enter a domain as min + max - mean. A dimension reported by itself stays as rated.
    """

    code: str
    formula_version: str
    domains: tuple[Domain, ...]
    reversed: Mapping[str, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class ComputedScore:
    """A domain score, or None with the codes of the dimensions that were missing in at least one cycle."""

    code: str
    value: float | None
    n_cycles: int
    formula_version: str
    missing: tuple[str, ...]


@dataclass(frozen=True)
class ItemScale:
    """A scale of a survey: the positions of its items (from 1), those that are turned round, and how they combine."""

    code: str
    positions: tuple[int, ...]
    reversed: tuple[int, ...]
    combine: Literal["sum", "mean"]


@dataclass(frozen=True)
class SurveyScoring:
    """How one edition of a survey turns a sheet of ``count`` answers into scales. ``answers``: the numbers allowed."""

    code: str
    formula_version: str
    count: int
    answers: tuple[float, ...]
    scales: tuple[ItemScale, ...]


@dataclass(frozen=True)
class ScaleScore:
    """A scale's score in its own points, or None where too few of its ``of`` items were ``answered``."""

    code: str
    value: float | None
    answered: int
    of: int
    formula_version: str

    @property
    def prorated(self) -> bool:
        """Whether missing answers were filled with the mean of the others."""
        return self.value is not None and self.answered < self.of


class WrongAnswer(ValueError):
    """One answer is none of those allowed; ``position`` counts from 1."""

    def __init__(self, position: int, answer: object, allowed: Sequence[float]) -> None:
        super().__init__(f"item {position} must be one of {', '.join(f'{one:g}' for one in allowed)}: {answer}")
        self.position = position


class WrongEdition(ValueError):
    """The answers belong to another edition than the rules that should score them."""


def score_survey(survey: SurveyScoring, answers: Sequence[float | None], *, edition: str) -> dict[str, ScaleScore]:
    """Every scale of one sheet, by its code. ``edition`` is the code of the instrument that was answered.

    Raises:
        WrongEdition: the answers are those of another edition, or not as many as it has items.
        WrongAnswer: an answer is out of range; it names the first such position, in any scale or none.
    """
    if edition != survey.code:
        raise WrongEdition(f"answers of {edition!r} cannot be scored as {survey.code!r}")
    if len(answers) != survey.count:
        raise WrongEdition(f"{survey.code!r} has {survey.count} items, but {len(answers)} answers were given")
    known = [_known(answer) for answer in answers]
    for position, answer in enumerate(known, start=1):
        if answer is not None and answer not in survey.answers:
            raise WrongAnswer(position, answer, survey.answers)
    return {scale.code: score_scale(survey, scale, known) for scale in survey.scales}


def score_scale(survey: SurveyScoring, scale: ItemScale, answers: Sequence[float | None]) -> ScaleScore:
    """One scale of a sheet whose answers are all allowed (`score_survey` checks them).

    A reversed item counts lowest + highest - answer. With all items answered: their sum or mean. With at least 80 %:
    the mean of those answered, for a sum times the number of items, rounded to the nearest whole point (halves up),
    as a sum of whole answers is whole; a mean is not rounded. With fewer: None.
    """
    low, high = min(survey.answers), max(survey.answers)
    turned = set(scale.reversed)
    given = [
        low + high - answer if position in turned else answer
        for position in scale.positions
        if (answer := _known(answers[position - 1])) is not None
    ]
    of = len(scale.positions)
    value: float | None = None
    if 100 * len(given) >= LEAST_ANSWERED_PERCENT * of:
        value = fmean(given)
        if scale.combine == "sum":
            value = math.fsum(given) if len(given) == of else float(math.floor(value * of + 0.5))
    return ScaleScore(scale.code, value, len(given), of, survey.formula_version)


def score_domains(
    definition: InstrumentScoring, cycles: Sequence[Mapping[str, float | None]]
) -> dict[str, ComputedScore]:
    """Every domain score of one observation, by domain code, from the ratings of its cycles.

    Each dimension is averaged over the cycles, reversed where the definition says so, and the dimensions of a
    domain are averaged (CLASS: domain.md 3.1; negative climate enters as 8 - mean). A domain with a dimension
    missing in any cycle has no value. Raises ValueError for a reversed dimension outside its scale.
    """
    return {domain.code: _score_domain(definition, domain, cycles) for domain in definition.domains}


def _score_domain(
    definition: InstrumentScoring, domain: Domain, cycles: Sequence[Mapping[str, float | None]]
) -> ComputedScore:
    means: list[float] = []
    missing: list[str] = []
    for dimension in domain.dimensions:
        ratings = [rating for cycle in cycles if (rating := _known(cycle.get(dimension))) is not None]
        if not ratings or len(ratings) < len(cycles):
            missing.append(dimension)
        else:
            means.append(_directed_mean(dimension, ratings, definition.reversed.get(dimension)))
    value = fmean(means) if means and not missing else None
    return ComputedScore(domain.code, value, len(cycles), definition.formula_version, tuple(missing))


def _directed_mean(dimension: str, ratings: Sequence[float], ends: tuple[float, float] | None) -> float:
    if ends is None:
        return fmean(ratings)
    low, high = ends
    if not all(low <= rating <= high for rating in ratings):
        raise ValueError(f"{dimension} must lie between {low} and {high}: {list(ratings)}")
    return low + high - fmean(ratings)


def _known(rating: float | None) -> float | None:
    return None if rating is None or math.isnan(rating) else float(rating)
