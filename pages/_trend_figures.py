"""The charts of one site's trends: incidents, and consultation beside the outcomes."""

from typing import Any

from analytics.calendar import month_label
from analytics.control_charts import last_points, xmr_chart
from analytics.dose import dose, planned_minutes
from analytics.sentences import finding
from components import dose_parts, joined_parts, score_parts, trend_parts
from components.charts import variation
from components.charts.drawing import show
from components.charts.template import palette
from components.words import _
from db.quality_rounds import whole_quarters
from db.queries import quality, site_time, trends, waves
from db.replica import reading
from pages._on_axis import below, events
from pages._trend_past import Looked, Past, axis_of, past_of


def overview(looked: Looked) -> None:
    """Draw the incident rate. The limits rest on all known months, whatever the period."""
    with reading(looked.actor) as opened:
        axis = axis_of(opened, looked)
        past = past_of(opened, looked, axis)
        missing = trends.missing_enrolment(opened, looked.actor, looked.period, looked.head.id, looked.today)
        joined = trends.joined_months(opened, looked.actor, looked.period, looked.head.id)
    drawing = trend_parts.incident_rate(
        past.shown, past.rate, past.exposure, axis.marks, palette(), looked.head.id, silent=past.silent
    )
    show(drawing, "rate")
    joined_parts.together(joined, "incidents", "rate")
    trend_parts.missing_enrolment(missing, looked.head.id)
    if past.rate is not None:
        below(looked.actor, looked.head.id, axis, {"incidents": ""}, [month.month for month in past.full][1:])
    events(looked.actor, looked.head.id)


def consultation(looked: Looked) -> None:
    """Draw what was delivered by month, and what was agreed and delivered beside the outcomes."""
    with reading(looked.actor) as opened:
        axis = axis_of(opened, looked)
        past = past_of(opened, looked, axis)
        agreed = site_time.agreed_dose(opened, looked.actor, looked.head.id)
        rounds = quality.quality_rounds(opened, looked.actor, whole_quarters(looked.period), looked.head.id)
        surveys = waves.waves(opened, looked.actor, looked.period, looked.head.id)
    begun = next((at for at, month in enumerate(past.full) if month.visits), len(past.full))
    values = [month.minutes / 60 if at >= begun else None for at, month in enumerate(past.full)]
    labels = [month_label(month.month) for month in past.full]
    chart = xmr_chart(labels, values, starts=axis.starts("visits"), floor=0.0)
    drawn = last_points(chart, len(past.shown) - 1)
    show(dose_parts.delivered(past.shown, drawn, finding(chart), axis.marks, palette()), "delivered")
    if begun < len(past.full):
        below(looked.actor, looked.head.id, axis, {"visits": ""}, [month.month for month in past.full][begun + 1 :])
    months = [month.month for month in past.shown]
    planned = planned_minutes(months, agreed.minutes_month, agreed.service_start, agreed.service_end)
    got = dose(months, [month.minutes for month in past.shown], planned, agreed.service_start, looked.today)
    icons = [variation.head(finding(chart), None, _("Hours"))]
    if past.rate is not None and not past.silent:
        icons.append(variation.head(finding(past.rate), "lower", _("Incidents")))
    panels = [_incident_panel(past), *score_parts.panels(rounds, surveys, months)]
    show(dose_parts.beside_outcomes(past.shown, planned, got, panels, icons, axis.marks, palette()), "dose")
    events(looked.actor, looked.head.id)


def _incident_panel(past: Past) -> Any:
    enrolled = past.exposure.kind == "enrolled"
    unit = _("per 100 enrolled") if enrolled else _("per 1,000 child-days")
    kept = last_points(past.rate, len(past.shown) - 1).points if past.rate is not None else ()
    rates = [point.value for point in kept] if kept else [None] * (len(past.shown) - 1)
    hidden = frozenset(month.month for month in past.shown[:-1] if month.incidents_hidden)
    return dose_parts.incident_panel(past.shown, [*rates, None], unit, hidden)
