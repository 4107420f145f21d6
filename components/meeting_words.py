"""What a meeting's screen says: strengths, signals, figures then and now. Never a child's key or name."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast

from analytics.meeting_signals import Fired, SignalCode
from analytics.since import Since
from analytics.strengths import Strength
from components import dates, precision
from components.charts.numbers import decimal, signed, whole
from components.choices import label_of
from components.words import _, plural


def strength(one: Strength) -> str:
    """Give a strength in one sentence."""
    templates = {
        "fewer_incidents": _("Fewer incidents than before, and chance alone does not explain it."),
        "quiet_month": _("The last full month had no incident, with records kept."),
        "quiet_rooms": plural(
            "One of {of} classrooms had no incident in the last full month, after some before.",
            "{number} of {of} classrooms had no incident in the last full month, after some before.",
            one.number,
        ),
        "care_kept": plural(
            "No child lost care because of behavior in the last full month.",
            "No child lost care because of behavior in the last {number} full months.",
            one.number,
        ),
        "decisions_done": plural(
            "{number} of {of} decisions of the last meeting is done.",
            "{number} of {of} decisions of the last meeting are done.",
            one.number,
        ),
        "survey_answered": _("Three quarters or more of the staff answered the latest survey."),
        "visits_held": plural(
            "The visit of the last full month took place.",
            "All {number} visits of the last full month took place.",
            one.number,
        ),
        "enrolment_known": _("The enrollment of the last full month is entered, so rates can be told."),
        "incidents_recorded": plural(
            "{number} incident was written down in the last full month, so you can talk about facts.",
            "{number} incidents were written down in the last full month, so you can talk about facts.",
            one.number,
        ),
        "met": _("You take the time to look at this together."),
    }
    return templates[one.code].format(number=one.number, of=one.of)


def signal(one: Fired) -> str:
    """Give why something is suggested, after the words "Suggested because"."""
    return {
        "incidents_up": _("incidents are above their usual level by more than chance explains"),
        "one_child": _("one child is involved in more than a third of the incidents of the last three full months"),
        "steps_missing": plural(
            "{number} time away waits for steps or for a look at the child's place",
            "{number} times away wait for steps or for a look at the child's place",
            one.number,
        ),
        "no_visits": _("no visit took place in the last full month"),
        "follow_ups_overdue": plural(
            "{number} follow-up of a visit is past its day", "{number} follow-ups of visits are past their day",
            one.number,
        ),
        "decisions_overdue": plural(
            "{number} decision of an earlier meeting is past its day",
            "{number} decisions of earlier meetings are past their day",
            one.number,
        ),
    }[one.code].format(number=one.number)  # fmt: skip


def rule(code: str) -> str:
    """Give the rule that suggested a decision, without the number of that day."""
    return {
        "steps_missing": _("time away waits for steps or for a look at the child's place"),
        "follow_ups_overdue": _("follow-ups of visits are past their day"),
        "decisions_overdue": _("decisions of earlier meetings are past their day"),
    }.get(code) or signal(Fired(cast(SignalCode, code)))


def suggestion(code: str) -> str:
    """Give the decision that a signal suggests: words to begin with, which people change."""
    return {
        "incidents_up": _("Look at what changed in the room and the day before the rise, and try one change."),
        "one_child": _("Plan together, with the family, what this child needs."),
        "steps_missing": _("Take and note the steps after time away that are still missing."),
        "no_visits": _("Agree on the next consultation visit."),
        "follow_ups_overdue": _("Go through the follow-ups that are past their day."),
        "decisions_overdue": _("Go through the decisions that are past their day: do them, change them, or let go."),
    }[code]


def figure(code: str | None, cut: Mapping[str, str], names: Mapping[str, str]) -> str:
    """Give what a decision is to change."""
    if code == "pattern":
        return _("Incidents: {place}").format(place=", ".join(precision.phrases(cut, names)))
    return {
        "incidents": _("All incidents"), "exclusions": _("Times a child lost care"), "visits": _("Visits"), None: "",
    }[code]  # fmt: skip


def then_and_now(figure: str, then: Any, now: Any, read: Since | None) -> str:
    """Say what a figure was before the meeting and what it is since, with the difference and whether it is chance.

    Visits are arranged, so chance is not asked about them.
    """
    if then is None or now is None or read is None:
        return _("No open day has passed since, so there is nothing to count yet.")
    told = _("{before} in the {days_before} open days before, {now} in the {days} open days since.").format(
        before=whole(then.events), days_before=whole(then.open_days), now=whole(now.events), days=whole(now.open_days)
    )
    difference = now.events - read.expected
    told += " " + _("At the rate of before it would be about {expected} by now: {difference}.").format(
        expected=decimal(read.expected, 0), difference=signed(difference, 0)
    )
    return told if figure == "visits" else told + " " + reading(read)


def reading(read: Since) -> str:
    """Say whether a difference is more than chance."""
    return {
        "fewer": _("Fewer than chance alone explains."),
        "more": _("More than chance alone explains."),
        "no_more_than_chance": _("Chance alone can explain the difference."),
        "too_early": _("Too early to tell: with so few, not even none at all would say more than chance."),
    }[read.reading]


def owner(row: Any) -> str:
    """Give whose task a decision is: a person's name, or a role."""
    return row.owner or label_of("reported_by_role", row.owner_role or "other")


def due(day: date, today: date, status: str) -> str:
    """Say until when a decision is to be done."""
    if status != "open":
        return label_of("decision_status", status)
    if day < today:
        return _("overdue since {day}").format(day=dates.short(day))
    return _("due {day}").format(day=dates.short(day))


def seen(one: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Give what a past meeting looked at in words, from the codes and numbers that were kept."""
    if "strength" in one:
        return strength(Strength(one["strength"], one.get("number", 0), one.get("of", 0)))
    if "signal" in one:
        words = signal(Fired(one["signal"], one.get("number", 0)))
        return words[:1].upper() + words[1:] + "."
    return precision.statement(precision.Told(one["cut"], one["count"], one["total"], one["motives"]), names)


def kept(
    strengths: Sequence[Strength], statements: Sequence[precision.Told], signals: Sequence[Fired]
) -> tuple[dict[str, Any], ...]:
    """Give what a meeting looks at as codes and numbers: what ``seen`` puts into words again, in any language."""
    return (
        *({"strength": one.code, "number": one.number, "of": one.of} for one in strengths),
        *({"cut": dict(one.cut), "count": one.count, "total": one.total, "motives": dict(one.motives)}
          for one in statements),
        *({"signal": one.code, "number": one.number} for one in signals),
    )  # fmt: skip


def title(site: str, day: date) -> str:
    """Give the heading of a meeting."""
    return _("{site}: meeting of {month}").format(site=site, month=dates.month(day))
