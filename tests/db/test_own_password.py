"""One's own password on both databases: what it ends, whom it is tried against, and what a provider's word ends."""

from dataclasses import replace
from datetime import timedelta

import pytest

from db import identities, own_password, passwords, throttle
from db.commands.people import set_password
from db.devices import device_state
from db.engine import writing
from db.errors import InvalidInput
from db.models import Person, SignInSession
from db.models.base import new_id, utc_now
from db.models.devices import CaptureDevice
from db.models.people import PersonIdentity
from db.own_password import Typed
from db.sign_in import SignedIn, token_hash
from tests.factories import stored

WORDS, NEW = "violet kettle under seven harbors", "eleven otters paint a ladder"


def opened(field, person, **values):
    now = utc_now()
    return field.add(
        SignInSession(
            id=new_id(), token_hash=new_id().hex, person_id=person.id, started_at=now, last_seen_at=now,
            ends_at=now + timedelta(hours=1), **values,
        )
    )  # fmt: skip


def tablet(field, one):
    now = utc_now()
    return field.add(
        CaptureDevice(
            id=new_id(), person_id=one.person_id, session_id=one.id, name="x", set_up_at=now, last_contact_at=now
        )
    )


def test_a_new_password_leaves_the_session_and_the_tablet_where_it_was_chosen(session, field):
    person = field.people["consultant"]
    person.password_hash = passwords.hash_password(WORDS)
    here, there = opened(field, person), opened(field, person)
    tablets = [tablet(field, here), tablet(field, there)]
    session.commit()
    until = here.ends_at
    actor = replace(field.actor("consultant"), session_id=here.id)
    answer = own_password.change_own(session, actor, Typed(WORDS, NEW, NEW), utc_now())
    assert isinstance(answer, SignedIn)
    kept = stored(session, SignInSession, here.id)
    assert (kept.token_hash, kept.ended_at, kept.ends_at) == (token_hash(answer.token), None, until)
    assert stored(session, SignInSession, there.id).end_reason == "password_changed"
    assert [device_state(session, one.id) for one in tablets] == ["active", "signed_out"]


def test_the_names_of_ones_own_places_are_no_password_whoever_sets_it(session, field):
    person, site = field.people["consultant"], field.here.name
    assert site in own_password.known_words(session, person.id)
    with pytest.raises(InvalidInput, match="password_common"):
        set_password(session, field.actor("admin"), person.id, f"{site} {site}")


def test_an_administrator_has_no_way_around_the_present_password(session, field):
    with pytest.raises(InvalidInput, match="own_password"):
        set_password(session, field.actor("admin"), field.people["admin"].id, WORDS)
    set_password(session, field.actor("admin"), field.people["director"].id, WORDS)
    assert stored(session, Person, field.people["director"].id).password_set_by_other_at is not None


def test_a_providers_word_ends_its_sessions_and_their_tablets_once(session, field):
    person, now = field.people["consultant"], utc_now()
    field.add(PersonIdentity(issuer="https://id.example", subject="s", person_id=person.id, linked_at=now))
    theirs, other = opened(field, person, issuer="https://id.example"), opened(field, person)
    device = tablet(field, theirs)
    session.commit()
    assert identities.end_sessions(session, "https://id.example", "j", "somebody else", None, now) == 0
    assert identities.end_sessions(session, "https://id.example", "k", "s", None, now) == 1
    assert stored(session, SignInSession, theirs.id).end_reason == "openid"
    assert stored(session, SignInSession, other.id).ended_at is None
    assert device_state(session, device.id) == "signed_out"
    opened(field, person, issuer="https://id.example")
    session.commit()
    assert identities.end_sessions(session, "https://id.example", "k", "s", None, now) == 0


def test_what_may_come_once_is_known_for_a_quarter_of_an_hour(session):
    now = utc_now()
    for later, new in ((0, True), (0, False), (14, False), (16, True)):
        with writing(session):
            assert throttle.is_new(session, "one", now + timedelta(minutes=later)) is new
