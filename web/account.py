"""One's own account: where one is signed in, the second step, and single sign-on. Plain HTML of ours."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import anyio
from anyio import to_thread
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from components.words import _, plural, use_language
from db import own_password, second_factor, sign_in, throttle
from db.actor import Actor
from db.commands import own_account as commands
from db.engine import session
from db.errors import Conflict, InvalidInput, NotFound
from db.models.base import utc_now
from db.queries.own_account import OwnAccount, OwnSession, own_account, own_sessions
from db.settings import settings
from db.sign_in import Refusal
from web import forms, html, refusals, second_step
from web.gate import HEADER

_codes_at_once = anyio.CapacityLimiter(6)


async def show_account(request: Request) -> Response:
    """GET /account: the page."""
    return await to_thread.run_sync(_answer, request, None)


async def change_account(request: Request) -> Response:
    """POST /account: one of the page's buttons."""
    form = await forms.fields(request)
    return await to_thread.run_sync(_answer, request, form or {}, limiter=_codes_at_once)


def _answer(request: Request, form: dict[str, str] | None) -> Response:
    with session() as opened:
        actor = sign_in.resolve(opened, request.headers.get(HEADER, ""), utc_now())
    if actor is None:
        return RedirectResponse("/sign-in?next=/account", 303)
    use_language(actor.language)
    if form is None:
        return _page(request, actor)
    if not forms.is_ours(request, form, forms.secret()):
        return _page(request, actor, status=403, problem=_("This page was open for too long. Please try again."))
    try:
        return _ACTIONS[form.get("action", "")](request, actor, form)
    except _Refused as refused:
        return _page(request, actor, status=refused.status, problem=refused.told, at=_FIELDS.get(form["action"], ""))
    except InvalidInput:
        begun = form.get("action") == "confirm"
        proof, at = (form.get("proof", ""), "confirm") if begun else ("", "code")
        return _page(request, actor, status=422, problem=second_step.wrong_code(), at=at, begun=begun, proof=proof)
    except Conflict:
        return _page(request, actor, status=409, problem=_("This installation asks your role for a second step."))
    except (KeyError, ValueError, NotFound):
        return RedirectResponse("/account", 303)


class _Refused(Exception):
    """Why a button of the page did nothing, in a sentence."""

    def __init__(self, status: int, told: str) -> None:
        super().__init__(told)
        self.status, self.told = status, told


def _begin(request: Request, actor: Actor, form: dict[str, str]) -> Response:
    return _page(request, actor, begun=True, anew=True, proof=_prove(actor, form))


def _link(request: Request, actor: Actor, form: dict[str, str]) -> Response:
    return _page(request, actor, proof=_prove(actor, form))


def _prove(actor: Actor, form: dict[str, str]) -> str:
    """Ask for the password: an open tablet must not be enough to change how somebody signs in."""
    with session() as opened:
        refusal = own_password.check_password(opened, actor.person_id, form["password"], utc_now())
    if refusal is Refusal.SLOWED_DOWN:
        raise _Refused(429, refusals.slowed_down())
    if refusal is Refusal.ENDED:
        raise _Refused(422, refusals.ended())
    if refusal or actor.session_id is None:
        raise _Refused(422, refusals.wrong_password())
    return forms.proof(forms.secret(), actor.session_id)


def _confirm(_request: Request, actor: Actor, form: dict[str, str]) -> Response:
    if not forms.is_proof(forms.secret(), form["proof"], actor.session_id):
        raise NotFound("too long ago")
    with _counted(actor) as opened:
        return second_step.recovery_page(commands.confirm_second_factor(opened, actor, form["code"]), "/account")


def _renew(_request: Request, actor: Actor, form: dict[str, str]) -> Response:
    with _counted(actor) as opened:
        return second_step.recovery_page(commands.renew_recovery_codes(opened, actor, form["code"]), "/account")


def _off(_request: Request, actor: Actor, form: dict[str, str]) -> Response:
    with _counted(actor) as opened:
        commands.end_second_factor(opened, actor, form["code"])
    return RedirectResponse("/account", 303)


@contextmanager
def _counted(actor: Actor) -> Iterator[Session]:
    """Give a session for a command that takes a code, as long as there were not too many wrong ones."""
    with session() as opened:
        if not throttle.admit(opened, second_factor.throttled_as(actor.person_id), utc_now()):
            raise _Refused(429, refusals.slowed_down())
        yield opened


def _end(_request: Request, actor: Actor, form: dict[str, str]) -> Response:
    with session() as opened:
        commands.end_own_session(opened, actor, uuid.UUID(form["session"]))
    return RedirectResponse("/account", 303)


_ACTIONS: dict[str, Callable[[Request, Actor, dict[str, str]], Response]] = {
    "begin": _begin, "confirm": _confirm, "renew": _renew, "off": _off, "end": _end, "link": _link,
}  # fmt: skip
_FIELDS = {"begin": "begin", "confirm": "confirm", "renew": "code", "off": "code"}
"""The field that a problem of an action is about; several ask for the password to link an account."""


def _page(
    request: Request,
    actor: Actor,
    *,
    status: int = 200,
    problem: str | None = None,
    at: str = "",
    begun: bool = False,
    anew: bool = False,
    proof: str = "",
) -> Response:
    with session() as opened:
        account, sessions = own_account(opened, actor), own_sessions(opened, actor)
        begun = begun and not account.second_factor and forms.is_proof(forms.secret(), proof, actor.session_id)
        key, address = commands.begin_second_factor(opened, actor, anew=anew) if begun else ("", "")
    nonce, title = forms.nonce_of(request), _("Your account")
    response = html.page(
        "account.html",
        status,
        pictures=begun,
        title=f"{_('Error')}: {title}" if problem else title,
        heading=title,
        name=_("Sign-in name: {name}").format(name=account.name),
        problem=problem,
        at=at,
        problem_title=_("There is a problem"),
        second_title=_("Second step at sign-in"),
        second_told=_told_of(account),
        account=account,
        key=" ".join(key[at : at + 4] for at in range(0, len(key), 4)),
        picture=second_step.picture(address) if begun else "",
        words=_words(),
        password_title=_("Password"),
        change_password=_("Change your password"),
        sessions_title=_("Where you are signed in"),
        sessions=[(_line(one), one) for one in sessions],
        providers_title=_("Single sign-on"),
        providers=[(one.label, one.key, one.issuer in account.issuers) for one in settings().openid],
        token=forms.form_token(forms.secret(), nonce),
        proof=proof,
    )
    forms.remember(response, nonce)
    return response


def _told_of(account: OwnAccount) -> str:
    if account.second_factor:
        left = plural("{count} recovery code is left.", "{count} recovery codes are left.", account.codes_left)
        return f"{_('On: after your password you enter a code of your app.')} {left.format(count=account.codes_left)}"
    if not account.has_password:
        return _("You sign in through your organization, which looks after this.")
    return _("Off. With it, a stolen password alone lets nobody in. You need an authenticator app on your phone.")


def _line(one: OwnSession) -> str:
    browser = one.browser or _("A browser")
    if one.here:
        return _("{browser}: this one").format(browser=browser)
    return _("{browser}: last seen {moment}").format(browser=browser, moment=_ago(utc_now() - one.last_seen_at))


def _ago(passed: timedelta) -> str:
    """Say how long ago something was: this page does not know the reader's clock."""
    minutes = max(1, int(passed.total_seconds() // 60))
    if minutes < 60:
        return plural("{count} minute ago", "{count} minutes ago", minutes).format(count=minutes)
    if minutes < 48 * 60:
        return plural("{count} hour ago", "{count} hours ago", minutes // 60).format(count=minutes // 60)
    return plural("{count} day ago", "{count} days ago", minutes // 1440).format(count=minutes // 1440)


def _words() -> dict[str, str]:
    return {
        "begin": _("Set up"),
        "scan": _("Scan the picture with an authenticator app, or type the key into it. Then enter its six digits."),
        "picture": _("A picture for your authenticator app; the key below says the same."),
        "key": _("Key"),
        "code": _("Code"),
        "any_code": _("Code of your app, or a recovery code"),
        "on": _("Turn on"),
        "off": _("Turn off"),
        "renew": _("New recovery codes"),
        "end": _("End this session"),
        "back": _("Back to Attune"),
        "linked": _("You can sign in with {provider}."),
        "link": _("Link with {provider}"),
        "go_on": _("Go on to {provider}"),
        "password": _("Password"),
    }


routes = [
    Route("/account", show_account, methods=["GET"]),
    Route("/account", change_account, methods=["POST"]),
]
