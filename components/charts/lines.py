"""Scores over time, a line per scale: editions of an instrument stand side by side and never join."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from analytics.control_charts import ControlChart
from components import dates
from components.charts import variation
from components.charts.axis import ROW_HEIGHT, TimeMark, marked, position, told
from components.charts.drawing import Drawing, Table, joined
from components.charts.numbers import decimal, hidden_words, whole
from components.charts.sentences import Better
from components.charts.template import DASHES, SYMBOLS, Palette, figure
from components.text import in_chart
from components.words import _

HEIGHT = 360
LEGEND_ROW = 26


class Reading(NamedTuple):
    """One score: when, what, and how many rooms or people it rests on (None: not told). None as value: hidden."""

    on: date
    value: float | None
    size: int | None
    spread: float | None = None


class Line(NamedTuple):
    """The readings of one scale in one edition, in order of time. ``edition`` breaks the line where it changes.

    ``code`` is ``<instrument>:<score>``; ``usual`` the chart of its values with limits, where enough are known.
    """

    words: str
    edition: str
    better: Better
    readings: tuple[Reading, ...]
    code: str = ""
    usual: ControlChart | None = None


def draw(
    lines: Sequence[Line],
    *,
    title: str,
    unit: str,
    size_words: str,
    low: float,
    high: float,
    sentence: str,
    basis: str,
    months: Sequence[date],
    colors: Palette,
    notes: tuple[str, ...] = (),
    marks: Sequence[TimeMark] = (),
    heads: tuple[variation.Head, ...] = (),
) -> Drawing:
    """Give the drawing of scores over time on the scale's whole range, with a marked break between editions.

    ``size_words`` heads the column of how many rooms or people a score rests on.
    """
    values = [
        f"{line.words} ({line.edition}): "
        + ", ".join(f"{dates.month(one.on)} {_value(one)}" for one in line.readings)
        + "."
        for line in lines
    ]
    return Drawing(
        title=title,
        basis=basis,
        sentence=sentence,
        figure=_figure(lines, unit, low, high, months, colors, [*marks, *_new_starts(lines)]),
        alt=joined(
            [_("Line chart: {title}.").format(title=title), variation.in_words(heads), sentence, *values, told(marks)]
        ),
        table=_table(lines, unit, size_words),
        notes=notes,
        heads=heads,
    )


def _new_starts(lines: Sequence[Line]) -> list[TimeMark]:
    """Give where the limits of a line were set anew."""
    starts = {
        date.fromisoformat(line.usual.points[one.first].label).replace(day=1)
        for line in lines
        if line.usual is not None
        for one in line.usual.segments
        if one.first
    }
    return [TimeMark(start, _("Limits set anew"), breaks=True) for start in sorted(starts)]


def editions(lines: Sequence[Line]) -> list[tuple[str, date]]:
    """Give every edition with the day of its first reading, in order of time."""
    first: dict[str, date] = {}
    for line in lines:
        for reading in line.readings:
            first[line.edition] = min(first.get(line.edition, reading.on), reading.on)
    return sorted(first.items(), key=lambda item: item[1])


def _figure(
    lines: Sequence[Line],
    unit: str,
    low: float,
    high: float,
    months: Sequence[date],
    colors: Palette,
    marks: Sequence[TimeMark],
) -> object:
    start = months[0]
    names = list(dict.fromkeys(line.words for line in lines))
    data: list[dict[str, Any]] = []
    sides = _label_sides(lines, 0.12 * (high - low))
    for at, line in enumerate(lines):
        look, words = names.index(line.words) % len(colors.series), in_chart(line.words)
        known = [reading for reading in line.readings if reading.value is not None]
        data.append(
            {
                "type": "scatter", "mode": "lines+markers+text", "name": words,
                "legendgroup": line.words, "showlegend": line.words not in [other.words for other in lines[:at]],
                "x": [position(reading.on, start) for reading in known],
                "y": [reading.value for reading in known],
                "text": [decimal(reading.value) for reading in known],
                "textposition": [sides[line.words, reading.on] for reading in known],
                "textfont": {"color": colors.series[look]}, "cliponaxis": False,
                "line": {"color": colors.series[look], "width": 2.5, "dash": DASHES[look]},
                "marker": {"size": 10, "symbol": SYMBOLS[look], "color": colors.series[look]},
                "customdata": [dates.month(reading.on) for reading in known],
                "hovertemplate": "%{customdata}: %{text}<extra>" + words + "</extra>",
                **_spread(line, known, colors.series[look]),
            }
        )  # fmt: skip
    data += [trace for line in lines for trace in _usual(line, start, colors.series[names.index(line.words) % 4])]
    data += _hidden(lines, start, low, colors)
    shapes, notes = _breaks(lines, start, colors)
    layout = marked(marks, start, len(months), colors)
    if notes:
        layout["margin"]["t"] += ROW_HEIGHT
    top = (layout["margin"]["t"] - 16) // ROW_HEIGHT - 1
    layout["annotations"] = [*layout["annotations"], *({**note, "yshift": ROW_HEIGHT * top} for note in notes)]
    layout["shapes"] = [*layout["shapes"], *shapes]
    step = max(1, len(months) // 12)
    shown = list(range(0, len(months), step))
    return figure(
        colors,
        data,
        HEIGHT + LEGEND_ROW * len(names),
        showlegend=True,
        xaxis={
            "tickvals": shown, "ticktext": [_tick(months[at], at == shown[0]) for at in shown],
            "range": [-0.8, len(months) - 0.2], "title": {"text": _("Month")}, "tickangle": 0,
        },
        yaxis={"title": {"text": unit}, "range": [low - 0.04 * (high - low), high + 0.08 * (high - low)]},
        **layout,
    )  # fmt: skip


def _usual(line: Line, start: date, color: str) -> list[dict[str, Any]]:
    """Draw center and limits of a line whose values are many enough for them."""
    drawn: list[dict[str, Any]] = []
    if line.usual is None:
        return drawn
    for one in line.usual.segments:
        part = [point for point in line.usual.points[one.first : one.stop] if point.value is not None]
        if one.kind == "run" or not part or part[0].high is None:
            continue
        x = [position(date.fromisoformat(point.label), start) for point in part]
        drawn += [
            {
                "type": "scatter", "mode": "lines", "x": x, "y": values, "hoverinfo": "skip", "showlegend": False,
                "line": {"color": color, "width": width, "dash": dash}, "legendgroup": line.words,
            }
            for values, width, dash in (
                ([one.centre] * len(part), 1.2, "dash"),
                ([point.low for point in part], 1.0, "dot"),
                ([point.high for point in part], 1.0, "dot"),
            )
        ]  # fmt: skip
    return drawn


def _label_sides(lines: Sequence[Line], height: float) -> dict[tuple[str, date], str]:
    """Give where each number stands, so that close ones keep apart: above, below, or beside its mark between two.

    ``height`` is that of a number, in points of the scale.
    """
    found: dict[tuple[str, date], str] = {}
    for day in {reading.on for line in lines for reading in line.readings}:
        here = sorted(
            (reading.value, line.words)
            for line in lines
            for reading in line.readings
            if reading.on == day and reading.value is not None
        )
        taken, beside = float("inf"), "middle right"
        for at in range(len(here) - 1, -1, -1):
            value, words = here[at]
            if taken - value >= height:
                side = "top center"
            elif at == 0 or value - here[at - 1][0] >= height:
                side = "bottom center"
            else:
                side, beside = beside, "middle left" if beside == "middle right" else "middle right"
            found[words, day] = side
            taken = value - height if side == "bottom center" else value
    return found


def _tick(month: date, first: bool) -> str:
    return dates.month_name(month) + (f"<br>{month.year}" if first or month.month == 1 else "")


def shows_spread(line: Line) -> bool:
    """Tell whether a line is drawn with how far each point may be off: only where that is known of every point."""
    known = [reading for reading in line.readings if reading.value is not None]
    return bool(known) and all(reading.spread is not None for reading in known)


def _spread(line: Line, known: Sequence[Reading], color: str) -> dict[str, Any]:
    if not shows_spread(line):
        return {}
    half = [reading.spread for reading in known]
    return {"error_y": {"type": "data", "array": half, "color": color, "thickness": 1.2, "width": 5}}


def _hidden(lines: Sequence[Line], start: date, low: float, colors: Palette) -> list[dict[str, Any]]:
    days = sorted({reading.on for line in lines for reading in line.readings if reading.value is None})
    if not days:
        return []
    return [
        {
            "type": "scatter", "mode": "markers", "name": _("Hidden to protect privacy"),
            "x": [position(day, start) for day in days], "y": [low] * len(days), "cliponaxis": False,
            "marker": {
                "color": colors.quiet, "size": 11, "symbol": "square-open",
                "line": {"width": 2, "color": colors.quiet},
            },
            "hoverinfo": "name",
        }
    ]  # fmt: skip


def _breaks(lines: Sequence[Line], start: date, colors: Palette) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    shapes, notes = [], []
    for edition, day in editions(lines)[1:]:
        x = position(day, start) - 0.5
        shapes.append(
            {
                "type": "line", "x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": 1,
                "line": {"color": colors.ink, "width": 2},
            }
        )  # fmt: skip
        notes.append(
            {
                "x": x, "y": 1, "yref": "paper", "yanchor": "bottom", "showarrow": False,
                "text": _("From here: {edition}").format(edition=in_chart(edition)), "font": {"size": 13},
            }
        )  # fmt: skip
    return shapes, notes


def _value(reading: Reading) -> str:
    return hidden_words() if reading.value is None else decimal(reading.value, 2)


def _table(lines: Sequence[Line], unit: str, size_words: str) -> Table:
    rows = [
        (reading.on, line.words, line.edition, _value(reading), whole(reading.size))
        for line in lines
        for reading in line.readings
    ]
    rows.sort(key=lambda row: (row[0], row[1]))
    head = (_("Month"), _("Scale"), _("Edition"), unit, size_words)
    return Table(head, tuple((dates.month(row[0]), *row[1:]) for row in rows))
