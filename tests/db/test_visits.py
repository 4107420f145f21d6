"""Logging, correcting, removing and restoring visits."""

import pytest
from sqlmodel import select

from db.commands.visits import correct_visit, log_visit, remove_visit, restore_visit
from db.errors import Conflict, InvalidInput, NotFound
from db.models import AuditContent, AuditEvent, SiteMonth, Visit
from tests.factories import stored


def test_a_visit_is_stored_once_with_its_audit_event(session, field):
    visit = field.visit(classroom_ids=(field.room.id,))
    first = log_visit(session, field.actor("consultant"), visit)
    again = log_visit(session, field.actor("consultant"), visit)
    assert first.id == again.id
    assert (first.created, again.created) == (True, False)
    assert len(session.exec(select(Visit)).all()) == 1
    events = session.exec(select(AuditEvent)).all()
    assert [event.action for event in events] == ["log_visit"]
    after = session.exec(select(AuditContent)).one().after
    assert after["summary"] == visit.summary
    assert after["classroom_ids"] == [str(field.room.id)]


def test_other_content_under_the_same_key_is_refused_and_the_first_stays(session, field):
    visit = field.visit()
    saved = log_visit(session, field.actor("consultant"), visit)
    with pytest.raises(Conflict, match="other_content"):
        log_visit(session, field.actor("consultant"), visit.model_copy(update={"summary": "Something else"}))
    assert stored(session, Visit, saved.id).summary == visit.summary


def test_a_removed_visit_is_not_revived_by_sending_it_again(session, field):
    actor, visit = field.actor("consultant"), field.visit()
    saved = log_visit(session, actor, visit)
    remove_visit(session, actor, saved.id, 1, "entered twice")
    with pytest.raises(Conflict, match="removed"):
        log_visit(session, actor, visit)


def test_a_correction_keeps_what_was_there_and_why(session, field):
    actor = field.actor("consultant")
    saved = log_visit(session, actor, field.visit())
    changed = field.visit(summary="Watched nap time.", minutes=45, minutes_classroom=45)
    correct_visit(session, actor, saved.id, 1, changed, "wrong room")
    row = stored(session, Visit, saved.id)
    assert (row.version, row.summary, row.minutes) == (2, "Watched nap time.", 45)
    event = session.exec(select(AuditEvent).where(AuditEvent.action == "correct_visit")).one()
    content = session.get(AuditContent, event.seq)
    assert event.reason == "wrong room"
    assert content.before == {"summary": "Watched the morning circle with both teachers.", "minutes": 60,
                              "minutes_classroom": 60}  # fmt: skip
    assert content.after["minutes"] == 45


def test_a_correction_on_an_older_version_is_refused(session, field):
    actor = field.actor("consultant")
    saved = log_visit(session, actor, field.visit())
    correct_visit(session, actor, saved.id, 1, field.visit(summary="Second"), "mistyped")
    with pytest.raises(Conflict, match="newer_version"):
        correct_visit(session, actor, saved.id, 1, field.visit(summary="Third"), "mistyped")
    assert stored(session, Visit, saved.id).summary == "Second"


def test_a_visit_at_a_foreign_site_is_not_found_and_leaves_a_trace(session, field):
    actor = field.actor("consultant")
    with pytest.raises(NotFound):
        log_visit(session, actor, field.visit(field.elsewhere))
    assert session.exec(select(Visit)).all() == []
    event = session.exec(select(AuditEvent)).one()
    assert (event.action, event.entity, event.actor_id) == ("access_denied", "visit", actor.person_id)


def test_every_broken_rule_is_told_at_its_field(session, field):
    wrong = field.visit(minutes=60, minutes_classroom=30, activities=(), summary=" ")
    with pytest.raises(InvalidInput) as refused:
        log_visit(session, field.actor("consultant"), wrong)
    assert {(problem.field, problem.code) for problem in refused.value.problems} == {
        ("minutes_program", "minutes_add_up"),
        ("activities", "activity_needed"),
        ("summary", "summary_needed"),
    }


def test_the_month_rolls_up_in_the_same_transaction(session, field):
    actor = field.actor("consultant")
    saved = log_visit(session, actor, field.visit())
    month = session.exec(select(SiteMonth)).one()
    assert (month.visits, month.minutes, month.minutes_classroom) == (1, 60, 60)
    remove_visit(session, actor, saved.id, 1, "entered twice")
    session.expire_all()
    assert session.exec(select(SiteMonth)).first() is None
    restore_visit(session, actor, saved.id, 2, "was right after all")
    session.expire_all()
    assert session.exec(select(SiteMonth)).one().visits == 1
