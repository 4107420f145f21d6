"""A stretch of whole months: what every figure is counted over."""

from dataclasses import dataclass
from datetime import date

from db.rollups import month_after, month_of

OFFERED_MONTHS = (3, 6, 12, 18, 24, 36)
"""The lengths that screens offer, the present month included."""


@dataclass(frozen=True)
class Period:
    """Whole months from ``start`` (a first day of a month) up to, not including, ``end`` (likewise)."""

    start: date
    end: date

    @classmethod
    def last_months(cls, months: int, today: date) -> "Period":
        """Give the ``months`` months that end with the month of ``today``."""
        end = month_after(month_of(today))
        number = end.year * 12 + end.month - 1 - months
        return cls(date(number // 12, number % 12 + 1, 1), end)

    def months(self) -> list[date]:
        """Give the first day of every month of the period, in order."""
        found, month = [], self.start
        while month < self.end:
            found.append(month)
            month = month_after(month)
        return found
