"""Sends the browser to another address of ours, such as the sign-in page after a session ended."""

import streamlit as st

_go = st.components.v2.component(
    "attune_redirect",
    js="export default function ({ data }) { window.location.assign(data.to) }",
)


def to(address: str) -> None:
    """Leave this page for ``address`` (a path on our own server)."""
    _go(data={"to": address}, key="redirect")
