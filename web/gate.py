"""The gate in front of everything: without a standing session no page's code runs at all.

It tells the pages who is there by a header of its own, which a client cannot send: ``x-attune-session``,
the hash of the session's token.
"""

from urllib.parse import urlsplit

import anyio
from anyio import to_thread
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

from db import sign_in
from db.engine import session
from db.models.base import utc_now
from web import addresses, cookies
from web.streamlit_message import parsed

HEADER = "x-attune-session"
POLICY_VIOLATION = 1008


class Gate:
    """ASGI middleware that lets nobody past without a standing session, except to sign in."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.at_once = anyio.CapacityLimiter(16)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or connection."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        del MutableHeaders(scope=scope)[HEADER]
        path = scope["path"]
        if addresses.is_closed(path):
            await self._refuse(scope, receive, send, PlainTextResponse("Not found", 404))
            return
        if scope["type"] == "http" and addresses.is_open(path):
            await self.app(scope, receive, send)
            return
        if scope["type"] == "websocket" and not _from_here(HTTPConnection(scope)):
            await self._refuse(scope, receive, send, PlainTextResponse("Not found", 404))
            return
        hashed = cookies.session_hash(HTTPConnection(scope))
        if not hashed or not await self._stands(hashed):
            await self._refuse(scope, receive, send, await self._turned_away(scope, hashed))
            return
        MutableHeaders(scope=scope)[HEADER] = hashed
        if scope["type"] == "websocket":
            receive = self._guarded(receive, hashed)
        await self.app(scope, receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, answer: Response) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        else:
            await answer(scope, receive, send)

    async def _turned_away(self, scope: Scope, hashed: str | None) -> Response:
        if scope["type"] == "http" and scope["path"].startswith(addresses.API):
            return await to_thread.run_sync(not_signed_in, hashed, limiter=self.at_once)
        return _to_sign_in(scope)

    async def _stands(self, hashed: str, seen: bool = True) -> bool:
        return await to_thread.run_sync(stands, hashed, seen, limiter=self.at_once)

    def _guarded(self, receive: Receive, hashed: str) -> Receive:
        """Give a ``receive`` that asks again at every interaction: an open page does not outlive its session.

        A part of a page can run again without the session script, which is what notices that a session has
        ended. So from then on every interaction becomes a plain visit: the script runs, says so, and
        nothing else does.
        """

        async def receive_guarded() -> Message:
            message = await receive()
            if message["type"] == "websocket.receive" and message.get("bytes") is not None:
                asked = parsed(BackMsg(), message["bytes"]) or BackMsg()
                if not await self._stands(hashed, seen=not asked.rerun_script.is_auto_rerun):
                    return {**message, "bytes": _plain_visit(asked)}
            return message

        return receive_guarded


def stands(hashed: str, seen: bool = True) -> bool:
    """Tell whether the session of a token's hash stands, and note that it was seen just now."""
    now = utc_now()
    with session() as opened:
        found = sign_in.standing(opened, hashed, now)
        if found and seen:
            sign_in.touch(opened, found[0], now)
        return found is not None


def not_signed_in(hashed: str | None) -> Response:
    """Give what a program is told without a session: whether its time ran out, or there is none any more."""
    if hashed:
        with session() as opened:
            if sign_in.was_left_open(opened, hashed):
                return JSONResponse({"reason": "expired"}, 401)
    return JSONResponse({"reason": "signed_out"}, 401)


def _from_here(connection: HTTPConnection) -> bool:
    """Tell whether one of our own pages, or no page, opens this: of a foreign one Streamlit would ask the internet."""
    origin = connection.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == connection.headers.get("host")


def _to_sign_in(scope: Scope) -> Response:
    path = scope["path"]
    if scope["type"] == "http" and scope["method"] in {"GET", "HEAD"} and addresses.is_page(path):
        query = scope.get("query_string", b"").decode("latin-1")
        return RedirectResponse(addresses.sign_in_for(path, query), 303)
    if path.startswith(("/media/", "/download/")):
        return PlainTextResponse("Not found", 404)
    return PlainTextResponse("Please sign in", 401)


def _plain_visit(asked: BackMsg) -> bytes:
    """Give the message of someone who opens the same page anew, without any value or click."""
    visit = BackMsg()
    visit.rerun_script.page_script_hash = asked.rerun_script.page_script_hash
    visit.rerun_script.query_string = asked.rerun_script.query_string
    visit.rerun_script.context_info.CopyFrom(asked.rerun_script.context_info)
    return bytes(visit.SerializeToString())
