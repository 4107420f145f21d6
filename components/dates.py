"""Dates and times as people in the United States write them, with month and day names in the reader's language."""

from datetime import date, time

from components.words import _


def short(day: date) -> str:
    """Give a day of this or last year for a label: Nov 20."""
    return _("{month} {day}").format(month=_months()[day.month - 1], day=day.day)


def full(day: date) -> str:
    """Give a day in full: Fri, Nov 20, 2026."""
    return _("{weekday}, {month} {day}, {year}").format(
        weekday=_weekdays()[day.weekday()], month=_months()[day.month - 1], day=day.day, year=day.year
    )


def clock(moment: time) -> str:
    """Give a time of day: 9:05 AM."""
    return _half(moment.hour).format(time=f"{moment.hour % 12 or 12}:{moment.minute:02d}")


def month(day: date) -> str:
    """Give a month: Nov 2026."""
    return f"{_months()[day.month - 1]} {day.year}"


def month_name(day: date) -> str:
    """Give a month for an axis that names its years elsewhere: Nov."""
    return _months()[day.month - 1]


def weekday(number: int) -> str:
    """Give a weekday in full by its number, Monday being 0: Monday."""
    return (
        _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
    )[number]  # fmt: skip


def hour(start: int) -> str:
    """Give the hour that starts at ``start`` (0 to 23): 10 AM."""
    return _half(start).format(time=start % 12 or 12)


def _half(number: int) -> str:
    return _("{time} AM") if number < 12 else _("{time} PM")


def _months() -> tuple[str, ...]:
    return (
        _("Jan"), _("Feb"), _("Mar"), _("Apr"), _("May"), _("Jun"),
        _("Jul"), _("Aug"), _("Sep"), _("Oct"), _("Nov"), _("Dec"),
    )  # fmt: skip


def _weekdays() -> tuple[str, ...]:
    return (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
