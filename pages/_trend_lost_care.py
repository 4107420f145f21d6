"""Lost care at one site over time: by month, and, where that is rare, the time from one to the next."""

from collections.abc import Sequence

from analytics.calendar import month_label
from analytics.control_charts import last_points, u_chart
from analytics.rare_events import g_chart, gaps, is_rare, t_chart
from analytics.sentences import finding
from components import joined_parts, lost_care_parts
from components.charts.drawing import show
from components.charts.template import palette
from components.chips import choose_chip
from components.words import _
from db.exclusion_care import STEPS_REQUIRED_FOR
from db.period import Period
from db.queries import site_time, trends
from db.replica import reading
from pages._on_axis import OnAxis, below, events
from pages._trend_past import MOST_MONTHS, Looked, axis_of


def lost_care(looked: Looked) -> None:
    """Draw how often care was lost by month, and, where that is rare, the time from one to the next."""
    everything = Period.last_months(MOST_MONTHS, looked.today)
    with reading(looked.actor) as opened:
        axis = axis_of(opened, looked)
        months = trends.site_months(opened, looked.actor, everything, looked.head.id)
        days = site_time.exclusion_days(opened, looked.actor, everything, looked.head.id)
        joined = trends.joined_months(opened, looked.actor, looked.period, looked.head.id)
    begun = next((at for at, month in enumerate(months) if month.visits or month.enrolled or month.exclusions), 0)
    known, shown = months[begun:], [month for month in months if month.month >= looked.period.start]
    chart = None
    if days.open and not is_rare(len(days.events), len(known) - 1):
        counts = [month.exclusions if month in known else None for month in months[:-1]]
        labels = [month_label(month.month) for month in months[:-1]]
        chart = u_chart(labels, counts, [1.0] * len(counts), 1.0, starts=axis.starts("exclusions"))
    drawn = last_points(chart, len(shown) - 1) if chart else None
    found = finding(chart) if chart else None
    show(lost_care_parts.by_month(shown, drawn, found, axis.marks, palette()), "exclusions")
    joined_parts.together(joined, "exclusions", "exclusions")
    if days.events:
        _between(looked, axis, known, days, rare=chart is None)
        below(looked.actor, looked.head.id, axis, {"exclusions": ""}, [month.month for month in known][1:-1])
    events(looked.actor, looked.head.id)


def _between(
    looked: Looked,
    axis: OnAxis,
    known: Sequence[trends.SiteMonthRow],
    days: site_time.EventDays,
    *,
    rare: bool,
) -> None:
    kind = "severe"
    if rare:
        kinds = [("all", _("All")), ("severe", _("Suspensions and expulsions"))]
        kind = choose_chip(_("Which"), "which", kinds)
    chosen = days.days(() if kind == "all" else STEPS_REQUIRED_FOR)
    if not rare and not (chosen and is_rare(len(chosen), len(known) - 1)):
        return
    child_days = {month.month: month.child_days for month in known}
    found = gaps(chosen, child_days, looked.today)
    make = t_chart if found.exposed else g_chart
    chart = make([day.isoformat() for day in chosen[1:]], found.between, starts=axis.starts("exclusions"))
    drawing = lost_care_parts.between(
        chart, finding(chart), kind, "child_days" if found.exposed else "days", len(chosen), found.since_last,
        [month.month for month in known], axis.marks, palette(),
    )  # fmt: skip
    show(drawing, "between")
