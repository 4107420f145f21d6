"""The application without a server, and people with passwords."""

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient

import db.engine
from db import passwords
from db.settings import Settings
from web import (
    account,
    api,
    capture_data,
    compressed,
    downloads,
    errors,
    gate,
    headers,
    health,
    html,
    metrics,
    openid,
    request_id,
    sign_in,
    submissions,
    survey,
)

PASSWORD = "seven kites over the harbor"
ORIGIN = "http://testserver"
STORED = passwords.hash_password(PASSWORD)


async def _page(request: Request) -> JSONResponse:
    return JSONResponse({"session": request.headers.getlist(gate.HEADER)})


async def _broken(_request: Request) -> PlainTextResponse:
    raise ValueError("Maria's note about table 5")


async def _socket(websocket: Any) -> None:
    await websocket.accept()
    await websocket.send_json(websocket.headers.getlist(gate.HEADER))
    while True:
        await websocket.send_bytes(await websocket.receive_bytes())


def application() -> Starlette:
    """Our routes and middleware, as in app.py, around small stand-ins for Streamlit's own."""
    stand_ins = ["/", "/site-trends", "/media/x.csv", "/_stcore/host-config", "/_stcore/upload_file/s/f"]
    return Starlette(
        routes=[
            *health.routes,
            *metrics.routes,
            *html.routes,
            *sign_in.routes,
            *openid.routes,
            *account.routes,
            *downloads.routes,
            *survey.routes,
            *submissions.routes,
            *capture_data.routes,
            *api.routes,
            Route("/broken", _broken),
            Route("/static/app.js", _page),
            WebSocketRoute("/_stcore/stream", _socket),
            *(Route(path, _page, methods=["GET", "PUT", "POST"]) for path in stand_ins),
        ],
        middleware=[
            Middleware(request_id.RequestId),
            Middleware(metrics.Counted),
            Middleware(headers.SecurityHeaders),
            Middleware(errors.Apology),
            Middleware(gate.Gate),
            Middleware(compressed.CompressedStatic),
        ],
    )


@pytest.fixture
def behind_tls() -> bool:
    """Whether a proxy serves over https; tests override it."""
    return False


@pytest.fixture
def client(engine, field, session, monkeypatch, behind_tls) -> Iterator[TestClient]:
    """A browser without a session, on a database with the small field and one password for everybody."""
    for person in field.people.values():
        person.password_hash = STORED
        field.add(person)
    session.commit()
    monkeypatch.setattr(db.engine, "engine", lambda: engine)
    monkeypatch.setattr(health, "_health", health.Health())
    headers.fixed_headers.cache_clear()
    if behind_tls:
        chosen = Settings(behind_tls=True)
        for module in (headers, __import__("web.cookies", fromlist=["settings"])):
            monkeypatch.setattr(module, "settings", lambda: chosen)
    base = ORIGIN.replace("http:", "https:") if behind_tls else ORIGIN
    with TestClient(application(), base_url=base, follow_redirects=False) as opened:
        yield opened


def token_in(page: str) -> str:
    """The form token of a page."""
    return re.search(r'name="token" value="([^"]+)"', page).group(1)


def sign_in_as(client: TestClient, person: Any, password: str = PASSWORD, **changes: Any) -> Any:
    """Fill the sign-in page and send it."""
    page = client.get("/sign-in")
    form = {"token": token_in(page.text), "name": person.sign_in_name, "password": password}
    values = {"headers": {"origin": str(client.base_url)}, **changes}
    values["data"] = {**form, **values.get("data", {})}
    return client.post("/sign-in", **values)


@pytest.fixture
def signed_in(client, field) -> SimpleNamespace:
    """The consultant's browser, signed in."""
    answer = sign_in_as(client, field.people["consultant"])
    assert answer.status_code == 303
    return SimpleNamespace(client=client, token=client.cookies["attune"], person=field.people["consultant"])


@pytest.fixture
def static_folder() -> Path:
    """Where the installed Streamlit keeps its page."""
    return compressed.FOLDER
