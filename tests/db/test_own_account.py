"""What people set for themselves."""

import pytest
from sqlmodel import select

from db.commands.own_account import choose_language
from db.errors import InvalidInput, NotFound
from db.models import AuditContent, AuditEvent, Person
from db.models.base import utc_now
from tests.factories import stored


@pytest.mark.parametrize("role", ["consultant", "supervisor", "director", "coordinator", "admin"])
def test_everyone_chooses_their_own_language_and_nobody_elses(session, field, role):
    actor = field.actor(role)
    saved = choose_language(session, actor, "es")
    assert saved.id == actor.person_id
    spoken = {person.id: person.language for person in session.exec(select(Person))}
    assert [person_id for person_id, language in spoken.items() if language == "es"] == [actor.person_id]


def test_the_choice_is_what_the_next_screen_speaks_and_leaves_an_event(session, field):
    actor = field.actor("consultant")
    choose_language(session, actor, "es")
    assert field.actor("consultant").language == "es"
    event = session.exec(select(AuditEvent)).one()
    content = session.exec(select(AuditContent)).one()
    assert (event.action, event.actor_id, event.entity_id) == ("choose_language", actor.person_id, actor.person_id)
    assert (content.before, content.after) == ({"language": "en"}, {"language": "es"})


def test_choosing_what_is_spoken_already_changes_nothing(session, field):
    actor = field.actor("consultant")
    before = stored(session, Person, actor.person_id).version
    assert choose_language(session, actor, "en").version == before
    assert session.exec(select(AuditEvent)).all() == []


def test_a_language_that_attune_does_not_speak_is_refused(session, field):
    with pytest.raises(InvalidInput) as refused:
        choose_language(session, field.actor("consultant"), "xx")
    assert [(one.field, one.code) for one in refused.value.problems] == [("language", "unknown_option")]


def test_whose_account_was_removed_chooses_nothing(session, field):
    actor = field.actor("consultant")
    field.people["consultant"].deleted_at = utc_now()
    session.commit()
    with pytest.raises(NotFound):
        choose_language(session, actor, "es")
    assert stored(session, Person, actor.person_id).language == "en"
