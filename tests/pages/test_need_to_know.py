"""Who has a case role sees more, and it is noted: once per screen, site and day, for who answers for it."""

import pytest
from sqlmodel import select
from streamlit.testing.v1 import AppTest

from db.commands.need_to_know import READ, note_reading
from db.models import AuditEvent
from db.queries.need_to_know import readings_of
from tests.pages import conftest
from tests.pages.test_sites import words

NOTING = """
from pages import _need_to_know
_need_to_know.note(actor, os.environ["TEST_PAGE"].replace("_", "-"))
"""


@pytest.fixture
def notes(field):
    """What was noted: screen, site."""

    def found():
        field.session.rollback()
        events = field.session.exec(select(AuditEvent).where(AuditEvent.action == READ).order_by(AuditEvent.seq))
        return [(event.entity, event.site_id) for event in events]

    return found


@pytest.fixture
def with_case_role(field):
    field.give(field.people["coordinator"], site_id=field.here.id, case_role=True)
    field.session.commit()
    return field.people["coordinator"]


def test_an_opening_is_noted_once_however_often_the_screen_runs(field, open_screen, monkeypatch, notes, with_case_role):
    monkeypatch.setattr(conftest, "SCRIPT", conftest.SCRIPT + NOTING)
    screen: AppTest = open_screen("site_trends", "coordinator", site=str(field.here.id))
    screen.run()
    open_screen("site_trends", "coordinator", site=str(field.here.id))
    assert notes() == [("site-trends", field.here.id)]
    open_screen("people", "coordinator")
    open_screen("exclusions", "coordinator")
    assert notes() == [("site-trends", field.here.id), ("exclusions", None)]
    open_screen("site_trends", "director", site=str(field.here.id))
    assert len(notes()) == 2


def test_only_a_case_role_is_noted_and_only_at_its_own_sites(field, notes):
    session, other = field.session, field.site("Birch Demo Center")
    for role in ("consultant", "supervisor", "director", "coordinator", "admin"):
        assert not note_reading(session, field.actor(role), "site-trends", field.here.id)
    field.give(field.people["coordinator"], site_id=field.here.id, case_role=True)
    session.commit()
    coordinator = field.actor("coordinator")
    assert not note_reading(session, coordinator, "site-trends", other.id)
    assert not note_reading(session, coordinator, "site-trends", field.elsewhere.id)
    assert note_reading(session, coordinator, "site-trends", field.here.id)
    assert note_reading(session, coordinator, "records", field.here.id)
    assert notes() == [("site-trends", field.here.id), ("records", field.here.id)]


def test_who_answers_for_it_sees_what_was_read(field, open_screen, with_case_role):
    note_reading(field.session, field.actor("coordinator"), "site-trends", field.here.id)
    screen = open_screen("people", "admin", person=str(with_case_role.id), part="read")
    assert screen.table[0].value.iloc[0, 1:].tolist() == ["Site trends", "Maple Demo Center"]
    for role in ("consultant", "director", "coordinator"):
        assert readings_of(field.session, field.actor(role), with_case_role.id) == []
    assert "What they have read" not in words(open_screen("people", "coordinator", person=str(with_case_role.id)))
