"""Tells a load balancer whether this server can work: the database answers and is at the right version."""

import time

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from db import engine, migrate
from web import log

KEPT_SECONDS = 1.0


class Health:
    """The last finding, kept for a second so that strangers cannot keep the database busy by asking."""

    def __init__(self) -> None:
        self.good, self.until = False, 0.0

    def check(self) -> bool:
        """Tell whether the database answers and its migrations are current."""
        if time.monotonic() >= self.until:
            try:
                migrate.require_current(engine.engine())
                self.good = True
            except Exception as error:
                self.good = False
                log.event("not_healthy", **log.places(error))
            self.until = time.monotonic() + KEPT_SECONDS
        return self.good


_health = Health()


async def healthz(_request: Request) -> Response:
    """Answer 200 or 503, and nothing else."""
    good = await to_thread.run_sync(_health.check)
    return PlainTextResponse("ok" if good else "unavailable", 200 if good else 503)


async def livez(_request: Request) -> Response:
    """Answer 200 while this process can answer at all; whether it can work is ``/readyz``."""
    return PlainTextResponse("ok")


routes = [Route("/livez", livez), Route("/readyz", healthz), Route("/healthz", healthz)]
