"""The screen of an instrument pack: a file, whose it is, what it holds, and the button that stores it."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from components import messages
from components.instruments import instrument_label, range_label, scale_label
from components.text import escaped, literal
from components.words import _
from db.errors import Problem
from db.instruments.packs import LARGEST, Pack, PackRefused

ALL_PROGRAMS = ""


def choose_file() -> bytes | None:
    """Draw the field for the file; gives its content."""
    st.subheader(_("Add a pack"), anchor=False)
    st.text(
        _(
            "A pack is a YAML file of {kilobytes} kB at most: an instrument of your own, or the wording of one whose"
            " license your program holds. Nothing is stored before you have seen what it holds."
        ).format(kilobytes=LARGEST // 1000)
    )
    chosen = st.file_uploader(_("Pack (YAML)"), type=["yaml", "yml"], max_upload_size=1, key="pack_file")
    return chosen.getvalue() if chosen else None


def choose_program(programs: Sequence[Any], kind: str) -> str | None:
    """Draw the choice of the program that may use it; an own instrument may be for all. None while none is chosen."""
    names = {str(one.id): one.name for one in programs}
    if kind == "instrument":
        names = {ALL_PROGRAMS: _("All programs"), **names}
    return st.selectbox(
        _("Who may use it"), list(names), index=None, format_func=names.get, key=f"pack_program_{kind}",
        placeholder=_("Choose"),
    )  # fmt: skip


def refused(error: PackRefused) -> None:
    """Say what is wrong with a pack, and where."""
    told = messages.sentence(Problem("pack", error.code, error.context))
    if error.line:
        told = _("Line {line}: {told}").format(line=error.line, told=told)
    st.error(escaped(told), icon=":material/error:")


def preview(pack: Pack) -> None:
    """Show what a pack holds, word by word: this is what staff would read."""
    one = pack.instrument
    with st.container(border=True):
        literal(_("Own instrument") if pack.kind == "instrument" else _("Wording"))
        literal(instrument_label(one))
        literal(_("License: {note}").format(note=pack.licence_note))
        for scale in one.scales:
            literal(f"{scale_label(one, scale.code)}: {range_label(scale)}")
        if one.items:
            for answer in one.items.answers:
                literal(f"{answer.value:g} = {' / '.join(word for word in (answer.en, answer.es) if word)}")
            for number, text in enumerate(one.items.texts, start=1):
                literal(f"{number}. {' / '.join(word for word in (text.en, text.es) if word)}")


def add_button(add: Callable[[], None]) -> None:
    """Draw the button that stores the pack."""
    st.button(_("Add this pack"), type="primary", icon=":material/check:", key="pack_add", on_click=add)
