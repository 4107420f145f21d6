"""The screen of an import of survey answers: a file, what was understood of it, and the button that stores totals."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from components import messages
from components.forms import fields, small
from components.instruments import instrument_label
from components.text import escaped
from components.words import _, plural
from db.errors import Conflict, InvalidInput, NotFound
from db.exchange.table_file import LARGEST_BYTES
from db.exchange.uploaded_file import ACCEPTED
from db.instruments import instruments_of
from db.instruments.scoring import survey_scoring_of

SHOWN = 10


def codings() -> dict[str, str]:
    """Give the ways in which answers stand in files, with their names."""
    return {
        "as_scored": _("As scored (such as 0 to 4)"), "from_one": _("Counted from 1 (such as 1 to 5)"),
        "words": _("As words"),
    }  # fmt: skip


def choose(sites: Sequence[Any], today: Any) -> dict[str, Any] | None:
    """Draw what the file is about; gives the values, or None while something is missing."""
    names = {one.id: one.name for one in sites}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        site = st.selectbox(
            _("Site"), list(names), index=0 if len(names) == 1 else None, format_func=names.get,
            placeholder=_("Choose"), key="answers_site", filter_mode="contains",
        )  # fmt: skip
        program_id = next((one.program_id for one in sites if one.id == site), None)
        offered = instruments_of("survey", program_id)
        surveys = {one.code: instrument_label(one) for one in offered if survey_scoring_of(one)}
        survey = st.selectbox(
            _("Survey"), list(surveys), index=None, format_func=surveys.get, placeholder=_("Choose"),
            key="answers_survey", filter_mode="contains",
        )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom"):
        first = st.date_input(_("First day"), value=today, key="answers_first")
        last = st.date_input(_("Last day"), value=today, key="answers_last")
        invited = st.number_input(_("People invited"), value=None, step=1, key="answers_invited")
    st.text(
        _(
            "Choose an Excel (.xlsx) or CSV file with one row per person and one column per item (1, 2, 3 …). Only the"
            " totals are stored, never the rows."
        )
    )
    chosen = st.file_uploader(
        _("Answers (Excel or CSV)"), type=ACCEPTED, key="answers_file",
        max_upload_size=LARGEST_BYTES // 1024 // 1024,
    )  # fmt: skip
    if site is None or survey is None or invited is None or chosen is None:
        fields.hint(_("Choose a site, a survey, the number of people invited and a file."))
        return None
    return {
        "content": chosen.getvalue(), "site_id": site, "instrument_code": survey, "opened_on": first,
        "closed_on": last, "invited": invited,
    }  # fmt: skip


def choose_coding(guessed: str, unsure: bool) -> str:
    """Draw how the answers stand in the file, as guessed; when two ways fit, ask to check."""
    if unsure:
        st.warning(_("These answers can be read in two ways. Please check how they were coded."))
    names = codings()
    return str(
        st.segmented_control(
            _("How the answers are coded"), list(names), default=guessed, format_func=names.get, required=True,
            key=f"answers_coding_{guessed}",
        )
    )  # fmt: skip


def draw_preview(read: Any, total: int) -> bool:
    """Draw what would be stored; gives whether that may be done: nothing is refused, or it may be left out."""
    columns = st.columns(3)
    for column, (title, count) in zip(
        columns,
        ((_("Rows"), total), (_("Used"), len(read.sheets)), (_("Refused"), len(read.refused))),
        strict=True,
    ):
        column.metric(title, f"{count:,}")
    if read.disagreements:
        st.warning(
            _("Totals in the file that its answers do not give. What the answers give will be used:")
            + "\n\n"
            + "\n".join(_disagreements(read.disagreements))
        )
    elif read.compared:
        st.text(
            plural(
                "The total in {count} row agrees with its answers.",
                "The totals in {count} rows agree with the answers.",
                read.compared,
            ).format(count=read.compared)
        )  # fmt: skip
    if not read.refused:
        return True
    told = [f"- {escaped(_line(line, messages.sentence(problem)))}" for line, problem in read.refused[:SHOWN]]
    st.error(_("Some rows are refused.") + "\n\n" + "\n".join(told))
    return bool(st.checkbox(_("Leave out the rows that are refused"), key="answers_leave_out"))


def store_button(agreed: bool, store: Callable[[], Any]) -> None:
    """Draw the button that stores the totals: all of them or nothing."""
    for kind, text in small.notes().items():
        (st.success if kind == "saved" else st.error)(text)
    small.notes().clear()
    st.button(
        _("Store the totals"), key="answers_store", type="primary", icon=":material/upload:", disabled=not agreed,
        on_click=_store, args=(store,),
    )  # fmt: skip


def _store(store: Callable[[], Any]) -> None:
    waiting = small.notes()
    try:
        stored = store()
    except InvalidInput as refused:
        waiting["problem"] = " ".join(messages.sentence(problem) for problem in refused.problems)
    except (Conflict, NotFound) as refused:
        waiting["problem"] = {
            "other_content": _("This file was stored already, with other days or another number of people."),
            "removed": _("This file was stored and removed since. You can restore it in the list."),
        }.get(getattr(refused, "kind", ""), small.failure("not_found"))
    else:
        waiting["saved"] = (
            _("The totals are stored.") if stored.created else _("This file is stored already. Nothing was added.")
        )


def _disagreements(found: Sequence[Any]) -> list[str]:
    told = [
        "- "
        + escaped(
            _line(one.line, _("{in_file} in the file, {computed} by the answers")).format(
                in_file=f"{one.in_file:g}", computed=f"{one.computed:g}"
            )
        )
        for one in found[:SHOWN]
    ]
    more = len(found) - SHOWN
    return told + ([f"- {plural('and {count} more', 'and {count} more', more).format(count=more)}"] if more > 0 else [])


def _line(line: int, text: str) -> str:
    return _("Line {line}").format(line=line) + ": " + text
