"""Tells a load balancer whether this server can work: its database answers, is at the right version, and has room."""

import shutil
import time
from pathlib import Path

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from db import engine, migrate
from web import log

KEPT_SECONDS = 1.0
ROOM_BYTES = 20_000_000
"""With less room than this on SQLite's disk, the next saves will fail."""


class Health:
    """The last finding, kept for a second so that strangers cannot keep the database busy by asking."""

    def __init__(self) -> None:
        self.good, self.until = False, 0.0

    def check(self) -> bool:
        """Tell whether the database answers, its migrations are current, and its disk has room."""
        if time.monotonic() >= self.until:
            try:
                migrate.require_current(engine.engine())
                _require_room()
                self.good = True
            except Exception as error:
                self.good = False
                log.event("not_healthy", **log.places(error))
            self.until = time.monotonic() + KEPT_SECONDS
        return self.good


def _require_room() -> None:
    url = engine.engine().url
    if url.get_backend_name() == "sqlite" and url.database:
        free = shutil.disk_usage(Path(url.database).parent).free
        if free < ROOM_BYTES:
            raise OSError("the disk of the database is full")


_health = Health()


async def healthz(_request: Request) -> Response:
    """Answer 200 or 503, and nothing else."""
    good = await to_thread.run_sync(_health.check)
    return PlainTextResponse("ok" if good else "unavailable", 200 if good else 503)


async def livez(_request: Request) -> Response:
    """Answer 200 while this process can answer at all; whether it can work is ``/readyz``."""
    return PlainTextResponse("ok")


routes = [Route("/livez", livez), Route("/readyz", healthz), Route("/healthz", healthz)]
