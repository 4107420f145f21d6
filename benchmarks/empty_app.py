"""An app with nothing but the empty page, tuned as ours."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route


async def healthy(_request: Request) -> PlainTextResponse:
    """Answer as our own health route does."""
    return PlainTextResponse("ok")


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Freeze what was imported, as our own app does."""
    gc.collect()
    gc.freeze()
    yield


app = st.App("empty_script.py", lifespan=lifespan, routes=[Route("/healthz", healthy)])
