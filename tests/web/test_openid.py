"""Single sign-on with a real OpenID provider, running as a process of its own."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import RSAKey
from sqlmodel import select

from db.models import AuditEvent, Base, Person, PersonIdentity, SignInSession
from db.settings import OpenIdProvider, settings
from tests.serving import free_port
from tests.web.conftest import PASSWORD, sign_in_as, token_in
from web import openid_provider
from web.openid_provider import NotVouched

PEOPLE = (
    {
        "sub": "s-1",
        "preferred_username": "ines",
        "name": "Ines Invented",
        "email": "ines@example.invalid",
        "groups": [],
    },
    {"sub": "s-2", "preferred_username": "omar", "name": "Omar Invented", "groups": ["iecmhc-directors"]},
    {"sub": "s-3", "preferred_username": "noone", "groups": ["kitchen"]},
    {"sub": "s-4", "sid": "there-4", "acr": "urn:two", "amr": ["pwd", "otp"]},
)


@pytest.fixture
def engine(sqlite_engine):
    """One database is enough for the door; what differs between the two is tried in tests/db."""
    return sqlite_engine


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """The provider: its people, and that it asks for a nonce."""
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "tests.web.provider", str(port), json.dumps(PEOPLE)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ))
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            found = requests.get(f"{address}/.well-known/openid-configuration", timeout=1)
            break
        except requests.ConnectionError:
            time.sleep(0.05)
    yield found.json()["issuer"]
    process.terminate()
    process.wait(10)


@pytest.fixture
def provider(issuer: str, monkeypatch) -> Iterator[dict]:
    """Settings that name it; a test changes them before it starts."""
    chosen = {"key": "state", "label": "State account", "issuer": issuer, "client_id": "attune", "client_secret": "s"}

    class Providers(dict):
        def use(self, **changes):
            monkeypatch.setenv("ATTUNE_OPENID", json.dumps([{**self, **changes}]))
            settings.cache_clear()

    made = Providers(chosen)
    made.use()
    openid_provider._fetched.cache_clear()
    yield made
    monkeypatch.delenv("ATTUNE_OPENID")
    settings.cache_clear()


def go(client, path="/sign-in/with/state?next=/records"):
    """Follow the way to the provider; give where it leads."""
    answer = client.get(path)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def vouched(way: str, sub: str) -> str:
    """Sign in at the provider as ``sub``, as a person's browser would; give the address that leads back."""
    answer = requests.post(way, data={"sub": sub}, allow_redirects=False, timeout=10)
    back = urlsplit(answer.headers["location"])
    return f"{back.path}?{back.query}"


def link(client) -> str:
    """Enter the password on the account page; give the way to the provider that it then shows."""
    asked = {"token": token_in(client.get("/account").text), "action": "link", "password": PASSWORD}
    page = client.post("/account", data=asked, headers={"origin": str(client.base_url)}).text
    return re.search(r'href="(/sign-in/with/state[^"]+)"', page).group(1).replace("&amp;", "&")


def test_the_page_offers_it_and_the_way_there_is_bound_to_this_browser(client, provider, field):
    assert 'href="/sign-in/with/state?next=%2F"' in client.get("/sign-in").text
    asked = parse_qs(urlsplit(go(client)).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://testserver/sign-in/back/state"]
    assert len(asked["nonce"][0]) >= 32
    assert len(asked["state"][0]) >= 32
    assert client.get("/sign-in/with/nobody").headers["location"] == "/sign-in"


def test_an_unknown_account_is_let_in_only_after_it_was_linked_by_its_owner(client, provider, field, session):
    answer = client.get(vouched(go(client), "s-1"))
    assert answer.status_code == 403
    assert "does not know this account yet" in answer.text
    assert "attune" not in client.cookies
    sign_in_as(client, field.people["consultant"])
    assert client.get(vouched(go(client, link(client)), "s-1")).headers["location"] == "/account"
    assert "You can sign in with State account." in client.get("/account").text
    client.cookies.clear()
    answer = client.get(vouched(go(client), "s-1"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/records")
    assert client.get("/").status_code == 200
    session.rollback()
    assert session.exec(select(PersonIdentity)).one().person_id == field.people["consultant"].id
    assert session.exec(select(SignInSession.method).where(SignInSession.ended_at.is_(None))).all()[-1] == "openid"
    assert "link_identity" in {event.action for event in session.exec(select(AuditEvent))}


def test_an_email_or_name_that_fits_links_nothing(client, provider, field, session):
    person = field.people["consultant"]
    person.sign_in_name = "ines"
    field.add(person)
    session.commit()
    provider.use(makes_people=True, role_claim="groups", roles={"iecmhc-directors": "director"})
    assert client.get(vouched(go(client), "s-1")).status_code == 403
    assert not session.exec(select(PersonIdentity)).all()


def test_on_a_shared_tablet_nobody_is_linked_with_who_is_signed_in(client, provider, field, session):
    sign_in_as(client, field.people["director"])
    assert client.get(vouched(go(client), "s-1")).status_code == 403
    page = client.get("/account").text
    assert "link=" not in page
    data = {"token": token_in(page), "action": "link", "password": "a guess at the password"}
    assert client.post("/account", data=data, headers={"origin": str(client.base_url)}).status_code == 422
    mine = link(client)
    for told in ("forged", token_in(page)):
        assert client.get(vouched(go(client, f"/sign-in/with/state?link={told}"), "s-1")).status_code == 403
    client.cookies.clear()
    sign_in_as(client, field.people["consultant"])
    assert client.get(vouched(go(client, mine), "s-1")).status_code == 403
    assert not session.exec(select(PersonIdentity)).all()


def test_an_account_is_linked_with_one_person_only(client, provider, field):
    sign_in_as(client, field.people["consultant"])
    client.get(vouched(go(client, link(client)), "s-1"))
    client.cookies.clear()
    sign_in_as(client, field.people["director"])
    assert client.get(vouched(go(client, link(client)), "s-1")).status_code == 409


def test_roles_come_from_a_claim_where_the_settings_say_so(client, provider, field, session):
    provider.use(makes_people=True, role_claim="groups", roles={"iecmhc-directors": "director"})
    assert client.get(vouched(go(client), "s-3")).status_code == 403
    assert client.get(vouched(go(client), "s-2")).status_code == 303
    session.rollback()
    made = session.exec(select(Person).where(Person.sign_in_name == "omar")).one()
    assert (made.role, made.password_hash, made.display_name) == ("director", None, "Omar Invented")
    first = dict(client.cookies)
    client.cookies.clear()
    provider.use(makes_people=True, role_claim="groups", roles={"iecmhc-directors": "coordinator"})
    assert client.get(vouched(go(client), "s-2")).status_code == 303
    session.rollback()
    assert session.get(Person, made.id, populate_existing=True).role == "coordinator"
    client.cookies.clear()
    client.cookies.update(first)
    assert client.get("/").status_code == 303


def test_a_disabled_person_stays_outside(client, provider, field, session):
    sign_in_as(client, field.people["consultant"])
    client.get(vouched(go(client, link(client)), "s-1"))
    client.cookies.clear()
    person = session.get(Person, field.people["consultant"].id, populate_existing=True)
    person.disabled_at = person.created_at
    session.add(person)
    session.commit()
    assert client.get(vouched(go(client), "s-1")).status_code == 403


def test_what_was_begun_elsewhere_or_comes_twice_is_refused(client, provider, field):
    back = vouched(go(client), "s-1")
    held = dict(client.cookies)
    client.cookies.clear()
    assert client.get(back).status_code == 400
    client.cookies.update(held)
    assert client.get(back.replace("state=", "state=x")).status_code == 400
    assert client.get(back.replace("state=", "state=é")).status_code == 400
    assert client.get(f"{back}&iss=https://evil.example").status_code == 400
    assert client.get("/sign-in/back/state?error=access_denied&" + back.split("?")[1]).status_code == 403
    client.cookies.update(held)
    assert client.get(back).status_code == 403


def test_a_provider_that_does_not_answer_is_told_plainly(client, provider, field):
    provider.use(issuer=f"http://127.0.0.1:{free_port()}")
    answer = client.get("/sign-in/with/state")
    assert answer.status_code == 502
    assert "State account does not answer" in answer.text


def linked(client, field, role, sub):
    """Link a person with an account of the provider, and give a browser that is signed in by it, by its cookies."""
    issuer, person = settings().openid[0].issuer, field.people[role]
    field.add(PersonIdentity(issuer=issuer, subject=sub, person_id=person.id, linked_at=person.created_at))
    field.session.commit()
    client.cookies.clear()
    assert client.get(vouched(go(client), sub)).status_code == 303
    return dict(client.cookies)


def is_in(client, cookies) -> bool:
    client.cookies.clear()
    client.cookies.update(cookies)
    return client.get("/").status_code == 200


def ended_there(issuer, **changes):
    """What the provider sends when somebody has signed out there."""
    now = int(time.time())
    events = {openid_provider.LOGOUT: {}}
    told = {"iss": issuer, "aud": "attune", "iat": now, "exp": now + 120, "jti": str(now), "events": events, **changes}
    told = {name: value for name, value in told.items() if value is not None}
    return {"logout_token": requests.post(issuer + "/signed", json=told, timeout=10).text}


def test_who_signs_out_at_the_provider_is_signed_out_here(client, provider, field, session):
    ines = linked(client, field, "consultant", "s-1")
    four = linked(client, field, "director", "s-4")
    client.cookies.clear()
    sign_in_as(client, field.people["consultant"])
    by_password, issuer = dict(client.cookies), provider["issuer"]
    client.cookies.clear()
    sent = ended_there(issuer, jti="a", sub="s-1")
    assert client.post("/sign-in/ended/state", data=sent).status_code == 200
    assert [is_in(client, one) for one in (ines, four, by_password)] == [False, True, True]
    assert client.post("/sign-in/ended/state", data=ended_there(issuer, jti="b", sid="there-5")).status_code == 200
    assert client.post("/sign-in/ended/state", data=ended_there(issuer, jti="c", sid="there-4", sub="s-1"))
    assert is_in(client, four)
    assert client.post("/sign-in/ended/state", data=ended_there(issuer, jti="d", sid="there-4")).status_code == 200
    assert not is_in(client, four)
    session.rollback()
    reasons = session.exec(select(SignInSession.end_reason).where(SignInSession.issuer.is_not(None))).all()
    assert reasons == ["openid", "openid"]
    client.cookies.clear()
    client.get(vouched(go(client), "s-1"))
    again = dict(client.cookies)
    assert client.post("/sign-in/ended/state", data=sent).status_code == 200
    assert is_in(client, again), "the same message ends nothing a second time"


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://evil.example"}, {"aud": "another"}, {"exp": 1}, {"iat": 1}, {"jti": None}, {"jti": ""},
        {"sub": None}, {"sub": 5}, {"sid": ["x"]}, {"nonce": "n"}, {"events": None}, {"events": {"other": {}}},
        {"events": {openid_provider.LOGOUT: "yes"}}, {"events": [openid_provider.LOGOUT]},
    ],
)  # fmt: skip
def test_a_logout_token_that_does_not_hold_is_refused(monkeypatch, wrong):
    key, foreign = RSAKey.generate_key(2048), RSAKey.generate_key(2048)
    provider = OpenIdProvider(key="k", label="K", issuer="https://id.example", client_id="attune")
    monkeypatch.setattr(openid_provider, "_keys", lambda one: key)
    now = int(time.time())
    good = {
        "iss": provider.issuer, "aud": "attune", "sub": "s", "sid": "t", "jti": "j", "iat": now, "exp": now + 60,
        "events": {openid_provider.LOGOUT: {}},
    }  # fmt: skip
    assert openid_provider.ended(provider, jwt.encode({"alg": "RS256"}, good, key)) == ("j", "s", "t")
    told = {name: value for name, value in {**good, **wrong}.items() if value is not None}
    if wrong == {"sub": None}:
        del told["sid"]
    for token in (jwt.encode({"alg": "RS256"}, told, key), jwt.encode({"alg": "RS256"}, good, foreign), "", "a.b.c"):
        with pytest.raises(NotVouched):
            openid_provider.ended(provider, token)


def test_a_word_of_nobody_ends_nothing(client, provider, field):
    held = linked(client, field, "consultant", "s-1")
    client.cookies.clear()
    for address in ("/sign-in/ended/state", "/sign-in/ended/nobody"):
        for sent in ({}, {"logout_token": "a.b.c"}, {"logout_token": "x" * 30_000}):
            answer = client.post(address, data=sent)
            assert (answer.status_code, answer.headers["cache-control"]) == (400, "no-store")
    assert is_in(client, held)


def test_a_role_that_must_have_two_steps_needs_them_at_the_provider(client, provider, field, monkeypatch):
    for role, sub in (("consultant", "s-1"), ("director", "s-4")):
        linked(client, field, role, sub)
        client.cookies.clear()
    monkeypatch.setenv("ATTUNE_SECOND_FACTOR_ROLES", '["consultant", "director"]')
    for looked_for in ({"second_step_acr": ["urn:two"]}, {"second_step_amr": ["otp", "hwk"]}):
        provider.use(**looked_for)
        way = go(client)
        assert parse_qs(urlsplit(way).query).get("acr_values", []) == looked_for.get("second_step_acr", [])
        answer = client.get(vouched(way, "s-1"))
        assert (answer.status_code, "attune" in client.cookies) == (403, False)
        assert "signs in with two steps" in answer.text
        assert client.get(vouched(go(client), "s-4")).status_code == 303
        client.cookies.clear()
    provider.use()
    assert client.get(vouched(go(client), "s-1")).status_code == 303


def test_no_token_of_a_provider_reaches_the_browser_or_is_kept(client, provider, field, session, monkeypatch):
    linked(client, field, "consultant", "s-1")
    client.cookies.clear()
    real, given = openid_provider.OAuth2Session.fetch_token, []

    def fetch(self, *told, **more):
        given.append(real(self, *told, **more))
        return given[-1]

    monkeypatch.setattr(openid_provider.OAuth2Session, "fetch_token", fetch)
    answer = client.get(vouched(go(client), "s-1"))
    tokens = [given[0][name] for name in ("id_token", "access_token", "refresh_token")]
    session.rollback()
    kept = [str(session.connection().execute(table.select()).all()) for table in Base.metadata.sorted_tables]
    for place in (str(answer.headers), answer.text, str(dict(client.cookies)), *kept):
        assert not [one for one in tokens if one in place]


def test_who_signs_out_is_shown_the_way_out_of_the_provider(client, provider, field):
    linked(client, field, "consultant", "s-1")
    data = {"token": token_in(client.get("/sign-out").text)}
    answer = client.post("/sign-out", data=data, headers={"origin": str(client.base_url)})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-out/of/state")
    assert "attune" not in client.cookies
    page = client.get("/sign-out/of/state").text
    assert f'href="{provider["issuer"]}/oauth2/end_session?client_id=attune"' in page
    assert client.get("/sign-out/of/nobody").headers["location"] == "/sign-in"
    provider.use(issuer=f"http://127.0.0.1:{free_port()}")
    page = client.get("/sign-out/of/state")
    assert (page.status_code, "end_session" in page.text) == (200, False)
