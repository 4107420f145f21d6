"""Dosage: the minutes of consultation that were agreed with a site beside those that it got (domain.md 1.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Dose:
    """Minutes agreed and delivered over the same `months`: full months of service, all of them inside the period."""

    planned: float
    delivered: float
    months: int


def planned_minutes(
    months: Sequence[date], minutes_month: int | None, start: date | None, end: date | None
) -> list[float | None]:
    """The agreed minutes of each month (given by its first day); None outside the service, or where nothing was agreed.

    The agreement is only known as it stands today: it is taken to have held since the service began.
    """
    first = start.replace(day=1) if start else date.min
    last = end.replace(day=1) if end else date.max
    return [float(minutes_month) if minutes_month and first <= month <= last else None for month in months]


def dose(
    months: Sequence[date], delivered: Sequence[float], planned: Sequence[float | None], start: date | None, today: date
) -> Dose | None:
    """What was delivered of what was agreed, over months that are over and lie wholly in the service; None without any.

    The month in which the service began is left out: only a part of it was agreed. Raises ValueError for lists of
    unequal length.
    """
    whole = [
        (got, agreed)
        for month, got, agreed in zip(months, delivered, planned, strict=True)
        if agreed is not None and month < today.replace(day=1) and (start is None or month >= start)
    ]
    if not whole:
        return None
    return Dose(sum(agreed for _got, agreed in whole), sum(got for got, _agreed in whole), len(whole))
