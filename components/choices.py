"""Draws option lists as chips that a finger can hit, in the reader's language."""

from collections.abc import Collection, Sequence
from typing import Any, Literal

import streamlit as st

from components.words import language
from db import options


def label_of(list_code: str, code: str) -> str:
    """Give what a person reads for a stored code."""
    return options.label(list_code, code, language())


def list_label(list_code: str) -> str:
    """Give the title of an option list."""
    found = options.option_list(list_code)
    return found.es if language() == "es" else found.en


def hints(list_code: str, codes: Collection[str] | None) -> str:
    """Give the hints of the chosen codes (of all: None) as one line; empty where their labels say it all."""
    codes = options.codes(list_code) if codes is None else codes
    told = [(label_of(list_code, code), options.hint(list_code, code, language())) for code in codes]
    return " · ".join(f"{label}: {hint}" for label, hint in told if hint)


def pills_for(
    list_code: str,
    *,
    key: str,
    label: str | None = None,
    multi: bool = False,
    only: Sequence[str] | None = None,
    required: bool = False,
    on_change: Any = "rerun",
    kwargs: dict[str, Any] | None = None,
    hidden_label: bool = False,
) -> Any:
    """Draw an option list as chips, whose value (a code, or a list of codes) lives in the session under ``key``.

    Args:
        list_code: the option list.
        key: where the value is kept; it outlives a change of page.
        label: what is asked; the list's own title unless told otherwise.
        multi: whether several may be chosen.
        only: the codes to offer; all of them unless told otherwise.
        required: whether a chosen one cannot be let go again (single choice only).
        on_change: a callback, or Streamlit's ``"rerun"`` or ``"ignore"``.
        kwargs: what the callback is given.
        hidden_label: whether only screen readers get the label.
    """
    mode: Literal["single", "multi"] = "multi" if multi else "single"
    return st.pills(
        label or list_label(list_code),
        options.codes(list_code) if only is None else only,
        selection_mode=mode,
        required=required and not multi,
        format_func=lambda code: label_of(list_code, code),
        key=key,
        on_change=on_change,
        kwargs=kwargs,
        label_visibility="collapsed" if hidden_label else "visible",
        persist_state="session",
    )
