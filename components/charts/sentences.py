"""What a chart shows, in one plain sentence: the words for each finding of the analytics."""

from typing import Literal

from analytics.rules import RUN_LENGTH
from analytics.sentences import Finding
from components import dates
from components.charts.axis import month_of_key
from components.charts.numbers import decimal
from components.words import _

Better = Literal["lower", "higher"] | None
LOCK = 12


def say(found: Finding, unit: str, better: Better = None, needed: int = RUN_LENGTH) -> str:
    """Give the sentence for what a chart over time shows.

    ``unit`` follows the numbers, ``better`` is the good way, ``needed`` how many points a pattern takes.
    """
    sentence = _templates()[found.code].format(
        points=found.points,
        needed=needed,
        latest=decimal(found.latest),
        month=_month(found.latest_label),
        earlier=_month(found.signal_label),
        centre=decimal(found.centre),
        run=found.months_on_side,
        unit=unit,
        side=_("above") if found.side == "high" else _("below"),
        limit=_("upper") if found.side == "high" else _("lower"),
    )
    parts = [sentence, _hint(found, better), _provisional(found)]
    return " ".join(part for part in parts if part)


def _templates() -> dict[str, str]:
    return {
        "no_data": _("No month has a value yet."),
        "too_few_points": _(
            "Too few months to tell a change from chance: {points} known, and it takes at least {needed}. The latest,"
            " {month}, stands at {latest} {unit}."
        ),
        "stable": _(
            "It goes up and down as chance alone would have it, around {centre} {unit}. Nothing points to a real"
            " change."
        ),
        "higher_than_usual": _(
            "The last {run} months are all above the usual level of {centre} {unit}. Chance alone does not explain"
            " that."
        ),
        "lower_than_usual": _(
            "The last {run} months are all below the usual level of {centre} {unit}. Chance alone does not explain"
            " that."
        ),
        "rising": _("It has gone up month after month, seven times or more. Chance alone does not explain that."),
        "falling": _("It has gone down month after month, seven times or more. Chance alone does not explain that."),
        "outside_once": _(
            "{month} lies {side} what chance explains: {latest} {unit}, usually about {centre}. One month is a reason"
            " to look, not yet a trend."
        ),
        "near_limit": _(
            "Two of the last three months came close to the {limit} limit of what chance explains. Watch the next"
            " month."
        ),
        "back_to_usual": _(
            "The latest months are within the usual range around {centre} {unit}. Up to {earlier} there was a stretch"
            " that chance does not explain."
        ),
        "changed_level": _("The level changed during this time, by more than chance explains."),
    }


def _hint(found: Finding, better: Better) -> str:
    """Say what to ask next when something is going on: what helped, or what changed."""
    up = {"higher_than_usual": True, "rising": True, "lower_than_usual": False, "falling": False}.get(found.code)
    if up is None and found.code == "outside_once":
        up = found.side == "high"
    if up is None or better is None:
        return ""
    if up == (better == "higher"):
        return _("Ask what helped, and whether everything is still being written down.")
    return _("Ask what changed, and whether more is being written down than before.")


def _provisional(found: Finding) -> str:
    if not found.provisional or (found.low is None and found.high is None):
        return ""
    return _("The limits are provisional until {lock} months are known ({points} so far).").format(
        lock=LOCK, points=min(found.points, LOCK)
    )


def _month(label: str | None) -> str:
    return dates.month(month_of_key(label)) if label else ""
