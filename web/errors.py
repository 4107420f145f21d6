"""When something unexpected goes wrong: a short apology with a reference; the log says where in the code."""

import logging
import secrets

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.words import _
from web import html, log
from web.request_id import request_id


def note(error: BaseException) -> str:
    """Log an unexpected error by its types and places; give the reference under which it is found."""
    reference = request_id() or secrets.token_hex(4)
    log.event("unexpected_error", level=logging.ERROR, reference=reference, **log.places(error))
    return reference


class Apology:
    """ASGI middleware that turns an unexpected error into an apology. Nothing about it leaves the server."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, and apologise if that fails before an answer began."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        began = False

        async def send_noted(message: Message) -> None:
            nonlocal began
            began = True
            await send(message)

        try:
            await self.app(scope, receive, send_noted)
        except Exception as error:
            reference = note(error)
            if began:
                return
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1011})
                return
            html.speak(Request(scope))
            answer = html.page(
                "message.html",
                500,
                title=_("Something went wrong"),
                sentence=_("Something went wrong on our side. Please try again in a moment."),
                detail=_("If it happens again, tell whoever runs Attune this reference: {reference}").format(
                    reference=reference
                ),
                link=_("Go to Today"),
            )
            await answer(scope, receive, send)
