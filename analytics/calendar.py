"""Months and child-days: the time axis and the exposure of every rate."""

import math
from datetime import date


def months_between(first: date, last: date) -> tuple[date, ...]:
    """The first days of every month from the one that holds `first` to the one that holds `last`, in order.

    Empty when `last` lies in an earlier month than `first`.
    """
    start = first.year * 12 + first.month - 1
    end = last.year * 12 + last.month - 1
    return tuple(date(month // 12, month % 12 + 1, 1) for month in range(start, end + 1))


def month_label(day: date) -> str:
    """The month of a day as a sortable key, for example `2026-03`; screens put it in the reader's words."""
    return f"{day.year:04d}-{day.month:02d}"


def child_days(enrolled: float | None, open_days: int | None, attended: float | None) -> float | None:
    """The child-days of one classroom and month, or None where they cannot be known.

    Attended child-days where they were counted, otherwise average enrolment x open days (domain.md 5.3).
    Raises ValueError for a negative number.
    """
    given = {"enrolled": enrolled, "open_days": open_days, "attended": attended}
    known = {name: float(number) for name, number in given.items() if number is not None and not math.isnan(number)}
    for name, number in known.items():
        if number < 0:
            raise ValueError(f"{name} must not be negative: {number}")
    if "attended" in known:
        return known["attended"]
    if "enrolled" in known and "open_days" in known:
        return known["enrolled"] * known["open_days"]
    return None
