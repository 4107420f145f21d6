"""The screen of an import: a file, what its columns are, what it would do row by row, and the button that does it."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from components import messages
from components.choices import label_of
from components.forms import columns, fields, small
from components.forms.site import site_labels
from components.text import escaped
from components.words import _, plural
from db.errors import Conflict, InvalidInput, NotFound, Problem
from db.exchange.site_list import COLUMNS, NEEDED
from db.exchange.table_file import LARGEST_BYTES, MOST_ROWS
from db.exchange.uploaded_file import ACCEPTED
from db.problems import SENTENCES

SHOWN_CHANGES = 6


def choose_file() -> bytes | None:
    """Draw the field for the file; gives its content."""
    st.text(
        _(
            "Choose a list of sites as an Excel (.xlsx) or CSV file: {rows} rows and {megabytes} MB at most. Nothing is"
            " stored yet."
        ).format(rows=f"{MOST_ROWS:,}", megabytes=LARGEST_BYTES // 1024 // 1024)
    )
    chosen = st.file_uploader(
        _("Site list (Excel or CSV)"), type=ACCEPTED, max_upload_size=LARGEST_BYTES // 1024 // 1024, key="site_list"
    )
    return chosen.getvalue() if chosen else None


def unreadable(code: str, context: Mapping[str, Any]) -> None:
    """Say why a file cannot be read."""
    st.error(messages.sentence(Problem("file", code, dict(context))), icon=":material/error:")


def choose_program(programs: Sequence[Any]) -> Any | None:
    """Draw the choice of the program that all sites of the list belong to."""
    names = {str(one.id): one.name for one in programs}
    chosen = st.selectbox(
        _("Program of these sites"), list(names), index=0 if len(names) == 1 else None, format_func=names.get,
        key="import_program", placeholder=_("Choose"), filter_mode="contains",
    )  # fmt: skip
    return next((one for one in programs if str(one.id) == chosen), None)


def map_columns(header: Sequence[str], proposed: Mapping[str, int], example: Sequence[str]) -> dict[str, int] | None:
    """Draw which column holds what, as proposed; gives the mapping, or None while a needed column is not chosen."""
    labels = site_labels()
    return columns.map_columns(header, proposed, example, {field: labels[field] for field in COLUMNS}, NEEDED)


def draw_preview(preview: Any) -> bool:
    """Draw what the list would do, row by row; gives whether refused rows may be left out (or there are none)."""
    counts = preview.counts
    for column, (status, title) in zip(st.columns(4), _statuses().items(), strict=True):
        column.metric(title, f"{counts[status]:,}")
    _why_refused(preview)
    shown = st.pills(
        _("Show"), [status for status in _statuses() if counts[status]], format_func=_statuses().get, key="import_show"
    )
    rows = [row for row in preview.rows if shown is None or row.status == shown]
    rows.sort(key=lambda row: (row.status != "refused", row.number))
    st.dataframe(
        pd.DataFrame(
            {
                _("Line"): [row.number for row in rows],
                _("What happens"): [_statuses()[row.status] for row in rows],
                _("Name"): [row.name for row in rows],
                _("Details"): [_details(row) for row in rows],
                _("License number"): [row.license_no or "" for row in rows],
            }
        ),
        hide_index=True,
        height=420,
        column_config={_("Name"): st.column_config.TextColumn(width=260)},
        alt=_("The rows of the list and what will happen to each"),
    )
    if not counts["refused"]:
        return True
    leave_out = plural(
        "Leave out the {count} row that is refused", "Leave out the {count} rows that are refused", counts["refused"]
    ).format(count=counts["refused"])
    return bool(st.checkbox(leave_out, key="import_leave_out"))


def write_button(preview: Any, agreed: bool, write: Callable[[], Any]) -> None:
    """Draw the button that says what it will do, and does it."""
    counts = preview.counts
    writes = counts["added"] + counts["changed"]
    if not writes:
        st.info(_("There is nothing to write: every site of this list is stored as the list says."))
        return
    if counts["changed"]:
        label = _("Add {added} and change {changed} sites")
    else:
        label = plural("Add {added} site", "Add {added} sites", counts["added"])
    label = label.format(added=f"{counts['added']:,}", changed=f"{counts['changed']:,}")
    if not agreed:
        fields.hint(_("Please correct the file, or choose to leave out the rows that are refused."))
    if st.button(label, key="import_write", type="primary", icon=":material/upload:", disabled=not agreed):
        _write(write, writes)
        st.rerun()


def _write(write: Callable[[], Any], writes: int) -> None:
    """Write the list. A second tap in the same moment finds all stored, and keeps the first one's words."""
    waiting = small.notes()
    with st.spinner(_("Writing {count} sites. This takes a few seconds…").format(count=f"{writes:,}")):
        try:
            result = write()
        except (Conflict, InvalidInput, NotFound) as refused:
            waiting["problem"] = small.failure(getattr(refused, "kind", "not_found"))
        else:
            if result.added or result.changed:
                waiting["saved"] = result_sentence(result)


def result_sentence(result: Any) -> str:
    """Say what an import did."""
    return _("{added} sites added, {changed} changed, {unchanged} unchanged, {left_out} left out.").format(
        added=result.added, changed=result.changed, unchanged=result.unchanged, left_out=result.left_out
    )


def _statuses() -> dict[str, str]:
    return {
        "added": _("Added"), "changed": _("Changed"), "unchanged": _("Unchanged"), "refused": _("Refused"),
    }  # fmt: skip


def _why_refused(preview: Any) -> None:
    labels, examples = site_labels(), {}
    reasons: Counter[tuple[str, str]] = Counter()
    for row in preview.rows:
        for problem in row.problems:
            reasons[problem.field, problem.code] += 1
            examples.setdefault((problem.field, problem.code), problem)
    if not reasons:
        return
    told = []
    for (field, code), count in reasons.most_common(5):
        general, _sign, particular = _(SENTENCES[code]).partition(":")
        told_why = general + "." if "{" in particular else messages.sentence(examples[field, code])
        rows = plural("{count} row", "{count} rows", count).format(count=f"{count:,}")
        told.append(f"- {escaped(f'{rows}: {labels.get(field, field)}. {told_why}')}")
    st.warning(_("Some rows are refused.") + "\n\n" + "\n".join(told))


def _details(row: Any) -> str:
    labels = site_labels()
    if row.status == "refused":
        return " ".join(
            f"{labels.get(problem.field, problem.field)}: {messages.sentence(problem)}" for problem in row.problems
        )
    if row.status == "changed":
        told = [
            f"{labels[change.field]}: {_value(change.field, change.before)} → {_value(change.field, change.after)}"
            for change in row.changes[:SHOWN_CHANGES]
        ]
        return " · ".join(told)
    return label_of("setting", row.site.setting) if row.status == "added" else ""


def _value(field: str, value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return label_of("setting", value) if field == "setting" else str(value)
