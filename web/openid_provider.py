"""Talks to one OpenID provider: where it sends people, what it says of them, and whether that is true.

OpenID Connect Core 1.0, section 3.1 (authorization code), with PKCE (RFC 7636) and a nonce. Authlib makes the requests,
joserfc checks the signature; what the ID token must say is listed in ``_CLAIMS``.
"""

import time
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from db.settings import OpenIdProvider, settings

SECONDS = 8.0
KEPT_SECONDS = 600
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
CLOCK_MAY_DIFFER = 60
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
LOGOUT_SECONDS = 600
"""How old a logout token may be; who was seen once is known for longer than that (``db.throttle.WINDOW``)."""
_ENDPOINTS = {"authorization_endpoint", "token_endpoint", "jwks_uri"}


class NotVouched(RuntimeError):
    """The provider did not answer, or did not say what it must."""


def provider_of(key: str) -> OpenIdProvider | None:
    """Give the provider of an address, if there is one."""
    return next((one for one in settings().openid if one.key == key), None)


def way_to(provider: OpenIdProvider, back: str, state: str, nonce: str, verifier: str) -> str:
    """Give the address at the provider to which a browser goes to sign in.

    Raises:
        NotVouched: the provider does not answer.
    """
    with _client(provider, back) as client:
        told = _metadata(provider)
        asked = {"acr_values": " ".join(provider.second_step_acr)} if provider.second_step_acr else {}
        address, _state = client.create_authorization_url(
            told["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier, **asked
        )
    return str(address)


def claims(provider: OpenIdProvider, back: str, code: str, nonce: str, verifier: str) -> dict[str, Any]:
    """Give what the provider says, checked, of who came back with ``code``.

    Raises:
        NotVouched: it does not answer, or what it says does not hold.
    """
    try:
        with _client(provider, back) as client:
            token = client.fetch_token(
                _metadata(provider)["token_endpoint"],
                code=code,
                code_verifier=verifier,
                timeout=SECONDS,
                allow_redirects=False,
            )
    except (requests.RequestException, AuthlibBaseError, ValueError, TypeError, OverflowError) as error:
        raise NotVouched("the code was not taken") from error
    return checked(provider, str(token.get("id_token", "")), nonce)


def checked(provider: OpenIdProvider, id_token: str, nonce: str) -> dict[str, Any]:
    """Give the claims of an ID token whose signature, issuer, audience, times and nonce are right.

    Raises:
        NotVouched: one of them is not.
    """
    told = _decoded(provider, id_token, sub={"essential": True}, nonce={"essential": True, "value": nonce})
    several = isinstance(told["aud"], list) and len(told["aud"]) > 1
    party = told.get("azp", None if several else provider.client_id)
    if party != provider.client_id or not isinstance(told["sub"], str):
        raise NotVouched("the ID token is for another party")
    return told


class Ended(NamedTuple):
    """What a provider says has ended: a session there, all of somebody's, or both in one."""

    token_id: str
    subject: str | None
    session: str | None


def ended(provider: OpenIdProvider, logout_token: str) -> Ended:
    """Give what a logout token says, checked as an ID token is (Back-Channel Logout 1.0, section 2.6).

    Raises:
        NotVouched: it does not hold, was made more than ten minutes ago, or is no logout token.
    """
    told = _decoded(provider, logout_token, jti={"essential": True}, events={"essential": True})
    subject, there, events = told.get("sub"), told.get("sid"), told["events"]
    named = [one for one in (told["jti"], subject, there) if one is not None]
    if not all(isinstance(one, str) and one for one in named) or len(named) < 2 or "nonce" in told:
        raise NotVouched("the logout token names nobody")
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT), dict):
        raise NotVouched("the token is about something else")
    if told["iat"] + LOGOUT_SECONDS + CLOCK_MAY_DIFFER < time.time():
        raise NotVouched("the logout token is old")
    return Ended(told["jti"], subject, there)


def took_two_steps(provider: OpenIdProvider, told: dict[str, Any]) -> bool:
    """Tell whether a provider's claims say so, where the settings name what to look for; otherwise it is trusted."""
    if not (provider.second_step_acr or provider.second_step_amr):
        return True
    methods = told.get("amr")
    held = {one for one in methods if isinstance(one, str)} if isinstance(methods, list) else set()
    return told.get("acr") in provider.second_step_acr or bool(held & set(provider.second_step_amr))


def way_out(provider: OpenIdProvider) -> str | None:
    """Give the address at which people sign out of the provider itself (RP-Initiated Logout 1.0), if it has one.

    Raises:
        NotVouched: the provider does not answer.
    """
    address = str(_metadata(provider).get("end_session_endpoint", ""))
    if urlsplit(address).scheme not in {"http", "https"}:
        return None
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode({'client_id': provider.client_id})}"


def _decoded(provider: OpenIdProvider, token: str, **more: Any) -> dict[str, Any]:
    """Give the claims of a token whose signature, issuer, audience and times are right, and ``more`` of them."""
    try:
        decoded = jwt.decode(token, _keys(provider), algorithms=ALGORITHMS)
        registry = jwt.JWTClaimsRegistry(
            leeway=CLOCK_MAY_DIFFER,
            iss={"essential": True, "value": provider.issuer},
            aud={"essential": True, "value": provider.client_id},
            exp={"essential": True},
            iat={"essential": True},
            **more,
        )
        registry.validate(decoded.claims)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise NotVouched("the token does not hold") from error
    return dict(decoded.claims)


def _client(provider: OpenIdProvider, back: str) -> OAuth2Session:
    secret = provider.client_secret.get_secret_value() if provider.client_secret else None
    return OAuth2Session(
        provider.client_id, secret, scope=provider.scope, redirect_uri=back, code_challenge_method="S256"
    )


def _metadata(provider: OpenIdProvider) -> dict[str, Any]:
    return _fetched(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration", provider.issuer, _now())


def _keys(provider: OpenIdProvider) -> KeySet:
    return KeySet.import_key_set(_fetched(_metadata(provider)["jwks_uri"], None, _now()))  # type: ignore[arg-type]


def _now() -> int:
    """Give a number that changes every few minutes: by then a provider may have new keys."""
    return int(time.time() // KEPT_SECONDS)


@lru_cache(maxsize=32)
def _fetched(address: str, issuer: str | None, _period: int) -> dict[str, Any]:
    try:
        answer = requests.get(address, timeout=SECONDS, allow_redirects=False)
        answer.raise_for_status()
        told: dict[str, Any] = dict(answer.json())
    except (requests.RequestException, ValueError, TypeError) as error:
        raise NotVouched("the provider does not answer") from error
    if issuer is not None and not (told.get("issuer") == issuer and told.keys() >= _ENDPOINTS):
        raise NotVouched(f"{urlsplit(address).netloc} calls itself otherwise")
    return told
