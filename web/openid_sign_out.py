"""Signing out where single sign-on is used: what ends at the provider ends here, and from here one gets to there."""

import anyio
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from components.words import _
from db import identities
from db.engine import session
from db.models.base import utc_now
from db.settings import OpenIdProvider, settings
from web import forms, html, log
from web.openid_provider import NotVouched, ended, provider_of, way_out

_at_once = anyio.CapacityLimiter(4)


async def take_end(request: Request) -> Response:
    """POST /sign-in/ended/{key}: the provider says, by itself, that somebody signed out there.

    OpenID Connect Back-Channel Logout 1.0. No browser sends this, so there is no form of ours to be looked at: what
    counts is the provider's signature.
    """
    provider, form = provider_of(request.path_params["key"]), await forms.fields(request)
    if provider is None or form is None:
        return _invalid()
    return await to_thread.run_sync(_take, provider, form.get("logout_token", ""), limiter=_at_once)


def _take(provider: OpenIdProvider, token: str) -> Response:
    try:
        told = ended(provider, token)
    except NotVouched as error:
        log.event("openid_refused", **log.places(error))
        return _invalid()
    with session() as opened:
        identities.end_sessions(opened, provider.issuer, told.token_id, told.subject, told.session, utc_now())
    return Response(status_code=200)


def _invalid() -> Response:
    return JSONResponse({"error": "invalid_request"}, 400)


def page_after(issuer: str | None) -> str | None:
    """Give the page for somebody who signed out of a session that this provider opened, if it is one of ours."""
    key = next((one.key for one in settings().openid if one.issuer == issuer), None)
    return f"/sign-out/of/{key}" if key else None


async def show_way_out(request: Request) -> Response:
    """GET /sign-out/of/{key}: on a shared tablet, the next person must not get in as the one before."""
    html.speak(request)
    provider = provider_of(request.path_params["key"])
    if provider is None:
        return RedirectResponse("/sign-in", 303)
    try:
        way = await to_thread.run_sync(way_out, provider, limiter=_at_once)
    except NotVouched as error:
        log.event("openid_refused", **log.places(error))
        way = None
    return html.page(
        "signed_out.html",
        title=_("You are signed out of Attune"),
        sentence=_(
            "This browser may still be signed in with {provider}. Where others use it, too, please sign out there."
        ).format(provider=provider.label),
        way=way,
        button=_("Sign out of {provider}").format(provider=provider.label),
        back=_("Sign in to Attune"),
    )


routes = [
    Route("/sign-in/ended/{key}", take_end, methods=["POST"]),
    Route("/sign-out/of/{key}", show_way_out, methods=["GET"]),
]
