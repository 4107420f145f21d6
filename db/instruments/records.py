"""What the registry says about an instrument: plain frozen records."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Direction = Literal["higher_better", "lower_better"]
Kind = Literal["observation", "survey"]
Unit = Literal["classroom", "teacher", "site"]
LicenceClass = Literal["open_items", "scores_only", "no_items_no_labels"]


@dataclass(frozen=True)
class Band:
    """A published range of scores, both ends included: a reference to read beside a score, not a verdict.

    `in_force_from` and `in_force_to` are set where a rule makes the range valid for some time only.
    """

    low: float
    high: float
    label_en: str
    label_es: str
    source: str
    reference_only: bool = True
    in_force_from: date | None = None
    in_force_to: date | None = None


@dataclass(frozen=True)
class Scale:
    """One number that is entered. `step` holds for one room or person; a mean of several may fall between.

    `reversed`: the score enters a domain as `minimum + maximum - score`. It is stored and shown as entered.
    """

    code: str
    en: str
    es: str
    minimum: float
    maximum: float
    step: float
    direction: Direction
    reversed: bool
    source: str | None
    bands: tuple[Band, ...] = ()

    def accepts(self, score: float) -> bool:
        """Whether one classroom or one person can have this score: within the range and on a step."""
        if not self.minimum <= score <= self.maximum:  # also refuses a score that is not a number
            return False
        steps = (score - self.minimum) / self.step
        return abs(steps - round(steps)) < 1e-6


@dataclass(frozen=True)
class Domain:
    """A score computed as the mean of its scales, after reversal; it needs all of them."""

    code: str
    en: str
    es: str
    scales: tuple[str, ...]
    direction: Direction
    bands: tuple[Band, ...] = ()


@dataclass(frozen=True)
class Instrument:
    """One edition of an instrument. Editions of one `family` show side by side but never join in one line.

    `cycles_min` and `cycles_max` bound the observation rounds of one visit, `cycles_usual` is the developer's
    number. `interval_days` is the usual time between two uses, None where no source gives one. `unverified`:
    a part is general knowledge (`unverified_part` says which) and waits for a check against the manual.
    """

    code: str
    family: str
    name: str
    name_es: str
    edition: str
    kind: Kind
    unit: Unit
    licence_class: LicenceClass
    source: str
    respondent: str
    cycles_min: int
    cycles_max: int
    cycles_usual: int
    interval_days: int | None
    formula_version: str
    scales: tuple[Scale, ...]
    domains: tuple[Domain, ...]
    unverified: bool = False
    unverified_part: str | None = None

    def scale(self, code: str) -> Scale:
        """One scale by its code.

        Raises:
            KeyError: the instrument has no such scale.
        """
        for scale in self.scales:
            if scale.code == code:
                return scale
        raise KeyError(f"The instrument {self.code!r} has no scale {code!r}.")

    def domain(self, code: str) -> Domain:
        """One domain by its code.

        Raises:
            KeyError: the instrument has no such domain.
        """
        for domain in self.domains:
            if domain.code == code:
                return domain
        raise KeyError(f"The instrument {self.code!r} has no domain {code!r}.")
