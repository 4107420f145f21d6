"""What the form under a chart sends when its limits are to be set anew, and the rules of its values."""

import uuid
from collections.abc import Iterator
from datetime import date

from pydantic import Field

from db.errors import Problem
from db.models.inputs import Input
from db.models.organisation_input import Line

CHARTS = ("incidents", "exclusions", "visits")
"""The charts that every site has; beside them ``quality:<instrument>:<score>``."""
QUALITY = "quality"


class ChartRebaseInput(Input):
    """From this month on the limits of a chart rest on new points, and why."""

    site_id: uuid.UUID
    chart: str = Field(max_length=120)
    starts_on: date
    reason: Line = Field(min_length=1, max_length=300)

    def rules(self) -> Iterator[Problem]:
        """Give what is wrong with the values taken together."""
        parts = self.chart.split(":")
        if self.chart not in CHARTS and not (parts[0] == QUALITY and len(parts) == 3 and all(parts)):
            yield Problem("chart", "unknown_option")
        if self.starts_on.day != 1:
            yield Problem("starts_on", "not_a_month")
