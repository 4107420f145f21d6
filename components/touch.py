"""Makes chips as large as a finger needs, and a chosen one plain to see without its color."""

import streamlit as st

# 44 px and gaps of 8 px: WCAG 2.2 asks for 24, the tablets' own guides for 44. The theme has no key for it.
# A chosen chip's text is the system's own black or white: the theme's primary color is too faint in the dark.
_CHIPS = """<style>
[data-testid="stButtonGroup"] button[data-variant] {min-height: 44px;}
[data-testid="stButtonGroup"] [role="radiogroup"], [data-testid="stButtonGroup"] [role="toolbar"],
[data-testid="stButtonGroup"] [role="group"] {row-gap: 8px; column-gap: 8px;}
[data-testid="stButtonGroup"] button[data-selected="true"] {box-shadow: inset 0 0 0 2px currentColor;}
[data-testid="stButtonGroup"] button[data-selected="true"] p {font-weight: 600; color: CanvasText;}
</style>"""


def large_chips() -> None:
    """Enlarge the chips of this page."""
    st.html(_CHIPS)
