"""Ratios with their intervals, one line per group, on an axis where half and twice lie equally far from one."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from analytics.disproportion import Compared
from analytics.intervals import Estimate
from components.charts.template import Palette, figure
from components.words import _

ROW, FRAME = 52, 110
TICKS = (0.1, 0.25, 0.5, 1, 2, 4, 10)
WIDEST = (0.1, 10.0)
"""Where lines are cut off: what lies further out is told in words, and a mark points there."""
MARKS = {"difference": "diamond", "no_sign": "circle", "not_enough": "circle-open", "incomplete": "x"}


def draw(groups: Sequence[Compared], names: Mapping[str, str], colors: Palette) -> go.Figure:
    """Give the figure: a thick line for the usual interval, a thin one for the interval that the state rests on."""
    drawn = [group for group in groups if group.ratio is not None and group.state != "incomplete"]
    rows = list(range(len(drawn)))
    lines = [line for at, group in zip(rows, drawn, strict=True) for line in _lines(at, group, colors)]
    low, high = _reach(drawn)
    ticks = [tick for tick in TICKS if low <= tick <= high]
    return figure(
        colors, lines, FRAME + ROW * max(1, len(drawn)),
        showlegend=False,
        margin={"l": 8, "r": 16, "t": 36, "b": 8},
        xaxis={
            "type": "log", "range": [math.log10(low) - 0.03, math.log10(high) + 0.03], "tickvals": ticks,
            "ticktext": [f"{tick:g}×" for tick in ticks], "showgrid": True, "gridcolor": colors.grid,
            "title": {"text": _("Times as often as the comparison")},
        },
        yaxis={
            "tickvals": rows, "ticktext": [_wrapped(names[group.code]) for group in drawn],
            "range": [len(drawn) - 0.5, -0.5], "showgrid": False,
        },
        shapes=[
            {
                "type": "line", "x0": 1, "x1": 1, "yref": "paper", "y0": 0, "y1": 1,
                "line": {"color": colors.ink, "width": 2, "dash": "dash"},
            }
        ],
        annotations=[
            _note(low, "left", _("less often"), colors),
            _note(1, "center", _("the same"), colors),
            _note(high, "right", _("more often"), colors),
        ],
    )  # fmt: skip


def _lines(at: int, group: Compared, colors: Palette) -> list[dict[str, Any]]:
    color = colors.concerning if group.state == "difference" else colors.usual
    made = []
    for ratio, width in ((group.wide_ratio, 2), (group.ratio, 7)):
        if ratio is not None:
            made.append(
                {
                    "type": "scatter", "mode": "lines", "x": [_inside(ratio.low), _inside(ratio.high)], "y": [at, at],
                    "line": {"color": color, "width": width}, "hoverinfo": "skip",
                }
            )  # fmt: skip
            made += [_beyond(at, ratio, color)] if width == 2 and _cut(ratio) else []
    if group.ratio is not None:
        made.append(
            {
                "type": "scatter", "mode": "markers", "x": [_inside(group.ratio.value)], "y": [at],
                "marker": {
                    "symbol": MARKS[group.state], "size": 15,
                    "color": colors.ink if group.state == "no_sign" else color,
                    "line": {"color": colors.paper if group.state == "difference" else colors.ink, "width": 1.5},
                },
                "hovertemplate": f"{_told(group.ratio)}<extra></extra>",
            }
        )  # fmt: skip
    return made


def _beyond(at: int, ratio: Estimate, color: str) -> dict[str, Any]:
    """Point to where a line goes on."""
    ends = [(WIDEST[0], "triangle-left")] if ratio.low < WIDEST[0] else []
    ends += [(WIDEST[1], "triangle-right")] if ratio.high > WIDEST[1] else []
    return {
        "type": "scatter", "mode": "markers", "x": [end for end, _symbol in ends], "y": [at] * len(ends),
        "marker": {"symbol": [symbol for _end, symbol in ends], "size": 11, "color": color}, "hoverinfo": "skip",
    }  # fmt: skip


def _cut(ratio: Estimate) -> bool:
    return ratio.low < WIDEST[0] or ratio.high > WIDEST[1]


def _inside(ratio: float) -> float:
    return min(max(ratio, WIDEST[0]), WIDEST[1])


def _reach(groups: Sequence[Compared]) -> tuple[float, float]:
    """The ends of the axis: as far from 1 on both sides as any line goes, at least to half and twice."""
    ends = [end for group in groups if group.wide_ratio for end in (group.wide_ratio.low, group.wide_ratio.high)]
    far = max([2.0, *(max(_inside(end), 1 / _inside(end)) for end in ends)])
    return 1 / min(far * 1.05, 10.0), min(far * 1.05, 10.0)


def _told(ratio: Estimate) -> str:
    high = "∞" if math.isinf(ratio.high) else f"{ratio.high:.1f}"
    value = "∞" if math.isinf(ratio.value) else f"{ratio.value:.1f}"
    return f"{value}× ({ratio.low:.1f} – {high})"


def _note(x: float, anchor: str, words: str, colors: Palette) -> dict[str, Any]:
    return {
        "x": math.log10(x), "xanchor": anchor, "y": 1, "yref": "paper", "yanchor": "bottom", "showarrow": False,
        "text": words, "font": {"size": 14, "color": colors.quiet},
    }  # fmt: skip


def _wrapped(name: str) -> str:
    """Break a long name after the word past its middle, so that the lines keep their room."""
    words = name.split()
    if len(name) <= 18 or len(words) < 2:
        return name
    at = min(range(1, len(words)), key=lambda cut: abs(len(" ".join(words[:cut])) - len(name) / 2))
    return " ".join(words[:at]) + "<br>" + " ".join(words[at:])
