"""What a meeting's screen is made of: what was looked at, thought and decided, for a room full of people."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import streamlit as st

from analytics.meeting_signals import Fired
from analytics.since import Since, Week, since
from analytics.strengths import Strength
from components import dates, meeting_words, precision
from components.choices import label_of
from components.filters import remember
from components.text import escaped
from components.words import _, plural
from db.options import codes

LONGEST_NOTE = 600


def strengths(found: Sequence[Strength]) -> None:
    """Draw what went well: it stands first."""
    st.subheader(_("What went well"), anchor=False)
    with st.container(border=True, gap="xsmall"):
        for one in found:
            st.markdown(":green[:material/check_circle:] " + meeting_words.strength(one))


def figures(cards: Sequence[Any]) -> None:
    """Draw the figures of the last full months, three beside each other."""
    for card, column in zip(cards, st.columns(len(cards)), strict=True):
        with column.container(border=True, height="stretch"):
            st.metric(card.label, card.value)
            st.text(card.sentence)
            if card.basis:
                st.caption(card.basis)


def without_line(card: Any, months: Sequence[Any]) -> Any:
    """Give the card of incidents for a display with the chart below it, which says what the months before were."""
    if not months:
        return card
    latest = months[-1]
    told = plural("{month}: {count} incident.", "{month}: {count} incidents.", latest.incidents or 0)
    return card._replace(
        sentence=told.format(month=dates.month(latest.month), count=latest.incidents or 0), basis="", history=()
    )


def statements(told: Sequence[precision.Told], names: Mapping[str, str], basis: str, more: Callable[[], None]) -> None:
    """Draw the precision statements that were found, and the way to look on."""
    st.subheader(_("What stands out"), anchor=False)
    with st.container(border=True, gap="xsmall"):
        for one in told:
            st.markdown("**" + escaped(precision.statement(one, names)) + "**")
        if not told:
            st.text(_("No place, time or activity stands out beyond what chance alone often gives."))
        st.caption(basis)
        more()


def signals(fired: Sequence[Fired], take: Callable[[str], None] | None) -> None:
    """Draw the rules that fired; a tap begins a decision with it. Nothing is made by itself."""
    if not fired:
        return
    st.subheader(_("Worth a decision"), anchor=False)
    for one in fired:
        with st.container(border=True):
            left, right = st.columns([3, 1.3], vertical_alignment="center")
            left.text(meeting_words.suggestion(one.code))
            left.caption(_("Suggested because: {reason}.").format(reason=meeting_words.signal(one)))
            if take is not None:
                right.button(
                    _("Decide on it"), key=f"suggest_{one.code}", icon=":material/add:", width="stretch", wrap=True,
                    on_click=take, args=(one.code,),
                )  # fmt: skip


def seen(looked_at: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> None:
    """Draw what a past meeting looked at."""
    with st.container(border=True, gap="xsmall"):
        for one in looked_at:
            st.text(meeting_words.seen(one, names))
        if not looked_at:
            st.text(_("Nothing was kept of what this meeting looked at."))


def read(row: Any) -> Since | None:
    """Compare a decision's figure before and since."""
    if row.then is None or row.now is None:
        return None
    return since([Week(*week) for week in row.then.weeks], row.now.events, row.now.open_days)


def decision(row: Any, today: date, names: Mapping[str, str], *, with_since: bool) -> None:
    """Draw one decision: what, whose, until when, and what its figure did since."""
    st.markdown("**" + escaped(row.text) + "**")
    facts = [meeting_words.owner(row), meeting_words.due(row.due_on, today, row.status)]
    if with_since:
        facts.append(_("meeting of {day}").format(day=dates.short(row.held_on)))
    st.caption(escaped(" · ".join(facts)))
    if row.rule:
        st.caption(_("Suggested because: {reason}.").format(reason=meeting_words.rule(row.rule)))
    if row.figure:
        told = _("Figure: {figure}").format(figure=meeting_words.figure(row.figure, row.cut, names))
        if with_since:
            told += ". " + meeting_words.then_and_now(row.figure, row.then, row.now, read(row))
        st.text(told)
    if row.outcome:
        st.text(_("How it went: {outcome}").format(outcome=row.outcome))


def outcome(row: Any, store: Callable[[Any, str, str], None]) -> None:
    """Draw how an earlier decision stands, to tap, and how it went, to type; each is stored at once."""
    status, text = f"decision_status_{row.id}", f"decision_outcome_{row.id}"
    st.session_state[status] = row.status
    st.session_state.setdefault(text, row.outcome)

    def changed() -> None:
        store(row, st.session_state[status] or row.status, st.session_state[text])

    with st.container(key=f"not_on_paper_{row.id}", horizontal=True, vertical_alignment="bottom"):
        st.pills(
            _("How it stands"), codes("decision_status"), key=status, required=True, on_change=changed, width="content",
            format_func=lambda code: label_of("decision_status", code),
        )  # fmt: skip
        st.text_input(_("How it went (optional)"), key=text, max_chars=300, on_change=changed, autocomplete="off")


def removable(row: Any, remove: Callable[[uuid.UUID], Any]) -> None:
    """Draw the way to take out a decision that was entered by mistake."""
    st.button(_("Take out"), key=f"remove_{row.id}", icon=":material/delete:", on_click=remove, args=(row.id,))


def earlier(meetings: Sequence[Any], opened: uuid.UUID | None) -> None:
    """Draw the meetings there were, each to open."""
    rest = [one for one in meetings if one.id != opened]
    if not rest:
        return
    with st.expander(_("Earlier meetings")):
        for one in rest:
            told = plural("{count} decision", "{count} decisions", one.decisions).format(count=one.decisions)
            waits = _("{count} open").format(count=one.open_decisions)
            st.button(
                f"{dates.full(one.held_on)} · {told}" + (f", {waits}" if one.open_decisions else ""),
                key=f"meeting_{one.id}", type="tertiary", on_click=remember, args=("id", str(one.id)),
            )  # fmt: skip


def on_paper(key: str, label: str, text: str) -> None:
    """Say on paper what stands in a field on the screen."""
    with st.container(key=f"on_paper_{key}"):
        st.markdown(f"**{label}**")
        st.text(text.strip() or _("(nothing written)"))
