"""Which addresses answer to whom, and which may be gone to after signing in."""

import re
from urllib.parse import quote, urlsplit

OPEN = frozenset(
    {
        "/sign-in",
        "/sign-in/code",
        "/sign-in/new-password",
        "/sign-out",
        "/healthz",
        "/livez",
        "/readyz",
        "/metrics",
        "/_stcore/health",
        "/favicon.ico",
        "/favicon.png",
        "/capture",
        "/survey",
    }
)
OPEN_UNDER = (
    "/sign-in/with/",
    "/sign-in/back/",
    "/sign-in/ended/",
    "/sign-out/of/",
    "/static/",
    "/attune-static/",
    "/capture/",
    "/survey/",
)
CLOSED = ("/_stcore/metrics", "/_stcore/script-health-check", "/_stcore/agent")
API = "/api/"
NOT_PAGES = (API, "/_stcore/", "/media/", "/component/", "/download/")
LONGEST = 1500
_DEVICE = re.compile(r"/api/capture/devices/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def is_open(path: str) -> bool:
    """Tell whether ``path`` answers to strangers."""
    odd = ".." in path or "//" in path or "\\" in path
    return path in OPEN or (path.startswith(OPEN_UNDER) and not odd) or _DEVICE.fullmatch(path) is not None


def is_closed(path: str) -> bool:
    """Tell whether ``path`` answers to nobody: what the server says about itself, and doors for programs."""
    plain = path.rstrip("/") + "/"
    return any(f"{closed}/" in plain for closed in CLOSED)


def is_page(path: str) -> bool:
    """Tell whether a person would open ``path``, rather than a page fetch it."""
    return not path.startswith(NOT_PAGES)


def sign_in_for(path: str, query: str) -> str:
    """Give the address of the sign-in page that leads on to this one."""
    wanted = local(f"{path}?{query}" if query else path)
    return "/sign-in" if wanted == "/" else f"/sign-in?next={quote(wanted, safe='')}"


def local(address: str | None) -> str:
    """Give ``address`` if it is a page on this server, otherwise the start page."""
    if not address or not address.startswith("/") or address.startswith("//") or len(address) > LONGEST:
        return "/"
    if "\\" in address or any(ord(letter) < 33 or ord(letter) == 127 for letter in address):
        return "/"
    try:
        parts = urlsplit(address)
    except ValueError:
        return "/"
    if parts.scheme or parts.netloc or parts.path.startswith(("/sign-in", "/sign-out")) or not is_page(parts.path):
        return "/"
    return address
