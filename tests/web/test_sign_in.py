"""The sign-in and sign-out pages."""

import json

import pytest
from sqlmodel import select

from db import passwords
from db.models import AuditEvent, DatabaseMark, SignInSession
from db.settings import settings
from tests.web.conftest import PASSWORD, sign_in_as, token_in
from web import html


@pytest.fixture
def engine(sqlite_engine):
    """One database is enough for the door; what differs between the two is tried in tests/db."""
    return sqlite_engine


def cookie_of(answer, name="attune"):
    return next((one for one in answer.headers.get_list("set-cookie") if one.startswith(f"{name}=")), None)


def test_the_page_is_usable_by_a_password_manager_and_a_screen_reader(client):
    page = client.get("/sign-in").text
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
    assert '<label for="name">' in page
    assert '<label for="password">' in page
    assert '<html lang="en">' in page
    assert "<script" not in page


def test_signing_in_goes_where_one_wanted_to_go(client, field):
    answer = sign_in_as(client, field.people["consultant"], data={"next": "/log-visit?site=1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/log-visit?site=1")
    assert client.get("/").status_code == 200
    assert client.get("/sign-in?next=/records").headers["location"] == "/records"


@pytest.mark.parametrize("wanted", ["//evil.example", "/\\evil.example", "https://evil.example", "https:evil.example"])
def test_signing_in_never_leads_to_another_host(client, field, wanted):
    answer = sign_in_as(client, field.people["consultant"], data={"next": wanted})
    assert answer.headers["location"] == "/"
    assert client.get("/sign-in", params={"next": wanted}).headers["location"] == "/"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client, field):
    cookie = cookie_of(sign_in_as(client, field.people["consultant"])).lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/" in cookie
    assert "domain" not in cookie
    assert "max-age" not in cookie


@pytest.mark.parametrize("behind_tls", [True])
def test_behind_tls_the_cookie_is_secure_and_bound_to_this_host(client, field, behind_tls):
    answer = sign_in_as(client, field.people["consultant"])
    assert "; secure" in cookie_of(answer, "__Host-attune").lower()
    assert answer.headers["strict-transport-security"].startswith("max-age=63072000")
    assert client.get("/").status_code == 200


def test_a_token_from_before_sign_in_is_never_taken_over(client, field, session):
    client.cookies.set("attune", "planted-by-somebody")
    answer = sign_in_as(client, field.people["consultant"])
    assert "planted" not in cookie_of(answer)
    client.cookies.clear()
    client.cookies.set("attune", "planted-by-somebody")
    assert client.get("/").status_code == 303


def test_wrong_and_unknown_get_the_same_page(client, field):
    wrong = sign_in_as(client, field.people["consultant"], "wrong")
    unknown = sign_in_as(client, field.people["consultant"], data={"name": "nobody-of-this-name"})
    assert wrong.status_code == unknown.status_code == 422
    own, other = field.people["consultant"].sign_in_name, "nobody-of-this-name"
    assert wrong.text.replace(token_in(wrong.text), "").replace(own, "") == unknown.text.replace(
        token_in(unknown.text), ""
    ).replace(other, "")
    assert "do not match" in wrong.text
    assert 'role="alert"' in wrong.text
    assert "autofocus" in wrong.text


def test_what_was_typed_stays_except_the_password_and_is_shown_as_text(client, field):
    answer = sign_in_as(client, field.people["consultant"], data={"name": '"><script>x</script>'})
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text
    assert PASSWORD not in answer.text


def test_too_many_guesses_are_told_in_one_sentence(client, field, monkeypatch):
    monkeypatch.setattr(passwords, "verify", lambda stored, password: False)
    for _ in range(settings().throttle_account):
        assert sign_in_as(client, field.people["consultant"], "guess").status_code == 422
    answer = sign_in_as(client, field.people["consultant"])
    assert answer.status_code == 429
    assert "Sign-in is slowed down; please try again in a few minutes." in answer.text


@pytest.mark.parametrize(
    "changes",
    [
        {"data": {"token": ""}},
        {"data": {"token": "made.up.token"}},
        {"headers": {"origin": "https://evil.example"}},
        {"headers": {"origin": "null"}},
        {"headers": {}},
        {"headers": {"referer": "http://testserver.evil.example/sign-in"}},
    ],
)
def test_a_form_that_we_did_not_serve_to_this_browser_signs_nobody_in(client, field, session, changes):
    answer = sign_in_as(client, field.people["consultant"], **changes)
    assert answer.status_code == 403
    assert session.exec(select(SignInSession)).all() == []


def test_a_form_token_of_another_browser_signs_nobody_in(client, field):
    token = token_in(client.get("/sign-in").text)
    client.cookies.clear()
    assert sign_in_as(client, field.people["consultant"], data={"token": token}).status_code == 403


def test_forms_are_signed_with_one_secret_for_every_process(client, session):
    client.get("/sign-in")
    client.get("/sign-in")
    session.rollback()
    secret = session.get(DatabaseMark, "csrf_secret").value
    assert len(secret) >= 43
    assert secret not in client.get("/sign-in").text


@pytest.mark.parametrize("form", [{"name": ""}, {"name": "   "}, {"password": ""}])
def test_an_empty_field_is_told_and_counts_as_no_attempt(client, field, session, form):
    answer = sign_in_as(client, field.people["consultant"], data=form)
    assert answer.status_code == 422
    assert "Please enter your sign-in name and your password." in answer.text
    assert session.exec(select(AuditEvent)).all() == []


def test_a_form_larger_than_ours_is_not_read(client, field):
    assert sign_in_as(client, field.people["consultant"], "x" * 30_000).status_code == 413


def test_signing_out_ends_the_session_for_every_copy_of_its_cookie(signed_in):
    client = signed_in.client
    page = client.get("/sign-out")
    assert client.get("/").status_code == 200
    answer = client.post("/sign-out", data={"token": token_in(page.text)}, headers={"origin": str(client.base_url)})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert "attune" not in client.cookies
    client.cookies.set("attune", signed_in.token)
    assert client.get("/").status_code == 303


def test_nobody_is_signed_out_by_a_link_or_by_another_site(signed_in):
    client = signed_in.client
    token = token_in(client.get("/sign-out").text)
    client.post("/sign-out", data={"token": token}, headers={"origin": "https://evil.example"})
    client.post("/sign-out", data={}, headers={"origin": str(client.base_url)})
    assert client.get("/").status_code == 200


def test_the_demo_sign_ins_are_offered_only_in_a_demo_database(client, field, session):
    assert "demo data" not in client.get("/sign-in").text
    person = field.people["director"]
    listed = [{"role": "director", "name": person.sign_in_name, "password": PASSWORD}]
    session.add(DatabaseMark(key="demo", value=json.dumps(listed)))
    session.commit()
    page = client.get("/sign-in").text
    assert "Look around with demo data" in page
    assert page.count("<form") == 2
    assert sign_in_as(client, person).status_code == 303


def test_the_page_speaks_the_browsers_language(client):
    page = client.get("/sign-in", headers={"accept-language": "fr-FR, es-MX;q=0.8"}).text
    assert '<html lang="es">' in page


def test_our_own_style_is_served_and_may_be_kept(client):
    address = html._style_address()
    answer = client.get(address)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert address in client.get("/sign-in").text
