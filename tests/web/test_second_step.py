"""The second step: asked after the password, each code taken once, slowed down, set up where a role must have it."""

import math
import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pyotp
import pytest
from sqlmodel import select

from db import second_factor
from db.models import AuditEvent, Person, RecoveryCode, SignInSession
from db.settings import settings
from tests.web.conftest import PASSWORD, sign_in_as, token_in

RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.fixture(autouse=True)
def settings_again():
    yield
    settings.cache_clear()


@pytest.fixture
def person(field, session):
    one = field.people["consultant"]
    one.totp_secret, one.totp_confirmed_at = RFC_SECRET, datetime.now(UTC)
    field.add(one)
    session.commit()
    return one


def post(client, path, **data):
    page = client.get(path)
    return client.post(path, data={"token": token_in(page.text), **data}, headers={"origin": str(client.base_url)})


def key_of(page) -> str:
    return re.search(r"<code>([A-Z2-7 ]+)</code>", page.text).group(1).replace(" ", "")


def code(shift: int = 0) -> str:
    return pyotp.TOTP(RFC_SECRET).at(datetime.now(UTC) + timedelta(seconds=30 * shift))


@pytest.mark.parametrize(
    ("at", "expected"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
)
def test_codes_are_those_of_rfc_6238_appendix_b(at, expected):
    one = Person(sign_in_name="x", display_name="x", role="admin", totp_secret=RFC_SECRET)
    assert second_factor._step_of(one, expected, datetime.fromtimestamp(at, UTC)) == at // 30
    assert second_factor._step_of(one, expected, datetime.fromtimestamp(at + 90, UTC)) is None


def test_the_password_alone_opens_nothing_and_a_code_is_taken_once(client, person, session):
    answer = sign_in_as(client, person, data={"next": "/records"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in/code")
    assert "attune" not in client.cookies
    assert client.get("/").headers["location"] == "/sign-in"
    used = code()
    answer = post(client, "/sign-in/code", code=f" {used[:3]} {used[3:]}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/records")
    assert client.get("/").status_code == 200
    assert session.exec(select(SignInSession.method)).one() == "password+code"
    client.cookies.clear()
    sign_in_as(client, person)
    assert post(client, "/sign-in/code", code=used).status_code == 422
    assert post(client, "/sign-in/code", code=code(-1)).status_code == 422
    assert post(client, "/sign-in/code", code=code(1)).status_code == 303


def test_a_recovery_code_lets_in_once(client, person, session):
    codes = second_factor.new_codes(session, person)
    session.commit()
    assert len(set(codes)) == 10
    assert not set(codes) & {row.code_hash for row in session.exec(select(RecoveryCode))}
    for wanted in (303, 422):
        client.cookies.clear()
        sign_in_as(client, person)
        assert post(client, "/sign-in/code", code=codes[0].upper()).status_code == wanted


def test_a_recovery_code_has_bits_enough_for_a_plain_hash_and_may_be_typed_as_one_likes(person, session):
    codes, now = second_factor.new_codes(session, person), datetime.now(UTC)
    letters = {len(one.replace("-", "")) for one in codes}
    assert min(letters) * math.log2(len(second_factor._LETTERS)) >= 112
    older = "abcde-fghjk-mnpqr"
    session.add(RecoveryCode(code_hash=second_factor._hash(person.id, older), person_id=person.id))
    session.commit()
    for typed in (
        codes[0].replace("-", " ").upper(),
        codes[1].replace("-", ""),
        codes[2],
        older,
        older.replace("-", ""),
    ):
        assert second_factor.fits(session, person, typed, now) is (typed != older.replace("-", ""))
    assert not second_factor.fits(session, person, "", now)


def test_guessing_codes_is_slowed_down_and_told_in_the_audit(client, person, session):
    sign_in_as(client, person)
    answers = [post(client, "/sign-in/code", code=f"{number:06d}").status_code for number in range(11)]
    assert answers == [422] * 10 + [429]
    assert post(client, "/sign-in/code", code=code()).status_code == 429
    refused = session.exec(select(AuditEvent).where(AuditEvent.action == "sign_in_refused")).all()
    assert len(refused) == 10


def test_a_new_password_or_a_forged_cookie_ends_the_waiting(client, person, session):
    assert client.get("/sign-in/code").headers["location"] == "/sign-in"
    client.cookies.set("attune-waiting", "forged.by.somebody")
    assert client.get("/sign-in/code").headers["location"] == "/sign-in"
    sign_in_as(client, person)
    person.password_hash = "another"
    session.add(person)
    session.commit()
    assert post(client, "/sign-in/code", code=code()).status_code == 422


def test_a_role_that_must_have_it_sets_it_up_before_it_is_let_in(client, field, session, monkeypatch):
    monkeypatch.setenv("ATTUNE_SECOND_FACTOR_ROLES", '["admin"]')
    settings.cache_clear()
    admin = field.people["admin"]
    assert sign_in_as(client, admin).headers["location"] == "/sign-in/code"
    page = client.get("/sign-in/code")
    assert "img-src 'self' data:" in page.headers["content-security-policy"]
    secret, first = key_of(page), dict(client.cookies)
    assert key_of(client.get("/sign-in/code")) == secret
    client.cookies.clear()
    sign_in_as(client, admin)
    assert key_of(client.get("/sign-in/code")) != secret, "who only saw the page has nothing of the next sign-in's"
    secret, second = key_of(client.get("/sign-in/code")), dict(client.cookies)
    client.cookies.update(first)
    assert client.get("/sign-in/code").headers["location"] == "/sign-in"
    client.cookies.update(second)
    assert post(client, "/sign-in/code", code="000000").status_code == 422
    answer = post(client, "/sign-in/code", code=pyotp.TOTP(secret).now())
    shown = re.findall(r"<code>([a-z2-9-]{29})</code>", answer.text)
    assert (answer.status_code, len(shown)) == (200, 10)
    assert client.get("/").status_code == 200
    session.rollback()
    assert second_factor.is_on(session.get(Person, admin.id, populate_existing=True))
    off = post(client, "/account", action="off", code=shown[0])
    assert off.status_code == 409
    client.cookies.clear()
    assert sign_in_as(client, field.people["director"]).headers["location"] == "/"


def test_one_sets_it_up_renews_codes_and_turns_it_off_on_ones_own_account(signed_in, session):
    client = signed_in.client
    assert post(client, "/account", action="begin", password="not mine at all").status_code == 422
    seen = key_of(post(client, "/account", action="begin", password=PASSWORD))
    begun = post(client, "/account", action="begin", password=PASSWORD)
    proof = re.search(r'name="proof" value="([^"]+)"', begun.text).group(1)
    secret = key_of(begun)
    assert secret != seen, "one that somebody left open on a tablet is worth nothing"
    assert post(client, "/account", action="confirm", code=pyotp.TOTP(secret).now(), proof="x").status_code == 303
    wrong = post(client, "/account", action="confirm", code="123", proof=proof)
    assert wrong.status_code == 422
    assert secret == key_of(wrong)
    on = post(client, "/account", action="confirm", code=pyotp.TOTP(secret).now(), proof=proof)
    first = re.findall(r"<code>([a-z2-9-]{29})</code>", on.text)
    assert len(first) == 10
    assert "10 recovery codes are left." in client.get("/account").text
    assert post(client, "/account", action="renew", code="nothing").status_code == 422
    renewed = post(client, "/account", action="renew", code=first[0])
    second = re.findall(r"<code>([a-z2-9-]{29})</code>", renewed.text)
    assert not set(first) & set(second)
    assert post(client, "/account", action="off", code=first[1]).status_code == 422
    assert post(client, "/account", action="off", code=second[0]).status_code == 303
    session.rollback()
    assert not session.exec(select(RecoveryCode)).all()
    actions = {event.action for event in session.exec(select(AuditEvent))}
    assert {"second_factor_on", "recovery_codes_renewed", "second_factor_off"} <= actions


def test_people_see_and_end_their_own_sessions_and_nobody_elses(client, field, session):
    consultant, director = field.people["consultant"], field.people["director"]
    tablet = {"user-agent": "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"}
    sign_in_as(client, director)
    foreign = session.exec(select(SignInSession)).one().id
    client.cookies.clear()
    sign_in_as(client, consultant, headers={"origin": str(client.base_url), **tablet})
    left_open = dict(client.cookies)
    client.cookies.clear()
    sign_in_as(client, consultant)
    page = client.get("/account").text
    assert "Chrome, Android: last seen" in page
    assert page.count('name="session"') == 1
    assert post(client, "/account", action="end", session=str(foreign)).status_code == 303
    assert post(client, "/account", action="end", session="not a key").status_code == 303
    other = re.search(r'name="session" value="([^"]+)"', page).group(1)
    assert post(client, "/account", action="end", session=other).status_code == 303
    assert client.get("/").status_code == 200
    client.cookies.clear()
    client.cookies.update(left_open)
    assert client.get("/").status_code == 303
    session.rollback()
    assert session.get(SignInSession, foreign).ended_at is None


def test_a_foreign_page_changes_nothing_on_the_account(signed_in):
    page = signed_in.client.get("/account").text
    data = {"token": token_in(page), "action": "begin"}
    assert signed_in.client.post("/account", data=data, headers={"origin": "https://evil.example"}).status_code == 403
    assert signed_in.client.post("/account", data={**data, "token": "x"}, headers={}).status_code == 403


def test_guessing_codes_or_the_password_on_an_open_tablet_is_slowed_down(client, person, session):
    sign_in_as(client, person)
    assert post(client, "/sign-in/code", code=code()).status_code == 303
    assert [post(client, "/account", action="off", code=f"{n:06d}").status_code for n in range(11)] == [422] * 10 + [
        429
    ]
    assert post(client, "/account", action="renew", code=code(1)).status_code == 429
    guesses = [post(client, "/account", action="link", password=f"guess {n}").status_code for n in range(11)]
    assert guesses == [422] * 10 + [429]
    refused = session.exec(select(AuditEvent).where(AuditEvent.action == "password_refused")).all()
    assert len(refused) == 10


def test_a_stranger_cannot_use_up_the_tries_of_somebodys_codes(client, person):
    for _try in range(11):
        sign_in_as(client, SimpleNamespace(sign_in_name=f"code {person.id}"), "nothing that fits at all")
    sign_in_as(client, person)
    assert post(client, "/sign-in/code", code=code()).status_code == 303
