"""One record, read: what it says, by whom it was written, and every version of it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import streamlit as st

from components.messages import problems_at
from components.records.words import RecordKind, field_label, moment_text, value_text
from components.text import escaped, literal
from components.words import _, plural
from db.errors import Problem

_LONG = frozenset({"summary", "recommendations", "follow_ups", "reflection", "description", "exclusion"})
_ORDER = (
    "visited_on", "started_at", "occurred_on", "occurred_at", "site_id", "classroom_ids", "classroom_id", "outcome",
    "mode", "reason", "minutes", "minutes_program", "minutes_classroom", "minutes_child_family", "child_key",
    "permission_on", "behaviours", "primary_behaviour", "activities", "activity", "participants",
)  # fmt: skip
_LEVELS = ("minutes_program", "minutes_classroom", "minutes_child_family")
_EMPTY = (None, "", [], (), {})
_FACT_WIDTH = 215
_AT_ONCE = timedelta(minutes=1)


def title(kind: RecordKind, content: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    """Give what an opened record is called: its kind and day."""
    if kind == "visit":
        return _("Visit of {day}").format(day=value_text("visited_on", content["visited_on"], {}, labels))
    return _("Incident of {day}").format(day=value_text("occurred_on", content["occurred_on"], {}, labels))


def facts(content: Mapping[str, Any], names: Mapping[str, str], labels: Mapping[str, str]) -> None:
    """Draw what a record says: short answers side by side, texts below each other; what is empty is left out."""
    filled = {
        field: value
        for field, value in content.items()
        if value not in _EMPTY and not (field in _LEVELS and value == 0)
    }
    if len(filled.get("behaviours", ())) == 1:
        filled.pop("primary_behaviour", None)
    known = [field for field in _ORDER if field in filled]
    ordered = known + [field for field in filled if field not in known]
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, gap="small"):
            for field in ordered:
                if field not in _LONG:
                    _fact(field, filled[field], names, labels, _FACT_WIDTH)
        for field in ordered:
            if field in _LONG:
                _fact(field, filled[field], names, labels, "stretch")


def _fact(field: str, value: Any, names: Mapping[str, str], labels: Mapping[str, str], width: Any) -> None:
    with st.container(width=width, gap="xxsmall"):
        heading = field_label(field, labels)
        st.caption(heading)
        literal(value_text(field, value, names, labels))


def marks(record: Any) -> None:
    """Say who wrote the record and when, and when the site got its copy."""
    told = [_("Recorded by {person}, {moment}").format(person=record.person, moment=moment_text(record.created_at))]
    told += _way_here(record)
    if record.updated_at and record.updated_by and record.removed_at is None:
        told.append(
            _("Last changed by {person}, {moment}").format(
                person=record.updated_by, moment=moment_text(record.updated_at)
            )
        )
    if record.shared_with_site_at:
        told.append(_("The site was given its copy: {moment}").format(moment=moment_text(record.shared_with_site_at)))
    if record.withheld:
        told.append(_("Parts that only the consultant and their supervisor read are not shown here."))
    for line in told:
        st.text(line)


def _way_here(record: Any) -> list[str]:
    """Say when a record was made on a tablet, if that was not the moment in which it arrived."""
    if record.made_at is None or abs(record.created_at - record.made_at) <= _AT_ONCE:
        return []
    told = _("Made on the tablet: {made}. It arrived here: {arrived}.")
    lines = [told.format(made=moment_text(record.made_at), arrived=moment_text(record.created_at))]
    if record.clock_off_minutes:
        off = abs(record.clock_off_minutes)
        ahead = record.clock_off_minutes > 0
        told = (
            plural("The tablet's clock was {count} minute ahead.", "The tablet's clock was {count} minutes ahead.", off)
            if ahead
            else plural(
                "The tablet's clock was {count} minute behind.", "The tablet's clock was {count} minutes behind.", off
            )
        )
        lines.append(told.format(count=f"{off:,}"))
    return lines


def removed_note(record: Any) -> None:
    """Say that the record is removed, by whom and when."""
    if record.removed_at:
        told = _("This record was removed by {person}, {moment}. It counts in no figure.")
        st.warning(told.format(person=escaped(record.removed_by or ""), moment=moment_text(record.removed_at)))


def versions(read: Callable[[], Sequence[Any]], names: Mapping[str, str], labels: Mapping[str, str]) -> None:
    """Draw every version of a record, folded away; ``read`` is called when it is opened."""
    part = st.expander(_("All versions, and what changed"), key="record_versions", on_change="rerun")
    if not part.open:
        return
    with part:
        entries = read()
        if not entries:
            st.text(_("Nothing was changed since this was recorded."))
        for entry in entries:
            _version(entry, names, labels)


def _version(entry: Any, names: Mapping[str, str], labels: Mapping[str, str]) -> None:
    with st.container(border=True, gap="xsmall"):
        st.text(
            _("Version {number}: {what} by {person}, {moment}").format(
                number=entry.version, what=_action(entry.action), person=entry.person, moment=moment_text(entry.at)
            )
        )
        if entry.reason:
            st.text(_("Why: {reason}").format(reason=entry.reason))
        for change in entry.changes:
            if change.hidden:
                heading = field_label(change.field, labels)
                st.caption(_("{heading}: changed; not shown here").format(heading=heading))
                continue
            side_by_side(
                field_label(change.field, labels),
                (_("Before"), value_text(change.field, change.before, names, labels)),
                (_("After"), value_text(change.field, change.after, names, labels)),
            )
        if entry.action.startswith("correct_") and not entry.changes:
            st.caption(_("Saved again without a change."))


def side_by_side(heading: str, left: tuple[str, str], right: tuple[str, str]) -> None:
    """Draw two values of a field next to each other, each with its title, letter by letter."""
    st.markdown(f"**{heading}**")
    for column, (heading, text) in zip(st.columns(2), (left, right), strict=True):
        with column:
            st.caption(heading)
            literal(text)


def _action(action: str) -> str:
    return {
        "log": _("written"),
        "record": _("written"),
        "correct": _("corrected"),
        "remove": _("removed"),
        "restore": _("restored"),
        "share": _("copy given to the site"),
    }.get(action.partition("_")[0], _("changed"))


def remove(act: Callable[[str], None], problems: Sequence[Problem]) -> None:
    """Draw the way to take a record out of every figure, with the reason."""
    hint = _("It leaves every list and figure. Nothing is erased: it can be restored.")
    _with_reason(_("Remove this record"), hint, ":material/delete:", "record_remove", act, problems)


def restore(act: Callable[[str], None], problems: Sequence[Problem]) -> None:
    """Draw the way to bring a removed record back, with the reason."""
    hint = _("It counts again in every list and figure.")
    _with_reason(_("Restore this record"), hint, ":material/restore:", "record_restore", act, problems)


def _with_reason(
    label: str, hint: str, icon: str, key: str, act: Callable[[str], None], problems: Sequence[Problem]
) -> None:
    """Draw a folded question for the reason, with the button that acts: what changes a record asks why."""
    part = f"{key}_part"
    if problems:
        st.session_state[part] = True
    with st.expander(label, icon=icon, key=part, on_change="rerun"):
        st.text(hint)
        st.text_input(_("Why?"), key=f"{key}_reason", max_chars=300, autocomplete="off")
        problems_at("reason_for_change", problems)
        st.button(label, key=key, on_click=lambda: act(st.session_state[f"{key}_reason"]), type="primary")
