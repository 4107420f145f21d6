"""What the charts of one site's trends rest on: the site and period looked at, its months, the rate with its limits."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from analytics.calendar import month_label
from analytics.control_charts import ControlChart, u_chart
from analytics.exposure import Exposure, choose_exposure
from db.actor import Actor
from db.period import Period
from db.queries import trends
from pages._on_axis import OnAxis, on_axis

MOST_MONTHS = 48
"""How far back the limits of a control chart may rest; at least as long as the longest period offered."""


@dataclass(frozen=True)
class Looked:
    """The site, the period and the day that a part of the screen is drawn for."""

    actor: Actor
    head: trends.SiteHead
    period: Period
    today: date


@dataclass(frozen=True)
class Past:
    """All known months of a site, those of the period, and the incident rate of the full ones with its limits."""

    months: list[trends.SiteMonthRow]
    shown: list[trends.SiteMonthRow]
    exposure: Exposure
    rate: ControlChart | None

    @property
    def full(self) -> list[trends.SiteMonthRow]:
        """The months that are over."""
        return self.months[:-1]

    @property
    def silent(self) -> bool:
        """Whether a month is hidden from the reader: limits from the others would be wrong."""
        return any(month.incidents_hidden for month in self.full)


def axis_of(opened: Any, looked: Looked) -> OnAxis:
    """Read what stands on the axis of months."""
    return on_axis(opened, looked.actor, looked.period, looked.head.id)


def past_of(opened: Any, looked: Looked, axis: OnAxis) -> Past:
    """Read the known months, and judge the incident rate of the full ones."""
    everything = Period.last_months(MOST_MONTHS, looked.today)
    months = trends.site_months(opened, looked.actor, everything, looked.head.id)
    full = months[:-1]
    exposure = choose_exposure([month.child_days for month in full], [month.enrolled for month in full])
    labels, counts = [month_label(month.month) for month in full], [month.covered for month in full]
    rate = None
    if exposure.kind != "none":
        rate = u_chart(labels, counts, exposure.values, exposure.per, starts=axis.starts("incidents"))
    return Past(months, [month for month in months if month.month >= looked.period.start], exposure, rate)
