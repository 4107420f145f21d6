"""Sites side by side: which lie beyond what chance explains, without a rank."""

from typing import Any

from analytics.funnel import Funnel, FunnelPoint
from components.charts.drawing import Drawing, joined
from components.charts.numbers import decimal, whole
from components.charts.sentences import Better
from components.charts.template import Palette, figure
from components.words import _, plural

HEIGHT = 460
MOST_NAMES = 8


def reading(point: FunnelPoint) -> str:
    """Give what a site's place means, in words."""
    if point.zone == "inside":
        return _("within what chance explains")
    far = point.zone == "beyond_998"
    if point.side == "high":
        return _("much higher than chance explains") if far else _("higher than chance explains")
    return _("much lower than chance explains") if far else _("lower than chance explains")


def draw(
    funnel: Funnel,
    *,
    title: str,
    unit: str,
    size_words: str,
    better: Better,
    colors: Palette,
    basis: str,
    notes: tuple[str, ...] = (),
) -> Drawing:
    """Give the drawing of a funnel: ``unit`` on the upright axis, ``size_words`` (how much was counted) below."""
    sentence = say(funnel, unit)
    beyond = [f"{point.label}: {reading(point)}" for point in funnel.points if point.zone != "inside"]
    parts = [_("Funnel plot: {title}.").format(title=title), sentence, *beyond[:MOST_NAMES]]
    return Drawing(
        title=title,
        basis=basis,
        sentence=sentence,
        figure=_figure(funnel, unit, size_words, better, colors),
        alt=joined(parts),
        notes=(*_notes(funnel), *notes),
    )


def say(funnel: Funnel, unit: str) -> str:
    """Give the sentence for what a funnel shows."""
    sites = len(funnel.points)
    level = _("Together they stand at {centre} {unit}.").format(centre=decimal(funnel.centre), unit=unit)
    if not funnel.enough_sites:
        return joined(
            [_("{sites} sites are too few to say what chance explains: it takes 5.").format(sites=sites), level]
        )
    far = sum(point.zone == "beyond_998" for point in funnel.points)
    near = sum(point.zone == "beyond_95" for point in funnel.points)
    if not far and not near:
        return joined([_("All {sites} sites lie within what chance explains.").format(sites=sites), level])
    parts = []
    if far:
        parts.append(
            plural(
                "{count} of {sites} sites lies far beyond what chance explains.",
                "{count} of {sites} sites lie far beyond what chance explains.",
                far,
            ).format(count=far, sites=sites)
        )
        parts.append(_("Worth a look, first at how it is recorded."))
    if near:
        parts.append(
            plural(
                "{count} lies just beyond; about {expected} would by chance alone.",
                "{count} lie just beyond; about {expected} would by chance alone.",
                near,
            ).format(count=near, expected=whole(max(1.0, 0.05 * sites)))
        )
    return joined([*parts, level])


def _notes(funnel: Funnel) -> tuple[str, ...]:
    if not funnel.overdispersed:
        return ()
    return (
        _(
            "These sites differ more than chance alone would have it, as sites do. The limits are widened for that"
            " ({factor} times), so that only what stands out from the usual differences is marked."
        ).format(factor=decimal(funnel.phi**0.5)),
    )


def _figure(funnel: Funnel, unit: str, size_words: str, better: Better, colors: Palette) -> object:
    data: list[dict[str, Any]] = [*_limits(funnel, colors)]
    groups = {
        "inside": (_("Within what chance explains"), colors.usual, "circle", 9),
        "high": (_("Higher than chance explains"), _color("high", better, colors), "triangle-up", 13),
        "low": (_("Lower than chance explains"), _color("low", better, colors), "triangle-down", 13),
    }
    named = sum(point.zone != "inside" for point in funnel.points) <= MOST_NAMES
    for kind, (name, color, symbol, size) in groups.items():
        held = [point for point in funnel.points if ("inside" if point.zone == "inside" else point.side) == kind]
        if held:
            data.append(
                {
                    "type": "scatter", "mode": "markers+text" if named and kind != "inside" else "markers",
                    "name": name, "x": [point.exposure for point in held], "y": [point.value for point in held],
                    "text": [_plain(point.label) for point in held], "textposition": "top center",
                    "cliponaxis": False,
                    "marker": {"color": color, "size": size, "symbol": symbol, "opacity": 0.85},
                    "hovertemplate": "%{text}<br>%{y:.1f}<extra></extra>",
                }
            )  # fmt: skip
    return figure(
        colors,
        data,
        HEIGHT,
        xaxis={"title": {"text": size_words}, "rangemode": "tozero", "showgrid": True},
        yaxis={"title": {"text": unit[:1].upper() + unit[1:]}},
    )


def _limits(funnel: Funnel, colors: Palette) -> list[dict[str, Any]]:
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
                    "y": [row[column] for row in funnel.curve],
                    "line": {"color": colors.quiet, "width": 1.5, "dash": dash},
                }
            )  # fmt: skip
    return drawn


def _color(side: str, better: Better, colors: Palette) -> str:
    if better is None:
        return colors.neutral
    return colors.improving if (side == "high") == (better == "higher") else colors.concerning


def _plain(name: str) -> str:
    """Give a site's name without the marks that a chart would read as HTML."""
    return name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
