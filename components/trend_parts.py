"""What the screen of one site's trends draws: rows from the queries, told as charts in plain words."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from analytics.control_charts import ControlChart
from analytics.exposure import Exposure
from analytics.sentences import Finding
from components import dates
from components.charts import bars, month_bars, u_chart
from components.charts.axis import TimeMark
from components.charts.drawing import Action, Drawing
from components.charts.month_bars import Layer
from components.charts.numbers import decimal, hours, whole
from components.charts.template import Palette
from components.choices import label_of
from components.messages import link
from components.words import _, plural

MANY_CLOSED_DAYS = 5
MOST_MISSING = 4


def time_marks(marks: Sequence[Any]) -> list[TimeMark]:
    """Give the events of a site, and the months in which it was closed for a week or more, as marks on an axis."""
    found = []
    for mark in marks:
        if mark.kind != "closed_days":
            found.append(TimeMark(mark.on, label_of("site_event", mark.kind)))
        elif mark.days >= MANY_CLOSED_DAYS:
            found.append(TimeMark(mark.on.replace(day=15), _("Closed {days} days").format(days=mark.days)))
    return found


def incident_rate(
    months: Sequence[Any],
    chart: ControlChart | None,
    found: Finding | None,
    exposure: Exposure,
    marks: Sequence[TimeMark],
    colors: Palette,
    site_id: uuid.UUID,
) -> Drawing:
    """Give incidents by month as a rate with its limits; as plain counts where there is nothing to divide by."""
    hidden = {month.month for month in months if month.incidents_hidden}
    if chart is None or found is None:
        return _incident_counts(months, hidden, marks, colors, site_id)
    enrolled = exposure.kind == "enrolled"
    unit = _("incidents per 100 enrolled children") if enrolled else _("incidents per 1,000 child-days")
    counted = sum(point.numerator or 0 for point in chart.points if point.value is not None)
    size = sum(point.denominator or 0 for point in chart.points if point.value is not None)
    known = sum(point.value is not None for point in chart.points)
    basis = _("Incidents: {incidents}. Full months: {months}.")
    if not enrolled:
        basis = _("Incidents: {incidents}. Child-days: {size}. Full months: {months}.")
    if hidden:
        chart = without_limits(chart)
    return u_chart.draw(
        chart,
        title=_("Challenging-behavior incidents by month"),
        unit=unit,
        counted=_("Incidents"),
        divided_by=_("Enrolled children") if enrolled else _("Child-days"),
        better="lower",
        found=found,
        marks=marks,
        hidden={point.label for point in chart.points} & {f"{month:%Y-%m}" for month in hidden},
        colors=colors,
        basis=basis.format(incidents=whole(counted), size=whole(size), months=known),
        notes=tuple(note for note in (_about(exposure), _outside_rate(months), _so_far(months)) if note),
    )


def without_limits(chart: ControlChart) -> ControlChart:
    """Give the points alone: limits that rest on the shown months only would be too high."""
    points = tuple(replace(point, low=None, high=None, outside=False, signals=()) for point in chart.points)
    return replace(chart, centre=None, points=points)


def _incident_counts(
    months: Sequence[Any], hidden: set[date], marks: Sequence[TimeMark], colors: Palette, site_id: uuid.UUID
) -> Drawing:
    title = _("Challenging-behavior incidents by month (counts only)")
    total = sum(month.incidents or 0 for month in months)
    if not total and not hidden:
        return Drawing(
            title=_("Challenging-behavior incidents by month"),
            sentence=_(
                "No incident is on record in this period, and no enrollment to divide by. What is recorded appears here"
                " at once; enter the enrollment to see a rate."
            ),
            action=Action("/sites", _("Enter enrollment"), {"site": str(site_id)}),
        )
    return month_bars.draw(
        [month.month for month in months],
        [Layer(_("Incidents"), tuple(month.incidents for month in months))],
        title=title,
        unit=_("Incidents"),
        sentence=_(
            "These are counts, not rates: without enrollment nobody can tell more incidents from more children or more"
            " open days."
        ),
        basis=_("Hidden in part to protect privacy")
        if hidden
        else plural("{count} incident", "{count} incidents", total).format(count=whole(total)),
        colors=colors,
        marks=marks,
        hidden=hidden,
    )


def _about(exposure: Exposure) -> str:
    if exposure.kind == "enrolled":
        return _(
            "Only enrollment is known, not the days that rooms were open, so this is per 100 enrolled children and"
            " month. Months with fewer open days look lower than they are."
        )
    return _("One child-day is one child enrolled on one open day. 1,000 child-days are about 50 children for a month.")


def _outside_rate(months: Sequence[Any]) -> str:
    left_out = sum(
        month.incidents - month.covered
        for month in months[:-1]
        if month.incidents is not None and month.covered is not None
    )
    if not left_out:
        return ""
    return plural(
        "{count} incident in a room without enrollment for that month is not part of the rate.",
        "{count} incidents in rooms without enrollment for that month are not part of the rate.",
        left_out,
    ).format(count=whole(left_out))


def _so_far(months: Sequence[Any]) -> str:
    now = months[-1]
    if now.incidents_hidden or now.incidents is None:
        return ""
    return plural(
        "{month} is not over and not judged yet: {count} incident so far.",
        "{month} is not over and not judged yet: {count} incidents so far.",
        now.incidents,
    ).format(month=dates.month(now.month), count=whole(now.incidents))


def missing_enrolment(missing: Sequence[Any], site_id: uuid.UUID) -> None:
    """Name the months and rooms whose enrolment is missing, and lead to where it is entered."""
    if not missing:
        return
    with st.container(border=True, gap="small"):
        st.text(
            plural(
                "Enrollment is missing for {count} month. Rates leave it out:",
                "Enrollment is missing for {count} months. Rates leave them out:",
                len(missing),
            ).format(count=len(missing))
        )
        for entry in missing[:MOST_MISSING]:
            st.text(f"{dates.month(entry.month)}: {', '.join(entry.rooms)}")
        if len(missing) > MOST_MISSING:
            st.caption(_("and {count} more").format(count=len(missing) - MOST_MISSING))
        link("/sites", _("Enter enrollment"), site=str(site_id))


def delivered(months: Sequence[Any], marks: Sequence[TimeMark], colors: Palette) -> Drawing:
    """Give the visits and the hours at each level by month."""
    visits, minutes = sum(month.visits for month in months), sum(month.minutes for month in months)
    title = _("Hours of consultation by month")
    if not visits:
        return Drawing(
            title=title,
            sentence=_("No visit is on record in this period. A visit that a consultant logs appears here at once."),
        )
    empty = sum(not month.visits for month in months[:-1])
    parts = [
        plural("{count} visit with {hours} hours.", "{count} visits with {hours} hours.", visits).format(
            count=whole(visits), hours=hours(minutes)
        ),
        plural("{count} full month had no visit.", "{count} full months had no visit.", empty).format(count=empty)
        if empty
        else _("Every full month had a visit."),
    ]
    not_held = sum(month.visits_not_held for month in months)
    if not_held:
        parts.append(
            plural("{count} visit was canceled or missed.", "{count} visits were canceled or missed.", not_held).format(
                count=whole(not_held)
            )
        )
    return month_bars.draw(
        [month.month for month in months],
        [
            Layer(_("Classroom"), tuple(month.minutes_classroom / 60 for month in months)),
            Layer(_("Child and family"), tuple(month.minutes_child_family / 60 for month in months)),
            Layer(_("Program"), tuple(month.minutes_program / 60 for month in months)),
        ],
        title=title,
        unit=_("Hours"),
        sentence=" ".join(parts),
        basis=_("The number above a bar is the number of visits"),
        colors=colors,
        marks=marks,
        labels=[whole(month.visits) if month.visits else "" for month in months],
        columns=[
            Layer(_("Visits"), tuple(month.visits for month in months)),
            Layer(_("Canceled or missed"), tuple(month.visits_not_held for month in months)),
        ],
        digits=1,
    )


def exclusions(months: Sequence[Any], marks: Sequence[TimeMark], colors: Palette) -> Drawing:
    """Give how often care was cut short by month, with the hours of care that were lost."""
    hidden = {month.month for month in months if month.exclusions_hidden}
    times = sum(month.exclusions or 0 for month in months)
    lost = sum(month.hours_lost or 0 for month in months)
    title = _("Times that a child lost care because of behavior, by month")
    if not times and not hidden:
        return Drawing(
            title=title,
            sentence=_("No child lost care because of behavior in this period, as far as it was recorded."),
        )
    sentence = plural(
        "{count} time a child lost care, {hours} hours in all.",
        "{count} times a child lost care, {hours} hours in all.",
        times,
    ).format(count=whole(times), hours=decimal(lost))
    if hidden:
        sentence = _("Months with a few are hidden to protect privacy, so no sum is shown. Zero is shown as zero.")
    return month_bars.draw(
        [month.month for month in months],
        [Layer(_("Times"), tuple(month.exclusions for month in months))],
        title=title,
        unit=_("Times"),
        sentence=sentence,
        basis=_("Sent to another room, sent home, suspended, asked to leave: each time is counted once"),
        colors=colors,
        marks=marks,
        hidden=hidden,
        columns=[Layer(_("Hours of care lost"), tuple(month.hours_lost for month in months))],
        notes=(
            _("Hours are counted where someone wrote them down; the true number can be higher."),
        ),
    )  # fmt: skip


def breakdown(by: str, found: Any, colors: Palette) -> Drawing:
    """Give incidents by one of behaviour, activity, hour, weekday and response."""
    titles = breakdown_titles()
    parts = _in_order(by, found.parts[by])
    notes = (_("One incident can have several responses."),) if by == "response" else ()
    return bars.draw(
        [bars.Bar(part_words(by, part.code), part.count, part.hidden) for part in parts],
        title=chart_titles()[by],
        axis=titles[by],
        unit=_("Incidents"),
        total=found.total,
        colors=colors,
        nothing=Drawing(
            title=chart_titles()[by],
            sentence=_("No incident is on record in this period. Choose a longer period, or come back later."),
        ),
        notes=notes,
    )


def breakdown_titles() -> dict[str, str]:
    """Give what incidents can be broken down by, in words."""
    return {
        "behaviour": _("Behavior"),
        "activity": _("Activity"),
        "hour": _("Time of day"),
        "weekday": _("Day of the week"),
        "response": _("What the adults did"),
    }


def chart_titles() -> dict[str, str]:
    """Give the title of each breakdown's chart."""
    return {
        "behaviour": _("Incidents by main behavior"),
        "activity": _("Incidents by activity"),
        "hour": _("Incidents by time of day"),
        "weekday": _("Incidents by day of the week"),
        "response": _("What the adults did in these incidents"),
    }


def part_words(by: str, code: str) -> str:
    """Give the words for one part of a breakdown."""
    if by == "hour":
        return dates.hour(int(code))
    if by == "weekday":
        return dates.weekday(int(code))
    return label_of(by, code)


def _in_order(by: str, parts: Sequence[Any]) -> list[Any]:
    """Order by the clock or the calendar, else the most frequent first; hidden ones last, by name."""
    if by in ("hour", "weekday"):
        return sorted(parts, key=lambda part: int(part.code))
    return sorted(parts, key=lambda part: (part.hidden, -(part.count or 0), part_words(by, part.code)))


def record_links(by: str, found: Any, site_id: uuid.UUID, months: int) -> None:
    """Draw a link to the records behind every bar."""
    with st.container(horizontal=True, gap="small"):
        for part in _in_order(by, found.parts[by]):
            link(
                "/records",
                _("{words}: open {count}").format(words=part_words(by, part.code), count=part.count),
                kind="incident",
                site=str(site_id),
                period=str(months),
                **{by: part.code},
            )


def in_one_sentence(found: Any) -> str:
    """Give the most frequent part of each breakdown in one sentence: what, when in the day, and what adults did."""
    most = {
        by: max((part for part in parts if part.count), key=lambda part: part.count, default=None)
        for by, parts in found.parts.items()
    }
    if not found.total or any(most[by] is None for by in ("behaviour", "activity", "hour", "weekday")):
        return ""
    words = {by: part_words(by, part.code) for by, part in most.items() if part is not None}
    words = {by: text if by in ("hour", "weekday") else text.lower() for by, text in words.items()}
    sentences = [
        _("Most often: {behaviour}; activity: {activity}; in the hour from {hour}; on a {weekday}.").format(**words)
    ]
    if "response" in words:
        sentences.append(_("What adults did most often: {response}.").format(response=words["response"]))
    sentences.append(_("Each is counted by itself, not together."))
    return " ".join(sentences)
