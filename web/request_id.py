"""A number for each request, in its answer, in every line of the log that it causes, and on an error page."""

import re
import secrets
from contextvars import ContextVar

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from db.settings import settings

HEADER = "x-request-id"
_FROM_PROXY = re.compile(r"[0-9a-f-]{8,64}")

_present: ContextVar[str | None] = ContextVar("request_id", default=None)


def request_id() -> str | None:
    """Give the number of the request that is being answered, if one is."""
    return _present.get()


class RequestId:
    """ASGI middleware that numbers each request; behind a proxy it takes the proxy's number, if that is one."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on under its number."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        sent = Headers(scope=scope).get(HEADER, "") if settings().behind_tls else ""
        number = sent if _FROM_PROXY.fullmatch(sent) else secrets.token_hex(8)
        token = _present.set(number)

        async def send_numbered(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = number
            await send(message)

        try:
            await self.app(scope, receive, send_numbered)
        finally:
            _present.reset(token)
