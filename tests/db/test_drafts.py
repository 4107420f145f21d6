"""Drafts: kept, replaced, gone with the record they became, and nobody else's business."""

import json
from datetime import timedelta

import pytest
from sqlmodel import select

from db.commands.drafts import KEPT_FOR, LONGEST, drop_draft, keep_draft
from db.commands.incidents import record_incident
from db.commands.visits import log_visit, remove_visit
from db.errors import Conflict, InvalidInput, NotFound
from db.models import AuditEvent, Draft, SiteMonth, Visit
from db.models.base import new_id, utc_now
from db.queries.drafts import my_drafts


def test_the_latest_of_a_draft_is_kept_and_only_its_author_sees_it(session, field):
    actor, key = field.actor("consultant"), new_id()
    keep_draft(session, actor, key, "visit", {"summary": "Half a"})
    keep_draft(session, actor, key, "visit", {"summary": "Half a note"})
    assert [(draft.client_uuid, draft.content) for draft in my_drafts(session, actor)] == [
        (key, {"summary": "Half a note"})
    ]
    for other in ("supervisor", "director", "coordinator", "admin"):
        assert my_drafts(session, field.actor(other)) == []


def test_a_draft_goes_in_the_transaction_that_saves_its_record(session, field):
    actor, visit = field.actor("consultant"), field.visit()
    keep_draft(session, actor, visit.client_uuid, "visit", {"summary": "Half a note"})
    log_visit(session, actor, visit)
    assert my_drafts(session, actor) == []


def test_a_refused_save_keeps_the_draft(session, field):
    actor, visit = field.actor("consultant"), field.visit(minutes=60, minutes_classroom=30)
    keep_draft(session, actor, visit.client_uuid, "visit", {"summary": "Half a note"})
    with pytest.raises(InvalidInput):
        log_visit(session, actor, visit)
    assert len(my_drafts(session, actor)) == 1


def test_a_draft_counts_in_no_figure_and_leaves_no_event(session, field):
    keep_draft(session, field.actor("consultant"), new_id(), "visit", {"minutes": 60})
    assert session.exec(select(Visit)).all() == []
    assert session.exec(select(SiteMonth)).all() == []
    assert session.exec(select(AuditEvent)).all() == []


def test_a_draft_of_another_person_can_be_neither_changed_nor_dropped(session, field):
    actor, key = field.actor("consultant"), new_id()
    keep_draft(session, actor, key, "incident", {"description": "mine"})
    director = field.actor("director")
    with pytest.raises(NotFound):
        keep_draft(session, director, key, "incident", {"description": "theirs"})
    with pytest.raises(NotFound):
        drop_draft(session, director, key)
    assert my_drafts(session, actor)[0].content == {"description": "mine"}


def test_drafts_older_than_thirty_days_are_gone(session, field):
    actor, old = field.actor("consultant"), new_id()
    keep_draft(session, actor, old, "visit", {"summary": "long ago"})
    row = session.get(Draft, old)
    row.saved_at = utc_now() - KEPT_FOR - timedelta(minutes=1)
    session.commit()
    assert my_drafts(session, actor) == []
    keep_draft(session, actor, new_id(), "visit", {})
    session.expire_all()
    assert session.get(Draft, old) is None


def test_what_is_too_long_for_a_form_is_refused(session, field):
    content = {"summary": "x" * LONGEST}
    assert len(json.dumps(content)) > LONGEST
    with pytest.raises(InvalidInput):
        keep_draft(session, field.actor("consultant"), new_id(), "visit", content)


def test_a_draft_does_not_hide_that_the_record_was_removed(session, field):
    actor, visit = field.actor("consultant"), field.visit()
    saved = log_visit(session, actor, visit)
    remove_visit(session, actor, saved.id, 1, "entered twice")
    keep_draft(session, actor, visit.client_uuid, "visit", {"summary": "again"})
    with pytest.raises(Conflict, match="removed"):
        log_visit(session, actor, visit)


def test_saving_under_the_key_of_anothers_draft_leaves_that_draft_alone(session, field):
    actor, key = field.actor("consultant"), new_id()
    keep_draft(session, actor, key, "incident", {"description": "mine"})
    record_incident(session, field.actor("director"), field.incident(client_uuid=key))
    assert [draft.content for draft in my_drafts(session, actor)] == [{"description": "mine"}]
