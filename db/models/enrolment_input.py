"""What the enrollment and closure forms of a site send, and the rules of their values."""

import calendar
import uuid
from collections.abc import Iterator
from datetime import date, timedelta

from pydantic import Field

from db.errors import Problem
from db.models.inputs import Input
from db.options import codes
from db.problems import listed

CATEGORIES = {"race": "race", "sex": "sex", "iep": "yes_no_unknown", "dll": "yes_no_unknown"}
LONGEST_CLOSURE_DAYS = 62
SATURDAY = 5


class RoomMonth(Input):
    """One classroom's row in a month. ``version`` is the one that the person saw; None for a new row."""

    classroom_id: uuid.UUID
    enrolled_average: float = Field(ge=0, le=80, allow_inf_nan=False)
    open_days: int | None = Field(default=None, ge=0, le=31)
    attended_child_days: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    version: int | None = None


class EnrolmentInput(Input):
    """The children of a site's classrooms in one month. ``month`` is its first day."""

    site_id: uuid.UUID
    month: date
    rows: tuple[RoomMonth, ...] = Field(max_length=100)

    def rules(self) -> Iterator[Problem]:
        """Give what is wrong with the values taken together."""
        if self.month.day != 1:
            yield Problem("month", "not_a_month")
        if not self.rows:
            yield Problem("rows", "required")
        days = calendar.monthrange(self.month.year, self.month.month)[1]
        seen: set[uuid.UUID] = set()
        for number, row in enumerate(self.rows):
            if row.classroom_id in seen:
                yield Problem(f"rows.{number}.classroom_id", "already_there")
            seen.add(row.classroom_id)
            if row.open_days is not None and row.open_days > days:
                yield Problem(f"rows.{number}.open_days", "above_maximum", {"maximum": days})
            most = row.enrolled_average * (days if row.open_days is None else row.open_days)
            if row.attended_child_days is not None and row.attended_child_days > most:
                yield Problem(f"rows.{number}.attended_child_days", "attended_too_many", {"most": f"{most:g}"})


class EnrolmentGroupInput(Input):
    """How a classroom's children in a month divide into the groups of one dimension; each child counts once.

    ``version`` maps a group's code to the version that the person saw.
    """

    site_id: uuid.UUID
    classroom_id: uuid.UUID
    month: date
    dimension: str
    children: dict[str, int] = Field(min_length=1, max_length=20)
    versions: dict[str, int] = Field(default_factory=dict, max_length=20)

    def rules(self) -> Iterator[Problem]:
        """Give what is wrong with the values taken together."""
        if self.month.day != 1:
            yield Problem("month", "not_a_month")
        if self.dimension not in CATEGORIES:
            yield Problem("dimension", "unknown_option")
            return
        known = codes(CATEGORIES[self.dimension])
        for category, children in self.children.items():
            if category not in known:
                yield Problem(f"children.{category}", "unknown_option")
            elif not 0 <= children <= 80:
                yield Problem(f"children.{category}", "out_of_range", {"minimum": 0, "maximum": 80})


class ClosureInput(Input):
    """A day, or every weekday of a stretch of days, on which a site was closed."""

    site_id: uuid.UUID
    closed_on: date
    last_on: date | None = None
    reason: str

    def weekdays(self) -> list[date]:
        """Give the days from Monday to Friday that the closure covers."""
        last = self.last_on or self.closed_on
        days = [self.closed_on + timedelta(days=number) for number in range((last - self.closed_on).days + 1)]
        return [day for day in days if day.weekday() < SATURDAY]

    def rules(self) -> Iterator[Problem]:
        """Give what is wrong with the values taken together."""
        yield from listed("reason", self.reason, "closure_reason")
        last = self.last_on or self.closed_on
        if last < self.closed_on:
            yield Problem("last_on", "end_before_start")
        elif (last - self.closed_on).days >= LONGEST_CLOSURE_DAYS:
            yield Problem("last_on", "closure_too_long", {"days": LONGEST_CLOSURE_DAYS})
        elif not self.weekdays():
            yield Problem("closed_on", "weekday_needed")
