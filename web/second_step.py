"""The second step of signing in: a code of an app, or setting that up where the role asks for it."""

import uuid
from typing import Any

import anyio
import segno
from anyio import to_thread
from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from components.words import _
from db import sign_in
from db.engine import session
from db.models.base import utc_now
from db.sign_in import FirstPassword, Refusal, Waiting
from web import addresses, cookies, forms, html, log, new_password, refusals, tablets

VALID_SECONDS = 300
SALT = "attune second step"

_codes_at_once = anyio.CapacityLimiter(6)


def ask(response: Response, secret: str, waiting: Waiting, wanted: str) -> None:
    """Remember in the browser, signed and for five minutes, whose password was right and where they wanted to go."""
    told = {"person": waiting.person_id.hex, "mark": waiting.mark, "begin": waiting.begin, "next": wanted}
    cookies.put(response, cookies.WAITING, URLSafeTimedSerializer(secret, salt=SALT).dumps(told))


def asked(request: Request, secret: str) -> tuple[Waiting, str] | None:
    """Give who is waiting in this browser, and where they wanted to go."""
    held = request.cookies.get(cookies.name(cookies.WAITING), "")
    try:
        told: dict[str, Any] = URLSafeTimedSerializer(secret, salt=SALT).loads(held, max_age=VALID_SECONDS)
    except BadData:
        return None
    return Waiting(uuid.UUID(told["person"]), told["mark"], told["begin"]), addresses.local(told["next"])


async def show_code(request: Request) -> Response:
    """GET /sign-in/code: the field for the code, or back to the start when nobody is waiting."""
    html.speak(request)
    found = asked(request, await to_thread.run_sync(forms.secret))
    return await _page(request, found[0]) if found else RedirectResponse("/sign-in", 303)


async def take_code(request: Request) -> Response:
    """POST /sign-in/code: check the code, set the session's cookie and go on."""
    html.speak(request)
    form, secret = await forms.fields(request), await to_thread.run_sync(forms.secret)
    found = asked(request, secret)
    if found is None or form is None or not forms.is_ours(request, form, secret):
        return RedirectResponse("/sign-in", 303)
    waiting, wanted = found
    answer = await to_thread.run_sync(
        _finish, waiting, form.get("code", ""), tablets.browser(request), limiter=_codes_at_once
    )
    if isinstance(answer, Refusal):
        log.event("sign_in_refused", kind=f"code_{answer.value}")
        slow = answer is Refusal.SLOWED_DOWN
        problem = refusals.slowed_down() if slow else wrong_code()
        return await _page(request, waiting, status=429 if slow else 422, problem=problem)
    let_in, codes = answer
    if isinstance(let_in, FirstPassword):
        told = recovery_page(codes, new_password.FIRST) if codes else None
        return await to_thread.run_sync(new_password.ask, let_in, wanted, told)
    response: Response = RedirectResponse(wanted, 303)
    if codes:
        response = recovery_page(codes, wanted)
    cookies.put(response, cookies.SESSION, let_in.token)
    cookies.drop(response, cookies.WAITING)
    cookies.drop(response, cookies.FORM)
    return response


def wrong_code() -> str:
    """Give what is said about a code that is wrong, old, or was used before."""
    return _("This code is not right. Wait for the next one in your app, or use a recovery code.")


def recovery_page(codes: tuple[str, ...], onward: str) -> Response:
    """Give the page that shows recovery codes, once."""
    return html.page(
        "recovery_codes.html",
        title=_("Recovery codes"),
        told=_(
            "Keep these codes where you keep your keys, not on this device. Each lets you in once when your phone is"
            " not at hand. They are not shown again."
        ),
        codes=codes,
        onward=onward,
        button=_("I have kept them"),
    )


def picture(address: str) -> str:
    """Give a QR code as an image of its own, so that nothing is fetched for it."""
    return str(segno.make(address, error="m").svg_data_uri(scale=5, dark="#000", light="#fff"))


async def _page(request: Request, waiting: Waiting, *, status: int = 200, problem: str | None = None) -> Response:
    begun = await to_thread.run_sync(_begun, waiting) if waiting.begin else None
    if waiting.begin and begun is None:
        return RedirectResponse("/sign-in", 303)
    nonce, title = forms.nonce_of(request), _("Your second step")
    told = _("Enter the six digits that your authenticator app shows for Attune, or a recovery code.")
    if begun:
        told = _(
            "Your role signs in with a second step. Scan the picture with an authenticator app, or type the key into"
            " it, and enter the six digits that it shows."
        )
    response = html.page(
        "second_step.html",
        status,
        pictures=bool(begun),
        title=f"{_('Error')}: {title}" if problem else title,
        heading=title,
        told=told,
        problem=problem,
        problem_title=_("There is a problem"),
        picture=picture(begun[1]) if begun else "",
        picture_told=_("A picture for your authenticator app; the key below says the same."),
        key_label=_("Key"),
        key=" ".join(begun[0][at : at + 4] for at in range(0, len(begun[0]), 4)) if begun else "",
        code_label=_("Code"),
        button=_("Go on"),
        back=_("Start again"),
        token=forms.form_token(await to_thread.run_sync(forms.secret), nonce),
    )
    forms.remember(response, nonce)
    return response


def _begun(waiting: Waiting) -> tuple[str, str] | None:
    with session() as opened:
        return sign_in.set_up_second_factor(opened, waiting)


def _finish(
    waiting: Waiting, code: str, browser: sign_in.Browser
) -> tuple[sign_in.SignedIn | FirstPassword, tuple[str, ...]] | Refusal:
    with session() as opened:
        return sign_in.finish_sign_in(opened, waiting, code, utc_now(), browser)


routes = [
    Route("/sign-in/code", show_code, methods=["GET"]),
    Route("/sign-in/code", take_code, methods=["POST"]),
]
