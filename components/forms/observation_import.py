"""The screen of an import of observations: what holds for the whole file, its columns, and what things are called."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import streamlit as st

from components.choices import label_of
from components.forms.file_import import Words
from components.instruments import instrument_label, scale_label
from components.words import _, plural
from db.exchange.cells import SCORE
from db.exchange.table_file import LARGEST_BYTES, MOST_ROWS
from db.instruments import Instrument, instruments_of
from db.options import codes


class Chosen(NamedTuple):
    """What a person chose for the whole file."""

    instrument: Instrument
    phase: str
    incomplete: bool


def words() -> Words:
    """Give what observations are called in their import."""
    return Words(
        key="observation",
        title=_("Import observations"),
        choose=_(
            "Choose an export of observations as an Excel (.xlsx) or CSV file: one row for each cycle, {rows} rows and"
            " {megabytes} MB at most. Nothing is stored yet."
        ).format(rows=f"{MOST_ROWS:,}", megabytes=LARGEST_BYTES // 1024 // 1024),
        file=_("Observations (Excel or CSV)"),
        table=_("The observations of the file and what will happen to each"),
        leave_out=_leave_out,
        add=lambda count: plural("Add {count} observation", "Add {count} observations", count).format(
            count=f"{count:,}"
        ),
        writing=lambda count: _("Writing {count} observations…").format(count=f"{count:,}"),
        stored=lambda added, unchanged, left_out: _(
            "{added} observations added, {unchanged} stored before, {left_out} left out."
        ).format(added=f"{added:,}", unchanged=f"{unchanged:,}", left_out=f"{left_out:,}"),
        nothing=_("There is nothing to write: no new observation can be taken from this file."),
        same_record=lambda line: _("Belongs to the same observation as line {line}.").format(line=line),
    )


def _leave_out(count: int) -> str:
    return plural(
        "Leave out the {count} observation that is refused",
        "Leave out the {count} observations that are refused",
        count,
    ).format(count=f"{count:,}")


def choose_about(remembered: Mapping[str, str]) -> Chosen | None:
    """Draw what holds for the whole file: instrument, moment in the year, whether scores may be missing."""
    tools = {one.code: one for one in instruments_of("observation")}
    phases = codes("observation_phase")
    before, phase_before = remembered.get("instrument_code"), remembered.get("phase_of_all")
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        with st.container(width=320):
            code = st.selectbox(
                _("Instrument and edition"), list(tools), index=list(tools).index(before) if before in tools else None,
                format_func=lambda one: instrument_label(tools[one]), key="import_instrument",
                placeholder=_("Choose"), filter_mode="contains",
            )  # fmt: skip
        with st.container(width=240):
            phase = st.selectbox(
                _("When in the year, where a row does not say"), phases,
                index=phases.index(phase_before) if phase_before in phases else 0,
                format_func=lambda one: label_of("observation_phase", one), key="import_phase", filter_mode=None,
            )  # fmt: skip
    incomplete = st.checkbox(
        _("Accept observations with missing scores, too"), key="import_incomplete",
        help=_("A domain that misses a score in any cycle will have none. The other domains keep theirs."),
    )  # fmt: skip
    return Chosen(tools[code], phase, incomplete) if code else None


def labels_of(tool: Instrument) -> dict[str, str]:
    """Give what each field of the import is called, in the order of drawing."""
    return {
        "site": _("Site (license number, name or key)"),
        "classroom": _("Classroom (name or key)"),
        "observed_on": _("Date"),
        "observer": _("Observer (name or sign-in name)"),
        "cycle": _("Cycle"),
        "phase": _("When in the year"),
        "certified_until": _("Certified until"),
        **{SCORE + scale.code: scale_label(tool, scale.code) for scale in tool.scales},
    }


def columns() -> dict[str, Callable[[Any], Any]]:
    """Give what the preview tells of each observation."""
    return {
        _("Site"): lambda row: row.site,
        _("Classroom"): lambda row: row.classroom,
        _("Date"): lambda row: row.observed_on,
        _("Cycles"): lambda row: len(row.lines),
    }


def remembered_choices(chosen: Chosen, mapping: Mapping[str, int]) -> dict[str, str]:
    """Give what is kept for the next file with this header."""
    kept = {field: str(place) for field, place in mapping.items()}
    return {**kept, "instrument_code": chosen.instrument.code, "phase_of_all": chosen.phase}
