"""What the ledger of time away is made of: counts by kind, lines, the checklist, looks at the child's place."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import streamlit as st

from components import dates, filters, messages
from components.charts.numbers import decimal, hidden_words, whole
from components.choices import label_of
from components.forms import exclusion as forms
from components.messages import link
from components.records.words import moment_text, value_text
from components.text import escaped, literal
from components.words import _, plural
from db.exclusion_care import STEPS, is_due
from db.period import Period

_SAID_AT = {
    "consultant_engaged": "consultant_engaged_before", "family_met": "family_met", "written_plan": "written_plan"
}  # fmt: skip
"""Steps that the exclusion itself may have been recorded with: yes, without a day."""


def span(period: Period) -> str:
    """Give the months that figures rest on."""
    months = period.months()
    return _("{first} to {last}").format(first=dates.month(months[0]), last=dates.month(months[-1]))


def choose_waiting() -> bool:
    """Draw the choice between everything in the period and what waits (``?show=waiting``)."""
    names = {"all": _("All in this time"), "waiting": _("Waiting for something")}
    wanted = st.query_params.get("show", "all")
    if wanted not in names:
        raise filters.UnknownChoice("show")
    st.session_state["ledger_show"] = wanted
    st.segmented_control(
        _("Show"), list(names), format_func=names.get, required=True, key="ledger_show", on_change=_choose_waiting,
        label_visibility="collapsed",
    )  # fmt: skip
    return wanted == "waiting"


def _choose_waiting() -> None:
    shown = st.session_state["ledger_show"]
    filters.remember("show", None if shown == "all" else shown)
    filters.remember("page", None)


def counts(found: Sequence[Any], period: Period) -> None:
    """Draw how often each kind happened and the hours of care lost, with the months and what the hours rest on."""
    times, known = sum(one.times for one in found), sum(one.times_with_hours for one in found)
    with st.container(border=True):
        with st.container(horizontal=True, gap="large"):
            st.metric(_("Times a child lost care"), whole(times), width="content")
            st.metric(_("Hours of care lost"), decimal(sum(one.hours for one in found)), width="content")
        told = plural("{span}. Hours are noted for {known} of {count} time.",
                      "{span}. Hours are noted for {known} of {count} times.", times)  # fmt: skip
        st.caption(told.format(span=span(period), known=whole(known), count=whole(times)))
        if found:
            st.table(
                {
                    _("Kind"): [label_of("exclusion_type", one.kind) for one in found],
                    _("Times"): [whole(one.times) for one in found],
                    _("Hours lost"): [decimal(one.hours) if one.times_with_hours else _("not noted") for one in found],
                },
                hide_index=True,
            )


def safe_counts(sites: Sequence[Any], period: Period) -> None:
    """Draw the counts per site for who may not read the rows: small ones are hidden, and no total is given."""
    st.subheader(_("Times care was lost, by site"), anchor=False)
    told = _("{span}. Counts that could point to a child are hidden. Single records need a case role at the site.")
    st.caption(told.format(span=span(period)))
    if not sites:
        messages.empty(_("No site is within your reach."))
        return
    st.table(
        {
            _("Site"): [escaped(one.name) for one in sites],
            _("Times"): [hidden_words() if one.exclusions_hidden else whole(one.exclusions) for one in sites],
            _("Hours lost"): [hidden_words() if one.exclusions_hidden else decimal(one.hours_lost) for one in sites],
        },
        hide_index=True,
    )


def lines(found: Sequence[Any]) -> None:
    """Draw one line per exclusion, with what is still missing."""
    for row in found:
        with st.container(border=True, gap="xxsmall"):
            st.button(
                f"**{dates.full(row.started_on)}** · {label_of('exclusion_type', row.kind)}",
                key=f"open_{row.id}", type="tertiary", icon=":material/chevron_right:", icon_position="right",
                on_click=filters.remember, args=("id", str(row.id)), wrap=True,
            )  # fmt: skip
            hours = (
                "" if row.hours_lost is None else _("{hours} hours of care lost").format(hours=f"{row.hours_lost:g}")
            )
            told = [row.site, hours, _("with an incident") if row.of_incident else ""]
            literal(" · ".join(part for part in told if part))
            _line_waits(row)


def _line_waits(row: Any) -> None:
    noted = _("{noted} of {steps} steps noted").format(noted=row.steps, steps=len(STEPS))
    if row.steps_missing:
        st.markdown(":orange[:material/checklist: " + noted + "]")
    elif row.steps:
        st.markdown(":material/checklist: " + noted)
    for moment in row.due:
        due = _("A review of the child's place is due: {moment}").format(moment=label_of("place_moment", moment))
        st.markdown(":orange[:material/event_upcoming: " + due + "]")


def facts(opened: Any) -> None:
    """Draw what an exclusion says."""
    with st.container(border=True, gap="small"), st.container(horizontal=True, gap="small"):
        for field, value in opened.content.items():
            if value not in (None, ""):
                with st.container(width=215, gap="xxsmall"):
                    heading = forms.stored_label(field)
                    st.caption(heading)
                    literal(value_text(f"exclusion.{field}", value, {}, {}))
    st.text(_("Recorded by {person}, {moment}").format(person=opened.person, moment=moment_text(opened.created_at)))
    if opened.incident_id:
        st.text(_("This is a part of an incident. It is corrected and removed there."))
        link("/records", _("Open the incident"), kind="incident", id=str(opened.incident_id))


def rule(opened: Any) -> None:
    """Say what the checklist is: required by the rule, or good practice."""
    if opened.return_needed:
        st.warning(
            _("Head Start: a suspension must be temporary. Please add the day on which the child comes back."),
            icon=":material/event_busy:",
        )
    if opened.steps_required:
        st.info(
            _("Head Start: every one of these steps has to be taken and written down (45 CFR 1302.17)."),
            icon=":material/gavel:",
        )
    elif opened.head_start:
        st.text(
            _(
                "Head Start requires these steps around a suspension or expulsion (45 CFR 1302.17). Time away like this"
                " can come to be one: note the steps that were taken."
            )
        )
    else:
        st.text(_("Good practice everywhere, after the rule that Head Start programs follow (45 CFR 1302.17)."))


def checklist(opened: Any, undo: Callable[[Any, str], None], draw_form: Callable[[str], None]) -> None:
    """Draw the steps: what was done when and by whom, what is missing, each with its form or its way back."""
    done = {step.step for step in opened.steps}
    heading = _("Steps: {noted} of {steps} noted").format(noted=len(done), steps=len(STEPS))
    st.subheader(heading, anchor=False)
    rule(opened)
    for code in STEPS:
        with st.container(border=True, gap="xsmall"):
            _step_head(opened, code, code in done)
            for step in (one for one in opened.steps if one.step == code):
                _noted_step(step, undo)
            if opened.may_note:
                title = _("Note it again") if code in done else _("Note this step")
                part = st.expander(title, key=f"step_part_{code}", on_change="rerun", icon=":material/edit_note:")
                if part.open:
                    with part:
                        draw_form(code)


def _step_head(opened: Any, code: str, done: bool) -> None:
    name = label_of("exclusion_step", code)
    if done:
        st.markdown(f":green[:material/check_circle:] **{name}**")
    elif opened.steps_required:
        st.markdown(f":orange[:material/radio_button_unchecked:] **{name}** · " + _("missing"))
    else:
        st.markdown(f":material/radio_button_unchecked: **{name}** · " + _("not noted"))
    said = _SAID_AT.get(code)
    decided = code == "idea_decision" and opened.content["idea_decision"] not in (None, "undecided")
    if not done and ((said and opened.content[said] == "yes") or decided):
        st.text(_("It was recorded as done, without a day. Please note when, and who did it."))


def _noted_step(step: Any, undo: Callable[[Any, str], None]) -> None:
    who = label_of("reported_by_role", step.who) if step.who else ""
    literal(" · ".join(part for part in (dates.full(step.done_on), who, step.note) if part))
    if step.by:
        st.caption(_("noted by {person}").format(person=escaped(step.by)))
    if step.may_remove:
        take_out(step, undo)


def take_out(row: Any, undo: Callable[[Any, str], None]) -> None:
    """Draw the way to take a noted row out, with the reason."""
    with st.popover(_("Take out"), icon=":material/undo:", key=f"undo_part_{row.id}"):
        key = f"undo_reason_{row.id}"
        st.text_input(_("Why?"), key=key, max_chars=300, autocomplete="off")
        st.button(
            _("Take out"), key=f"undo_{row.id}", type="primary", on_click=lambda: undo(row, st.session_state[key])
        )


def places(opened: Any, today: date, undo: Callable[[Any, str], None]) -> None:
    """Draw the looks at the child's place: noted, due, and to come."""
    st.subheader(_("The child's place afterwards"), anchor=False)
    for place in opened.places:
        with st.container(border=True, gap="xsmall"):
            name = label_of("place_moment", place.moment)
            st.markdown(f":green[:material/check_circle:] **{name}** · " + label_of("child_place", place.place))
            st.caption(_("{day}, noted by {person}").format(day=dates.full(place.noted_on), person=escaped(place.by)))
            if place.may_remove:
                take_out(place, undo)
    for look in opened.looks:
        name = label_of("place_moment", look.moment)
        if look.due_on is None:
            st.markdown(f":material/radio_button_unchecked: **{name}**")
        elif is_due(look, today):
            due = _("due since {day}").format(day=dates.full(look.due_on))
            st.markdown(f":orange[:material/event_upcoming: **{name}** · " + due + "]")
        else:
            told = _("from {day}").format(day=dates.full(look.due_on))
            st.markdown(f":material/event: **{name}** · " + told)


def due_line(due: Any) -> None:
    """Draw the line of Today that leads to what waits in the ledger; nothing where nothing waits."""
    told = []
    if due.without_steps:
        told.append(
            plural(
                "{count} time away has steps to note (Head Start)",
                "{count} times away have steps to note (Head Start)", due.without_steps,
            ).format(count=due.without_steps)
        )  # fmt: skip
    if due.looks:
        told.append(
            plural(
                "{count} review of a child's place is due", "{count} reviews of a child's place are due", due.looks
            ).format(count=due.looks)
        )
    if told:
        with st.container(border=True):
            link("/exclusions", " · ".join(told), show="waiting")
