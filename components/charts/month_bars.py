"""Bars by month: what was delivered, or what happened, when there is nothing to divide by."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

from analytics.control_charts import ControlChart
from components import dates
from components.charts import variation
from components.charts.axis import TimeMark, marked, month_axis, told
from components.charts.drawing import Drawing, Table, joined
from components.charts.numbers import count, decimal, hidden_words
from components.charts.template import PATTERNS, Palette, figure
from components.words import _

HEIGHT = 340
FEW = 6
"""Counts below this have an axis of whole numbers: there is no half of an incident."""


class Layer(NamedTuple):
    """One layer of the stack: its words, and a number per month (None where it is hidden)."""

    words: str
    values: tuple[float | None, ...]


def draw(
    months: Sequence[date],
    layers: Sequence[Layer],
    *,
    title: str,
    unit: str,
    sentence: str,
    basis: str,
    colors: Palette,
    marks: Sequence[TimeMark] = (),
    hidden: Collection[date] = (),
    labels: Sequence[str] = (),
    columns: Sequence[Layer] = (),
    digits: int = 0,
    notes: tuple[str, ...] = (),
    usual: ControlChart | None = None,
    heads: tuple[variation.Head, ...] = (),
) -> Drawing:
    """Give the drawing of stacked bars by month.

    ``labels`` are written above the bars, ``columns`` are more numbers for the table, ``digits`` the precision of the
    layers' numbers. ``usual`` is the chart of the bars' sums, with a point for each of the first months: its center and
    limits are drawn as lines.
    """
    parts = [_("Bar chart by month: {title}.").format(title=title), variation.in_words(heads), sentence]
    if hidden:
        parts.append(_("Months hidden to protect privacy: {count}.").format(count=len(hidden)))
    return Drawing(
        title=title,
        basis=basis,
        sentence=sentence,
        figure=_figure(months, layers, unit, colors, marks, hidden, labels, usual),
        alt=joined([*parts, told(marks)]),
        table=_table(months, layers, columns, hidden, digits),
        notes=notes,
        heads=heads,
    )


def _figure(
    months: Sequence[date],
    layers: Sequence[Layer],
    unit: str,
    colors: Palette,
    marks: Sequence[TimeMark],
    hidden: Collection[date],
    labels: Sequence[str],
    usual: ControlChart | None,
) -> object:
    data = bars_of(months, layers, colors)
    tops = [sum(layer.values[at] or 0 for layer in layers) for at in range(len(months))]
    if labels:
        data.append(
            {
                "type": "scatter", "mode": "text", "x": list(range(len(months))), "y": tops, "text": list(labels),
                "textposition": "top center", "hoverinfo": "skip", "showlegend": False, "cliponaxis": False,
            }
        )  # fmt: skip
    kept = [at for at, month in enumerate(months) if month in hidden]
    if kept:
        data.append(
            {
                "type": "scatter", "mode": "markers", "name": _("Hidden to protect privacy"), "x": kept,
                "y": [0] * len(kept), "cliponaxis": False, "hoverinfo": "name",
                "marker": {
                    "color": colors.quiet, "size": 11, "symbol": "square-open",
                    "line": {"width": 2, "color": colors.quiet},
                },
            }
        )  # fmt: skip
    if usual is not None:
        data += usual_lines(usual, colors)
        tops += [point.high for point in usual.points if point.high is not None]
    top = max(1.0, 1.15 * max(tops, default=0))
    return figure(
        colors,
        data,
        HEIGHT,
        barmode="stack",
        showlegend=len(layers) > 1 or bool(kept) or usual is not None,
        xaxis=month_axis(months, _("Month")),
        yaxis={
            "title": {"text": unit}, "range": [-0.06 * top if kept else 0, top],
            "dtick": 1 if top < FEW and all(number == int(number) for number in tops[: len(months)]) else None,
        },
        **marked(marks, months[0], len(months), colors),
    )  # fmt: skip


def bars_of(months: Sequence[date], layers: Sequence[Layer], colors: Palette) -> list[dict[str, Any]]:
    """Give the stacked bars, each layer told by color and pattern."""
    return [
        {
            "type": "bar", "name": layer.words, "x": list(range(len(months))), "y": list(layer.values),
            "marker": {
                "color": colors.series[at], "line": {"width": 0},
                "pattern": {
                    "shape": PATTERNS[at], "fillmode": "overlay", "fgcolor": colors.paper, "size": 6, "solidity": 0.25,
                },
            },
            "customdata": [dates.month(month) for month in months],
            "hovertemplate": "%{customdata}: %{y:.4~g}<extra>" + layer.words + "</extra>",
        }
        for at, layer in enumerate(layers)
    ]  # fmt: skip


def usual_lines(usual: ControlChart, colors: Palette) -> list[dict[str, Any]]:
    """Give center and limits as lines over the bars: the center dashed (dotted: a median), the limits thin."""
    drawn: list[dict[str, Any]] = []
    for one in usual.segments:
        held = [at for at in range(one.first, one.stop) if usual.points[at].value is not None]
        if one.centre is None or not held:
            continue
        span = range(held[0], held[-1] + 1)
        part = [usual.points[at] for at in span]
        run = one.kind == "run"
        words = (_("Median: {value}") if run else _("Usual level: {value}")).format(value=decimal(one.centre))
        spans = [(words, [one.centre] * len(part), 2.0, "dot" if run else "dash")]
        if part[0].high is not None:
            name = _("What chance explains")
            spans += [(name, [getattr(point, side) for point in part], 1.2, "solid") for side in ("high", "low")]
        drawn += [
            {
                "type": "scatter", "mode": "lines", "name": name, "x": list(span), "y": values,
                "line": {"color": colors.ink, "width": width, "dash": dash, "shape": "hvh"}, "connectgaps": True,
                "hoverinfo": "skip", "legendgroup": name,
            }
            for name, values, width, dash in spans
        ]  # fmt: skip
    seen: set[str] = set()
    for trace in drawn:
        trace["showlegend"] = trace["name"] not in seen
        seen.add(trace["name"])
    return drawn


def _table(
    months: Sequence[date], layers: Sequence[Layer], columns: Sequence[Layer], hidden: Collection[date], digits: int
) -> Table:
    def cell(value: float | None, month: date, places: int) -> str:
        if month in hidden and value is None:
            return hidden_words()
        return decimal(value, places) if places else count(value, False)

    rows = tuple(
        (
            dates.month(month),
            *(cell(layer.values[at], month, digits) for layer in layers),
            *(cell(column.values[at], month, 0 if _whole(column) else 1) for column in columns),
        )
        for at, month in enumerate(months)
    )
    return Table((_("Month"), *(layer.words for layer in [*layers, *columns])), rows)


def _whole(column: Layer) -> bool:
    return all(value is None or value == int(value) for value in column.values)
