"""What the registry says about an instrument: plain frozen records."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Literal

Direction = Literal["higher_better", "lower_better"]
Kind = Literal["observation", "survey", "rating"]
"""A room or teacher seen by an observer, a survey that staff answer, or one child rated by an adult."""
Unit = Literal["classroom", "teacher", "site", "child"]
Level = Literal["program", "classroom", "child_family"]
Respondent = Literal["observer", "staff", "teacher", "family"]
ScoredBy = Literal["certified", "trained", "anyone"]
"""Certified observers only, people trained in the tool, or anyone who follows its instructions."""
LicenceClass = Literal["open_items", "scores_only", "no_items_no_labels"]
Combine = Literal["sum", "mean"]


@dataclass(frozen=True)
class Figure:
    """A published figure about a scale. `unverified`: from memory or a weak source, so nothing is judged by it."""

    value: float
    source: str
    unverified: bool = False


@dataclass(frozen=True)
class Answer:
    """One answer option: the number that it counts, and its words where we may show them."""

    value: float
    en: str | None = None
    es: str | None = None


@dataclass(frozen=True)
class ItemText:
    """The words of one item, in each language that there is."""

    en: str | None
    es: str | None


@dataclass(frozen=True)
class Items:
    """The form that people fill in: how many items, the answers that each takes, their words where we may show them.

    ``texts`` is empty for an instrument whose wording is not ours: then only numbers are known.
    """

    count: int
    answers: tuple[Answer, ...]
    source: str
    texts: tuple[ItemText, ...] = ()

    @property
    def values(self) -> tuple[float, ...]:
        """The numbers that an answer can have, lowest first."""
        return tuple(answer.value for answer in self.answers)


@dataclass(frozen=True)
class ItemScoring:
    """Which items make a scale: positions from 1. ``reversed`` is None where no source says which are turned round."""

    positions: tuple[int, ...]
    reversed: tuple[int, ...] | None
    combine: Combine


@dataclass(frozen=True)
class Band:
    """A published range of scores, both ends included: a reference to read beside a score, not a verdict.

    `in_force_from` and `in_force_to` are set where a rule makes the range valid for some time only. `unverified`: the
    source is weak, or there is none to look up: such a band is listed with the registry and nothing is banded by it.
    """

    low: float
    high: float
    label_en: str
    label_es: str
    source: str
    reference_only: bool = True
    in_force_from: date | None = None
    in_force_to: date | None = None
    unverified: bool = False


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
    reliability: Figure | None = None
    sd: Figure | None = None
    items: ItemScoring | None = None

    @property
    def shown_bands(self) -> tuple[Band, ...]:
        """The bands that a screen may put beside a score: never one that is unverified."""
        return tuple(band for band in self.bands if not band.unverified)

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
    reliability: Figure | None = None
    sd: Figure | None = None

    @property
    def shown_bands(self) -> tuple[Band, ...]:
        """The bands that a screen may put beside a score: never one that is unverified."""
        return tuple(band for band in self.bands if not band.unverified)


@dataclass(frozen=True)
class Instrument:
    """One edition of an instrument. Editions of one `family` show side by side but never join in one line.

    `cycles_min` and `cycles_max` bound the observation rounds of one visit, `cycles_usual` is the developer's
    number. `interval_days` is the usual time between two uses, None where no source gives one. `unverified`:
    a part is general knowledge (`unverified_part` says which) and waits for a check against the manual.
    `screener`: it tells who should be looked at more closely, and is no measure of change.
    `program_id` and `retired` are those of an instrument that a program added: whose it is, and whether it was taken
    out of the choices (its old scores keep their names).
    """

    code: str
    family: str
    name: str
    name_es: str
    edition: str
    kind: Kind
    unit: Unit
    levels: tuple[Level, ...]
    languages: tuple[str, ...]
    licence_class: LicenceClass
    source: str
    respondent: Respondent
    scored_by: ScoredBy
    cycles_min: int
    cycles_max: int
    cycles_usual: int
    interval_days: int | None
    formula_version: str
    scales: tuple[Scale, ...]
    domains: tuple[Domain, ...]
    unverified: bool = False
    unverified_part: str | None = None
    unverified_part_es: str | None = None
    items: Items | None = None
    screener: bool = False
    program_id: uuid.UUID | None = None
    retired: bool = False

    @property
    def asks(self) -> bool:
        """Whether its items may be put to people: our own words, or words that came with it."""
        return self.items is not None and bool(self.items.texts)

    def offered_to(self, program_id: uuid.UUID) -> bool:
        """Whether a program may choose it for something new: not retired, and not another program's own."""
        return not self.retired and self.program_id in (None, program_id)

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
