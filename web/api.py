"""What the addresses for our own programs share: JSON in and out, with limits, and only from our own pages.

Against forged requests: the Origin must be ours and the content type JSON, which no foreign form can send.
"""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, NoReturn, TypeVar

import anyio
from anyio import to_thread
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from db import sign_in
from db.actor import Actor
from db.engine import session
from db.errors import NotFound
from db.models.base import utc_now
from web import errors, forms
from web.gate import HEADER, not_signed_in

LARGEST = 1024 * 1024
YEARS = range(1970, 2200)
"""Years that a broken clock may tell: all of them can be converted and counted in minutes."""

_at_once = anyio.CapacityLimiter(8)


class Sent(BaseModel):
    """A part of what a program of ours sends: nothing unknown in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _text(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value


def _tellable(moment: datetime) -> datetime:
    if moment.year not in YEARS:
        raise ValueError("not a year")
    return moment


Moment = Annotated[AwareDatetime, BeforeValidator(_text), AfterValidator(_tellable)]
Shape = TypeVar("Shape", bound=Sent)


async def sent(request: Request, shape: type[Shape]) -> Shape | Response:
    """Give what a page of ours sent as JSON, or the answer that refuses it."""
    if not forms.from_here(request):
        return JSONResponse({"reason": "not_from_here"}, 403)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return JSONResponse({"reason": "not_json"}, 415)
    body = await forms.limited_body(request, LARGEST)
    if body is None:
        return JSONResponse({"reason": "too_large"}, 413)
    try:
        return shape.model_validate(json.loads(body.decode(), parse_constant=_refuse))
    except (ValidationError, ValueError, RecursionError):
        return JSONResponse({"reason": "malformed"}, 422)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


async def answer(request: Request, work: Callable[[Actor], Response]) -> Response:
    """Give what ``work`` answers to whoever is signed in; it runs in a thread, where it may wait for the database."""
    hashed = request.headers.get(HEADER, "")
    return await to_thread.run_sync(_answer, hashed, work, limiter=_at_once)


def _answer(hashed: str, work: Callable[[Actor], Response]) -> Response:
    try:
        with session() as opened:
            actor = sign_in.resolve(opened, hashed, utc_now())
        return work(actor) if actor else not_signed_in(hashed)
    except NotFound:
        return JSONResponse({"reason": "not_found"}, 404)
    except Exception as error:
        errors.note(error)
        return JSONResponse({"state": "later"}, 500)


async def not_there(_request: Request) -> Response:
    """Answer for any other address below /api/: not with the page that people get."""
    return JSONResponse({"reason": "not_found"}, 404)


routes = [Route("/api/{rest:path}", not_there)]
"""To be put after the other routes below /api/."""
