"""What a provider says is believed only when all of it holds; whatever else it says is refused."""

import time
from types import SimpleNamespace

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import RSAKey

from db.settings import OpenIdProvider
from web import openid_provider
from web.openid_provider import NotVouched


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://evil.example"},
        {"aud": "another-client"},
        {"nonce": "replayed"},
        {"exp": 1},
        {"azp": "another-client", "aud": ["attune", "another-client"]},
        {"aud": ["attune", "another-client"]},
        {"sub": None},
        {"sub": 5},
    ],
)
def test_an_id_token_that_does_not_hold_is_refused(monkeypatch, wrong):
    key, foreign = RSAKey.generate_key(2048), RSAKey.generate_key(2048)
    provider = OpenIdProvider(key="k", label="K", issuer="https://id.example", client_id="attune")
    monkeypatch.setattr(openid_provider, "_keys", lambda one: key)
    now = int(time.time())
    good = {"iss": provider.issuer, "aud": "attune", "sub": "s", "nonce": "n", "iat": now, "exp": now + 60}
    assert openid_provider.checked(provider, jwt.encode({"alg": "RS256"}, good, key), "n")["sub"] == "s"
    told = {name: value for name, value in {**good, **wrong}.items() if value is not None}
    for token in (jwt.encode({"alg": "RS256"}, told, key), jwt.encode({"alg": "RS256"}, good, foreign), "", "a.b.c"):
        with pytest.raises(NotVouched):
            openid_provider.checked(provider, token, "n")


def test_a_provider_that_names_another_issuer_or_no_endpoints_is_not_asked(monkeypatch):
    provider = OpenIdProvider(key="k", label="K", issuer="https://id.example", client_id="attune")
    whole = dict.fromkeys(("authorization_endpoint", "token_endpoint", "jwks_uri"), "https://id.example/x")
    for told in ({**whole, "issuer": "https://evil.example"}, {"issuer": provider.issuer}, [], "text"):
        answer = SimpleNamespace(raise_for_status=lambda: None, json=lambda told=told: told)
        monkeypatch.setattr(openid_provider.requests, "get", lambda *_a, answer=answer, **_k: answer)
        openid_provider._fetched.cache_clear()
        with pytest.raises(NotVouched):
            openid_provider.way_to(provider, "http://x/back", "s", "n", "v")


@pytest.mark.parametrize("told", [{"keys": 5}, {"keys": None}, {"keys": [{"kty": ["RSA"]}]}, {"keys": []}, {}])
def test_keys_that_are_none_are_refused(monkeypatch, told):
    provider = OpenIdProvider(key="k", label="K", issuer="https://id.example", client_id="attune")
    monkeypatch.setattr(openid_provider, "_metadata", lambda one: {"jwks_uri": "https://id.example/keys"})
    monkeypatch.setattr(openid_provider, "_fetched", lambda *_asked: told)
    with pytest.raises(NotVouched):
        openid_provider.checked(provider, jwt.encode({"alg": "RS256"}, {"sub": "s"}, RSAKey.generate_key(2048)), "n")


@pytest.mark.parametrize("told", ['{"expires_in": 1e999}', '{"expires_in": [1]}', '{"expires_at": [1]}', "[]", "text"])
def test_an_answer_that_is_no_token_is_refused(monkeypatch, told):
    provider = OpenIdProvider(key="k", label="K", issuer="https://id.example", client_id="attune", client_secret="s")
    monkeypatch.setattr(openid_provider, "_metadata", lambda one: {"token_endpoint": "https://id.example/token"})
    answer = requests.Response()
    answer.status_code, answer._content = 200, told.encode()
    monkeypatch.setattr(requests.Session, "request", lambda *_asked, **_how: answer)
    with pytest.raises(NotVouched, match="the code was not taken"):
        openid_provider.claims(provider, "http://x/back", "code", "n", "v")


def test_a_code_and_the_clients_secret_follow_no_redirect(monkeypatch):
    provider = OpenIdProvider(key="k", label="K", issuer="https://id.example", client_id="attune", client_secret="s")
    monkeypatch.setattr(openid_provider, "_metadata", lambda one: {"token_endpoint": "https://id.example/token"})
    followed = []

    def request(_self, _method, _address, **told):
        followed.append(told["allow_redirects"])
        raise requests.ConnectionError

    monkeypatch.setattr(requests.Session, "request", request)
    with pytest.raises(NotVouched):
        openid_provider.claims(provider, "http://x/back", "code", "n", "v")
    assert followed == [False]
