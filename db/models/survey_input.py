"""What the form sends that opens a staff survey on phones."""

import uuid
from collections.abc import Iterator
from datetime import date

from pydantic import Field

from db.errors import Problem
from db.instruments import INSTRUMENTS, Instrument
from db.instruments.scoring import survey_scoring_of
from db.models.inputs import SubmittedInput

LANGUAGES = ("en", "es")
LONGEST_OPEN_DAYS = 60


class SurveyInput(SubmittedInput):
    """A wave that staff will answer themselves: which survey, in which languages, from when to when, how many."""

    site_id: uuid.UUID
    instrument_code: str
    languages: tuple[str, ...] = Field(min_length=1, max_length=2)
    opened_on: date
    closed_on: date
    invited: int = Field(ge=1, le=500)

    def rules(self) -> Iterator[Problem]:
        """Give what is wrong with the values taken together."""
        if any(language not in LANGUAGES for language in self.languages):
            yield Problem("languages", "unknown_option")
        if self.closed_on < self.opened_on:
            yield Problem("closed_on", "end_before_start")
        elif (self.closed_on - self.opened_on).days > LONGEST_OPEN_DAYS:
            yield Problem("closed_on", "open_too_long", {"days": LONGEST_OPEN_DAYS})
        one = INSTRUMENTS.get(self.instrument_code)
        if one is None or one.kind != "survey":
            yield Problem("instrument_code", "unknown_option")

    def askable(self, one: Instrument) -> Iterator[Problem]:
        """Give what is wrong with asking ``one``, the instrument as the site's program may use it."""
        if one.retired or not can_be_asked(one):
            yield Problem("instrument_code", "unknown_option")
        elif not set(self.languages) <= set(asked_in(one)):
            yield Problem("languages", "not_in_this_language")


def can_be_asked(one: Instrument) -> bool:
    """Tell whether staff can answer this instrument here: a survey with words and known scoring."""
    return one.kind == "survey" and bool(asked_in(one)) and survey_scoring_of(one) is not None


def asked_in(one: Instrument) -> tuple[str, ...]:
    """Give the languages in which every item and every answer of an instrument has words."""
    if one.items is None or not one.items.texts:
        return ()
    worded = (*one.items.texts, *one.items.answers)
    return tuple(language for language in LANGUAGES if all(getattr(words, language) for words in worded))
