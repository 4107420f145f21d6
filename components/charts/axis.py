"""The axis of months that charts over time share, with the event marks on it."""

import calendar
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from components import dates
from components.charts.template import Palette
from components.text import in_chart
from components.words import _

MOST_TICKS = 13
MOST_ROWS, ROW_HEIGHT = 3, 20
"""Rows of words above a plot, and the height of one in pixels."""


class TimeMark(NamedTuple):
    """Something that happened on a day, in a few words of ours. ``breaks``: from here limits are set anew."""

    on: date
    words: str
    breaks: bool = False


def month_of_key(key: str) -> date:
    """Give the month behind a chart's label, such as ``2026-03``."""
    year, month = key.split("-")
    return date(int(year), int(month), 1)


def position(day: date, first: date) -> float:
    """Give where a day stands on an axis whose months are 0, 1, 2, … from ``first``; a month spans ±0.5."""
    months = (day.year - first.year) * 12 + day.month - first.month
    length = calendar.monthrange(day.year, day.month)[1]
    return months - 0.5 + (day.day - 0.5) / length


def month_axis(months: Sequence[date], title: str) -> dict[str, Any]:
    """Give the layout of an axis of months: each one named, the year below January and the first."""
    step = 1 if len(months) <= MOST_TICKS else 2 if len(months) <= 2 * MOST_TICKS else 3
    shown = [at for at in range(len(months)) if (len(months) - 1 - at) % step == 0]
    texts, year = [], None
    for at in shown:
        month = months[at]
        texts.append(dates.month_name(month) + (f"<br>{month.year}" if month.year != year else ""))
        year = month.year
    return {
        "tickvals": shown,
        "ticktext": texts,
        "range": [-0.6, len(months) - 0.4],
        "title": {"text": title},
        "tickangle": 0,
    }


def marked(marks: Sequence[TimeMark], first: date, months: int, colors: Palette) -> dict[str, Any]:
    """Give the layout of vertical lines with their words above the plot, in rows so that they stay legible.

    A rebase is a full line, everything else a dotted one.
    """
    shapes, notes = [], []
    inside = [mark for mark in sorted(marks) if -0.5 <= position(mark.on, first) <= months - 0.5]
    rows = min(len(inside), MOST_ROWS)
    for at, mark in enumerate(inside):
        x, row = position(mark.on, first), at % MOST_ROWS
        dash, color = ("solid", colors.ink) if mark.breaks else ("dot", colors.quiet)
        shapes.append(
            {
                "type": "line", "x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": 1,
                "line": {"color": color, "width": 2 if mark.breaks else 1.5, "dash": dash},
            }
        )  # fmt: skip
        notes.append(
            {
                "x": x, "y": 1, "yref": "paper", "yanchor": "bottom", "yshift": 0, "showarrow": True,
                "ax": 0, "ay": -ROW_HEIGHT * row - 4, "arrowhead": 0, "arrowwidth": 1, "arrowcolor": color,
                "xanchor": "left" if x < months / 3 else "right" if x > 2 * months / 3 else "center",
                "text": in_chart(mark.words), "font": {"size": 13, "color": color},
            }
        )  # fmt: skip
    return {"shapes": shapes, "annotations": notes, "margin": {"l": 8, "r": 8, "t": 16 + ROW_HEIGHT * rows, "b": 8}}


def told(marks: Sequence[TimeMark]) -> str:
    """Give the marks as a sentence, for those who do not see them."""
    if not marks:
        return ""
    return _("Marked: {marks}.").format(
        marks=", ".join(f"{mark.words} ({dates.month(mark.on)})" for mark in sorted(marks))
    )
