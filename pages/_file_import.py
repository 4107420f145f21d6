"""What the screens do with a file of scores: its columns, a preview, the refused rows as a file, writing it."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import streamlit as st

from components.forms import columns, file_import, small
from components.forms.site_import import unreadable
from components.records import notes
from db.actor import Actor
from db.commands.downloads import IMPORT_REPORT, ask_download
from db.commands.import_reports import keep_import_report
from db.commands.observation_import import remember_columns
from db.engine import session as open_session
from db.exchange.table_file import Table, UnreadableFile
from db.exchange.uploaded_file import read_uploaded
from db.queries.observation_import import remembered_columns


class FileImport(NamedTuple):
    """How records of a ``kind`` come in from a file.

    ``form`` and ``listed`` are modules: what the screen says and asks, and how rows are read. ``plan`` makes of what
    was chosen, the table and its columns what ``preview`` (a query) and ``write`` (a command) take.
    """

    kind: str
    form: Any
    listed: Any
    plan: Callable[[Any, Table, Mapping[str, int]], Any]
    preview: Callable[..., Any]
    write: Callable[..., Any]


def import_file(actor: Actor, how: FileImport) -> None:
    """Draw the import: file, instrument, columns, preview, and the button that writes it."""
    notes.way_back()
    words = how.form.words()
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
        remembered = remembered_columns(session, actor, how.kind, table.header)
    chosen = how.form.choose_about(remembered)
    if chosen is None:
        return
    labels = how.form.labels_of(chosen.instrument)
    proposed = file_import.columns_of(remembered, how.listed.fields_of(chosen.instrument))
    if remembered.get("instrument_code") != chosen.instrument.code:
        proposed = how.listed.propose_columns(table.header, chosen.instrument) | proposed
    mapping = columns.map_columns(table.header, proposed, table.rows[0], labels, how.listed.NEEDED)
    if mapping is None:
        return
    plan = how.plan(chosen, table, mapping)
    with open_session() as session:
        preview = how.preview(session, actor, plan)
    agreed = file_import.draw_preview(words, preview, labels, how.form.columns())
    if preview.counts["refused"]:
        report = tuple(file_import.report_rows(words, preview, table, labels))
        file_import.offer_report(words, partial(_report, actor, report))
    choices = how.form.remembered_choices(chosen, mapping)
    store = partial(_write, actor, how, plan, preview.signature, agreed, table, choices)
    file_import.write_button(words, preview, agreed, store)


def _report(actor: Actor, rows: Sequence[Sequence[str]]) -> str:
    with open_session() as session:
        key = keep_import_report(session, actor, rows)
        return f"/download/{ask_download(session, actor, IMPORT_REPORT, key)}"


def _write(
    actor: Actor,
    how: FileImport,
    plan: Any,
    signature: str,
    leave_out: bool,
    table: Table,
    choices: dict[str, str],
    progress: file_import.Progress,
) -> Any:
    with open_session() as session:
        result = how.write(session, actor, plan, signature, leave_out, progress)
        remember_columns(session, actor, how.kind, table.header, choices)
    return result
