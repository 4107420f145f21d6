"""Horizontal bars with their numbers: what incidents had in common."""

from collections.abc import Sequence
from typing import NamedTuple

from components.charts.drawing import Drawing, Table, joined
from components.charts.numbers import count, hidden_words, percent, whole
from components.charts.template import Palette, figure
from components.words import _

ROW_HEIGHT = 34
FEW_RECORDS = 20
"""Counts below this shift by chance from one month to the next (relative error above 22 %, domain.md 5.2)."""


class Bar(NamedTuple):
    """One bar, in words of ours. ``number`` is None when it is hidden."""

    words: str
    number: int | None
    hidden: bool


def draw(
    bars: Sequence[Bar],
    *,
    title: str,
    axis: str,
    unit: str,
    total: int | None,
    colors: Palette,
    nothing: Drawing,
    notes: tuple[str, ...] = (),
) -> Drawing:
    """Give the drawing of counts by category, in the order given.

    ``total`` is the number of records behind all bars (None when hidden), ``unit`` what is counted, ``nothing`` what
    is said where there is no bar.
    """
    if not bars:
        return nothing
    sentence = _sentence(bars, total)
    hidden = [bar.words for bar in bars if bar.hidden]
    parts = [_("Bar chart: {title}.").format(title=title), sentence]
    parts.append(", ".join(f"{bar.words}: {count(bar.number, bar.hidden)}" for bar in bars) + ".")
    shown = None if total is None else _("{total} records").format(total=whole(total))
    return Drawing(
        title=title,
        basis=shown or _("The number of records is hidden to protect privacy"),
        sentence=sentence,
        figure=_figure(bars, axis, unit, colors) if len(hidden) < len(bars) else None,
        alt=joined(parts),
        table=Table((axis, unit), tuple((bar.words, count(bar.number, bar.hidden)) for bar in bars)),
        notes=(*notes, *_hidden_note(hidden)),
    )


def _figure(bars: Sequence[Bar], axis: str, unit: str, colors: Palette) -> object:
    drawn = list(reversed(bars))
    data = [
        {
            "type": "bar", "orientation": "h",
            "x": [bar.number or 0 for bar in drawn], "y": [bar.words for bar in drawn],
            "text": [hidden_words() if bar.hidden else whole(bar.number) for bar in drawn],
            "textposition": "outside", "cliponaxis": False,
            "marker": {"color": colors.series[0]},
            "hovertemplate": "%{y}: %{text}<extra></extra>",
        }
    ]  # fmt: skip
    most = max(bar.number or 0 for bar in bars)
    return figure(
        colors,
        data,
        90 + ROW_HEIGHT * len(bars),
        xaxis={"title": {"text": unit}, "range": [0, 1.18 * most], "showgrid": True},
        yaxis={
            "title": {"text": axis}, "showgrid": False, "type": "category",
            "ticks": "outside", "ticklen": 8, "tickcolor": "rgba(0,0,0,0)",
        },
        showlegend=False,
    )  # fmt: skip


def _sentence(bars: Sequence[Bar], total: int | None) -> str:
    known = [bar for bar in bars if bar.number]
    if not known:
        return _("All counts are too small to be shown. Choose a longer period.")
    most = max(known, key=lambda bar: bar.number or 0)
    if not total:
        return _("Most often: {words}, {count} times.").format(words=most.words, count=whole(most.number))
    sentence = _("Most often: {words}, {share}.").format(words=most.words, share=percent(most.number or 0, total))
    if total < FEW_RECORDS:
        sentence += " " + _("So few records shift by chance from month to month.")
    return sentence


def _hidden_note(hidden: Sequence[str]) -> tuple[str, ...]:
    if not hidden:
        return ()
    return (
        _("Small counts, and larger ones that would give them away, are hidden to protect privacy. Zero is shown."),
    )
