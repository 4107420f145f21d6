"""Single sign-on: to the provider and back. Everything that must match on the way back waits in a signed cookie."""

import secrets
from typing import Any

import anyio
from anyio import to_thread
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from components.words import _
from db import identities, sign_in
from db.engine import session
from db.errors import InvalidInput
from db.models.base import utc_now
from db.settings import OpenIdProvider, settings
from db.sign_in import Refusal, Vouched
from web import addresses, cookies, forms, html, log, openid_sign_out, tablets
from web.openid_provider import NotVouched, claims, provider_of, took_two_steps, way_to

VALID_SECONDS = 600
SALT = "attune openid"

_at_once = anyio.CapacityLimiter(8)


async def go(request: Request) -> Response:
    """GET /sign-in/with/{key}: on to the provider, to sign in there.

    With the proof that one's own account page gives for the password, the two accounts are linked on the way back.
    Without it never, also when somebody is signed in: on a shared tablet that is often somebody else.
    """
    html.speak(request)
    provider = provider_of(request.path_params["key"])
    if provider is None:
        return RedirectResponse("/sign-in", 303)
    kept: dict[str, Any] = {
        "key": provider.key,
        "state": secrets.token_urlsafe(24),
        "nonce": secrets.token_urlsafe(24),
        "verifier": secrets.token_urlsafe(48),
        "next": addresses.local(request.query_params.get("next")),
        "links": await to_thread.run_sync(_asked_to_link, request),
    }
    try:
        way = await to_thread.run_sync(
            way_to, provider, _back(request, provider), kept["state"], kept["nonce"], kept["verifier"], limiter=_at_once
        )
    except NotVouched as error:
        log.event("openid_refused", **log.places(error))
        return _sorry(_("{provider} does not answer at the moment.").format(provider=provider.label), 502)
    response = RedirectResponse(way, 303)
    cookies.put(response, cookies.OPENID, URLSafeTimedSerializer(await _secret(), salt=SALT).dumps(kept))
    return response


async def come_back(request: Request) -> Response:
    """GET /sign-in/back/{key}: from the provider, with a code that stands for who signed in there."""
    html.speak(request)
    provider = provider_of(request.path_params["key"])
    kept = _kept(request, await _secret())
    if (
        provider is None
        or kept is None
        or kept["key"] != provider.key
        or not secrets.compare_digest(kept["state"].encode(), request.query_params.get("state", "").encode())
        or request.query_params.get("iss", provider.issuer) != provider.issuer
    ):
        return _sorry(_("This sign-in was begun elsewhere or took too long. Please start again."), 400)
    code = request.query_params.get("code", "")
    if not code:
        return _sorry(_("{provider} did not sign you in.").format(provider=provider.label), 403)
    response = await to_thread.run_sync(_taken, request, provider, kept, code, limiter=_at_once)
    cookies.drop(response, cookies.OPENID)
    return response


def _taken(request: Request, provider: OpenIdProvider, kept: dict[str, Any], code: str) -> Response:
    try:
        told = claims(provider, _back(request, provider), code, kept["nonce"], kept["verifier"])
    except NotVouched as error:
        log.event("openid_refused", **log.places(error))
        return _sorry(_("{provider} did not sign you in.").format(provider=provider.label), 403)
    subject, hashed = str(told["sub"]), cookies.session_hash(request)
    with session() as opened:
        if kept["links"]:
            acting = sign_in.resolve(opened, hashed, utc_now()) if hashed and hashed == kept["links"] else None
            if acting is None or not identities.link(opened, provider.issuer, subject, acting.person_id, utc_now()):
                return _sorry(_("That account cannot be linked with yours."), 409)
            return RedirectResponse(kept["next"], 303)
        role = _role(provider, told)
        if provider.role_claim and role is None:
            log.event("openid_refused", kind="no_role")
            return _sorry(_("Your account there has no role in Attune. Ask your administrator."), 403)
        if role:
            identities.follow_role(opened, provider.issuer, subject, role)
        here = tablets.browser(request)
        there = told.get("sid")
        vouched = Vouched(
            provider.issuer, subject, there if isinstance(there, str) else None, took_two_steps(provider, told)
        )
        answer = sign_in.sign_in_by_identity(opened, vouched, utc_now(), here)
        if answer is None and _made(opened, provider, told, role):
            answer = sign_in.sign_in_by_identity(opened, vouched, utc_now(), here)
    if isinstance(answer, Refusal):
        log.event("openid_refused", kind=answer.value)
        return _sorry(
            _("Your role signs in with two steps, and {provider} asked you for one. Please sign in there with both.")
            .format(provider=provider.label), 403,
        )  # fmt: skip
    if answer is None:
        return _sorry(
            _(
                "Attune does not know this account yet. Sign in with your password once, open your account, and link"
                " the two; or ask your administrator."
            ),
            403,
        )
    response = RedirectResponse(kept["next"], 303)
    cookies.put(response, cookies.SESSION, answer.token)
    return response


def _made(opened: Session, provider: OpenIdProvider, told: dict[str, Any], role: str | None) -> bool:
    """Add a person where the provider may do that: with the claim's role, and no reach until somebody assigns one."""
    if not provider.makes_people or role is None:
        return False
    subject = str(told["sub"])
    name = str(told.get("preferred_username") or subject)
    try:
        return identities.make_person(
            opened, provider.issuer, subject, name, str(told.get("name") or name), role, utc_now()
        )
    except InvalidInput:
        return False


def _role(provider: OpenIdProvider, told: dict[str, Any]) -> str | None:
    """Give the role of the provider's claim: the first of our table's order that it names."""
    held = told.get(provider.role_claim, []) if provider.role_claim else []
    names = [held] if isinstance(held, str) else list(held) if isinstance(held, list) else []
    return next((role for name, role in provider.roles.items() if name in names), None)


def _asked_to_link(request: Request) -> str | None:
    """Give the session that is to be linked, when its person entered their password for that just now."""
    told, hashed = request.query_params.get("link", ""), cookies.session_hash(request)
    if not told or not hashed:
        return None
    with session() as opened:
        found = sign_in.standing(opened, hashed, utc_now())
    return hashed if found and forms.is_proof(forms.secret(), told, found[0].id) else None


def _kept(request: Request, secret: str) -> dict[str, Any] | None:
    held = request.cookies.get(cookies.name(cookies.OPENID), "")
    try:
        return dict(URLSafeTimedSerializer(secret, salt=SALT).loads(held, max_age=VALID_SECONDS))
    except BadData:
        return None


def _back(request: Request, provider: OpenIdProvider) -> str:
    scheme = "https" if settings().behind_tls else "http"
    return f"{scheme}://{request.headers.get('host', '')}/sign-in/back/{provider.key}"


async def _secret() -> str:
    return await to_thread.run_sync(forms.secret)


def _sorry(told: str, status: int) -> Response:
    title = _("Sign in to Attune")
    return html.page("message.html", status, title=title, sentence=told, detail="", link=_("Start again"))


routes = [
    *openid_sign_out.routes,
    Route("/sign-in/with/{key}", go, methods=["GET"]),
    Route("/sign-in/back/{key}", come_back, methods=["GET"]),
]
