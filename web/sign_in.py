"""The sign-in and sign-out pages."""

from urllib.parse import quote

import anyio
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from components.words import _, language
from db import marks, sign_in
from db.engine import session
from db.models.base import utc_now
from db.options import label
from db.settings import settings
from db.sign_in import Browser, FirstPassword, Refusal, SignedIn, Waiting
from web import addresses, cookies, forms, html, log, new_password, openid_sign_out, refusals, second_step, tablets
from web.gate import stands

_passwords_at_once = anyio.CapacityLimiter(6)


async def show_sign_in(request: Request) -> Response:
    """GET /sign-in: the page, or straight on for whom is signed in already."""
    html.speak(request)
    wanted = addresses.local(request.query_params.get("next"))
    if await to_thread.run_sync(stands, cookies.session_hash(request) or ""):
        return RedirectResponse(wanted, 303)
    return await _sign_in_page(request, wanted)


async def take_sign_in(request: Request) -> Response:
    """POST /sign-in: check name and password, set the cookie and go on."""
    html.speak(request)
    form = await forms.fields(request)
    if form is None:
        return await _sign_in_page(request, "/", status=413, problem=_("That was too long. Please try again."))
    wanted, name = addresses.local(form.get("next")), form.get("name", "")
    if not forms.is_ours(request, form, await to_thread.run_sync(forms.secret)):
        problem = _("This page was open for too long. Please try again.")
        return await _sign_in_page(request, wanted, name, status=403, problem=problem)
    if not name.strip() or not form.get("password"):
        problem = _("Please enter your sign-in name and your password.")
        return await _sign_in_page(request, wanted, name, status=422, problem=problem)
    answer = await to_thread.run_sync(
        _sign_in,
        name,
        form["password"],
        tablets.browser(request),
        limiter=_passwords_at_once,
    )
    if isinstance(answer, Refusal):
        log.event("sign_in_refused", kind=answer.value)
        status = 429 if answer is Refusal.SLOWED_DOWN else 422
        return await _sign_in_page(request, wanted, name, status=status, problem=_sentence(answer))
    if isinstance(answer, FirstPassword):
        return await to_thread.run_sync(new_password.ask, answer, wanted)
    if isinstance(answer, Waiting):
        response = RedirectResponse("/sign-in/code", 303)
        second_step.ask(response, await to_thread.run_sync(forms.secret), answer, wanted)
        return response
    response = RedirectResponse(wanted, 303)
    cookies.put(response, cookies.SESSION, answer.token)
    cookies.drop(response, cookies.FORM)
    return response


async def show_sign_out(request: Request) -> Response:
    """GET /sign-out: one button, because following a link must not sign anybody out."""
    html.speak(request)
    nonce = forms.nonce_of(request)
    token = forms.form_token(await to_thread.run_sync(forms.secret), nonce)
    response = html.page(
        "sign_out.html",
        title=_("Sign out"),
        sentence=_("Drafts are kept until you come back."),
        button=_("Sign out"),
        back=_("Back to Attune"),
        token=token,
    )
    forms.remember(response, nonce)
    return response


async def take_sign_out(request: Request) -> Response:
    """POST /sign-out: end the session and forget it in the browser."""
    form = await forms.fields(request) or {}
    if not forms.is_ours(request, form, await to_thread.run_sync(forms.secret)):
        return RedirectResponse("/sign-out", 303)
    hashed = cookies.session_hash(request)
    issuer = await to_thread.run_sync(_sign_out, hashed) if hashed else None
    response = RedirectResponse(openid_sign_out.page_after(issuer) or "/sign-in", 303)
    cookies.drop(response, cookies.SESSION)
    cookies.drop(response, cookies.FORM)
    return response


async def _sign_in_page(
    request: Request, wanted: str, name: str = "", *, status: int = 200, problem: str | None = None
) -> Response:
    nonce = forms.nonce_of(request)
    secret, demo = await to_thread.run_sync(_what_the_page_needs)
    title = _("Sign in to Attune")
    response = html.page(
        "sign_in.html",
        status,
        title=f"{_('Error')}: {title}" if problem else title,
        heading=title,
        problem=problem,
        problem_title=_("There is a problem"),
        name_label=_("Sign-in name"),
        password_label=_("Password"),
        button=_("Sign in"),
        providers=[(_("Sign in with {provider}").format(provider=one.label), one.key) for one in settings().openid],
        wanted_query=quote(wanted, safe=""),
        demo=[(label("role", one.role, language()), one) for one in demo],
        demo_title=_("Look around with demo data"),
        demo_text=_("Every person, site and child here is invented. Choose who you want to be:"),
        name=name,
        wanted=wanted,
        token=forms.form_token(secret, nonce),
    )
    forms.remember(response, nonce)
    return response


def _what_the_page_needs() -> tuple[str, list[marks.DemoSignIn]]:
    with session() as opened:
        return marks.csrf_secret(opened), marks.demo_sign_ins(opened)


def _sign_in(name: str, password: str, browser: Browser) -> SignedIn | Waiting | FirstPassword | Refusal:
    with session() as opened:
        return sign_in.sign_in(opened, name, password, utc_now(), browser)


def _sign_out(hashed: str) -> str | None:
    with session() as opened:
        return sign_in.end_session(opened, hashed, utc_now())


def _sentence(refusal: Refusal) -> str:
    if refusal is Refusal.SLOWED_DOWN:
        return refusals.slowed_down()
    if refusal is Refusal.ENDED:
        return refusals.ended()
    return _("This sign-in name and password do not match. Please check both.")


routes = [
    Route("/sign-in", show_sign_in, methods=["GET"]),
    Route("/sign-in", take_sign_in, methods=["POST"]),
    Route("/sign-out", show_sign_out, methods=["GET"]),
    Route("/sign-out", take_sign_out, methods=["POST"]),
    *second_step.routes,
    *new_password.routes,
]
