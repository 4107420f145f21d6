"""The rules that one score must keep, whoever sends it: on the scale, and on one of its steps."""

from collections.abc import Iterator

from db.errors import Problem
from db.instruments import Scale


def score_problems(field: str, scale: Scale | None, value: float | None) -> Iterator[Problem]:
    """Give what is wrong with the score of a scale; None for a scale that the instrument does not have."""
    if scale is None:
        yield Problem(field, "unknown_option")
    elif value is not None and not scale.minimum <= value <= scale.maximum:
        yield Problem(field, "out_of_range", {"minimum": f"{scale.minimum:g}", "maximum": f"{scale.maximum:g}"})
    elif value is not None and not scale.accepts(value):
        yield Problem(field, "off_step", {"step": f"{scale.step:g}"})
