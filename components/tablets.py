"""The tablets on which somebody can capture without a signal."""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from components.forms import fields
from components.records.words import moment_text
from components.text import literal
from components.words import _

End = Callable[[uuid.UUID], Any]


def draw(heading: str, tablets: Sequence[Any], end: End) -> None:
    """Draw a person's tablets with a way to end each one's access, asked once; nothing when there are none."""
    if not tablets:
        return
    st.subheader(heading, anchor=False)
    fields.hint(_("Tablets and browsers that are set up to capture without a signal."))
    for one in tablets:
        with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            _facts(one)
            _end(one, end)


def _facts(one: Any) -> None:
    with st.container(gap="xxsmall", width="content"):
        literal(one.name or _("Tablet without a name"))
        st.text(
            _("Set up: {set_up}. Last contact: {contact}.").format(
                set_up=moment_text(one.set_up_at), contact=moment_text(one.last_contact_at)
            )
        )


def _end(one: Any, end: End) -> None:
    with st.popover(_("End access"), icon=":material/block:", width="content"):
        st.text(_("End the access of this tablet? The next time it is online, it deletes the list of sites it holds."))
        st.button(_("End access now"), key=f"tablet_end_{one.id}", type="primary", on_click=end, args=(one.id,))
