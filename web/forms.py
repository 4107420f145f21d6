"""What every form of ours needs: read with a limit, and only from a page that we served to this browser.

Against forged requests: the Origin must be ours, and a signed token in the form must match a cookie. The
signing secret is in the database, so that any server process can check what another one served.
"""

import secrets
import uuid
from urllib.parse import parse_qsl, urlsplit

from itsdangerous import BadData, TimestampSigner
from starlette.requests import Request
from starlette.responses import Response

from db import marks
from db.engine import session
from web import cookies

LARGEST = 20_000
VALID_SECONDS = 12 * 3600
PROOF_SALT, PROOF_SECONDS = "attune proof", 600


def form_token(secret: str, nonce: str) -> str:
    """Give the token for a form in the browser that holds ``nonce`` in its cookie."""
    return TimestampSigner(secret, salt="attune form").sign(nonce).decode()


def nonce_of(request: Request) -> str:
    """Give the browser's nonce, or a new one for it."""
    held = request.cookies.get(cookies.name(cookies.FORM), "")
    return held if len(held) == 43 else secrets.token_urlsafe(32)


def remember(response: Response, nonce: str) -> None:
    """Give the nonce to the browser."""
    cookies.put(response, cookies.FORM, nonce)


def is_ours(request: Request, form: dict[str, str], secret: str) -> bool:
    """Tell whether the form comes from a page that this browser was served in the last twelve hours."""
    return from_here(request) and is_signed(request, form.get("token", ""), secret)


def is_signed(request: Request, token: str, secret: str) -> bool:
    """Tell whether a token was made for this browser in the last twelve hours."""
    held = request.cookies.get(cookies.name(cookies.FORM), "")
    try:
        signed = TimestampSigner(secret, salt="attune form").unsign(token, VALID_SECONDS)
    except BadData:
        return False
    return bool(held) and secrets.compare_digest(signed, held.encode())


def proof(key: str, session_id: uuid.UUID) -> str:
    """Give what shows that the password was entered just now in this session: for what changes how one signs in."""
    return TimestampSigner(key, salt=PROOF_SALT).sign(session_id.hex).decode()


def is_proof(key: str, told: str, session_id: uuid.UUID | None) -> bool:
    """Tell whether ``told`` was made for this session in the last ten minutes."""
    try:
        proven = TimestampSigner(key, salt=PROOF_SALT).unsign(told, PROOF_SECONDS)
    except BadData:
        return False
    return session_id is not None and secrets.compare_digest(proven, session_id.hex.encode())


def from_here(request: Request) -> bool:
    """Tell whether the browser says that one of our own pages sent this."""
    sent = request.headers.get("origin") or request.headers.get("referer", "")
    return urlsplit(sent).netloc == request.headers.get("host", "") != ""


async def fields(request: Request) -> dict[str, str] | None:
    """Give what a form sent; None when it is larger than any form of ours."""
    body = await limited_body(request, LARGEST)
    if body is None:
        return None
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=20))
    except ValueError:
        return None


async def limited_body(request: Request, largest: int) -> bytes | None:
    """Give what was sent, read only as far as ``largest`` bytes; None when there is more."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > largest:
            return None
    return bytes(body)


def secret() -> str:
    """Give the secret that signs our forms."""
    with session() as opened:
        return marks.csrf_secret(opened)
