"""The one look of all charts, light and dark: colours with a meaning, fonts, axes, and what touching does.

Grey is what chance explains, blue an improvement, orange a reason to look, purple neither good nor bad (NHS Making
Data Count; told apart by the color-blind). Every color comes with a symbol, a pattern or a word.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import plotly.graph_objects as go
import streamlit as st

CONFIG: Final[dict[str, Any]] = {
    "displayModeBar": False,
    "scrollZoom": False,
    "doubleClick": False,
    "showTips": False,
}
FONT = "'Source Sans', 'Source Sans Pro', sans-serif"
DASHES = ("solid", "dash", "dot", "dashdot")
SYMBOLS = ("circle", "square", "diamond", "x")
PATTERNS = ("", "/", ".")


@dataclass(frozen=True)
class Palette:
    """The colors of one theme. ``series`` tell lines or stacked parts apart and mean nothing by themselves."""

    name: str
    ink: str
    quiet: str
    grid: str
    paper: str
    band: str
    usual: str
    improving: str
    concerning: str
    neutral: str
    series: tuple[str, ...]


LIGHT = Palette(
    name="light", ink="#1d2b2f", quiet="#4d595c", grid="#dfe5e5", paper="#ffffff", band="#e3e8e8",
    usual="#5c686b", improving="#1c5fa8", concerning="#b85c00", neutral="#6b4f9e",
    series=("#1f5f6b", "#b85c00", "#6b4f9e", "#5c686b"),
)  # fmt: skip
DARK = Palette(
    name="dark", ink="#e8eeee", quiet="#b7c3c5", grid="#2b383b", paper="#12191b", band="#263235",
    usual="#a9b6b8", improving="#7db6f5", concerning="#f5a95c", neutral="#bfa6f2",
    series=("#6fc3d1", "#f5a95c", "#bfa6f2", "#a9b6b8"),
)  # fmt: skip


def palette() -> Palette:
    """Give the colors of the theme that the reader sees."""
    return DARK if st.context.theme.type == "dark" else LIGHT


@lru_cache(maxsize=2)
def template(colors: Palette) -> go.layout.Template:
    """Give the template that every figure of a theme shares."""
    axis = {
        "automargin": True, "fixedrange": True, "gridcolor": colors.grid, "linecolor": colors.grid,
        "zeroline": False, "ticks": "", "title": {"standoff": 12, "font": {"size": 15}},
    }  # fmt: skip
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": 15, "color": colors.ink},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "margin": {"l": 8, "r": 8, "t": 16, "b": 8},
            "xaxis": {**axis, "showgrid": False},
            "yaxis": axis,
            "legend": {
                "orientation": "h",
                "x": 0,
                "yref": "container",
                "y": 0,
                "yanchor": "bottom",
                "font": {"size": 14},
            },
            "hoverlabel": {"font": {"family": FONT, "size": 15}},
            "dragmode": False,
            "bargap": 0.3,
        }
    )


def figure(colors: Palette, data: list[dict[str, Any]], height: int, **layout: Any) -> go.Figure:
    """Give a figure in the shared look."""
    return go.Figure(data=data, layout={"template": template(colors), "height": height, **layout})
