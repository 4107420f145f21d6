"""People change their own password; one that somebody else set opens nothing but the page where they choose theirs."""

import json
import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlmodel import select

from db import operator, passwords
from db.commands.people import set_password
from db.errors import InvalidInput
from db.marks import DEMO
from db.models import AuditContent, AuditEvent, DatabaseMark, Person, SignInSession, Visit
from db.settings import settings
from tests.web.conftest import PASSWORD, STORED, sign_in_as, token_in
from tests.web.test_submissions import ADDRESS, HEADERS, body, entry

NEW = "eleven otters paint a ladder"
FIRST, OWN = "/sign-in/new-password", "/account/password"


@pytest.fixture
def engine(sqlite_engine):
    """One database is enough for the door; what differs between the two is tried in tests/db."""
    return sqlite_engine


@pytest.fixture
def given(field, session):
    """A person whose password an administrator set just now."""
    person = field.people["consultant"]
    person.password_set_by_other_at = datetime.now(UTC)
    field.add(person)
    session.commit()
    return person


def choose(client, path, current=PASSWORD, new=NEW, again=None, **more):
    data = {"token": token_in(client.get(path).text), "current": current, "new": new, "again": again or new, **more}
    return client.post(path, data=data, headers={"origin": str(client.base_url)})


def stored(session, person) -> Person:
    session.rollback()
    return session.get(Person, person.id, populate_existing=True)


def told_at(page, field) -> str:
    """The sentence at a field, which the field names as its description and the summary leads to."""
    found = re.search(f'<p class="note" id="{field}-problem">([^<]+)</p>', page.text)
    if found is None:
        return ""
    assert re.search(rf'id="{field}"[^>]+aria-describedby="{field}-problem[^>]+aria-invalid="true"', page.text)
    assert f'<a href="#{field}">{found.group(1)}</a>' in page.text
    return found.group(1)


def test_one_changes_ones_own_password_and_is_out_everywhere_else(signed_in, field, session):
    client, here = signed_in.client, dict(signed_in.client.cookies)
    client.cookies.clear()
    sign_in_as(client, signed_in.person)
    elsewhere = dict(client.cookies)
    client.cookies.clear()
    client.cookies.update(here)
    assert f'href="{OWN}"' in client.get("/account").text
    answer = choose(client, OWN)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{OWN}?changed=1")
    assert "Your password is changed" in client.get(f"{OWN}?changed=1").text
    assert client.get("/").status_code == 200
    for ended in (here, elsewhere):
        client.cookies.clear()
        client.cookies.update({"attune": ended["attune"]})
        assert client.get("/").status_code == 303
    client.cookies.clear()
    assert sign_in_as(client, signed_in.person).status_code == 422
    assert sign_in_as(client, signed_in.person, NEW).status_code == 303
    event = session.exec(select(AuditEvent).where(AuditEvent.action == "change_password")).one()
    assert (event.actor_id, event.entity_id) == (signed_in.person.id, signed_in.person.id)
    kept = str([(one.before, one.after) for one in session.exec(select(AuditContent))])
    assert passwords.verify(stored(session, signed_in.person).password_hash, NEW)
    assert not [word for word in (NEW, PASSWORD, "argon2", "password_hash") if word in kept]


@pytest.mark.parametrize(
    ("typed", "field_name", "sentence"),
    [
        ({"current": "not mine at all"}, "current", "This is not your password."),
        ({"new": "short"}, "new", "15 characters"),
        ({"new": "x" * 201}, "new", "200 characters at most"),
        ({"new": "passwordpassword"}, "new", "guess"),
        ({"new": PASSWORD}, "new", "the password that you have now"),
        ({"again": "eleven otters paint a ladde"}, "again", "not the same"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_changes(signed_in, session, typed, field_name, sentence):
    page = choose(signed_in.client, OWN, **typed)
    assert page.status_code == 422
    assert sentence in told_at(page, field_name)
    assert page.text.count('class="note"') == 1
    assert not [word for word in (PASSWORD, NEW, *typed.values()) if word in page.text], "no password comes back"
    assert stored(session, signed_in.person).password_hash == STORED
    assert signed_in.client.get("/").status_code == 200


def test_a_name_of_a_site_is_no_password(signed_in, field, session):
    site = field.here.name
    page = choose(signed_in.client, OWN, new=f"{site} {site}")
    assert "guess" in told_at(page, "new")


def test_the_password_of_a_demo_stays_for_everybody_who_looks_around(signed_in, field, session):
    told = [{"role": "consultant", "name": signed_in.person.sign_in_name, "password": PASSWORD}]
    field.add(DatabaseMark(key=DEMO, value=json.dumps(told)))
    session.commit()
    token = token_in(signed_in.client.get("/account").text)
    data = {"token": token, "current": PASSWORD, "new": NEW, "again": NEW}
    answer = signed_in.client.post(OWN, data=data, headers={"origin": str(signed_in.client.base_url)})
    assert "so that everybody can look around" in answer.text
    with pytest.raises(InvalidInput, match="demo_password"):
        set_password(session, field.actor("admin"), signed_in.person.id, NEW)
    assert stored(session, signed_in.person).password_hash == STORED
    signed_in.client.cookies.clear()
    assert sign_in_as(signed_in.client, signed_in.person).headers["location"] == "/"


def test_the_page_fits_password_managers(signed_in, given):
    signed_in.client.cookies.clear()
    sign_in_as(signed_in.client, given)
    page = signed_in.client.get(FIRST).text
    kinds = re.findall(r'<input id="(\w+)"[^>]+autocomplete="([\w-]+)"', page)
    assert kinds == [
        ("name", "username"), ("current", "current-password"), ("new", "new-password"), ("again", "new-password"),
    ]  # fmt: skip
    assert f'value="{given.sign_in_name}"' in page
    assert 'aria-describedby="new-hint"' in page
    assert all(f'<label for="{name}">' in page for name, _kind in kinds)


def test_guessing_the_present_password_is_slowed_down_and_a_foreign_page_changes_nothing(signed_in, session):
    client = signed_in.client
    data = {"token": token_in(client.get(OWN).text), "current": PASSWORD, "new": NEW, "again": NEW}
    assert client.post(OWN, data=data, headers={"origin": "https://evil.example"}).status_code == 403
    answers = [choose(client, OWN, current=f"guess number {number}").status_code for number in range(11)]
    assert answers == [422] * 10 + [429]
    assert choose(client, OWN).status_code == 429
    assert stored(session, signed_in.person).password_hash == STORED
    refused = session.exec(select(AuditEvent).where(AuditEvent.action == "password_refused")).all()
    assert len(refused) == 10


def test_a_password_that_somebody_else_set_opens_nothing_until_its_owner_chose_one(client, given, session):
    answer = sign_in_as(client, given, data={"next": "/records"})
    assert (answer.status_code, answer.headers["location"]) == (303, FIRST)
    assert "attune" not in client.cookies
    assert client.get("/").status_code == 303
    assert client.get("/account").status_code == 303
    assert "15 characters" in told_at(choose(client, FIRST, new="short"), "new")
    assert "not your password" in told_at(choose(client, FIRST, current="a guess of somebody"), "current")
    page = client.get(FIRST).text
    answer = choose(client, FIRST)
    assert (answer.status_code, answer.headers["location"]) == (303, "/records")
    assert client.get("/").status_code == 200
    assert stored(session, given).password_set_by_other_at is None
    assert client.get(FIRST).headers["location"] == "/sign-in"
    data = {"token": token_in(page), "current": NEW, "new": PASSWORD, "again": PASSWORD}
    assert client.post(FIRST, data=data, headers={"origin": str(client.base_url)}).headers["location"] == "/sign-in"
    client.cookies.clear()
    assert sign_in_as(client, given, NEW).headers["location"] == "/"


@pytest.mark.parametrize("who", ["administrator", "operator", "operator, a new person"])
def test_whoever_sets_it_for_others_sets_it_for_one_sign_in(client, field, session, who):
    person, words = field.people["consultant"], "violet kettle under seven harbors"
    if who == "administrator":
        set_password(session, field.actor("admin"), person.id, words)
    elif who == "operator":
        assert operator.set_password(session, person.sign_in_name.upper(), words)
        assert not operator.set_password(session, "nobody at all", words)
    else:
        person = session.get(Person, operator.add_person(session, "new.person", "consultant", "New Person", words))
    assert sign_in_as(client, person, words).headers["location"] == FIRST
    assert "attune" not in client.cookies


def test_one_that_was_not_used_in_time_ends_and_the_owner_is_told(client, given, session):
    days = settings().first_password_days
    sign_in_as(client, given)
    waiting = client.get(FIRST)
    given = stored(session, given)
    given.password_set_by_other_at -= timedelta(days=days, minutes=1)
    session.add(given)
    session.commit()
    assert "was not used in time" in told_at(choose(client, FIRST), "current")
    client.cookies.clear()
    answer = sign_in_as(client, given)
    assert (answer.status_code, waiting.status_code) == (422, 200)
    assert "was not used in time" in answer.text
    assert sign_in_as(client, given, "another password").text.count("was not used in time") == 0


def test_the_second_step_comes_before_it_and_is_not_skipped_by_it(client, given, session):
    secret = pyotp.random_base32()
    given.totp_secret, given.totp_confirmed_at = secret, datetime.now(UTC)
    session.add(given)
    session.commit()
    assert sign_in_as(client, given).headers["location"] == "/sign-in/code"
    assert client.get(FIRST).headers["location"] == "/sign-in"
    page = client.get("/sign-in/code").text
    data = {"token": token_in(page), "code": pyotp.TOTP(secret).now()}
    answer = client.post("/sign-in/code", data=data, headers={"origin": str(client.base_url)})
    assert (answer.headers["location"], "attune" in client.cookies) == (FIRST, False)
    assert choose(client, FIRST).status_code == 303
    session.rollback()
    assert session.exec(select(SignInSession.method)).one() == "password+code"


def test_a_tablet_keeps_its_queue_until_the_password_is_chosen(signed_in, field, session):
    client, person = signed_in.client, signed_in.person
    sent = json.dumps(body(person, entry(field.visit())))
    set_password(session, field.actor("admin"), person.id, "violet kettle under seven harbors")
    assert client.post(ADDRESS, content=sent, headers=HEADERS).status_code == 401
    client.cookies.clear()
    assert sign_in_as(client, person, "violet kettle under seven harbors").headers["location"] == FIRST
    assert client.post(ADDRESS, content=sent, headers=HEADERS).status_code == 401
    assert choose(client, FIRST, "violet kettle under seven harbors").status_code == 303
    assert client.post(ADDRESS, content=sent, headers=HEADERS).status_code == 200
    session.rollback()
    assert len(session.exec(select(Visit)).all()) == 1
