"""What incidents can be divided by: child-days where they are known, else enrolled children, else nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

ExposureKind = Literal["child_days", "enrolled", "none"]

PER_CHILD_DAYS = 1000.0
PER_ENROLLED = 100.0
KNOWN_SHARE = 0.5
"""Share of the units with enrolment whose child-days must be known for child-days to be used."""


@dataclass(frozen=True)
class Exposure:
    """One denominator for a whole chart, never two mixed; None where a unit has none.

    `values` are child-days (rates per 1,000) or enrolled children (rates per 100 children and month).
    """

    kind: ExposureKind
    values: tuple[float | None, ...]
    per: float


def choose_exposure(child_days: Sequence[float | None], enrolled: Sequence[float | None]) -> Exposure:
    """The best denominator that months (or sites) have in common (domain.md 5.3).

    Child-days when at least half of the units with any enrolment know them; otherwise enrolment, the simpler
    fallback. Raises ValueError for lists of unequal length.
    """
    pairs = list(zip(map(_positive, child_days), map(_positive, enrolled), strict=True))
    days = [day for day, _children in pairs]
    children = [child for _day, child in pairs]
    known = sum(day is not None for day in days)
    either = sum(day is not None or child is not None for day, child in pairs)
    if not either:
        return Exposure("none", tuple(None for _ in pairs), 1.0)
    if known >= KNOWN_SHARE * either:
        return Exposure("child_days", tuple(days), PER_CHILD_DAYS)
    return Exposure("enrolled", tuple(children), PER_ENROLLED)


def _positive(number: float | None) -> float | None:
    return number if number is not None and number > 0 else None
