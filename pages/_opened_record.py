"""One visit or incident, opened from Records: read, corrected, removed, restored, with all its versions."""

import uuid
from functools import partial
from typing import Any

import streamlit as st

from components import clock, messages
from components.forms import correction, drafting, merge, place, saving, why
from components.forms.form import Form
from components.records import notes, reading
from components.records.words import RecordKind
from components.text import escaped
from components.words import _
from db.actor import Actor
from db.audit import plain
from db.commands import incidents, visits
from db.commands.drafts import Corrects
from db.engine import session as open_session
from db.errors import Conflict, InvalidInput, NotFound
from db.merge import MergeResult
from db.merge import merge as merge_versions
from db.models.drafts import correction_key
from db.models.incident_input import IncidentInput
from db.models.visit_input import VisitInput
from db.queries import choices, history, opened, places
from db.queries.opened import OpenRecord
from pages import _drafts

OPEN: dict[RecordKind, Any] = {"visit": opened.open_visit, "incident": opened.open_incident}
CORRECT: dict[RecordKind, Any] = {"visit": visits.correct_visit, "incident": incidents.correct_incident}
REMOVE: dict[RecordKind, Any] = {"visit": visits.remove_visit, "incident": incidents.remove_incident}
RESTORE: dict[RecordKind, Any] = {"visit": visits.restore_visit, "incident": incidents.restore_incident}
INPUT: dict[RecordKind, Any] = {"visit": VisitInput, "incident": IncidentInput}


def render(actor: Actor, kind: RecordKind, record_id: uuid.UUID) -> None:
    """Draw the record, or the form that corrects it."""
    try:
        record = _read(actor, kind, record_id)
    except NotFound:
        messages.not_found()
        return
    with open_session() as session:
        sites = places.my_sites(session, actor, with_inactive=True)
    form = correction.correction_form(kind, clock.now())
    names = {**{str(site.id): site.name for site in sites}, **record.classrooms}
    notes.way_back()
    st.title(reading.title(kind, record.content, form.labels), anchor=False)
    if record.may_change and notes.correcting():
        correction.begin(form, record, correction_key(actor.person_id, record.id), _drafts.mine(actor, kind))
        form.state.pop("sites", None)
        _correct(actor, record, sites, names)
        return
    notes.told()
    reading.removed_note(record)
    if record.may_change:
        st.button(
            _("Correct this record"), icon=":material/edit:", key="record_correct", on_click=notes.start_correcting
        )
    reading.facts(record.content, names, form.labels)
    reading.marks(record)
    reading.versions(partial(_versions, actor, record), names, form.labels)
    _remove_or_restore(actor, record)


def _read(actor: Actor, kind: RecordKind, record_id: uuid.UUID) -> OpenRecord:
    with open_session() as session:
        found: OpenRecord = OPEN[kind](session, actor, record_id)
        return found


def _versions(actor: Actor, record: OpenRecord) -> list[history.VersionEntry]:
    with open_session() as session:
        return history.history(session, actor, record.kind, record.id)


def _remove_or_restore(actor: Actor, record: OpenRecord) -> None:
    act = partial(_act, actor, record)
    if record.may_remove:
        reading.remove(partial(act, REMOVE[record.kind], "removed"), notes.problems())
    if record.may_restore:
        reading.restore(partial(act, RESTORE[record.kind], "restored"), notes.problems())


def _act(actor: Actor, record: OpenRecord, command: Any, done: str, reason: str) -> None:
    with notes.outcome(done), open_session() as session:
        command(session, actor, record.id, record.version, reason)


@st.fragment
def _correct(actor: Actor, record: OpenRecord, sites: list[Any], names: dict[str, str]) -> None:
    """Draw the correction, or the choice between two versions. Only this part runs again after a tap."""
    kind, now = record.kind, clock.now()
    form = correction.correction_form(kind, now)
    if form.saved:
        notes.leave(form, "corrected")
    if not notes.correcting():
        st.rerun()
    if form.state["failed"] == "newer_version":
        _choose(actor, record, form, names)
        return
    hand = saving.Saving[Any](
        make=partial(correction.make, kind), ask=lambda _made: (), store=partial(_store, actor, record, form)
    )
    keeper = _drafts.keeper(actor, kind, Corrects(record.id, form.state["version"]))
    saving.check(form, hand)
    drafting.say(form, now, more=False)
    correction.say_newer(form, record)
    saving.problem_list(form)
    with open_session() as session:
        offered = choices.capture_sites(session, actor, kind)
    there = {site.id: site for site in offered}
    chosen = place.site(form, offered + [site for site in sites if site.name == record.site and site.id not in there])
    rooms = place.remembered(form, chosen, partial(_rooms, actor)) if chosen else []
    place.rooms(form, "classroom_ids" if kind == "visit" else "classroom_id", rooms, multi=kind == "visit")
    draft = drafting.Keeping(form, keeper)
    with draft.fields:
        correction.draw(form, kind, draft.changed, head_start=chosen not in there or there[chosen].head_start)
    draft.keep()
    drafting.leave(form, keeper, _("Leave it as it was"), None, notes.stop_correcting)
    saving.bar(form, hand, _("Save correction"))


def _rooms(actor: Actor, site_id: uuid.UUID) -> list[places.RoomChoice]:
    with open_session() as session:
        return places.classrooms(session, actor, site_id)


def _store(actor: Actor, record: OpenRecord, form: Form, made: Any) -> dict[str, Any]:
    with open_session() as session:
        saved = CORRECT[record.kind](session, actor, record.id, form.state["version"], made, form[why.REASON])
    return {"version": saved.version}


def _choose(actor: Actor, record: OpenRecord, form: Form, names: dict[str, str]) -> None:
    """Draw what to do about a newer version: what only one changed is merged, the rest is asked."""
    kind = record.kind
    try:
        theirs = _read(actor, kind, record.id)
        with open_session() as session:
            base = history.content_at(session, actor, kind, record.id, form.state["version"])
    except NotFound:
        messages.not_found()
        return
    mine = {name: value for name, value in plain(correction.make(kind, form).model_dump()).items() if name in base}
    stored = plain(theirs.content)
    result = merge_versions(base, mine, stored, correction.TOGETHER[kind])
    merge.draw(
        result,
        escaped(theirs.updated_by or theirs.person),
        {**names, **theirs.classrooms},
        form.labels,
        mine,
        stored,
        base,
    )
    merge.bar(
        result,
        save=partial(_save_both, actor, theirs, form, result),
        back=partial(_go_on, theirs, form, result),
    )


def _save_both(actor: Actor, theirs: OpenRecord, form: Form, result: MergeResult) -> None:
    try:
        made = INPUT[theirs.kind].checked(
            {**result.settled(merge.chosen_sides(result)), "client_uuid": form.client_uuid}
        )
        with open_session() as session:
            saved = CORRECT[theirs.kind](session, actor, theirs.id, theirs.version, made, form[why.REASON])
        form.state["saved"] = {"version": saved.version}
    except InvalidInput:
        _go_on(theirs, form, result)
    except Conflict:
        pass  # someone was faster again: the choice is drawn anew, with their version
    except NotFound:
        form.state["failed"] = "not_found"


def _go_on(theirs: OpenRecord, form: Form, result: MergeResult) -> None:
    settled = {**result.settled(merge.chosen_sides(result)), "client_uuid": form.client_uuid}
    typed = INPUT[theirs.kind].model_validate(settled).model_dump()
    correction.refill(form, theirs.kind, theirs.version, typed)
