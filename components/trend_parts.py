"""What the screen of one site's trends draws: rows from the queries, told as charts in plain words."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

import streamlit as st

from analytics.control_charts import ControlChart, last_points, without_limits
from analytics.exposure import Exposure
from analytics.sentences import finding
from components import dates
from components.charts import control_chart, month_bars
from components.charts.axis import TimeMark
from components.charts.drawing import Action, Drawing
from components.charts.month_bars import Layer
from components.charts.numbers import whole
from components.charts.template import Palette
from components.choices import label_of
from components.instruments import label_of_code
from components.messages import link
from components.words import _, plural

MANY_CLOSED_DAYS = 5
MOST_MISSING = 4


def time_marks(marks: Sequence[Any], editions: Sequence[Any] = ()) -> list[TimeMark]:
    """Give the events of a site as marks on an axis: also months closed for a week or more, and new editions."""
    found = [
        TimeMark(new.month, _("New edition: {name}").format(name=label_of_code(new.instrument_code)))
        for new in editions
    ]
    for mark in marks:
        if mark.kind != "closed_days":
            found.append(TimeMark(mark.on, label_of("site_event", mark.kind)))
        elif mark.days >= MANY_CLOSED_DAYS:
            found.append(TimeMark(mark.on.replace(day=15), _("Closed {days} days").format(days=mark.days)))
    return found


def incident_rate(
    months: Sequence[Any],
    chart: ControlChart | None,
    exposure: Exposure,
    marks: Sequence[TimeMark],
    colors: Palette,
    site_id: uuid.UUID,
    *,
    silent: bool,
) -> Drawing:
    """Give incidents by month as a rate with its limits; as plain counts where there is nothing to divide by.

    ``chart`` rests on all full months that are known; of it the ones of ``months`` are drawn. ``silent``: some month of
    it is hidden from the reader, so limits cannot be told.
    """
    hidden = {month.month for month in months if month.incidents_hidden}
    if chart is None:
        return _incident_counts(months, hidden, marks, colors, site_id)
    enrolled = exposure.kind == "enrolled"
    shown = last_points(chart, len(months) - 1)
    counted = sum(point.numerator or 0 for point in shown.points if point.value is not None)
    size = sum(point.denominator or 0 for point in shown.points if point.value is not None)
    known = sum(point.value is not None for point in shown.points)
    labels = {point.label for point in shown.points} & {f"{month:%Y-%m}" for month in hidden}
    basis = _("Incidents: {incidents}. Full months: {months}.")
    if not enrolled:
        basis = _("Incidents: {incidents}. Child-days: {size}. Full months: {months}.")
    said = control_chart.Said(
        title=_("Challenging-behavior incidents by month"),
        unit=_("incidents per 100 enrolled children") if enrolled else _("incidents per 1,000 child-days"),
        basis=_without_hidden(
            len(labels), len(shown.points), basis.format(incidents=whole(counted), size=whole(size), months=known)
        ),
        better="lower",
        parts=(_("Incidents"), _("Enrolled children") if enrolled else _("Child-days")),
        notes=tuple(note for note in (_about(exposure), _outside_rate(months), _so_far(months)) if note),
    )
    return control_chart.draw(
        without_limits(shown) if silent else shown, finding(chart), said,
        months=[month.month for month in months[:-1]], marks=marks, colors=colors, hidden=labels,
        silent=_silence(len(labels), len(shown.points)) if silent else "",
    )  # fmt: skip


def _silence(hidden: int, months: int) -> str:
    if not hidden:
        return _(
            "Some earlier months have too few incidents to be shown to you, so nothing is said about change. Those who"
            " work at the site see them all."
        )
    return _(
        "{count} of {months} months have too few incidents to be shown to you, so nothing is said about change."
        " Those who work at the site see them all."
    ).format(count=hidden, months=months)


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


def part_words(by: str, code: str) -> str:
    """Give the words for one part of a breakdown."""
    if by == "hour":
        return dates.hour(int(code))
    if by == "weekday":
        return dates.weekday(int(code))
    return label_of(by, code)


def _without_hidden(hidden: int, months: int, basis: str) -> str:
    """Say how many months are hidden, before the sums of those shown: where none is, a sum would read as zero."""
    if not hidden:
        return basis
    told = _("Hidden to protect privacy: {hidden} of {months} full months.").format(hidden=hidden, months=months)
    return told if hidden == months else f"{told} {basis}"


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
