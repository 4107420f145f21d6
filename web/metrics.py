"""What Prometheus fetches: behind a token of its own, and told as not there to everybody else."""

import secrets
import time

from anyio import to_thread
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from db import meters
from db.engine import session
from db.models.base import utc_now
from db.settings import settings

KINDS = (
    "api",
    "capture",
    "sign-in",
    "sign-out",
    "account",
    "download",
    "static",
    "media",
    "_stcore",
    "metrics",
)
UNCOUNTED = ("survey",)
"""A count that grows at each answer, fetched every few seconds, would tell when somebody answered (decision 10)."""


async def metrics(request: Request) -> Response:
    """GET /metrics: this process's counts, to whom the token is known."""
    token = settings().metrics_token
    sent = request.headers.get("authorization", "")
    if token is None or not secrets.compare_digest(sent.encode(), f"Bearer {token.get_secret_value()}".encode()):
        return PlainTextResponse("Not found", 404)
    return Response(await to_thread.run_sync(_collected), media_type=CONTENT_TYPE_LATEST)


def _collected() -> bytes:
    with session() as opened:
        meters.read_gauges(opened, utc_now())
    return generate_latest(meters.REGISTRY)


class Counted:
    """ASGI middleware that counts and times what is asked of this process."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request or connection on, and count it when it is over."""
        if scope["type"] == "websocket":
            with meters.STREAMS.track_inprogress():
                await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, began = "none", time.perf_counter()

        async def send_counted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = f"{message['status'] // 100}xx"
            await send(message)

        try:
            await self.app(scope, receive, send_counted)
        finally:
            kind = kind_of(scope["path"])
            if kind not in UNCOUNTED:
                meters.REQUESTS.labels(kind, status).observe(time.perf_counter() - began)


def kind_of(path: str) -> str:
    """Give the kind of an address: never the address itself, which may hold a key, and of which there are endless."""
    first = path.strip("/").partition("/")[0]
    return first if first in (*KINDS, *UNCOUNTED) else "page"


routes = [Route("/metrics", metrics)]
