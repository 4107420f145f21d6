"""The choice between two people's versions of one record: side by side, nothing typed is lost."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from components.records.reading import side_by_side
from components.records.words import field_label, value_text
from components.words import _
from db.merge import Clash, MergeResult

MINE, THEIRS = "mine", "theirs"


def side_key(clash: Clash) -> str:
    """Give the session key that holds the chosen side of a clash."""
    return "merge_" + "_".join(clash.fields)


def chosen_sides(result: MergeResult) -> dict[tuple[str, ...], str]:
    """Give the sides that were chosen so far."""
    sides = {clash.fields: st.session_state.get(side_key(clash)) for clash in result.clashes}
    return {fields: side for fields, side in sides.items() if side in (MINE, THEIRS)}


def draw(
    result: MergeResult,
    other: str,
    names: Mapping[str, str],
    labels: Mapping[str, str],
    mine: Mapping[str, Any],
    theirs: Mapping[str, Any],
    base: Mapping[str, Any],
) -> None:
    """Draw what both changed with a choice each, then what only one of the two changed.

    Args:
        result: the merge of the two versions.
        other: who saved meanwhile, for a place where Streamlit reads Markdown.
        names: what sites and classrooms are called, by key.
        labels: what fields are called.
        mine: the fields as this person wants them.
        theirs: the fields as the other person saved them.
        base: the fields as both saw them at first.
    """
    st.warning(
        _("Someone saved a newer version while you were typing. Nothing of yours is lost: please choose what stays.")
        if result.clashes
        else _("Someone saved a newer version while you were typing. You changed different things: both fit together."),
        icon=":material/call_merge:",
    )
    for clash in result.clashes:
        _clash(clash, other, names, labels)
    _settled(_("Only you changed this; it is taken over"), result.from_mine, base, mine, names, labels)
    heading = _("Only {person} changed this; it stays").format(person=other)
    _settled(heading, result.from_theirs, base, theirs, names, labels)


def _clash(clash: Clash, other: str, names: Mapping[str, str], labels: Mapping[str, str]) -> None:
    with st.container(border=True):
        for field in clash.fields:
            if clash.mine.get(field) == clash.theirs.get(field) == clash.base.get(field):
                continue
            side_by_side(
                field_label(field, labels),
                (_("Yours"), value_text(field, clash.mine.get(field), names, labels)),
                (
                    _("Saved by {person}").format(person=other),
                    value_text(field, clash.theirs.get(field), names, labels),
                ),
            )
        st.segmented_control(
            _("Which one stays?"),
            (MINE, THEIRS),
            format_func={MINE: _("Keep mine"), THEIRS: _("Keep the saved one")}.get,
            key=side_key(clash),
            persist_state="page",
        )


def _settled(
    heading: str,
    fields: tuple[str, ...],
    base: Mapping[str, Any],
    side: Mapping[str, Any],
    names: Mapping[str, str],
    labels: Mapping[str, str],
) -> None:
    if not fields:
        return
    st.subheader(heading, anchor=False)
    with st.container(border=True):
        for field in fields:
            side_by_side(
                field_label(field, labels),
                (_("Before"), value_text(field, base.get(field), names, labels)),
                (_("After"), value_text(field, side.get(field), names, labels)),
            )


def bar(result: MergeResult, save: Callable[[], None], back: Callable[[], None]) -> None:
    """Draw the buttons at the bottom: save both together, or go on typing with these choices in the form."""
    count = len(result.clashes) - len(chosen_sides(result))
    with st.bottom:
        with st.container(horizontal=True):
            st.button(
                _("Save both together"), type="primary", key="merge_save", on_click=save, width="stretch",
                disabled=count > 0, icon=":material/check:",
            )  # fmt: skip
            st.button(
                _("Go on typing with these"), key="merge_back", on_click=back, width="stretch", disabled=count > 0
            )
        if count:
            st.caption(_("Please choose above first, {count} left.").format(count=count))
