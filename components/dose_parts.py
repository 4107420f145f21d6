"""What was delivered to a site: hours by month and level, beside what was agreed and beside the outcomes."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from analytics.control_charts import ControlChart
from analytics.dose import Dose
from analytics.sentences import Finding
from components.charts import month_bars, multiples, variation
from components.charts.axis import TimeMark
from components.charts.drawing import Drawing, joined
from components.charts.lines import Line
from components.charts.month_bars import Layer
from components.charts.multiples import Panel
from components.charts.numbers import hours, percent, whole
from components.charts.sentences import notes, say
from components.charts.template import Palette
from components.words import _, plural


def levels(months: Sequence[Any]) -> tuple[Layer, ...]:
    """Give the hours of every month at each level of consultation."""
    return (
        Layer(_("Classroom"), tuple(month.minutes_classroom / 60 for month in months)),
        Layer(_("Child and family"), tuple(month.minutes_child_family / 60 for month in months)),
        Layer(_("Program"), tuple(month.minutes_program / 60 for month in months)),
    )


def delivered(
    months: Sequence[Any], chart: ControlChart, found: Finding, marks: Sequence[TimeMark], colors: Palette
) -> Drawing:
    """Give the visits and the hours at each level by month; ``chart`` judges the hours of the full ones."""
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
        levels(months),
        title=title,
        unit=_("Hours"),
        sentence=joined([say(found, _("hours a month")), *parts]),
        basis=_("The number above a bar is the number of visits"),
        colors=colors,
        marks=marks,
        labels=[whole(month.visits) if month.visits else "" for month in months],
        columns=[
            Layer(_("Visits"), tuple(month.visits for month in months)),
            Layer(_("Canceled or missed"), tuple(month.visits_not_held for month in months)),
        ],
        digits=1,
        usual=chart,
        heads=(variation.head(found, None),),
        notes=(*notes(found), _("The month that is not over is not judged yet.")),
    )


def beside_outcomes(
    months: Sequence[Any],
    planned: Sequence[float | None],
    dose: Dose | None,
    panels: Sequence[Panel],
    heads: Sequence[variation.Head],
    marks: Sequence[TimeMark],
    colors: Palette,
) -> Drawing:
    """Give the hours by level and what was agreed above the outcomes, on one axis of months."""
    visits = sum(month.visits for month in months)
    consultation = Panel(
        _("Hours of consultation, by level"), _("Hours"),
        nothing="" if visits else _("No visit is on record in this period."),
        bars=levels(months) if visits else (),
        planned=tuple(None if value is None else value / 60 for value in planned) if visits else (),
    )  # fmt: skip
    return multiples.draw(
        [consultation, *panels],
        [month.month for month in months],
        title=_("Consultation beside the outcomes, by month"),
        sentence=joined(
            [agreed_sentence(dose), _("That two lines move together does not show that one moved the other.")]
        ),
        basis=plural("{count} visit, {months} months", "{count} visits, {months} months", visits).format(
            count=whole(visits), months=len(months)
        ),
        marks=marks,
        colors=colors,
        heads=tuple(heads),
        notes=(
            _("What was agreed is known as it stands today, and drawn back to the start of the service."),
        ) if dose else (),
    )  # fmt: skip


def agreed_sentence(dose: Dose | None) -> str:
    """Say how much of what was agreed was delivered, or that nothing was agreed."""
    if dose is None:
        return _(
            "No minutes a month are agreed with this site, or the service has no full month yet: what was delivered"
            " stands alone. The agreement is entered on the site's page under Sites."
        )
    share = percent(dose.delivered / 60, dose.planned / 60)
    return plural(
        "In {count} full month of service, {share} of the agreed hours were delivered.",
        "In {count} full months of service, {share} of the agreed hours were delivered.",
        dose.months,
    ).format(count=dose.months, share=share)


def incident_panel(months: Sequence[Any], rates: Sequence[float | None], unit: str, hidden: frozenset[date]) -> Panel:
    """Give the panel of the incident rate; without a denominator it says so."""
    title = _("Incidents")
    if not hidden and all(rate is None for rate in rates):
        return Panel(title, unit, nothing=_("No rate: enrollment is not entered for these months."))
    return Panel(title, unit, rates=tuple(rates), hidden=hidden & {month.month for month in months})


def score_panel(
    title: str, groups: Mapping[tuple[float, float], Sequence[Line]], nothing: str, months: Sequence[date]
) -> Panel:
    """Give the panel of the scores with the latest reading, on the range of their scale."""
    inside = {
        bounds: lines
        for bounds, lines in groups.items()
        if any(months[0] <= one.on.replace(day=1) <= months[-1] for line in lines for one in line.readings)
    }
    if not inside:
        return Panel(title, "", nothing=nothing)
    bounds = max(inside, key=lambda one: (max(read.on for line in inside[one] for read in line.readings), one))
    unit = _("Score ({low} to {high})").format(low=whole(bounds[0]), high=whole(bounds[1]))
    return Panel(title, unit, lines=tuple(inside[bounds]), low=bounds[0], high=bounds[1])
