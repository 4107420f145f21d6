"""One time away, opened from the ledger: what it says, its steps, the child's place, correction and removal."""

import uuid
from functools import partial
from typing import Any

import streamlit as st

from components import clock, exclusion_parts
from components.choices import label_of
from components.forms import exclusion, fields, saving, small, why
from components.records import notes, reading
from components.words import _
from db.actor import Actor
from db.commands import exclusions as writing
from db.engine import session as open_session
from db.exclusion_care import is_due
from db.queries import exclusions
from db.queries.exclusions import OpenExclusion
from pages.organisation.writing import press, saving_by, write


def render(actor: Actor, exclusion_id: uuid.UUID) -> None:
    """Draw the exclusion, or the form that corrects it.

    Raises:
        NotFound: it is outside the actor's reach, or does not exist.
    """
    with open_session() as session:
        opened = exclusions.open_exclusion(session, actor, exclusion_id)
    notes.way_back()
    st.title(label_of("exclusion_type", opened.content["type"]), anchor=False)
    if opened.may_change and notes.correcting():
        _correct(actor, opened)
        return
    notes.told()
    small.draw_note()
    st.text(opened.site)
    if opened.removed_at:
        st.warning(_("This was removed. It counts in no figure."))
    if opened.may_change:
        st.button(_("Correct this"), icon=":material/edit:", key="record_correct", on_click=notes.start_correcting)
    exclusion_parts.facts(opened)
    if not opened.removed_at:
        _around(actor, opened)
    act = partial(_act, actor, opened)
    if opened.may_remove:
        reading.remove(partial(act, writing.remove_exclusion, "removed"), notes.problems())
    if opened.may_restore:
        reading.restore(partial(act, writing.restore_exclusion, "restored"), notes.problems())


def _around(actor: Actor, opened: OpenExclusion) -> None:
    """Draw the steps and the looks at the child's place."""
    today = clock.today()
    if opened.steps_asked:
        exclusion_parts.checklist(opened, partial(_undo, actor, writing.remove_step), partial(_step, actor, opened))
    if not opened.looks and not opened.places:
        return
    exclusion_parts.places(opened, today, partial(_undo, actor, writing.remove_place))
    moments = [look.moment for look in opened.looks]
    if opened.may_note and moments:
        due = next((look.moment for look in opened.looks if is_due(look, today)), None)
        form = exclusion.place_form(opened, today, moments, due)
        store = partial(_note, actor, writing.note_place, _("Noted."), opened.id, form)
        draw = partial(exclusion.draw_place, today=today, open_moments=moments)
        small.draw(form, draw, saving_by(exclusion.make_place, store), _("Save"))


def _step(actor: Actor, opened: OpenExclusion, code: str) -> None:
    today = clock.today()
    form = exclusion.step_form(opened, code, today)
    store = partial(_note, actor, writing.note_step, _("The step was noted."), opened.id, form)
    draw = partial(exclusion.draw_step, today=today)
    small.draw(form, draw, saving_by(exclusion.make_step, store), _("Save step"))


def _note(actor: Actor, command: Any, told: str, exclusion_id: uuid.UUID, form: Any, made: Any) -> dict[str, Any]:
    """Store under the form's own key, so that two taps store once."""
    with open_session() as session:
        command(session, actor, exclusion_id, made, key=form.client_uuid)
    return small.note(told)


def _undo(actor: Actor, command: Any, row: Any, reason: str) -> None:
    press(actor, command, _("Taken out."), row.id, row.version, reason)


def _act(actor: Actor, opened: OpenExclusion, command: Any, done: str, reason: str) -> None:
    with notes.outcome(done), open_session() as session:
        command(session, actor, opened.id, opened.version, reason)


@st.fragment
def _correct(actor: Actor, opened: OpenExclusion) -> None:
    """Draw the correction. Only this part runs again after a tap."""
    now = clock.now()
    form = exclusion.exclusion_form("correct_exclusion", now, correcting=True)
    if form.saved:
        notes.leave(form, "corrected")
    exclusion.fill(form, opened)
    make = partial(exclusion.make_exclusion, head_start=opened.head_start)
    hand = saving.Saving(make=make, ask=lambda _made: (), store=partial(_store, actor, opened, form))
    saving.check(form, hand)
    saving.problem_list(form)
    fields.star()
    exclusion.draw_exclusion(form, head_start=opened.head_start)
    st.button(_("Leave it as it was"), key="leave_correction", type="tertiary", on_click=notes.stop_correcting,
              args=(None,))  # fmt: skip
    saving.bar(form, hand, _("Save correction"))


def _store(actor: Actor, opened: OpenExclusion, form: Any, made: Any) -> dict[str, Any]:
    reason = form[why.REASON]
    return write(actor, writing.correct_exclusion, "", opened.id, opened.version, made, reason)
