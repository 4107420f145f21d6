"""A choice of a few, as chips, kept in the address like the other filters."""

from collections.abc import Sequence

import streamlit as st

from components.filters import UnknownChoice, remember


def choose_chip(label: str, parameter: str, choices: Sequence[tuple[str, str]]) -> str:
    """Draw chips over ``choices`` (code, label) that are kept in the address as ``parameter``; the first is usual.

    Raises:
        UnknownChoice: the address holds a code that is not among the choices.
    """
    labels = dict(choices)
    wanted = st.query_params.get(parameter, choices[0][0])
    if wanted not in labels:
        raise UnknownChoice(parameter)
    key = f"chip_{parameter}"
    st.session_state[key] = wanted
    chosen = st.segmented_control(
        label,
        list(labels),
        key=key,
        format_func=lambda code: labels[code],
        required=True,
        on_change=lambda: remember(parameter, st.session_state[key]),
    )
    return chosen or wanted
