"""The screen of an import of children's questionnaires: what holds for the whole file, its columns, and the words."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import streamlit as st

from components.choices import label_of
from components.forms.file_import import Words
from components.instruments import instrument_label, rater_label, scale_label
from components.words import _, plural
from db.exchange.cells import SCORE
from db.exchange.table_file import LARGEST_BYTES, MOST_ROWS
from db.instruments import Instrument, instruments_of
from db.models.child_measure_input import RATERS
from db.options import codes


class Chosen(NamedTuple):
    """What a person chose for the whole file."""

    instrument: Instrument
    respondent: str
    phase: str


def words() -> Words:
    """Give what questionnaires are called in their import."""
    return Words(
        key="child_measure",
        title=_("Import questionnaires"),
        choose=_(
            "Choose a list of questionnaires as an Excel (.xlsx) or CSV file: one row for each child and day, {rows}"
            " rows and {megabytes} MB at most. Children are named by their keys. Nothing is stored yet."
        ).format(rows=f"{MOST_ROWS:,}", megabytes=LARGEST_BYTES // 1024 // 1024),
        file=_("Questionnaires (Excel or CSV)"),
        table=_("The questionnaires of the file and what will happen to each"),
        leave_out=lambda count: plural(
            "Leave out the {count} questionnaire that is refused",
            "Leave out the {count} questionnaires that are refused",
            count,
        ).format(count=f"{count:,}"),
        add=lambda count: plural("Add {count} questionnaire", "Add {count} questionnaires", count).format(
            count=f"{count:,}"
        ),
        writing=lambda count: _("Writing {count} questionnaires…").format(count=f"{count:,}"),
        stored=lambda added, unchanged, left_out: _(
            "{added} questionnaires added, {unchanged} stored before, {left_out} left out."
        ).format(added=f"{added:,}", unchanged=f"{unchanged:,}", left_out=f"{left_out:,}"),
        nothing=_("There is nothing to write: no new questionnaire can be taken from this file."),
        same_record=str,
    )


def choose_about(remembered: Mapping[str, str]) -> Chosen | None:
    """Draw what holds for the whole file: the questionnaire, and who answered and when where a row does not say."""
    tools = {one.code: one for one in instruments_of("rating")}
    phases = codes("observation_phase")
    before = remembered.get("instrument_code")
    rater_before, phase_before = remembered.get("respondent_of_all"), remembered.get("phase_of_all")
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        with st.container(width=560):
            code = st.selectbox(
                _("Questionnaire and edition"), list(tools),
                index=list(tools).index(before) if before in tools else None,
                format_func=lambda one: instrument_label(tools[one]), key="import_instrument",
                placeholder=_("Choose"), filter_mode="contains",
            )  # fmt: skip
        with st.container(width=240):
            respondent = st.selectbox(
                _("Who answered, where a row does not say"), RATERS,
                index=RATERS.index(rater_before) if rater_before in RATERS else 0,  # type: ignore[arg-type]
                format_func=rater_label, key="import_respondent", filter_mode=None,
            )  # fmt: skip
        with st.container(width=240):
            phase = st.selectbox(
                _("When in the consultation, where a row does not say"), phases,
                index=phases.index(phase_before) if phase_before in phases else 0,
                format_func=lambda one: label_of("observation_phase", one), key="import_phase", filter_mode=None,
            )  # fmt: skip
    return Chosen(tools[code], respondent, phase) if code else None


def labels_of(tool: Instrument) -> dict[str, str]:
    """Give what each field of the import is called, in the order of drawing."""
    return {
        "site": _("Site (license number, name or key)"),
        "child_key": _("Child key"),
        "measured_on": _("Date of the answers"),
        "permission_on": _("Date on the parent's permission"),
        "respondent": _("Who answered it"),
        "phase": _("When in the consultation"),
        **{SCORE + scale.code: scale_label(tool, scale.code) for scale in tool.scales},
    }


def columns() -> dict[str, Callable[[Any], Any]]:
    """Give what the preview tells of each questionnaire."""
    return {
        _("Site"): lambda row: row.site,
        _("Child key"): lambda row: row.child_key,
        _("Date of the answers"): lambda row: row.measured_on,
    }


def remembered_choices(chosen: Chosen, mapping: Mapping[str, int]) -> dict[str, str]:
    """Give what is kept for the next file with this header."""
    kept = {field: str(place) for field, place in mapping.items()}
    about = {"respondent_of_all": chosen.respondent, "phase_of_all": chosen.phase}
    return {**kept, **about, "instrument_code": chosen.instrument.code}
