"""What a page that stays open may still do: its parts keep the actor of the time when the page was drawn."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from db.commands.scopes import end_scope
from db.commands.visits import log_visit
from db.errors import NotFound
from db.models import AuditEvent, PersonScope, Visit
from db.models.base import new_id, utc_now


@pytest.fixture
def open_page(session, field):
    """The consultant as a page knows them that was opened before anything changed."""
    return replace(field.actor("consultant"), session_id=new_id())


def refused(session):
    return session.exec(select(AuditEvent.entity).where(AuditEvent.action == "access_denied")).all()


def test_an_open_page_saves_while_the_assignment_stands(session, field, open_page):
    assert log_visit(session, open_page, field.visit()).created


def test_an_assignment_that_ended_meanwhile_is_noticed_at_the_next_save(session, field, open_page):
    assigned = session.exec(select(PersonScope).where(PersonScope.person_id == open_page.person_id)).one()
    end_scope(session, field.actor("admin"), assigned.id, 1, utc_now().date() - timedelta(days=1))
    with pytest.raises(NotFound):
        log_visit(session, open_page, field.visit())
    assert session.exec(select(Visit)).all() == []
    assert refused(session) == ["visit"]


@pytest.mark.parametrize("change", [{"role": "admin"}, {"disabled_at": utc_now()}, {"deleted_at": utc_now()}])
def test_a_page_of_another_role_or_of_nobody_any_more_saves_nothing(session, field, open_page, change):
    person = field.people["consultant"]
    for name, value in change.items():
        setattr(person, name, value)
    field.add(person)
    session.commit()
    with pytest.raises(NotFound):
        log_visit(session, open_page, field.visit())
    assert refused(session) == ["person"]
