"""Scores from answers and ratings: PSS, Copenhagen Burnout Inventory, and domain means of observation tools.

Only numbers: no item wording. A missing answer gives no score (None); prorating is a decision of its own
and is not taken here.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean

PSS10_REVERSED = (4, 5, 7, 8)
"""Positively worded items of the PSS-10, from 1 (Cohen's scoring page, domain.md 4.2)."""
PSS4_REVERSED = (2, 3)
"""Positively worded items of the PSS-4, from 1 (same source)."""
CBI_RESPONSES = (0, 25, 50, 75, 100)
"""The five response scores of the Copenhagen Burnout Inventory (Kristensen et al. 2005, domain.md 4.3)."""


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


def pss10(answers: Sequence[int | None]) -> int | None:
    """The Perceived Stress Scale total of ten answers 0-4: 0-40, higher is more stress.

    None when an answer is missing. Raises ValueError naming the item position (from 1) that is out of range,
    or when there are not ten answers. Cohen, Kamarck & Mermelstein 1983 (domain.md 4.2).
    """
    return _pss(answers, 10, PSS10_REVERSED)


def pss4(answers: Sequence[int | None]) -> int | None:
    """The short Perceived Stress Scale total of four answers 0-4: 0-16; otherwise as `pss10`."""
    return _pss(answers, 4, PSS4_REVERSED)


def cbi_scale(answers: Sequence[float | None], reversed_items: Collection[int] = ()) -> float | None:
    """One Copenhagen Burnout Inventory scale: the mean (0-100) of answers scored 0, 25, 50, 75 or 100.

    `reversed_items` are positions from 1 that count as 100 - answer (the item on energy for family and
    friends in the work scale). None when an answer is missing. Raises ValueError naming the item position
    that is not one of the five scores, an unknown reversed position, or an empty scale. Kristensen et al.
    2005.
    """
    if not answers:
        raise ValueError("a scale needs at least one answer")
    for position in reversed_items:
        if not 1 <= position <= len(answers):
            raise ValueError(f"reversed item {position} is not one of the {len(answers)} items")
    scored: list[float] = []
    for position, answer in enumerate(answers, start=1):
        if answer is None:
            continue
        if answer not in CBI_RESPONSES:
            raise ValueError(f"item {position} must be one of {CBI_RESPONSES}: {answer}")
        scored.append(100 - answer if position in reversed_items else answer)
    return fmean(scored) if len(scored) == len(answers) else None


def percent_yes(yes: int, scored: int) -> float | None:
    """The per cent of scored indicators that were "yes" (TPOT, domain.md 3.2); None where none was scored.

    Indicators without an opportunity are not scored. Raises ValueError unless 0 <= yes <= scored.
    """
    if not 0 <= yes <= scored:
        raise ValueError(f"yes must lie between 0 and the number scored: {yes} of {scored}")
    return 100 * yes / scored if scored else None


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


def _pss(answers: Sequence[int | None], items: int, reversed_items: Collection[int]) -> int | None:
    if len(answers) != items:
        raise ValueError(f"expected {items} answers, got {len(answers)}")
    total, missing = 0, False
    for position, answer in enumerate(answers, start=1):
        if answer is None:
            missing = True
            continue
        if answer not in (0, 1, 2, 3, 4):
            raise ValueError(f"item {position} must be a whole number from 0 to 4: {answer}")
        total += 4 - int(answer) if position in reversed_items else int(answer)
    return None if missing else total
