"""The security headers of every answer."""

import base64
import hashlib
import re
from functools import lru_cache
from pathlib import Path

import streamlit
import uvicorn
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from db.settings import settings

TWO_YEARS = 63_072_000
KEPT_FOREVER = ("/static/", "/attune-static/")
_INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


class SecurityHeaders:
    """ASGI middleware that adds the headers to whatever answers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, and its answer back with the headers."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in fixed_headers().items():
                    headers.setdefault(name, value)
                kept = scope["path"].startswith(KEPT_FOREVER) and "immutable" in headers.get("cache-control", "")
                if not kept:
                    headers["cache-control"] = "no-store"
                del headers["server"]
            await send(message)

        await self.app(scope, receive, send_with_headers)


@lru_cache(maxsize=1)
def fixed_headers() -> dict[str, str]:
    """Give the headers that do not depend on the answer."""
    headers = {
        "content-security-policy": policy(),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
    if settings().behind_tls:
        headers["strict-transport-security"] = f"max-age={TWO_YEARS}; includeSubDomains"
    return headers


@lru_cache(maxsize=1)
def policy() -> str:
    """Give the strictest content security policy under which Streamlit's page works.

    ``blob:`` scripts are how its components of version 2 load; the inline script of its page is allowed by
    its hash, taken from the installed file. ``'unsafe-inline'`` for styles cannot be avoided: it styles
    from script.
    """
    hashes = " ".join(f"'sha256-{one}'" for one in inline_script_hashes())
    return (
        f"default-src 'self'; script-src 'self' blob: {hashes}; style-src 'self' 'unsafe-inline';"
        " img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:;"
        " frame-ancestors 'none'; base-uri 'none'; object-src 'none'; form-action 'self'"
    )


def inline_script_hashes() -> list[str]:
    """Give the base64 SHA-256 of each inline script in the installed Streamlit's page."""
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_bytes()
    return [base64.b64encode(hashlib.sha256(found).digest()).decode() for found in _INLINE.findall(page)]


def hide_server_name() -> None:
    """Keep uvicorn from naming itself in every answer: ``streamlit run`` offers no setting for that."""

    def without_server(config: uvicorn.Config) -> list[tuple[bytes, bytes]]:
        return [header for header in config.__dict__["encoded_headers"] if header[0] != b"server"]

    def keep(config: uvicorn.Config, headers: list[tuple[bytes, bytes]]) -> None:
        config.__dict__["encoded_headers"] = headers

    uvicorn.Config.encoded_headers = property(without_server, keep)  # type: ignore[assignment]
