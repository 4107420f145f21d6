"""What a chart over time shows, in one plain sentence: the words for each finding of the analytics."""

from datetime import date
from typing import Literal

from analytics.sentences import Direction, Finding
from components import dates
from components.charts.axis import month_of_key
from components.charts.numbers import decimal
from components.words import _

Better = Direction

SIGNALS_NOW = ("higher_than_usual", "lower_than_usual", "rising", "falling", "outside_once", "near_limit")
"""Findings about the latest point: each has its false alarms, measured by ``benchmarks/charts.py``."""
Counted = Literal["month", "gap"]
"""What one point of a chart is: a month, or the time between two rare events."""


def say(found: Finding, unit: str, better: Better = None, counted: Counted = "month") -> str:
    """Give the sentence for what a chart over time shows.

    ``unit`` follows the numbers, ``better`` is the good way, ``counted`` what a point is.
    """
    templates = _of_months() if counted == "month" else _of_gaps()
    sentence = templates[found.code].format(
        points=found.points,
        needed=found.needed,
        latest=decimal(found.latest),
        month=point_words(found.latest_label, counted),
        earlier=point_words(found.signal_label, counted),
        centre=decimal(found.centre),
        run=found.months_on_side,
        unit=unit,
        side=_("above") if found.side == "high" else _("below"),
        limit=_("upper") if found.side == "high" else _("lower"),
    )
    return " ".join(part for part in (sentence, _hint(found, better), _run(found, counted)) if part)


def notes(found: Finding, counted: Counted = "month") -> tuple[str, ...]:
    """Give what a careful reader must know of the limits: widened, set anew, or resting on a time that moved itself."""
    told = []
    if found.since is not None:
        told.append(
            _("Center and limits were set anew from {month}; what lay before is not compared with.").format(
                month=point_words(found.since, counted)
            )
        )
    if found.kind in ("u", "u_prime") and found.since is None and not found.provisional:
        told.append(
            _("The usual level and the limits come from the first {needed} months, whatever period is shown.").format(
                needed=found.needed
            )
        )
    if found.kind == "u_prime":
        told.append(
            _(
                "Months differ here more than single events would by chance, as when one child has many. The limits are"
                " {times} times as wide for that."
            ).format(times=decimal(found.widened, 2))
        )
    if found.code in SIGNALS_NOW and not found.provisional:
        told.append(
            _(
                "Where nothing changes, a chart still shows some sign like this in about 1 of 15 months, with few"
                " incidents in up to 1 of 7. Ask, and look again next month."
            )
        )
    if found.steady is False and not found.provisional:
        told.append(_("The points that set the limits were not steady themselves: read the limits with care."))
    return tuple(told)


def point_words(label: str | None, counted: Counted) -> str:
    """Give the words for a point: its month, or the day of the event that ended a gap."""
    if not label:
        return ""
    if counted == "month" or label.count("-") == 1:
        return dates.month(month_of_key(label))
    return dates.full(date.fromisoformat(label))


def _of_months() -> dict[str, str]:
    return {
        "no_data": _("No month has a value yet."),
        "too_few_points": _(
            "Too few months to tell a change from chance: {points} known, and limits come with {needed}. The latest,"
            " {month}, stands at {latest} {unit}."
        ),
        "stable": _(
            "It goes up and down as chance alone would have it, around {centre} {unit}. Nothing points to a real"
            " change."
        ),
        "higher_than_usual": _(
            "The last {run} months are all above the usual level of {centre} {unit}. Chance alone seldom does that."
        ),
        "lower_than_usual": _(
            "The last {run} months are all below the usual level of {centre} {unit}. Chance alone seldom does that."
        ),
        "rising": _("It has gone up month after month, seven times or more. Chance alone seldom does that."),
        "falling": _("It has gone down month after month, seven times or more. Chance alone seldom does that."),
        "outside_once": _(
            "{month} lies {side} what chance explains: {latest} {unit}, usually about {centre}. One month alone is"
            " often chance: a reason to look, not yet a trend."
        ),
        "near_limit": _(
            "Two of the last three months came close to the {limit} limit of what chance explains. That alone is"
            " often chance: watch the next month."
        ),
        "back_to_usual": _(
            "The latest months are within the usual range around {centre} {unit}. Up to {earlier} there was a stretch"
            " that chance does not explain."
        ),
        "changed_level": _("The level changed during this time, by more than chance explains."),
    }


def _of_gaps() -> dict[str, str]:
    return {
        "no_data": _("It takes two times to know what lies between."),
        "too_few_points": _(
            "Too few to tell a change from chance: {points} gaps known, and limits come with {needed}. The latest ended"
            " on {month} after {latest} {unit}."
        ),
        "stable": _(
            "What lies between two times varies as chance alone would have it, around {centre} {unit}. Nothing points"
            " to a real change."
        ),
        "higher_than_usual": _(
            "The last {run} gaps are all longer than the usual {centre} {unit}: it happens more rarely, by more than"
            " chance explains."
        ),
        "lower_than_usual": _(
            "The last {run} gaps are all shorter than the usual {centre} {unit}: it happens more often, by more than"
            " chance explains."
        ),
        "rising": _("The gaps have become longer and longer, seven times or more. Chance alone seldom does that."),
        "falling": _("The gaps have become shorter and shorter, seven times or more. Chance alone seldom does that."),
        "outside_once": _(
            "The gap that ended on {month} lies {side} what chance explains: {latest} {unit}, usually about {centre}."
            " One alone is often chance: a reason to look, not yet a trend."
        ),
        "near_limit": _(
            "Two of the last three gaps came close to the {limit} limit of what chance explains. That alone is often"
            " chance."
        ),
        "back_to_usual": _(
            "The latest gaps are within the usual range around {centre} {unit}. Up to {earlier} there was a stretch"
            " that chance does not explain."
        ),
        "changed_level": _("How often it happens changed during this time, by more than chance explains."),
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


def _run(found: Finding, counted: Counted) -> str:
    """Say that there are no limits yet, where the sentence itself does not."""
    if not found.provisional or found.code in ("no_data", "too_few_points"):
        return ""
    if counted == "gap":
        return _("This is a run chart around the median; limits come with {needed} gaps ({points} so far).").format(
            needed=found.needed, points=found.points
        )
    return _("This is a run chart around the median; limits come with {needed} months ({points} so far).").format(
        needed=found.needed, points=found.points
    )
