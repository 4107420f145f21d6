"""A few sites side by side, each against its own past: small run charts, each with its own middle and its own scale."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from analytics.run_chart import RunTests
from components import dates
from components.charts.drawing import Drawing, Table, joined
from components.charts.numbers import decimal, hidden_words
from components.charts.template import Palette, figure
from components.text import Stored, in_chart
from components.words import _

PANEL, GAP, FOOT = 92, 40, 46
"""Heights in pixels: of one panel, of the space above it for the site's name, and of the months below all."""


class History(NamedTuple):
    """One site's values by month (None: a gap), which of the gaps are hidden, and the tests around its own median."""

    name: str
    values: tuple[float | None, ...]
    hidden: frozenset[int]
    tests: RunTests


def draw(histories: Sequence[History], months: Sequence[date], *, title: str, unit: str, colors: Palette) -> Drawing:
    """Give one figure with a small run chart per site. Heights are not comparable: each site has its own scale."""
    told = [f"{history.name}: {reading(history)}" for history in histories]
    return Drawing(
        title=title,
        basis=_("{unit}, full months, {first} to {last}").format(
            unit=unit[:1].upper() + unit[1:], first=dates.month(months[0]), last=dates.month(months[-1])
        ),
        sentence=_("Each site against its own median (dashed); each has its own scale, so heights cannot be compared."),
        figure=_figure(histories, months, colors),
        alt=joined([_("Small run charts, one per site: {title}.").format(title=title), *told]),
        table=_table(histories, months),
        notes=tuple(Stored(one) for one in told),
    )


def reading(history: History) -> str:
    """Give what a site's own history says, in words."""
    tests = history.tests
    if tests.median is None:
        return _("no month with a value that may be shown.")
    middle = _("median {median}.").format(median=decimal(tests.median))
    if tests.signal is None:
        return joined([_("too few months to tell a change from chance;"), middle])
    if tests.signal:
        return joined([_("its level shifted or drifted by more than chance;"), middle])
    return joined([_("ups and downs as chance gives them;"), middle])


def _figure(histories: Sequence[History], months: Sequence[date], colors: Palette) -> Any:
    whole = len(histories) * (PANEL + GAP)
    labels = [dates.month(month) for month in months]
    data: list[dict[str, Any]] = []
    layout: dict[str, Any] = {"annotations": []}
    for at, history in enumerate(histories):
        suffix = "" if at == 0 else str(at + 1)
        top = 1 - (at * (PANEL + GAP) + GAP) / whole
        layout[f"yaxis{suffix}"] = {
            "domain": [max(0.0, top - PANEL / whole), top], "rangemode": "tozero", "nticks": 3,
            "tickfont": {"size": 13},
        }  # fmt: skip
        axis = f"y{suffix}"
        data.append(
            {
                "type": "scatter", "mode": "lines+markers", "x": labels, "y": list(history.values), "yaxis": axis,
                "line": {"color": colors.usual, "width": 2}, "marker": {"size": 5}, "connectgaps": False,
                "hovertemplate": "%{x}<br>%{y:.1f}<extra></extra>",
            }
        )  # fmt: skip
        if history.tests.median is not None:
            data.append(
                {
                    "type": "scatter", "mode": "lines", "x": [labels[0], labels[-1]], "y": [history.tests.median] * 2,
                    "yaxis": axis, "line": {"color": colors.ink, "width": 1.5, "dash": "dash"}, "hoverinfo": "skip",
                }
            )  # fmt: skip
        layout["annotations"].append(
            {
                "text": f"<b>{in_chart(history.name)}</b>", "x": 0, "y": top, "xref": "paper", "yref": "paper",
                "xanchor": "left", "yanchor": "bottom", "showarrow": False, "font": {"size": 14, "color": colors.ink},
            }
        )  # fmt: skip
    last = "y" if len(histories) == 1 else f"y{len(histories)}"
    xaxis = {"anchor": last, "type": "category", "categoryarray": labels, "nticks": 7}
    return figure(colors, data, whole + FOOT, showlegend=False, xaxis=xaxis, **layout)


def _table(histories: Sequence[History], months: Sequence[date]) -> Table:
    head = (_("Month"), *(Stored(history.name) for history in histories))
    rows = tuple(
        (dates.month(month), *(hidden_words() if at in one.hidden else decimal(one.values[at]) for one in histories))
        for at, month in enumerate(months)
    )
    return Table(head, rows)
