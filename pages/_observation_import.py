"""What the screen of classroom quality does with an export of observations: columns, preview, writing it."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from components.forms import columns, file_import, small
from components.forms import observation_import as form
from components.forms.site_import import unreadable
from components.records import notes
from db.actor import Actor
from db.commands.downloads import IMPORT_REPORT, ask_download
from db.commands.import_reports import keep_import_report
from db.commands.observation_import import import_observations, remember_columns
from db.engine import session as open_session
from db.exchange.observation_judging import ObservationPlan
from db.exchange.observation_list import NEEDED, fields_of, listed_observations, propose_columns
from db.exchange.table_file import Table, UnreadableFile
from db.exchange.uploaded_file import read_uploaded
from db.queries.observation_import import preview_observations, remembered_columns

KIND = "observation"


def import_export(actor: Actor) -> None:
    """Draw the import: file, instrument, columns, preview, and the button that writes it."""
    notes.way_back()
    words = form.words()
    st.title(words.title, anchor=False)
    small.draw_note()
    content = file_import.choose_file(words)
    if content is None:
        return
    try:
        table = read_uploaded(content)
    except UnreadableFile as refused:
        unreadable(refused.code, refused.context)
        return
    with open_session() as session:
        remembered = remembered_columns(session, actor, KIND, table.header)
    chosen = form.choose_about(remembered)
    if chosen is None:
        return
    labels = form.labels_of(chosen.instrument)
    proposed = file_import.columns_of(remembered, fields_of(chosen.instrument))
    if remembered.get("instrument_code") != chosen.instrument.code:
        proposed = propose_columns(table.header, chosen.instrument) | proposed
    mapping = columns.map_columns(table.header, proposed, table.rows[0], labels, NEEDED)
    if mapping is None:
        return
    listed = listed_observations(table, mapping, chosen.instrument)
    plan = ObservationPlan(chosen.instrument.code, chosen.phase, listed, chosen.incomplete)
    with open_session() as session:
        preview = preview_observations(session, actor, plan)
    agreed = file_import.draw_preview(words, preview, labels, form.columns())
    if preview.counts["refused"]:
        report = tuple(file_import.report_rows(words, preview, table, labels))
        file_import.offer_report(words, partial(_report, actor, report))
    choices = form.remembered_choices(chosen, mapping)
    store = partial(_write, actor, plan, preview.signature, agreed, table, choices)
    file_import.write_button(words, preview, agreed, store)


def _report(actor: Actor, rows: Sequence[Sequence[str]]) -> str:
    with open_session() as session:
        key = keep_import_report(session, actor, rows)
        return f"/download/{ask_download(session, actor, IMPORT_REPORT, key)}"


def _write(
    actor: Actor,
    plan: ObservationPlan,
    signature: str,
    leave_out: bool,
    table: Table,
    choices: dict[str, str],
    progress: file_import.Progress,
) -> Any:
    with open_session() as session:
        result = import_observations(session, actor, plan, signature, leave_out, progress)
        remember_columns(session, actor, KIND, table.header, choices)
    return result
