"""Choosing a new password: on one's own account, or before the first session on one that somebody else set.

Both are the same page: the present password, the new one, and that once more. No password is ever sent back to it.
"""

import uuid
from typing import Any

import anyio
from anyio import to_thread
from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from components.words import _, use_language
from db import own_password, sign_in
from db.actor import Actor
from db.engine import session
from db.errors import InvalidInput
from db.models.base import utc_now
from db.own_password import STAYS, Typed
from db.passwords import SHORTEST
from db.problems import SENTENCES
from db.queries.own_account import own_account
from db.sign_in import FirstPassword, Refusal, SignedIn
from web import addresses, cookies, forms, html, log, refusals, tablets
from web.gate import HEADER

FIRST, OWN = "/sign-in/new-password", "/account/password"
VALID_SECONDS = 900
SALT = "attune new password"
_FIELDS = {"password": "new", "again": "again"}
"""The field of the page that a problem of a new password is about."""

_passwords_at_once = anyio.CapacityLimiter(4)


def ask(waiting: FirstPassword, wanted: str, instead: Response | None = None) -> Response:
    """Send somebody on to choose a password, and remember them in the browser, signed and for a quarter of an hour.

    ``instead`` is a page that they see first, and that leads here.
    """
    told = {"person": waiting.person_id.hex, "mark": waiting.mark, "method": waiting.method, "next": wanted}
    response = instead or RedirectResponse(FIRST, 303)
    cookies.put(response, cookies.WAITING, URLSafeTimedSerializer(forms.secret(), salt=SALT).dumps(told))
    return response


async def first(request: Request) -> Response:
    """GET and POST /sign-in/new-password: for who has signed in with a password that somebody else set."""
    html.speak(request)
    form = await forms.fields(request) or {} if request.method == "POST" else None
    return await to_thread.run_sync(_first, request, form, limiter=_passwords_at_once)


async def own(request: Request) -> Response:
    """GET and POST /account/password: for everybody who is signed in and has a password."""
    form = await forms.fields(request) or {} if request.method == "POST" else None
    return await to_thread.run_sync(_own, request, form, limiter=_passwords_at_once)


def _first(request: Request, form: dict[str, str] | None) -> Response:
    found = _asked(request)
    if found is None:
        return RedirectResponse("/sign-in", 303)
    waiting, wanted = found
    with session() as opened:
        name = own_password.name_of(opened, waiting)
    if name is None:
        return RedirectResponse("/sign-in", 303)
    if form is None:
        return _page(request, FIRST, name)
    if not forms.is_ours(request, form, forms.secret()):
        return _page(request, FIRST, name, 403, {"": _("This page was open for too long. Please try again.")})
    try:
        with session() as opened:
            answer = own_password.choose_first(opened, waiting, _typed(form), utc_now(), tablets.browser(request))
    except InvalidInput as invalid:
        return _page(request, FIRST, name, 422, _told(invalid))
    if isinstance(answer, Refusal):
        return _refused(request, FIRST, name, answer)
    response = _let_in(RedirectResponse(wanted, 303), answer)
    cookies.drop(response, cookies.WAITING)
    return response


def _own(request: Request, form: dict[str, str] | None) -> Response:
    with session() as opened:
        actor = sign_in.resolve(opened, request.headers.get(HEADER, ""), utc_now())
        account = own_account(opened, actor) if actor else None
        stays = actor is not None and own_password.is_everybodys(opened, actor.person_id)
    if actor is None or account is None:
        return RedirectResponse("/sign-in?next=/account", 303)
    use_language(actor.language)
    if not account.has_password:
        return RedirectResponse("/account", 303)
    if stays:
        return _message(_("Change your password"), _(SENTENCES[STAYS.code]))
    if form is None:
        return _done() if "changed" in request.query_params else _page(request, OWN, account.name)
    if not forms.is_ours(request, form, forms.secret()):
        told = {"": _("This page was open for too long. Please try again.")}
        return _page(request, OWN, account.name, 403, told)
    return _changed(request, actor, account.name, form)


def _changed(request: Request, actor: Actor, name: str, form: dict[str, str]) -> Response:
    try:
        with session() as opened:
            answer = own_password.change_own(opened, actor, _typed(form), utc_now())
    except InvalidInput as invalid:
        return _page(request, OWN, name, 422, _told(invalid))
    if isinstance(answer, Refusal):
        return _refused(request, OWN, name, answer)
    return _let_in(RedirectResponse(f"{OWN}?changed=1", 303), answer)


def _typed(form: dict[str, str]) -> Typed:
    return Typed(form.get("current", ""), form.get("new", ""), form.get("again", ""))


def _told(invalid: InvalidInput) -> dict[str, str]:
    """Give the sentence for each field of the page that something is wrong with."""
    return {_FIELDS[one.field]: _(SENTENCES[one.code]).format(**one.context) for one in invalid.problems}


def _refused(request: Request, address: str, name: str, refusal: Refusal) -> Response:
    log.event("sign_in_refused", kind=f"password_{refusal.value}")
    if refusal is Refusal.SLOWED_DOWN:
        return _page(request, address, name, 429, {"current": refusals.slowed_down()})
    told = refusals.ended() if refusal is Refusal.ENDED else refusals.wrong_password()
    return _page(request, address, name, 422, {"current": told})


def _let_in(response: Response, answer: SignedIn) -> Response:
    cookies.put(response, cookies.SESSION, answer.token)
    cookies.drop(response, cookies.FORM)
    return response


def _done() -> Response:
    return _message(_("Your password is changed"), _("You stay signed in here. Everywhere else you are signed out."))


def _message(title: str, sentence: str) -> Response:
    return html.page("message.html", title=title, sentence=sentence, detail="", link=_("Back to Attune"))


def _page(
    request: Request, address: str, name: str, status: int = 200, problems: dict[str, str] | None = None
) -> Response:
    problems = problems or {}
    nonce, begun = forms.nonce_of(request), address == FIRST
    title = _("Choose your own password") if begun else _("Change your password")
    told = _("Somebody else set the password that you signed in with. Choose one that only you know, then go on.")
    response = html.page(
        "new_password.html",
        status,
        title=f"{_('Error')}: {title}" if problems else title,
        heading=title,
        told=told if begun else _("Everywhere else where you are signed in, you will be signed out."),
        address=address,
        problems=problems,
        problem_title=_("There is a problem"),
        name=name,
        words=_words(begun),
        back="/sign-in" if begun else "/account",
        token=forms.form_token(forms.secret(), nonce),
    )
    forms.remember(response, nonce)
    return response


def _words(begun: bool) -> dict[str, str]:
    return {
        "name": _("Sign-in name"),
        "current": _("The password that was set for you") if begun else _("Your password now"),
        "new": _("New password"),
        "hint": _(
            "At least {count} characters. A few words that have nothing to do with each other are easy to keep in mind"
            " and hard to guess. No names of people or sites."
        ).format(count=SHORTEST),
        "again": _("The new password once more"),
        "button": _("Save the new password"),
        "back": _("Start again") if begun else _("Back to your account"),
    }


def _asked(request: Request) -> tuple[FirstPassword, str] | None:
    """Give who is to choose a password in this browser, and where they wanted to go."""
    held = request.cookies.get(cookies.name(cookies.WAITING), "")
    try:
        told: dict[str, Any] = URLSafeTimedSerializer(forms.secret(), salt=SALT).loads(held, max_age=VALID_SECONDS)
    except BadData:
        return None
    return FirstPassword(uuid.UUID(told["person"]), told["mark"], told["method"]), addresses.local(told["next"])


routes = [
    Route(FIRST, first, methods=["GET", "POST"]),
    Route(OWN, own, methods=["GET", "POST"]),
]
