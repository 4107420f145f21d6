"""Which tablet apps a browser holds, in a cookie that outlives the session's.

The session's cookie ends with the browser. Without this one, whoever signs in again and signs out on our own pages
would leave the app in the same browser with its lists. The keys tell nothing but how a tablet stands.
"""

import uuid
from datetime import timedelta

from starlette.requests import HTTPConnection
from starlette.responses import Response

from db.sign_in import Browser
from web import cookies
from web.browser_name import browser_name

KEPT_FOR = timedelta(days=31)
"""Longer than the 14 days without contact after which the app forgets its lists by itself."""
MOST = 8


def known(connection: HTTPConnection) -> tuple[uuid.UUID, ...]:
    """Give the keys of the tablet apps in this browser, the one heard of last first."""
    told = connection.cookies.get(cookies.name(cookies.TABLETS), "").split(".")
    return tuple(key for one in told[:MOST] if (key := _key(one)))


def remember(connection: HTTPConnection, response: Response, device: uuid.UUID) -> None:
    """Note in the browser that it holds this tablet app."""
    keys = (device, *(one for one in known(connection) if one != device))[:MOST]
    cookies.put(response, cookies.TABLETS, ".".join(one.hex for one in keys), KEPT_FOR)


def browser(connection: HTTPConnection) -> Browser:
    """Give what a browser brings along that signs in."""
    return Browser(cookies.session_hash(connection), browser_name(connection), known(connection))


def _key(told: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(hex=told)
    except ValueError:
        return None
