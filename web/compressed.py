"""Serves Streamlit's own scripts and styles compressed, which Streamlit does not.

Each file is compressed once, when it is first asked for, and kept in memory. The files' names hold a hash
of what is in them, so nothing here can grow old.
"""

import gzip
import mimetypes
from pathlib import Path

import streamlit
from anyio import to_thread
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

WORTH_IT = {".js", ".css", ".svg", ".json", ".ttf", ".wasm"}
SMALLEST_BYTES = 1000
FOLDER = Path(streamlit.__file__).parent / "static"


class CompressedStatic:
    """ASGI middleware that answers for ``/static/`` where the browser takes gzip."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.kept: dict[str, bytes] = {}
        self.names = {
            f"/{file.relative_to(FOLDER).as_posix()}": file
            for file in (FOLDER / "static").rglob("*")
            if file.suffix in WORTH_IT and file.stat().st_size >= SMALLEST_BYTES
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass it on."""
        file = self.names.get(scope["path"]) if scope["type"] == "http" and scope["method"] == "GET" else None
        headers = Headers(scope=scope) if file else Headers()
        if file is None or "gzip" not in headers.get("accept-encoding", "") or "range" in headers:
            await self.app(scope, receive, send)
            return
        if file.name not in self.kept:
            self.kept[file.name] = await to_thread.run_sync(_packed, file)
        answer = Response(
            self.kept[file.name],
            media_type=mimetypes.guess_type(file.name)[0],
            headers={
                "content-encoding": "gzip",
                "vary": "accept-encoding",
                "cache-control": "public, immutable, max-age=31536000",
            },
        )
        await answer(scope, receive, send)


def _packed(file: Path) -> bytes:
    return gzip.compress(file.read_bytes(), compresslevel=6, mtime=0)
