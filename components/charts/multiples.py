"""Small multiples: several measures of one site above each other on one axis of months, with the events through all."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from components import dates
from components.charts import variation
from components.charts.axis import TimeMark, marked, month_axis, position, told
from components.charts.drawing import Drawing, Table, joined
from components.charts.lines import Line
from components.charts.month_bars import Layer, bars_of
from components.charts.numbers import decimal, hidden_words
from components.charts.template import DASHES, SYMBOLS, Palette, figure
from components.text import in_chart
from components.words import _

PANEL, GAP = 170, 46
"""Heights in pixels: of one panel, and of the space above it for its title."""


class Panel(NamedTuple):
    """One measure: its title, its unit, and what is drawn. ``nothing`` says why where there is nothing to draw.

    ``bars`` are stacked by month, ``planned`` is a line of steps over them. ``rates`` is a value per month, ``hidden``
    the months whose value must not be shown. ``lines`` are scores on a scale from ``low`` to ``high``.
    """

    title: str
    unit: str
    nothing: str = ""
    bars: tuple[Layer, ...] = ()
    planned: tuple[float | None, ...] = ()
    rates: tuple[float | None, ...] = ()
    hidden: frozenset[date] = frozenset()
    lines: tuple[Line, ...] = ()
    low: float = 0.0
    high: float | None = None


def draw(
    panels: Sequence[Panel],
    months: Sequence[date],
    *,
    title: str,
    sentence: str,
    basis: str,
    marks: Sequence[TimeMark],
    colors: Palette,
    heads: tuple[variation.Head, ...] = (),
    notes: tuple[str, ...] = (),
) -> Drawing:
    """Give one figure of several panels that share the axis of months; events are drawn through all of them."""
    parts = [
        f"{panel.title}: {panel.nothing}" if panel.nothing else f"{panel.title} ({panel.unit})." for panel in panels
    ]
    alt = [_("Charts above each other, by month: {title}.").format(title=title), *parts, variation.in_words(heads)]
    return Drawing(
        title=title, basis=basis, sentence=sentence, figure=_figure(panels, months, marks, colors),
        alt=joined([*alt, sentence, told(marks)]), table=_table(panels, months), notes=notes, heads=heads,
    )  # fmt: skip


def _figure(panels: Sequence[Panel], months: Sequence[date], marks: Sequence[TimeMark], colors: Palette) -> object:
    layout = marked(marks, months[0], len(months), colors)
    layout["margin"]["t"] += GAP
    whole = len(panels) * (PANEL + GAP) - GAP
    data: list[dict[str, Any]] = []
    for at, panel in enumerate(panels):
        bottom = 1 - (at * (PANEL + GAP) + PANEL) / whole
        top = bottom + PANEL / whole
        axis = "yaxis" if at == 0 else f"yaxis{at + 1}"
        layout[axis] = _axis(panel, bottom, top)
        name = "y" if at == 0 else f"y{at + 1}"
        data += [{**trace, "yaxis": name} for trace in _traces(panel, months, colors)]
        layout["annotations"] = [
            *({**note, "ay": note["ay"] - GAP} if at == 0 else note for note in layout["annotations"]),
            _words(f"<b>{panel.title}</b>", 0, top, colors.ink, yanchor="bottom", xanchor="left", yshift=6),
            *([_words(panel.nothing, 0.5, (bottom + top) / 2, colors.quiet)] if panel.nothing else []),
        ]
    seen: set[str] = set()
    for trace in data:
        if trace.get("legendgroup") == "hidden":
            trace["showlegend"] = "hidden" not in seen
            seen.add("hidden")
    xaxis = {**month_axis(months, _("Month")), "anchor": "y" if len(panels) == 1 else f"y{len(panels)}"}
    height = whole + layout["margin"]["t"] + 150
    return figure(colors, data, height, barmode="stack", showlegend=True, xaxis=xaxis, **layout)


def _words(text: str, x: float, y: float, color: str, **more: Any) -> dict[str, Any]:
    return {
        "text": text, "x": x, "y": y, "xref": "paper", "yref": "paper", "showarrow": False,
        "font": {"size": 14, "color": color}, **more,
    }  # fmt: skip


def _axis(panel: Panel, bottom: float, top: float) -> dict[str, Any]:
    numbers = [number for number in (*panel.rates, *panel.planned) if number is not None]
    if panel.bars:
        numbers += [
            sum(value or 0 for value in column) for column in zip(*(one.values for one in panel.bars), strict=True)
        ]
    high = panel.high if panel.high is not None else 1.15 * max(numbers, default=1.0) or 1.0
    room = 0.05 * (high - panel.low)
    return {
        "domain": [max(0.0, bottom), min(1.0, top)],
        "title": {"text": "" if panel.nothing else panel.unit, "font": {"size": 13}},
        "range": [panel.low - (room if panel.hidden or panel.lines else 0), high + room], "nticks": 4,
        "showticklabels": not panel.nothing,
    }  # fmt: skip


def _traces(panel: Panel, months: Sequence[date], colors: Palette) -> list[dict[str, Any]]:
    if panel.nothing:
        return []
    places = list(range(len(months)))
    data = bars_of(months, panel.bars, colors)
    if any(value is not None for value in panel.planned):
        data.append(
            {
                "type": "scatter", "mode": "lines", "name": _("Agreed"), "x": places, "y": list(panel.planned),
                "line": {"color": colors.ink, "width": 2.5, "dash": "dash", "shape": "hvh"}, "hoverinfo": "skip",
            }
        )  # fmt: skip
    if panel.rates:
        data.append(
            {
                "type": "scatter", "mode": "lines+markers", "name": panel.title, "x": places, "y": list(panel.rates),
                "connectgaps": False, "line": {"color": colors.usual, "width": 2}, "marker": {"size": 7},
                "text": [dates.month(month) for month in months], "showlegend": False,
                "hovertemplate": "%{text}: %{y:.1f}<extra></extra>",
            }
        )  # fmt: skip
        kept = [at for at, month in enumerate(months) if month in panel.hidden]
        if kept:
            data.append(_hidden(kept, 0.0, colors))
    return data + _scores(panel, months, colors)


def _scores(panel: Panel, months: Sequence[date], colors: Palette) -> list[dict[str, Any]]:
    names = list(dict.fromkeys(line.words for line in panel.lines))
    data: list[dict[str, Any]] = []
    hidden: set[date] = set()
    for line in panel.lines:
        look, words = names.index(line.words) % len(colors.series), in_chart(line.words)
        inside = [one for one in line.readings if months[0] <= one.on.replace(day=1) <= months[-1]]
        known = [one for one in inside if one.value is not None]
        hidden |= {one.on for one in inside if one.value is None}
        if not known:
            continue
        data.append(
            {
                "type": "scatter", "mode": "lines+markers", "name": words, "legendgroup": line.words,
                "showlegend": all(words != other["name"] for other in data),
                "x": [position(one.on, months[0]) for one in known], "y": [one.value for one in known],
                "line": {"color": colors.series[look], "width": 2, "dash": DASHES[look]},
                "marker": {"size": 8, "symbol": SYMBOLS[look], "color": colors.series[look]},
                "text": [dates.month(one.on) for one in known],
                "hovertemplate": "%{text}: %{y:.1f}<extra>" + words + "</extra>",
            }
        )  # fmt: skip
    if hidden:
        data.append(_hidden([position(day, months[0]) for day in sorted(hidden)], panel.low, colors))
    return data


def _hidden(places: Sequence[float], foot: float, colors: Palette) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "markers", "name": _("Hidden to protect privacy"), "x": list(places),
        "y": [foot] * len(places), "hoverinfo": "name", "cliponaxis": False, "legendgroup": "hidden",
        "marker": {
            "color": colors.quiet, "size": 10, "symbol": "square-open", "line": {"width": 2, "color": colors.quiet},
        },
    }  # fmt: skip


def _table(panels: Sequence[Panel], months: Sequence[date]) -> Table:
    """Give a row for each month, with every number of every panel."""
    columns: list[tuple[str, list[str]]] = []
    for panel in panels:
        columns += [(one.words, [decimal(value) for value in one.values]) for one in panel.bars]
        if any(value is not None for value in panel.planned):
            columns.append((_("Agreed"), [decimal(value) for value in panel.planned]))
        if panel.rates:
            told_rates = [
                hidden_words() if month in panel.hidden else decimal(value)
                for month, value in zip(months, panel.rates, strict=True)
            ]
            columns.append((panel.title, told_rates))
        for words in dict.fromkeys(line.words for line in panel.lines):
            columns.append((words, [_score(panel, words, month) for month in months]))
    rows = tuple((dates.month(month), *(cells[at] for _head, cells in columns)) for at, month in enumerate(months))
    return Table((_("Month"), *_distinct([head for head, _cells in columns])), rows)


def _distinct(heads: Sequence[str]) -> list[str]:
    """Give heads that differ, as the columns of a table must: "Total", "Total (2)"."""
    found: list[str] = []
    for head in heads:
        again = 1 + sum(other.split(" (")[0] == head for other in found)
        found.append(head if again == 1 else f"{head} ({again})")
    return found


def _score(panel: Panel, words: str, month: date) -> str:
    here = [
        one for line in panel.lines if line.words == words for one in line.readings if one.on.replace(day=1) == month
    ]
    if not here:
        return "–"
    return hidden_words() if here[-1].value is None else decimal(here[-1].value)
