"""The registry of instruments, drawn: what each measures, where that is written, and what nobody has checked yet."""

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from components.filters import remember
from components.instruments import (
    direction_label,
    instrument_label,
    licence_label,
    range_label,
    respondent_label,
    scale_label,
    unit_label,
)
from components.text import escaped, literal
from components.words import _, language, plural
from db.instruments import Domain, Figure, Instrument, Scale

PARAMETER = "code"


def registry_table(entries: Sequence[Instrument]) -> None:
    """Draw all instruments in one table."""
    st.text(
        _(
            "These are the instruments that scores can be entered for. Only names and numbers stand here, with their"
            " sources; the wording of a licensed instrument is never part of Attune."
        )
    )
    st.dataframe(
        pd.DataFrame(
            {
                _("Instrument"): [instrument_label(one) for one in entries],
                _("One score is about"): [unit_label(one) for one in entries],
                _("What is stored"): [licence_label(one) for one in entries],
                _("Scales"): [", ".join(scale_label(one, scale.code) for scale in one.scales) for one in entries],
                _("Not checked yet"): [unverified(one) for one in entries],
                _("Source"): [one.source for one in entries],
            }
        ),
        hide_index=True,
        column_config={
            _("Instrument"): st.column_config.TextColumn(width=330),
            _("What is stored"): st.column_config.TextColumn(width=300),
        },
        alt=_("All instruments with their scales, their sources, and what has not been checked yet"),
    )


def unverified(one: Instrument) -> str:
    """Say what of an instrument comes from general knowledge or a weak source; empty where nothing does."""
    return (one.unverified_part_es if language() == "es" else one.unverified_part) or ""


def choose_one(entries: Sequence[Instrument]) -> Instrument | None:
    """Draw the choice of an instrument to read about (``?code=``)."""
    known = {one.code: one for one in entries}
    key = "instrument_read"
    asked = st.query_params.get(PARAMETER)
    st.session_state[key] = asked if asked in known else None
    chosen = st.selectbox(
        _("Read about one"), list(known), key=key, format_func=lambda code: instrument_label(known[code]),
        placeholder=_("Choose"), on_change=lambda: remember(PARAMETER, st.session_state[key]),
    )  # fmt: skip
    return known.get(chosen or "")


def about(one: Instrument) -> None:
    """Draw what the registry says about one instrument."""
    with st.container(border=True):
        literal(respondent_label(one))
        literal(_("Source: {source}").format(source=one.source))
        literal(_("Formula version: {version}").format(version=one.formula_version))
        if one.items:
            told = plural("{count} question", "{count} questions", one.items.count).format(count=one.items.count)
            literal(_("Form: {told}. {source}").format(told=told, source=one.items.source))
        if one.unverified:
            st.warning(_("Not checked yet: {part}").format(part=escaped(unverified(one))))
        for part in (*one.scales, *one.domains):
            _part(one, part)


def _part(one: Instrument, part: Scale | Domain) -> None:
    name = scale_label(one, part.code)
    if isinstance(part, Scale):
        facts = f"{range_label(part)}, {direction_label(part)}"
    else:
        facts = _("mean of {scales}").format(scales=", ".join(scale_label(one, code) for code in part.scales))
    lines = [f"{name}: {facts}"]
    if part.reliability:
        lines.append(_("Reliability {figure}").format(figure=_figure(part.reliability)))
    if part.sd:
        lines.append(_("Spread (standard deviation) {figure}").format(figure=_figure(part.sd)))
    for band in part.bands:
        label = band.label_es if language() == "es" else band.label_en
        ends = _("{least} to {most}").format(least=f"{band.low:g}", most=f"{band.high:g}")
        use = _("not checked, so no screen uses it") if band.unverified else _("for reference only")
        lines.append(_("{ends}: {label} ({use}). {source}").format(ends=ends, label=label, use=use, source=band.source))
    literal("\n".join(lines))


def _figure(figure: Figure) -> str:
    if figure.unverified:
        return _("{value}, not checked: {source}").format(value=f"{figure.value:g}", source=figure.source)
    return _("{value}: {source}").format(value=f"{figure.value:g}", source=figure.source)


def standing_packs(found: Sequence[Any], remove: Callable[[Any, str], None]) -> None:
    """Draw the packs in use; ``remove`` is given the pack and the reason, once someone confirms."""
    st.subheader(_("Added packs"), anchor=False)
    if not found:
        st.text(_("No pack was added yet."))
    for pack in found:
        kind = _("Own instrument") if pack.kind == "instrument" else _("Wording")
        with st.container(border=True, gap="xxsmall"):
            literal(f"{kind}: {pack.code} · {pack.program or _('All programs')}")
            literal(pack.licence_note)
            with st.expander(_("Remove this pack")):
                key = f"why_{pack.id}"
                st.text_input(_("Why is it removed?"), key=key, max_chars=300)
                st.text(_("It is not offered any more. Scores that were stored with it keep their names."))
                st.button(
                    _("Yes, remove it"), key=f"remove_{pack.id}", icon=":material/delete:", on_click=_confirmed,
                    args=(remove, pack, key),
                )  # fmt: skip


def _confirmed(remove: Callable[[Any, str], None], pack: Any, key: str) -> None:
    """Hand on the reason as it stands now: what was typed a moment before the tap is not in what was drawn."""
    remove(pack, st.session_state.get(key, ""))
