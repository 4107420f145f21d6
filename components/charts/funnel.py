"""Sites side by side: which lie beyond what chance explains, without a rank."""

from collections.abc import Collection, Mapping
from typing import Any

import plotly.graph_objects as go

from analytics.funnel import TAIL_95, TAIL_998, Funnel, FunnelPoint
from components.charts.drawing import Drawing, joined
from components.charts.numbers import decimal
from components.charts.sentences import Better
from components.charts.template import Palette, figure
from components.text import in_chart
from components.words import _, plural

HEIGHT = 460
MOST_NAMES = 8
MOST_WHOLE_TICKS = 12
MANY_SITES = 200
BETWEEN_LIMITS = 2 * (TAIL_95 - TAIL_998)
"""Share of the sites that lie between the usual and the outer limits by chance alone: 4.8 %."""
MOST_INSIDE = 300
"""Marks within the limits that are drawn: more would be one dark cloud, and slow on a tablet."""


def reading(point: FunnelPoint, beyond_chance: Collection[str]) -> str:
    """Give what a site's place means, in words. ``beyond_chance`` are the keys outside the limits of chance alone."""
    if point.zone == "inside":
        if point.key in beyond_chance:
            return _("more than chance, but as sites usually differ")
        return _("within what chance explains")
    far = point.zone == "beyond_998"
    if point.side == "high":
        return _("much higher than the others") if far else _("higher than the others")
    return _("much lower than the others") if far else _("lower than the others")


def draw(
    funnel: Funnel,
    *,
    title: str,
    unit: str,
    size_words: str,
    better: Better,
    beyond_chance: Collection[str],
    possible: tuple[float, float],
    colors: Palette,
    basis: str,
    shrunken: Mapping[str, float] | None = None,
    notes: tuple[str, ...] = (),
) -> Drawing:
    """Give the drawing of a funnel.

    Args:
        funnel: the sites with their limits, widened where sites differ more than chance allows.
        title: what it shows.
        unit: what follows a number; the upright axis.
        size_words: how much was counted at each site; the other axis.
        better: which way is good; None for neither.
        beyond_chance: the keys of the sites outside the limits of chance alone, before any widening.
        possible: the lowest and the highest value that there can be.
        colors: the palette of the reader's theme.
        basis: what it rests on.
        shrunken: by key, the estimates drawn toward all sites: a light second mark.
        notes: further sentences below it.
    """
    sentence = say(funnel, unit, beyond_chance)
    told = [point for zone in ("beyond_998", "beyond_95") for point in funnel.points if point.zone == zone]
    beyond = [f"{point.label}: {reading(point, beyond_chance)}" for point in told]
    parts = [_("Funnel plot: {title}.").format(title=title), sentence, *beyond[:MOST_NAMES]]
    return Drawing(
        title=title,
        basis=basis,
        sentence=sentence,
        figure=_figure(funnel, unit, size_words, better, beyond_chance, possible, colors, shrunken or {}),
        alt=joined(parts),
        notes=(*_notes(funnel), *_shrunken_note(shrunken), *notes),
    )


def say(funnel: Funnel, unit: str, beyond_chance: Collection[str]) -> str:
    """Give the sentence for what a funnel shows."""
    sites = len(funnel.points)
    level = _("Together they stand at {centre} {unit}.").format(centre=decimal(funnel.centre), unit=unit)
    if not funnel.enough_sites:
        few = _("{sites} sites are too few to say what chance explains: it takes 5.").format(sites=sites)
        return joined([few, level])
    outer = sum(point.zone == "beyond_998" for point in funnel.points)
    between = sum(point.zone == "beyond_95" for point in funnel.points)
    if outer:
        words = plural(
            "{count} of {sites} sites differs from the others by more than chance, and more than sites usually do.",
            "{count} of {sites} sites differ from the others by more than chance, and more than sites usually do.",
            outer,
        )
        look = _("Look first at how it is recorded there.")
        return joined([words.format(count=outer, sites=sites), look, level])
    if between:
        return joined([_("No site lies beyond the outer limits:"), _between(between, sites), level])
    if beyond_chance:
        words = _(
            "No site stands out from how far these sites usually lie apart, which is further than chance alone"
            " explains: {count} of {sites} lie outside that."
        )
        return joined([words.format(count=len(beyond_chance), sites=sites), level])
    return joined([_("All {sites} sites lie within what chance explains.").format(sites=sites), level])


def _between(between: int, sites: int) -> str:
    return _(
        "{count} between the usual and the outer limits, where chance alone puts about {expected} of {sites}."
    ).format(count=between, expected=f"{BETWEEN_LIMITS * sites:.0f}", sites=sites)


def _notes(funnel: Funnel) -> tuple[str, ...]:
    found = []
    zones = [point.zone for point in funnel.points]
    if "beyond_998" in zones and "beyond_95" in zones:
        found.append(_between(zones.count("beyond_95"), len(zones)))
    if funnel.spread:
        found.append(
            _(
                "These sites differ more than chance alone would have it, as sites do: by about {percent}% of the rate"
                " of all. The limits are widened for that, so that only what stands out from the usual differences is"
                " named. A hollow mark lies outside the limits of chance alone."
            ).format(percent=f"{100 * funnel.spread:.0f}")
        )
    elif funnel.overdispersed:
        found.append(
            _(
                "These sites differ more than chance alone would have it, as sites do. The limits are widened for that"
                " ({factor} times), so that only what stands out from the usual differences is named. A hollow mark"
                " lies outside the limits of chance alone."
            ).format(factor=decimal(funnel.phi**0.5))
        )
    inside = sum(point.zone == "inside" for point in funnel.points)
    if inside > MOST_INSIDE:
        found.append(
            _("Of the {inside} sites within the limits {shown} are drawn, evenly by size; the others all.").format(
                inside=f"{inside:,}", shown=MOST_INSIDE
            )
        )
    return tuple(found)


def _shrunken_note(shrunken: Mapping[str, float] | None) -> tuple[str, ...]:
    if not shrunken:
        return ()
    return (
        _(
            "The light tick near a mark is that site's estimate drawn toward all sites: where few were counted, most of"
            " the distance is chance and will not last."
        ),
    )


def _kind(point: FunnelPoint, beyond_chance: Collection[str]) -> str:
    if point.zone == "beyond_998":
        return point.side
    if point.zone == "beyond_95":
        return "near"
    return "usual" if point.key in beyond_chance else "inside"


def _thinned(points: list[FunnelPoint]) -> list[FunnelPoint]:
    """Give at most so many points as are drawn, evenly over their sizes."""
    if len(points) <= MOST_INSIDE:
        return points
    by_size = sorted(points, key=lambda point: (point.exposure, point.key))
    return [by_size[at * len(by_size) // MOST_INSIDE] for at in range(MOST_INSIDE)]


def _figure(
    funnel: Funnel,
    unit: str,
    size_words: str,
    better: Better,
    beyond_chance: Collection[str],
    possible: tuple[float, float],
    colors: Palette,
    shrunken: Mapping[str, float],
) -> go.Figure:
    groups: dict[str, tuple[str, str, str, int]] = {
        "inside": (_("Within what chance explains") if funnel.enough_sites else _("Sites"), colors.usual, "circle", 9),
        "usual": (_("More than chance, as sites usually differ"), colors.usual, "diamond-open", 11),
        "near": (_("Between the usual and the outer limits"), colors.usual, "diamond", 10),
        "high": (_("Higher than the others"), _color("high", better, colors), "triangle-up", 13),
        "low": (_("Lower than the others"), _color("low", better, colors), "triangle-down", 13),
    }

    few = len(funnel.points) <= MANY_SITES
    named = sum(point.zone == "beyond_998" for point in funnel.points) <= MOST_NAMES
    data: list[dict[str, Any]] = [*_limits(funnel, possible, colors)]
    marked: list[FunnelPoint] = []
    inside = [point for point in funnel.points if point.zone == "inside"]
    drawn = [*_thinned(inside), *(point for point in funnel.points if point.zone != "inside")]
    for group, (name, color, symbol, size) in groups.items():
        held = [point for point in drawn if _kind(point, beyond_chance) == group]
        if few or group in ("near", "high", "low"):
            marked += [point for point in held if point.key in shrunken]
        if held:
            data.append(
                {
                    "type": "scatter",
                    "mode": "markers+text" if named and group in ("high", "low") else "markers",
                    "name": name,
                    "x": [round(point.exposure, 1) for point in held],
                    "y": [round(point.value, 2) for point in held],
                    "text": [in_chart(point.label) for point in held],
                    "textposition": "bottom center" if group == "low" else "top center",
                    "cliponaxis": False,
                    "marker": {
                        "color": color, "size": size if few else 0.6 * size, "symbol": symbol,
                        "line": {"width": (2 if few else 1) if symbol.endswith("open") else 0},
                    },
                    "hovertemplate": "%{text}<br>%{y:.1f}<extra></extra>",
                }
            )  # fmt: skip
    if marked:
        data.append(_ticks(marked, shrunken, colors))
    sizes = [point.exposure for point in funnel.points]
    return figure(
        colors,
        data,
        HEIGHT,
        showlegend=True,
        xaxis={
            "title": {"text": size_words}, "range": [0.75 * min(sizes), 1.12 * max(sizes)], "showgrid": True,
            "dtick": 1 if max(sizes) <= MOST_WHOLE_TICKS else None,
        },
        yaxis={"title": {"text": unit[:1].upper() + unit[1:]}},
    )  # fmt: skip


def _ticks(points: list[FunnelPoint], shrunken: Mapping[str, float], colors: Palette) -> dict[str, Any]:
    """Give the light second marks, each with a thin line from the site's own."""
    x, y, sizes = [], [], []
    for point in points:
        size, value = round(point.exposure, 1), round(shrunken[point.key], 2)
        x += [size, size, None]
        y += [round(point.value, 2), value, None]
        sizes += [0, 9, 0]
    return {
        "type": "scatter", "mode": "lines+markers", "name": _("Estimate drawn toward all sites"), "hoverinfo": "skip",
        "x": x, "y": y, "opacity": 0.55, "line": {"color": colors.quiet, "width": 1},
        "marker": {"symbol": "line-ew", "size": sizes, "line": {"color": colors.quiet, "width": 2}},
    }  # fmt: skip


def _limits(funnel: Funnel, possible: tuple[float, float], colors: Palette) -> list[dict[str, Any]]:
    centre = {
        "type": "scatter", "mode": "lines", "hoverinfo": "skip",
        "name": _("All sites together: {value}").format(value=decimal(funnel.centre)),
        "x": [row[0] for row in funnel.curve], "y": [funnel.centre] * len(funnel.curve),
        "line": {"color": colors.ink, "width": 1.5, "dash": "dash"},
    }  # fmt: skip
    drawn: list[dict[str, Any]] = [centre] if funnel.curve else []
    for low, high, dash, name in ((1, 2, "dot", _("Usual limits (95%)")), (3, 4, "solid", _("Outer limits (99.8%)"))):
        for column in (low, high) if funnel.curve else ():
            drawn.append(
                {
                    "type": "scatter", "mode": "lines", "hoverinfo": "skip", "name": name, "legendgroup": name,
                    "showlegend": column == low, "x": [row[0] for row in funnel.curve],
                    "y": [min(max(row[column], possible[0]), possible[1]) for row in funnel.curve],
                    "line": {"color": colors.quiet, "width": 1.5, "dash": dash},
                }
            )  # fmt: skip
    return drawn


def _color(side: str, better: Better, colors: Palette) -> str:
    if better is None:
        return colors.neutral
    return colors.improving if (side == "high") == (better == "higher") else colors.concerning
