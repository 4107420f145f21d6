"""A rate over months with the range that chance alone explains: more than ordinary ups and downs, or not."""

from collections.abc import Collection, Sequence
from typing import Any

import plotly.graph_objects as go

from analytics.control_charts import ChartPoint, ControlChart
from analytics.sentences import Finding
from components import dates
from components.charts.axis import TimeMark, marked, month_axis, month_of_key
from components.charts.drawing import Drawing, Table, joined
from components.charts.numbers import count, decimal, hidden_words, whole
from components.charts.sentences import Better, say
from components.charts.template import Palette, figure
from components.words import _

HEIGHT = 380


def draw(
    chart: ControlChart,
    *,
    title: str,
    unit: str,
    counted: str,
    divided_by: str,
    better: Better,
    found: Finding,
    marks: Sequence[TimeMark],
    hidden: Collection[str],
    colors: Palette,
    basis: str,
    notes: tuple[str, ...] = (),
) -> Drawing:
    """Give the drawing of a control chart over months.

    Args:
        chart: the chart; its labels are months such as ``2026-03``.
        title: what it shows.
        unit: what follows a number, such as "incidents per 1,000 child-days".
        counted: the head of the column of counts.
        divided_by: the head of the column of denominators.
        better: which way is good; None for neither.
        found: what the chart shows, judged over all months that are known, also those that are not drawn.
        marks: events to mark on the axis.
        hidden: labels of months whose number must not be shown.
        colors: the palette of the reader's theme.
        basis: the records behind the chart.
        notes: further sentences below it.
    """
    sentence = say(found, unit, better)
    if hidden:
        sentence = _(
            "{count} of {months} months have too few incidents to be shown to you, so nothing is said about change."
            " Those who work at the site see them all."
        ).format(count=len(hidden), months=len(chart.points))
    return Drawing(
        title=title,
        basis=basis,
        sentence=sentence,
        figure=_figure(chart, unit, better, marks, hidden, colors),
        alt=_alt(chart, title, sentence, unit, hidden, marks),
        table=_table(chart, unit, counted, divided_by, hidden, better),
        notes=notes,
    )


def judged(point: ChartPoint, chart: ControlChart, better: Better) -> str:
    """Give what a point's month is told as: ``usual``, ``improving``, ``concerning`` or ``neutral``."""
    if not point.signals or point.value is None or chart.centre is None:
        return "usual"
    if better is None:
        return "neutral"
    return "improving" if (point.value > chart.centre) == (better == "higher") else "concerning"


def _figure(
    chart: ControlChart, unit: str, better: Better, marks: Sequence[TimeMark], hidden: Collection[str], colors: Palette
) -> go.Figure:
    months = [month_of_key(point.label) for point in chart.points]
    values = [point.value for point in chart.points]
    data: list[dict[str, Any]] = [*_band(chart, colors), *_centre(chart, colors)]
    data.append(
        {
            "type": "scatter", "mode": "lines+markers", "name": _("Usual ups and downs"),
            "x": list(range(len(values))), "y": values, "connectgaps": False,
            "line": {"color": colors.usual, "width": 2},
            "marker": {"color": colors.usual, "size": 9, "symbol": "circle"},
            "text": [dates.month(month) for month in months],
            "hovertemplate": "%{text}: %{y:.1f}<extra></extra>",
        }
    )  # fmt: skip
    data += _signals(chart, better, colors)
    data += _gaps(chart, hidden, colors)
    return figure(
        colors,
        data,
        HEIGHT,
        xaxis=month_axis(months, _("Month")),
        yaxis={"title": {"text": unit[:1].upper() + unit[1:]}, "range": _range(chart)},
        **marked(marks, months[0], len(months), colors),
    )


def _range(chart: ControlChart) -> list[float]:
    """Leave room below zero for the marks of months without a value."""
    tops = [number for point in chart.points for number in (point.value, point.high) if number is not None]
    top = 1.1 * max(tops, default=1.0) or 1.0
    return [-0.05 * top, top]


def _band(chart: ControlChart, colors: Palette) -> list[dict[str, Any]]:
    """Draw the limits as a grey field per month, because they differ with the number of child-days."""
    held = [(at, point) for at, point in enumerate(chart.points) if point.low is not None or point.high is not None]
    if not held:
        return []
    name = _("What chance explains (provisional)") if chart.provisional else _("What chance explains")
    lows = [point.low or 0.0 for _at, point in held]
    highs = [point.high or 0.0 for _at, point in held]
    return [
        {
            "type": "bar", "name": name, "width": 1, "base": lows,
            "x": [at for at, _point in held],
            "y": [high - low for low, high in zip(lows, highs, strict=True)],
            "marker": {
                "color": colors.band, "line": {"width": 0},
                "pattern": {
                    "shape": "/" if chart.provisional else "", "fillmode": "overlay",
                    "fgcolor": colors.paper, "size": 6,
                },
            },
            "hoverinfo": "skip",
        }
    ]  # fmt: skip


def _centre(chart: ControlChart, colors: Palette) -> list[dict[str, Any]]:
    if chart.centre is None:
        return []
    return [
        {
            "type": "scatter", "mode": "lines", "x": [-0.5, len(chart.points) - 0.5], "y": [chart.centre] * 2,
            "name": _("Usual level: {value}").format(value=decimal(chart.centre)),
            "line": {"color": colors.ink, "width": 1.5, "dash": "dash"}, "hoverinfo": "skip",
        }
    ]  # fmt: skip


def _signals(chart: ControlChart, better: Better, colors: Palette) -> list[dict[str, Any]]:
    looks = {
        "concerning": (_("More than chance explains: look"), colors.concerning, "triangle-up"),
        "improving": (_("Better than chance explains"), colors.improving, "diamond"),
        "neutral": (_("Not explained by chance"), colors.neutral, "square"),
    }
    if better == "higher":
        looks["concerning"] = (_("Lower than chance explains: look"), colors.concerning, "triangle-down")
    drawn = []
    for kind, (name, color, symbol) in looks.items():
        held = [(at, point) for at, point in enumerate(chart.points) if judged(point, chart, better) == kind]
        if held:
            drawn.append(
                {
                    "type": "scatter", "mode": "markers", "name": name,
                    "x": [at for at, _point in held], "y": [point.value for _at, point in held],
                    "marker": {"color": color, "size": 14, "symbol": symbol}, "hoverinfo": "skip",
                }
            )  # fmt: skip
    return drawn


def _gaps(chart: ControlChart, hidden: Collection[str], colors: Palette) -> list[dict[str, Any]]:
    """Mark the months without a value at the foot of the chart: a hidden one is not a missing one, nor a zero."""
    kept = [at for at, point in enumerate(chart.points) if point.label in hidden]
    lost = [at for at, point in enumerate(chart.points) if point.value is None and point.label not in hidden]
    return [
        {
            "type": "scatter", "mode": "markers", "name": name, "x": held, "y": [0] * len(held),
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


def _table(
    chart: ControlChart, unit: str, counted: str, divided_by: str, hidden: Collection[str], better: Better
) -> Table:
    words = {
        "usual": _("within"),
        "improving": _("better than chance"),
        "concerning": _("look"),
        "neutral": _("not chance"),
    }
    rows = []
    for point in chart.points:
        is_hidden = point.label in hidden
        limits = f"{decimal(point.low)} – {decimal(point.high)}" if point.high is not None else "–"
        rows.append(
            (
                dates.month(month_of_key(point.label)),
                count(point.numerator, is_hidden),
                whole(point.denominator),
                hidden_words() if is_hidden else decimal(point.value),
                limits,
                "–" if point.value is None else words[judged(point, chart, better)],
            )
        )
    head = (_("Month"), counted, divided_by, unit[:1].upper() + unit[1:], _("Chance explains"), _("Reading"))
    return Table(head, tuple(rows))


def _alt(
    chart: ControlChart, title: str, sentence: str, unit: str, hidden: Collection[str], marks: Sequence[TimeMark]
) -> str:
    known = [(point.value, point.label) for point in chart.points if point.value is not None]
    parts = [_("Line chart by month: {title}.").format(title=title), sentence]
    if known:
        (low, low_at), (high, high_at) = min(known), max(known)
        parts.append(
            _("Lowest {low} in {low_month}, highest {high} in {high_month} ({unit}).").format(
                low=decimal(low), low_month=dates.month(month_of_key(low_at)),
                high=decimal(high), high_month=dates.month(month_of_key(high_at)), unit=unit,
            )
        )  # fmt: skip
    if hidden:
        parts.append(_("Months hidden to protect privacy: {count}.").format(count=len(hidden)))
    if marks:
        told = ", ".join(f"{mark.words} ({dates.month(mark.on)})" for mark in sorted(marks))
        parts.append(_("Marked: {marks}.").format(marks=told))
    return joined(parts)
