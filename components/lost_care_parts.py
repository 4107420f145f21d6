"""What the screen of one site's trends draws of lost care: how often by month, and the time from one to the next."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

from analytics.control_charts import ControlChart
from analytics.sentences import Finding
from components import dates
from components.charts import control_chart, month_bars, variation
from components.charts.axis import TimeMark
from components.charts.drawing import Drawing, joined
from components.charts.month_bars import Layer
from components.charts.numbers import decimal, whole
from components.charts.sentences import notes, say
from components.charts.template import Palette
from components.words import _, plural

Measured = Literal["days", "child_days"]


def by_month(
    months: Sequence[Any],
    chart: ControlChart | None,
    found: Finding | None,
    marks: Sequence[TimeMark],
    colors: Palette,
) -> Drawing:
    """Give how often care was cut short by month, with the hours of care that were lost.

    ``chart`` and ``found`` judge the counts of full months; None where they are too rare for that, or hidden.
    """
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
        sentence=joined([say(found, _("times a month"), "lower") if found else "", sentence]),
        basis=_("Sent to another room, sent home, suspended, asked to leave: each time is counted once"),
        colors=colors,
        marks=marks,
        hidden=hidden,
        columns=[Layer(_("Hours of care lost"), tuple(month.hours_lost for month in months))],
        notes=(
            *(notes(found) if found else ()),
            _("Hours are counted where someone wrote them down; the true number can be higher."),
        ),
        usual=chart,
        heads=(variation.head(found, "lower"),) if found else (),
    )  # fmt: skip


def between(
    chart: ControlChart,
    found: Finding,
    kind: str,
    measured: Measured,
    events: int,
    since_last: float,
    months: Sequence[date],
    marks: Sequence[TimeMark],
    colors: Palette,
) -> Drawing:
    """Give the time between one lost care and the next, for what is too rare to be judged by month.

    ``kind``: ``all``, or ``severe`` (suspensions and expulsions).
    ``since_last``: how long ago the last one is, in the chart's unit; that gap is open and not judged.
    """
    severe = _("From one suspension or expulsion to the next")
    title = severe if kind == "severe" else _("From one time that care was lost to the next")
    unit = _("child-days") if measured == "child_days" else _("days")
    if not events:
        return Drawing(title=title, sentence=_("No suspension or expulsion is on record."))
    if not chart.points:
        return Drawing(
            title=title,
            sentence=plural(
                "{count} time is on record: it takes two to know what lies between.",
                "{count} times are on record: it takes two to know what lies between.",
                events,
            ).format(count=events),
        )
    waiting = _("{count} {unit} since the last time, and still counting.").format(count=whole(since_last), unit=unit)
    high = next((point.high for point in reversed(chart.points) if point.high is not None), None)
    if high is not None and since_last > high:
        waiting += " " + _("That is already longer than chance explains: an improvement that no point shows yet.")
    said = control_chart.Said(
        title=title, unit=unit, better="higher", counted="gap",
        basis=plural("{count} time since {month}", "{count} times since {month}", events).format(
            count=whole(events), month=dates.month(months[0])
        ),
        notes=(
            waiting,
            _("Higher is better: a high point is a long time without. The count by month would be zero mostly."),
        ),
    )  # fmt: skip
    return control_chart.draw(chart, found, said, months=months, marks=marks, colors=colors)
