"""The screen of an import of observations: a file, its columns, what it would do, the refused rows as a file."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st
from streamlit.runtime.scriptrunner import RerunException, StopException

from components import filters, messages
from components.choices import label_of
from components.forms import fields, small
from components.instruments import instrument_label, scale_label
from components.text import escaped
from components.words import _, plural
from db.errors import Conflict, InvalidInput, NotFound
from db.exchange.cells import SCORE
from db.exchange.table_file import LARGEST_BYTES, MOST_ROWS
from db.exchange.uploaded_file import ACCEPTED
from db.instruments import Instrument, instruments_of
from db.options import codes

_REPORT = "observation_import_report"
Progress = Callable[[float], None]


class Chosen(NamedTuple):
    """What a person chose for the whole file."""

    instrument: Instrument
    phase: str
    incomplete: bool


def start_button() -> None:
    """Draw the button that opens the import (``?do=import``)."""
    st.button(
        _("Import observations"), icon=":material/upload_file:", key="observation_import",
        on_click=filters.remember, args=("do", "import"),
    )  # fmt: skip


def choose_file() -> bytes | None:
    """Draw the field for the file; gives its content."""
    st.text(
        _(
            "Choose an export of observations as an Excel (.xlsx) or CSV file: one row for each cycle, {rows} rows and"
            " {megabytes} MB at most. Nothing is stored yet."
        ).format(rows=f"{MOST_ROWS:,}", megabytes=LARGEST_BYTES // 1024 // 1024)
    )
    chosen = st.file_uploader(
        _("Observations (Excel or CSV)"), type=ACCEPTED, max_upload_size=LARGEST_BYTES // 1024 // 1024,
        key="observation_file",
    )  # fmt: skip
    return chosen.getvalue() if chosen else None


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
        _("Take observations with missing scores too"), key="import_incomplete",
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


def draw_preview(preview: Any, labels: Mapping[str, str]) -> bool:
    """Draw what the file would do, observation by observation; gives whether refused ones may be left out."""
    counts = preview.counts
    for column, (status, title) in zip(st.columns(3), _statuses().items(), strict=True):
        column.metric(title, f"{counts[status]:,}")
    _why_refused(preview, labels)
    rows = sorted(preview.rows, key=lambda row: (row.status != "refused", min(row.lines)))
    st.dataframe(
        pd.DataFrame(
            {
                _("Lines"): [", ".join(map(str, sorted(row.lines))) for row in rows],
                _("What happens"): [_statuses()[row.status] for row in rows],
                _("Details"): [_details(row, labels) for row in rows],
                _("Site"): [row.site for row in rows],
                _("Classroom"): [row.classroom for row in rows],
                _("Date"): [row.observed_on for row in rows],
                _("Cycles"): [len(row.lines) for row in rows],
            }
        ),
        hide_index=True,
        height=360,
        alt=_("The observations of the file and what will happen to each"),
    )
    if not counts["refused"]:
        return True
    leave_out = plural(
        "Leave out the {count} observation that is refused",
        "Leave out the {count} observations that are refused",
        counts["refused"],
    ).format(count=f"{counts['refused']:,}")
    return bool(st.checkbox(leave_out, key="observation_leave_out"))


def report_rows(preview: Any, table: Any, labels: Mapping[str, str]) -> Iterator[list[str]]:
    """Give the refused rows of the file with what is wrong in each, below a header: what the report holds."""
    yield [_("Line"), _("What is wrong"), *table.header]
    cells = dict(zip(table.numbers, table.rows, strict=True))
    refused = [row for row in preview.rows if row.status == "refused"]
    told = {line: [] for row in refused for line in row.lines}
    for row in refused:
        for line, problem in row.problems:
            told[line].append(_sentence(problem, labels))
        for line in row.lines:
            if not told[line]:
                told[line].append(_("Belongs to the same observation as line {line}.").format(line=row.problems[0][0]))
    for line, sentences in sorted(told.items()):
        yield [str(line), " ".join(sentences), *cells[line]]


def offer_report(make: Callable[[], str]) -> None:
    """Draw the button that makes the file of refused rows, and then its address, which works once."""
    address = st.session_state.pop(_REPORT, None)
    if address:
        st.link_button(_("Open the refused rows"), address, icon=":material/download:")
        return
    if address is not None:
        st.error(_("The file could not be made just now. Please try again in a moment."))
    st.button(
        _("Refused rows as a file"), key="observation_report", icon=":material/description:",
        on_click=_make_report, args=(make,),
    )  # fmt: skip


def _make_report(make: Callable[[], str]) -> None:
    try:
        st.session_state[_REPORT] = make()
    except (InvalidInput, NotFound):
        st.session_state[_REPORT] = ""


def write_button(preview: Any, agreed: bool, write: Callable[[Progress], Any]) -> None:
    """Draw the button that says what it will do, and does it, with the progress."""
    added = preview.counts["added"]
    if not added:
        st.info(_("There is nothing to write: no new observation can be taken from this file."))
        return
    if not agreed:
        fields.hint(_("Please correct the file, or choose to leave out the rows that are refused."))
    label = plural("Add {count} observation", "Add {count} observations", added).format(count=f"{added:,}")
    if st.button(label, key="observation_write", type="primary", icon=":material/upload:", disabled=not agreed):
        _write(write, added)
        st.rerun()


class _Bar:
    """The progress bar. A tap that comes while rows are written is held until all of them are stored."""

    def __init__(self, words: str) -> None:
        self.words, self.bar = words, st.progress(0.0, words)
        self.held: RerunException | StopException | None = None

    def __call__(self, share: float) -> None:
        if self.held is None:
            try:
                self.bar.progress(share, self.words)
            except (RerunException, StopException) as tap:
                self.held = tap


def _write(write: Callable[[Progress], Any], added: int) -> None:
    waiting = small.notes()
    bar = _Bar(_("Writing {count} observations…").format(count=f"{added:,}"))
    try:
        result = write(bar)
    except (Conflict, InvalidInput, NotFound) as refused:
        waiting["problem"] = small.failure(getattr(refused, "kind", "not_found"))
    else:
        if result.added:
            waiting["saved"] = _("{added} observations added, {unchanged} stored before, {left_out} left out.").format(
                added=f"{result.added:,}", unchanged=f"{result.unchanged:,}", left_out=f"{result.left_out:,}"
            )
    if bar.held is not None:
        raise bar.held


def _statuses() -> dict[str, str]:
    return {"added": _("Added"), "unchanged": _("Stored before"), "refused": _("Refused")}


def _why_refused(preview: Any, labels: Mapping[str, str]) -> None:
    reasons = Counter(
        _sentence(problem, labels) for row in preview.rows for _line, problem in row.problems
    )  # fmt: skip
    if not reasons:
        return
    told = [
        "- " + escaped(plural("{count} row", "{count} rows", count).format(count=f"{count:,}") + f": {sentence}")
        for sentence, count in reasons.most_common(5)
    ]
    st.warning(_("Some rows are refused.") + "\n\n" + "\n".join(told))


def _details(row: Any, labels: Mapping[str, str]) -> str:
    told = [
        _("Line {line}: {what}").format(line=line, what=_sentence(problem, labels)) for line, problem in row.problems
    ]
    return " ".join(told)


def _sentence(problem: Any, labels: Mapping[str, str]) -> str:
    return f"{labels.get(problem.field, problem.field)}: {messages.sentence(problem)}"


def remembered_choices(chosen: Chosen, mapping: Mapping[str, int]) -> dict[str, str]:
    """Give what is kept for the next file with this header."""
    kept = {field: str(place) for field, place in mapping.items()}
    return {**kept, "instrument_code": chosen.instrument.code, "phase_of_all": chosen.phase}


def columns_of(remembered: Mapping[str, str], fields_known: Sequence[str]) -> dict[str, int]:
    """Give the columns that were kept, of those fields that this instrument has."""
    return {field: int(remembered[field]) for field in fields_known if field in remembered}
