"""Our own few HTML pages: templates in which every value is escaped."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from components.words import LANGUAGES, language, use_language

FOLDER = Path(__file__).parent
STYLE = FOLDER / "static" / "attune.css"
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'{more}; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)

_templates = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def text(template: str, **values: Any) -> str:
    """Give a template filled with values, each escaped."""
    return _templates.get_template(template).render(lang=language(), style=_style_address(), **values)


def page(template: str, status: int = 200, *, pictures: bool = False, **values: Any) -> HTMLResponse:
    """Give an answer with one of our pages, which runs no script at all; ``pictures`` lets it hold images itself."""
    policy = POLICY.format(more=" data:" if pictures else "")
    return HTMLResponse(text(template, **values), status, headers={"content-security-policy": policy})


def speak(request: Request) -> None:
    """Use the first language of the browser's list that we speak."""
    wanted = request.headers.get("accept-language", "")
    spoken = [one.split(";")[0].strip()[:2].lower() for one in wanted.split(",")]
    use_language(next((code for code in spoken if code in LANGUAGES), LANGUAGES[0]))


async def _style(_request: Request) -> Response:
    return FileResponse(STYLE, headers={"cache-control": "public, max-age=31536000, immutable"})


@lru_cache(maxsize=1)
def _style_address() -> str:
    return f"/attune-static/attune.css?v={hashlib.sha256(STYLE.read_bytes()).hexdigest()[:12]}"


routes = [Route("/attune-static/attune.css", _style)]
