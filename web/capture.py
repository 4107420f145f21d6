"""The tablet app's own files: all that a browser needs to open it, without anything about anybody.

They answer to strangers, as the sign-in page does. The service worker keeps them; each is named there with the hash of
what is in it, so that a version is kept whole or not at all.
"""

import base64
import gzip
import hashlib
import json
import mimetypes
from collections.abc import Iterator
from contextvars import copy_context
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from components.definitions.served import served
from components.words import LANGUAGES, use_language

FOLDER = Path(__file__).parent / "tablet"
SHELL, MANIFEST, WORKER, APP = "/capture", "/capture/manifest.webmanifest", "/capture/sw.js", "/capture/app/"
OWN = ("sw.js", "shell.html", "vendor/versions.json")
"""Files that have an address of their own, or none."""
NOT_KEPT = ("vendor/workbox.js", "vendor/licences/")
"""Files that the service worker need not keep: the browser keeps its parts together with itself."""
WORTH_PACKING = ("text/", "application/")
ICON_SIZES = (192, 512)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self';"
    " worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Served:
    """One file as it is sent: plain, and packed where that is worth it."""

    kind: str
    plain: bytes
    packed: bytes | None

    @property
    def digest(self) -> bytes:
        """Give the SHA-256 of what is in it."""
        return hashlib.sha256(self.plain).digest()


@lru_cache(maxsize=1)
def files() -> dict[str, Served]:
    """Give every file of the app by its address, except the service worker, which names them."""
    found = {SHELL: _served("text/html; charset=utf-8", (FOLDER / "shell.html").read_bytes())}
    found[MANIFEST] = _served("application/manifest+json", json.dumps(manifest()).encode())
    for code in LANGUAGES:
        found[f"/capture/definitions/{code}.json"] = copy_context().run(_definitions, code)
    for file in sorted(FOLDER.rglob("*")):
        name = file.relative_to(FOLDER).as_posix()
        if file.is_file() and name not in OWN:
            found[APP + name] = _served(_kind(name), file.read_bytes())
    return found


def kept() -> Iterator[str]:
    """Give the addresses that the service worker keeps on the tablet."""
    return (address for address in files() if not address.removeprefix(APP).startswith(NOT_KEPT))


def manifest() -> dict[str, object]:
    """Give what makes the app installable."""
    return {
        "id": SHELL,
        "name": "Attune",
        "short_name": "Attune",
        "start_url": SHELL,
        "scope": SHELL,
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#1f5f6b",
        "icons": [
            {"src": f"{APP}icons/{name}{size}.png", "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
            for size in ICON_SIZES
            for name, purpose in (("", "any"), ("maskable-", "maskable"))
        ],
    }


@lru_cache(maxsize=1)
def worker() -> Served:
    """Give the service worker with the list of the files that it keeps, each with its hash."""
    listed = [
        {
            "url": address,
            "revision": files()[address].digest.hex()[:16],
            "integrity": f"sha256-{base64.b64encode(files()[address].digest).decode()}",
        }
        for address in kept()
    ]
    script = (FOLDER / "sw.js").read_text().replace("FILES", json.dumps(listed), 1)
    return _served("text/javascript; charset=utf-8", script.encode())


def _definitions(code: str) -> Served:
    use_language(code)
    content = json.dumps(served(), ensure_ascii=False, separators=(",", ":"))
    return _served("application/json", content.encode())


def _served(kind: str, plain: bytes) -> Served:
    packed = gzip.compress(plain, compresslevel=6, mtime=0) if kind.startswith(WORTH_PACKING) else None
    return Served(kind, plain, packed)


def _kind(name: str) -> str:
    if name.endswith(".js"):
        return "text/javascript; charset=utf-8"
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


async def _file(request: Request) -> Response:
    found = (await to_thread.run_sync(files)).get(request.url.path)
    if found is None:
        return PlainTextResponse("Not found", 404)
    return _answer(request, found)


async def _worker(request: Request) -> Response:
    answer = _answer(request, await to_thread.run_sync(worker))
    answer.headers["service-worker-allowed"] = SHELL
    return answer


def _answer(request: Request, found: Served) -> Response:
    headers = {"content-security-policy": POLICY, "vary": "accept-encoding"}
    if found.packed is None or "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(found.plain, media_type=found.kind, headers=headers)
    return Response(found.packed, media_type=found.kind, headers={**headers, "content-encoding": "gzip"})


routes = [
    Route(SHELL, _file),
    Route(WORKER, _worker),
    Route("/capture/{file:path}", _file),
]
