"""A chart over months with the range that chance alone explains: more than ordinary ups and downs, or not."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import plotly.graph_objects as go

from analytics.control_charts import ControlChart
from analytics.sentences import Finding, point_variation
from components.charts import variation
from components.charts.axis import TimeMark, marked, month_axis, month_of_key, position, told
from components.charts.drawing import Drawing, Table, joined
from components.charts.numbers import count, decimal, hidden_words, whole
from components.charts.sentences import Better, Counted, notes, point_words, say
from components.charts.template import Palette, figure
from components.words import _

HEIGHT = 380


@dataclass(frozen=True)
class Said:
    """The words of a chart.

    ``title``: what it shows. ``unit`` follows a number, such as "incidents per 1,000 child-days". ``basis``: the
    records behind it. ``parts``: the heads of the columns of numerator and denominator, if any. ``better``: which way
    is good; None for neither. ``counted``: what a point is. ``notes``: further sentences below.
    """

    title: str
    unit: str
    basis: str
    better: Better
    parts: tuple[str, ...] = ()
    counted: Counted = "month"
    notes: tuple[str, ...] = ()


def draw(
    chart: ControlChart,
    found: Finding,
    said: Said,
    *,
    months: Sequence[date],
    marks: Sequence[TimeMark],
    colors: Palette,
    hidden: Collection[str] = (),
    silent: str = "",
) -> Drawing:
    """Give the drawing of a control chart.

    Args:
        chart: the points to draw; their labels are months such as ``2026-03``, or days for gaps between events.
        found: what the chart shows, judged over all that is known, also what is not drawn.
        said: its words.
        months: the months of the axis.
        marks: events to mark on the axis.
        colors: the palette of the reader's theme.
        hidden: labels of months whose number must not be shown.
        silent: why nothing is said about change; then nothing is.
    """
    sentence, heads, further = silent, (), ()
    if not silent:
        sentence, further = say(found, said.unit, said.better, said.counted), notes(found, said.counted)
        heads = (variation.head(found, said.better),)
        marks = [*marks, *_breaks(chart, said.counted)]
    return Drawing(
        title=said.title,
        basis=said.basis,
        sentence=sentence,
        figure=_figure(chart, said, months, marks, hidden, colors),
        alt=_alt(chart, said, joined([variation.in_words(heads), sentence]), hidden, marks),
        table=_table(chart, said, hidden),
        notes=(*further, *said.notes),
        heads=heads,
    )


def _breaks(chart: ControlChart, counted: Counted) -> list[TimeMark]:
    """Give where the limits were set anew, as marks between two points."""
    return [
        TimeMark(_day(chart.points[one.first].label, counted).replace(day=1), _("Limits set anew"), breaks=True)
        for one in chart.segments
        if one.first and one.first < len(chart.points)
    ]


def _day(label: str, counted: Counted) -> date:
    return date.fromisoformat(label) if counted == "gap" and label.count("-") == 2 else month_of_key(label)


def _places(chart: ControlChart, said: Said, months: Sequence[date]) -> list[float]:
    """Give where each point stands on the axis of months."""
    if said.counted == "month":
        return [float(at) for at in range(len(chart.points))]
    return [position(_day(point.label, said.counted), months[0]) for point in chart.points]


def _figure(
    chart: ControlChart,
    said: Said,
    months: Sequence[date],
    marks: Sequence[TimeMark],
    hidden: Collection[str],
    colors: Palette,
) -> go.Figure:
    places = _places(chart, said, months)
    data = [*_band(chart, places, colors), *_centre(chart, places, colors)]
    xs: list[float | None] = []
    ys: list[float | None] = []
    texts: list[str] = []
    for segment in chart.segments:
        xs += [*places[segment.first : segment.stop], None]
        ys += [*[point.value for point in chart.points[segment.first : segment.stop]], None]
        texts += [
            *[point_words(point.label, said.counted) for point in chart.points[segment.first : segment.stop]],
            "",
        ]
    data.append(
        {
            "type": "scatter", "mode": "lines+markers", "name": _("Usual ups and downs"),
            "x": xs, "y": ys, "connectgaps": False, "text": texts,
            "line": {"color": colors.usual, "width": 2},
            "marker": {"color": colors.usual, "size": 9, "symbol": "circle"},
            "hovertemplate": "%{text}: %{y:.1f}<extra></extra>",
        }
    )  # fmt: skip
    data += _signals(chart, places, said.better, colors)
    data += _gaps(chart, places, hidden, colors)
    return figure(
        colors,
        data,
        HEIGHT,
        xaxis=month_axis(months, _("Month")),
        yaxis={"title": {"text": said.unit[:1].upper() + said.unit[1:]}, "range": _range(chart)},
        **marked(marks, months[0], len(months), colors),
    )


def _range(chart: ControlChart) -> list[float]:
    """Leave room below zero for the marks of months without a value."""
    tops = [number for point in chart.points for number in (point.value, point.high) if number is not None]
    top = 1.1 * max(tops, default=1.0) or 1.0
    return [-0.05 * top, top]


def _band(chart: ControlChart, places: Sequence[float], colors: Palette) -> list[dict[str, Any]]:
    """Draw the limits as a grey field around every point, because they can differ with the number of child-days."""
    held = [at for at, point in enumerate(chart.points) if point.high is not None]
    if not held:
        return []
    lows = [chart.points[at].low or 0.0 for at in held]
    highs = [chart.points[at].high or 0.0 for at in held]
    spans = [_span(places, at) for at in held]
    return [
        {
            "type": "bar", "name": _("What chance explains"), "base": lows,
            "x": [(left + right) / 2 for left, right in spans], "width": [right - left for left, right in spans],
            "y": [high - low for low, high in zip(lows, highs, strict=True)],
            "marker": {"color": colors.band, "line": {"width": 0}}, "hoverinfo": "skip",
        }
    ]  # fmt: skip


def _span(places: Sequence[float], at: int) -> tuple[float, float]:
    """Give how far the field around a point reaches: half way to its neighbors."""
    here = places[at]
    left = (places[at - 1] + here) / 2 if at else here - 0.5
    right = (places[at + 1] + here) / 2 if at + 1 < len(places) else here + 0.5
    return left, right


def _centre(chart: ControlChart, places: Sequence[float], colors: Palette) -> list[dict[str, Any]]:
    """Draw the center of every stretch: dashed where it has limits, dotted for the median of a run chart."""
    drawn = []
    for one in chart.segments:
        if one.centre is None or one.stop <= one.first:
            continue
        run = one.kind == "run"
        words = _("Median: {value}") if run else _("Usual level: {value}")
        drawn.append(
            {
                "type": "scatter", "mode": "lines", "y": [one.centre] * 2,
                "x": [_span(places, one.first)[0], _span(places, one.stop - 1)[1]],
                "name": words.format(value=decimal(one.centre)), "hoverinfo": "skip",
                "line": {"color": colors.ink, "width": 1.5, "dash": "dot" if run else "dash"},
            }
        )  # fmt: skip
    return drawn


def _signals(chart: ControlChart, places: Sequence[float], better: Better, colors: Palette) -> list[dict[str, Any]]:
    looks = {
        "concern": (_("More than chance explains: look"), colors.concerning, "triangle-up"),
        "improvement": (_("Better than chance explains"), colors.improving, "diamond"),
        "neutral": (_("Not explained by chance"), colors.neutral, "square"),
    }
    if better == "higher":
        looks["concern"] = (_("Lower than chance explains: look"), colors.concerning, "triangle-down")
    drawn = []
    for kind, (name, color, symbol) in looks.items():
        held = [at for at, point in enumerate(chart.points) if point_variation(point, better) == kind]
        if held:
            drawn.append(
                {
                    "type": "scatter", "mode": "markers", "name": name, "hoverinfo": "skip",
                    "x": [places[at] for at in held], "y": [chart.points[at].value for at in held],
                    "marker": {"color": color, "size": 14, "symbol": symbol},
                }
            )  # fmt: skip
    return drawn


def _gaps(
    chart: ControlChart, places: Sequence[float], hidden: Collection[str], colors: Palette
) -> list[dict[str, Any]]:
    """Mark the months without a value at the foot of the chart: a hidden one is not a missing one, nor a zero."""
    kept = [at for at, point in enumerate(chart.points) if point.label in hidden]
    lost = [at for at, point in enumerate(chart.points) if point.value is None and point.label not in hidden]
    return [
        {
            "type": "scatter", "mode": "markers", "name": name, "x": [places[at] for at in held], "y": [0] * len(held),
            "marker": {
                "color": colors.quiet, "size": 11, "symbol": symbol, "line": {"width": 2, "color": colors.quiet},
            },
            "hoverinfo": "name", "cliponaxis": False,
        }
        for held, name, symbol in (
            (kept, _("Hidden to protect privacy"), "square-open"),
            (lost, _("No rate: nothing to divide by"), "x-thin"),
        )
        if held
    ]  # fmt: skip


def _table(chart: ControlChart, said: Said, hidden: Collection[str]) -> Table:
    words = {
        "common_cause": _("within"), "improvement": _("better than chance"), "concern": _("look"),
        "neutral": _("not chance"),
    }  # fmt: skip
    new = {one.first for one in chart.segments if one.first}
    rows = []
    for at, point in enumerate(chart.points):
        is_hidden = point.label in hidden
        low = "" if point.low is None else decimal(point.low)
        limits = f"{low} – {decimal(point.high)}" if point.high is not None else "–"
        reading = "–" if point.value is None else words[point_variation(point, said.better)]
        parts = (count(point.numerator, is_hidden), whole(point.denominator)) if said.parts else ()
        rows.append(
            (
                point_words(point.label, said.counted),
                *parts,
                hidden_words() if is_hidden else decimal(point.value),
                limits.strip(),
                _("{reading} (limits set anew from here)").format(reading=reading) if at in new else reading,
            )
        )
    first = _("Month") if said.counted == "month" else _("Ended on")
    head = (first, *said.parts, said.unit[:1].upper() + said.unit[1:], _("Chance explains"), _("Reading"))
    return Table(head, tuple(rows))


def _alt(chart: ControlChart, said: Said, sentence: str, hidden: Collection[str], marks: Sequence[TimeMark]) -> str:
    known = [(point.value, point.label) for point in chart.points if point.value is not None]
    parts = [_("Line chart by month: {title}.").format(title=said.title), sentence]
    if known:
        (low, low_at), (high, high_at) = min(known), max(known)
        parts.append(
            _("Lowest {low} in {low_month}, highest {high} in {high_month} ({unit}).").format(
                low=decimal(low), low_month=point_words(low_at, said.counted),
                high=decimal(high), high_month=point_words(high_at, said.counted), unit=said.unit,
            )
        )  # fmt: skip
    if hidden:
        parts.append(_("Months hidden to protect privacy: {count}.").format(count=len(hidden)))
    return joined([*parts, told(marks)])
