"""What the screens share that import records from a file: what it would do, the refused rows as a file, writing it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.runtime.scriptrunner import RerunException, StopException

from components import filters, messages
from components.forms import fields, small
from components.text import escaped
from components.words import _, plural
from db.errors import Conflict, InvalidInput, NotFound
from db.exchange.table_file import LARGEST_BYTES
from db.exchange.uploaded_file import ACCEPTED

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Words:
    """What a kind of record is called in its import; ``key`` begins the keys of its buttons.

    ``leave_out``, ``add`` and ``writing`` give a sentence for a number of records, ``stored`` one for how many were
    added, stored before and left out. ``same_record`` says for a line that it belongs to the record of another.
    """

    key: str
    title: str
    choose: str
    file: str
    table: str
    leave_out: Callable[[int], str]
    add: Callable[[int], str]
    writing: Callable[[int], str]
    stored: Callable[[int, int, int], str]
    nothing: str
    same_record: Callable[[int], str]


def start_button(words: Words) -> None:
    """Draw the button that opens the import (``?do=import``)."""
    st.button(
        words.title, icon=":material/upload_file:", key=f"{words.key}_import",
        on_click=filters.remember, args=("do", "import"),
    )  # fmt: skip


def choose_file(words: Words) -> bytes | None:
    """Draw the field for the file; gives its content."""
    st.text(words.choose)
    chosen = st.file_uploader(
        words.file, type=ACCEPTED, max_upload_size=LARGEST_BYTES // 1024 // 1024, key=f"{words.key}_file"
    )
    return chosen.getvalue() if chosen else None


def draw_preview(
    words: Words, preview: Any, labels: Mapping[str, str], columns: Mapping[str, Callable[[Any], Any]]
) -> bool:
    """Draw what the file would do, record by record; gives whether refused ones may be left out.

    ``columns`` gives what each record says in the columns of the table after its lines, status and problems.
    """
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
                **{title: [told(row) for row in rows] for title, told in columns.items()},
            }
        ),
        hide_index=True,
        height=360,
        alt=words.table,
    )
    if not counts["refused"]:
        return True
    return bool(st.checkbox(words.leave_out(counts["refused"]), key=f"{words.key}_leave_out"))


def report_rows(words: Words, preview: Any, table: Any, labels: Mapping[str, str]) -> Iterator[list[str]]:
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
                told[line].append(words.same_record(row.problems[0][0]))
    for line, sentences in sorted(told.items()):
        yield [str(line), " ".join(sentences), *cells[line]]


def offer_report(words: Words, make: Callable[[], str]) -> None:
    """Draw the button that makes the file of refused rows, and then its address, which works once."""
    kept = f"{words.key}_import_report"
    address = st.session_state.pop(kept, None)
    if address:
        st.link_button(_("Open the refused rows"), address, icon=":material/download:")
        return
    if address is not None:
        st.error(_("The file could not be made just now. Please try again in a moment."))
    st.button(
        _("Refused rows as a file"), key=f"{words.key}_report", icon=":material/description:",
        on_click=_make_report, args=(kept, make),
    )  # fmt: skip


def _make_report(kept: str, make: Callable[[], str]) -> None:
    try:
        st.session_state[kept] = make()
    except (InvalidInput, NotFound):
        st.session_state[kept] = ""


def write_button(words: Words, preview: Any, agreed: bool, write: Callable[[Progress], Any]) -> None:
    """Draw the button that says what it will do, and does it, with the progress."""
    added = preview.counts["added"]
    if not added:
        st.info(words.nothing)
        return
    if not agreed:
        fields.hint(_("Please correct the file, or choose to leave out the rows that are refused."))
    if st.button(
        words.add(added), key=f"{words.key}_write", type="primary", icon=":material/upload:", disabled=not agreed
    ):
        _write(words, write, added)
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


def _write(words: Words, write: Callable[[Progress], Any], added: int) -> None:
    waiting = small.notes()
    bar = _Bar(words.writing(added))
    try:
        result = write(bar)
    except (Conflict, InvalidInput, NotFound) as refused:
        waiting["problem"] = small.failure(getattr(refused, "kind", "not_found"))
    else:
        if result.added:
            waiting["saved"] = words.stored(result.added, result.unchanged, result.left_out)
    if bar.held is not None:
        raise bar.held


def _statuses() -> dict[str, str]:
    return {"added": _("Added"), "unchanged": _("Stored before"), "refused": _("Refused")}


def _why_refused(preview: Any, labels: Mapping[str, str]) -> None:
    reasons = Counter(_sentence(problem, labels) for row in preview.rows for _line, problem in row.problems)
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


def columns_of(remembered: Mapping[str, str], fields_known: Sequence[str]) -> dict[str, int]:
    """Give the columns that were kept, of those fields that this instrument has."""
    return {field: int(remembered[field]) for field in fields_known if field in remembered}
