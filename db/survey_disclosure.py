"""The one rule for what may be shown of a staff survey: on every screen, in every table, chart and file."""

from typing import Literal, NamedTuple

from analytics.suppression import show_mean
from db.instruments import instrument
from db.settings import settings

ResponseBand = Literal["under_half", "half_to_three_quarters", "three_quarters_or_more"]


class ShownResult(NamedTuple):
    """What one scale came to. When ``hidden``, there is no number at all.

    ``respondents`` is also left out when it would show that only a few who were invited did not answer.
    """

    scale_code: str
    hidden: bool
    respondents: int | None = None
    mean: float | None = None
    sd: float | None = None


def shown_result(
    instrument_code: str, scale_code: str, respondents: int, invited: int, mean: float, sd: float | None
) -> ShownResult:
    """Give what may be shown of one scale's result.

    All is hidden below the least number of people, and when everyone gave the same answer (no spread, or a
    mean at an end of the scale), because the mean then tells each person's answer (domain.md 5.2).
    """
    scale = instrument(instrument_code).scale(scale_code)
    least = settings().staff_minimum
    all_alike = mean in (scale.minimum, scale.maximum) or sd == 0
    if all_alike or not show_mean(respondents, least):
        return ShownResult(scale_code, hidden=True)
    silent = invited - respondents
    return ShownResult(scale_code, False, None if 0 < silent < least else respondents, mean, sd)


def response_band(respondents: int, invited: int) -> ResponseBand:
    """Give roughly how many of those invited answered: a share would give away how many did not."""
    share = respondents / invited
    if share < 0.5:
        return "under_half"
    return "half_to_three_quarters" if share < 0.75 else "three_quarters_or_more"
