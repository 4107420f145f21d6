"""Every sentence of the outcome scorecard: outcomes, verdicts, what changed, and what is missing."""

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from analytics.verdicts import ALPHA, CARD_ROWS, Judged, Verdict
from components.charts.drawing import Action
from components.charts.numbers import decimal, hours, signed, whole
from components.words import _, plural

OUTCOMES = (
    "social_emotional", "relationships", "behaviour", "exclusions", "classroom_quality", "stress", "burnout",
    "turnover",
)  # fmt: skip
"""What the founding documents name, in their order."""
VERDICTS: tuple[Verdict, ...] = ("improved", "no_change", "worsened", "cannot_tell")
Counted = Literal["incidents", "exclusions", "leavers", "children", "rooms", "sites", "answers", "fewest_answers"]
COUNTED: tuple[Counted, ...] = (
    "incidents", "exclusions", "leavers", "children", "rooms", "sites", "answers", "fewest_answers"
)  # fmt: skip
MISSING = (
    "months", "events", "more_time", "pairs", "spread", "no_enrolment", "gaps", "no_before", "hidden", "no_children",
    "few_children", "no_rooms", "rooms_closed", "no_survey", "one_survey", "surveys_hidden", "no_staff",
)  # fmt: skip
"""Why nobody can tell: the codes of ``analytics.verdicts``, and what the data lack."""
NOTES = (
    "recording",
    "part_of_months",
    "part_of_sites",
    "seasons",
    "sums",
    "turnover",
    "later_sites",
    "answers",
    "rooms",
    "held_back",
)
MANY_TIMES = 2.0
"""From this ratio on a rate is so many times as large, rather than so many percent more."""


class Consulted(NamedTuple):
    """Consultation that took place in ``months`` (in words): visits, and minutes by level."""

    visits: int
    program: int
    classroom: int
    child_family: int
    months: str


@dataclass(frozen=True)
class Row:
    """One outcome of the scorecard. ``missing`` is said with "cannot tell"; ``facts`` fill its sentence and the notes.

    ``spans`` are the months before and now in words, ``counted`` names what ``judged.counts`` are, ``digits`` says how
    exactly the numbers are told.
    """

    outcome: str
    measure: str
    unit: str
    judged: Judged
    counted: Counted
    spans: tuple[str, str]
    digits: int = 1
    missing: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    action: Action | None = None


def outcome_words(code: str) -> str:
    """Give what an outcome is called."""
    return {
        "social_emotional": _("Children's social and emotional functioning"),
        "relationships": _("Relationships between adults and children"),
        "behaviour": _("Challenging behavior"),
        "exclusions": _("Suspensions and expulsions"),
        "classroom_quality": _("Classroom quality"),
        "stress": _("Provider stress"),
        "burnout": _("Provider burnout"),
        "turnover": _("Staff turnover"),
    }[code]


def verdict_words(verdict: Verdict) -> str:
    """Give a verdict in words."""
    return {
        "improved": _("Improved beyond chance"),
        "no_change": _("No change beyond chance"),
        "worsened": _("Worsened beyond chance"),
        "cannot_tell": _("Cannot tell yet"),
    }[verdict]


def verdict_icon(verdict: Verdict) -> str:
    """Give a verdict's icon: another shape for each, because color alone tells not everybody."""
    return {
        "improved": ":material/check_circle:",
        "no_change": ":material/drag_handle:",
        "worsened": ":material/warning:",
        "cannot_tell": ":material/help:",
    }[verdict]


def sentence(row: Row) -> str:
    """Give the one plain sentence of a row: what changed and whether that is more than chance, or what is missing."""
    if row.judged.verdict == "cannot_tell":
        return missing_sentence(row)
    if row.judged.measure == "ratio":
        return _rate_sentence(row)
    return _score_sentence(row)


def _rate_sentence(row: Row) -> str:
    low, high = limits(row)
    template = {
        "improved": _(
            "{before} before and {now} now ({unit}): {change}. Chance alone would rarely do that; the true change very"
            " likely lies between {low} and {high}."
        ),
        "worsened": _(
            "{before} before and {now} now ({unit}): {change}. Chance alone would rarely do that; the true change very"
            " likely lies between {low} and {high}. Ask what changed, before asking who."
        ),
        "no_change": _(
            "{before} before and {now} now ({unit}): {change}. Chance alone can do that: anything between {low} and"
            " {high} fits these numbers."
        ),
    }[row.judged.verdict]
    return template.format(
        before=value(row, row.judged.before), now=value(row, row.judged.now), unit=row.unit, change=change(row),
        low=low, high=high,
    )  # fmt: skip


def _score_sentence(row: Row) -> str:
    low, high = limits(row)
    template = {
        "improved": _(
            "The mean went from {before} to {now}, {change} points the good way ({unit}). Chance alone would rarely do"
            " that; the true change very likely lies between {low} and {high}."
        ),
        "worsened": _(
            "The mean went from {before} to {now}, {change} points the wrong way ({unit}). Chance alone would rarely do"
            " that; the true change very likely lies between {low} and {high}. Ask what changed, before asking who."
        ),
        "no_change": _(
            "The mean went from {before} to {now}, {change} points ({unit}). Chance alone can do that: anything between"
            " {low} and {high} fits these numbers."
        ),
    }[row.judged.verdict]
    return template.format(
        before=value(row, row.judged.before), now=value(row, row.judged.now), unit=row.unit, change=change(row),
        low=low, high=high,
    )  # fmt: skip


def missing_sentence(row: Row) -> str:
    """Say what is missing before anybody can tell."""
    low, high = limits(row)
    facts = {"before": row.spans[0], "now": row.spans[1], "low": low, "high": high, **row.facts}
    return _missing_templates()[row.missing or "no_before"].format(**facts)


def _missing_templates() -> dict[str, str]:
    return {
        "months": _(
            "Only {known} of {asked} months can be compared, and it takes {needed}. A month counts where enrollment is"
            " entered both for it and for the month before that it is compared with."
        ),
        "events": _(
            "Too few happened: {count_before} before and {count_now} now. Whatever comes of so few could be chance."
            " Choose a longer time, or look again in some months."
        ),
        "more_time": _(
            "The numbers fit anything between {low} and {high}: better as well as worse. More months, or more sites"
            " together, will tell."
        ),
        "pairs": _("Scored both before and now: {paired}. A change is judged from {needed}."),
        "spread": _(
            "How far answers lie apart may be shown only from {least} answers on, and without it nobody can tell a"
            " change from chance. A program or region with five such sites can be judged."
        ),
        "no_enrolment": _("No enrollment is entered for {now}, so there is nothing to divide by."),
        "gaps": _(
            "Enrollment is not entered for every month of {before} and {now}, so the two cannot be compared here."
        ),
        "no_before": _("Nothing is on record for {before}, so there is nothing to compare {now} with."),
        "hidden": _(
            "The counts of {before} or {now} are too small to be shown to you. A longer time, or a program or region,"
            " may be large enough."
        ),
        "no_children": _(
            "No child was measured at the beginning and at the end of consultation with the same instrument and by the"
            " same kind of person in this time."
        ),
        "few_children": _("Fewer than {least} children were measured twice: too few to be shown to you."),
        "no_rooms": _("No room was observed with the same instrument both before and now, 30 to 400 days apart."),
        "rooms_closed": _(
            "Single rooms stay with the people who coach them, and one site's means alone do not tell a change from"
            " chance. A program or region with {needed} sites can be judged."
        ),
        "no_survey": _("No staff survey of this kind closed in {now}, or in the year before."),
        "one_survey": _("Only one staff survey of this kind may be shown in this time. It takes one before, one now."),
        "surveys_hidden": _(
            "The results of this survey are hidden: fewer than {least} people answered, or the numbers would tell what"
            " one person said."
        ),
        "no_staff": _("No staff are entered for {before} and {now}."),
    }  # fmt: skip


def note(code: str, row: Row) -> str:
    """Give a small print note of a row."""
    template = {
        "recording": _("Fewer forms are not always fewer incidents: ask whether everything is still written down."),
        "part_of_months": _(
            "{known} of {asked} months are compared; for the others enrollment is missing before or now."
        ),
        "part_of_sites": _(
            "The same {counted} of {sites} sites are compared before and now. The numbers of the others are too small"
            " to be told, or their enrollment is missing."
        ),
        "seasons": _("Before and now fall into different seasons, which may explain a part of the difference."),
        "sums": _("Judged from two sums alone, so more cautiously than from single months."),
        "later_sites": _("Only sites whose records reach back to {since} are in here, the same ones before and now."),
        "turnover": _("Counted from the month in which a site's records begin."),
        "answers": _("Mostly the same people answer both times, which makes this judgment cautious."),
        "rooms": _("Only rooms with both scores count, with the same instrument and edition."),
        "held_back": _("Some children are left out: their group is too small to be shown."),
    }[code]
    return template.format(**row.facts)


def counted_words(code: Counted, count: int) -> str:
    """Give a count with what was counted."""
    told = {
        "incidents": plural("{count} incident", "{count} incidents", count),
        "exclusions": plural("{count} time", "{count} times", count),
        "leavers": plural("{count} person left", "{count} people left", count),
        "children": plural("{count} child", "{count} children", count),
        "rooms": plural("{count} room", "{count} rooms", count),
        "sites": plural("{count} site", "{count} sites", count),
        "answers": plural("{count} answer", "{count} answers", count),
        "fewest_answers": plural("at least {count} answer", "at least {count} answers", count),
    }[code]
    return told.format(count=whole(count))


def value(row: Row, number: float | None) -> str:
    """Give a rate or a mean as exactly as the row tells it."""
    return decimal(number, row.digits)


def change(row: Row) -> str:
    """Give how much changed, in words for a rate and in points for a score."""
    found = row.judged.change
    if row.judged.measure == "difference":
        return signed(found, row.digits)
    return _times(found) if found is not None else _("none before")


def limits(row: Row) -> tuple[str, str]:
    """Give both ends of the interval of the change."""
    found = row.judged.interval
    if found is None:
        return "–", "–"
    if row.judged.measure == "difference":
        return signed(found.low, row.digits), signed(found.high, row.digits)
    return _times(found.low), _times(found.high)


def _times(ratio: float) -> str:
    if ratio == float("inf"):
        return _("any number of times as many")
    if ratio >= MANY_TIMES:
        return _("{times} times as many").format(times=decimal(ratio))
    percent = round(100 * abs(ratio - 1))
    if not percent:
        return _("as many")
    return (_("{percent}% fewer") if ratio < 1 else _("{percent}% more")).format(percent=percent)


def consulted(found: Consulted) -> str:
    """Give the consultation of a time in words."""
    told = plural(
        "Consultation, {months}: {count} visit, {hours} hours (program {program}, classroom {classroom}, child and"
        " family {child}).",
        "Consultation, {months}: {count} visits, {hours} hours (program {program}, classroom {classroom}, child and"
        " family {child}).",
        found.visits,
    )
    return told.format(
        months=found.months, count=whole(found.visits),
        hours=hours(found.program + found.classroom + found.child_family),
        program=hours(found.program), classroom=hours(found.classroom), child=hours(found.child_family),
    )  # fmt: skip


def in_short(rows: list[Row]) -> list[tuple[Verdict, str]]:
    """Give which outcomes have which verdict, those that changed first."""
    order: tuple[Verdict, ...] = ("improved", "worsened", "no_change", "cannot_tell")
    groups = {
        verdict: [outcome_words(row.outcome) for row in rows if row.judged.verdict == verdict] for verdict in order
    }
    return [
        (verdict, _("{verdict}: {outcomes}").format(verdict=verdict_words(verdict), outcomes=", ".join(found)))
        for verdict, found in groups.items()
        if found
    ]


def expected_anyway() -> str:
    """Say what every figure of before and now has to be read with."""
    return _(
        "Consultation is asked for at the worst moment. Some improvement is to be expected anyway, whatever was done"
        " (regression to the mean). This page describes what changed; it does not prove what changed it."
    )


def beside_trends() -> str:
    """Say why this screen and the time charts can come to different words about the same site."""
    return _(
        "Site trends can say something else, and both can be right: there each month is compared with the usual level;"
        " here two stretches of time are compared."
    )


def how_judged() -> str:
    """Say how the verdicts come about."""
    return _(
        "Where nothing at all has changed, this page calls any change by mistake at no more than about 5 of 100 sites:"
        " {rows} outcomes are judged together, so ranges are {level}% intervals."
    ).format(rows=CARD_ROWS, level=interval_level())


def interval_level() -> str:
    """Give how sure every interval of the card is, in percent."""
    return decimal(100 * (1 - ALPHA))
