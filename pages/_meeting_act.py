"""The second and third part of a meeting: what people think, and what they decide."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from components import clock, meeting_parts
from components.forms import meeting as forms
from components.forms import meeting_notes, small
from components.words import _
from db.actor import Actor
from db.commands import meetings as writing
from db.engine import session as open_session
from db.errors import Conflict, NotFound
from db.models.meeting_input import DecisionOutcome, NotesInput
from db.queries import meetings
from pages.organisation.writing import press, saving_by, write_new


@st.fragment
def think(actor: Actor, meeting_id: uuid.UUID) -> None:
    """Draw what may explain the figures; what is typed is stored at once. Only this part runs again after a tap."""
    with open_session() as session:
        row = meetings.one_meeting(session, actor, meeting_id)
    if row.may_change:
        meeting_notes.draw(row, partial(_write, actor, meeting_id), clock.now())
    for field, label in meeting_notes.labels().items():
        meeting_parts.on_paper(field, label, getattr(row, field))


def _write(actor: Actor, meeting_id: uuid.UUID, version: int, texts: Mapping[str, str]) -> int:
    with open_session() as session:
        return writing.write_notes(session, actor, meeting_id, version, NotesInput.checked(texts)).version


@st.fragment
def act(actor: Actor, row: meetings.MeetingRow, today: date, cuts: Sequence[Any], names: Mapping[str, str]) -> None:
    """Draw the decisions of this meeting and the form for one more. Only this part runs again after a tap."""
    with open_session() as session:
        found = meetings.site_decisions(session, actor, row.site_id, today, row.held_on)
        owners = meetings.task_owners(session, actor, row.site_id, row.held_on)
    small.draw_note()
    decided = [one for one in found if one.meeting_id == row.id]
    remove = partial(press, actor, writing.remove_decision, _("Taken out."))
    for one in decided:
        with st.container(border=True, gap="xsmall"):
            meeting_parts.decision(one, today, names, with_since=False)
            if row.may_change:
                meeting_parts.removable(one, remove)
    if not decided:
        st.text(_("Nothing is decided yet. One or two decisions are enough."))
    if row.may_change:
        with st.container(border=True, key="not_on_paper_decision"):
            form = forms.decision_form(row.id, today)
            store = partial(write_new, actor, _adding(row.id), _("The decision was kept."), form)
            draw = partial(forms.draw_decision, today=today, owners=owners, cuts=cuts, names=names)
            small.draw(form, draw, saving_by(forms.make_decision, store), _("Keep this decision"))


def _adding(meeting_id: uuid.UUID) -> Any:
    def add(session: Any, actor: Actor, made: Any, key: uuid.UUID) -> Any:
        return writing.add_decision(session, actor, meeting_id, made, key)

    return add


def take_up(meeting_id: uuid.UUID, today: date, rule: str) -> None:
    """Begin a decision with what a signal suggests: a callback."""
    forms.suggest(forms.decision_form(meeting_id, today), rule)


def note(actor: Actor, row: meetings.DecisionRow, status: str, outcome: str) -> None:
    """Store how an earlier decision stands: a callback."""
    with open_session() as session:
        try:
            writing.note_outcome(session, actor, row.id, row.version, DecisionOutcome(status=status, outcome=outcome))
        except (Conflict, NotFound) as refused:
            small.notes()["problem"] = small.failure(getattr(refused, "kind", "not_found"))
