"""Talks to one OpenID provider: where it sends people, what it says of them, and whether that is true.

OpenID Connect Core 1.0, section 3.1 (authorization code), with PKCE (RFC 7636) and a nonce. Authlib makes the requests,
joserfc checks the signature; what the ID token must say is listed in ``_CLAIMS``.
"""

import time
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

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
        address, _state = client.create_authorization_url(
            told["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
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
    try:
        decoded = jwt.decode(id_token, _keys(provider), algorithms=ALGORITHMS)
        registry = jwt.JWTClaimsRegistry(
            leeway=CLOCK_MAY_DIFFER,
            iss={"essential": True, "value": provider.issuer},
            sub={"essential": True},
            aud={"essential": True, "value": provider.client_id},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        registry.validate(decoded.claims)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise NotVouched("the ID token does not hold") from error
    several = isinstance(decoded.claims["aud"], list) and len(decoded.claims["aud"]) > 1
    party = decoded.claims.get("azp", None if several else provider.client_id)
    if party != provider.client_id or not isinstance(decoded.claims["sub"], str):
        raise NotVouched("the ID token is for another party")
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
