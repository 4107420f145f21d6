"""The cookies of ours: what they are called and how they are set."""

from datetime import timedelta

from starlette.requests import HTTPConnection
from starlette.responses import Response

from db.settings import settings
from db.sign_in import token_hash

SESSION, FORM, WAITING, OPENID, TABLETS = "attune", "attune-form", "attune-waiting", "attune-openid", "attune-tablets"


def name(cookie: str) -> str:
    """Give a cookie's full name. Behind TLS its prefix makes the browser refuse one set by another host."""
    return f"__Host-{cookie}" if settings().behind_tls else cookie


def put(response: Response, cookie: str, value: str, kept_for: timedelta | None = None) -> None:
    """Set a cookie that scripts cannot read and that ends with the browser, or after ``kept_for``."""
    seconds = None if kept_for is None else round(kept_for.total_seconds())
    response.set_cookie(
        name(cookie), value, seconds, path="/", secure=settings().behind_tls, httponly=True, samesite="lax"
    )


def drop(response: Response, cookie: str) -> None:
    """Take a cookie away."""
    response.delete_cookie(name(cookie), path="/", secure=settings().behind_tls, httponly=True, samesite="lax")


def session_hash(connection: HTTPConnection) -> str | None:
    """Give the hash of the session token that this browser sent, if any."""
    token = connection.cookies.get(name(SESSION))
    return token_hash(token) if token else None
