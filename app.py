"""Attune's ASGI application: ``streamlit run app.py``. The gate is in front; each session runs the shell."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from components import apology
from web import (
    account,
    api,
    capture,
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
    start,
    submissions,
    survey,
    turns,
)  # fmt: skip


def apologise(error: Exception) -> bool:
    """Say sorry on the screen and log where it happened, instead of Streamlit's own box."""
    apology.show(errors.note(error))
    return True


headers.hide_server_name()

app = st.App(
    Path(__file__).resolve().parent / "components" / "shell.py",
    lifespan=start.lifespan,
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
        *capture.routes,
        *capture_data.routes,
        *api.routes,
    ],
    middleware=[
        Middleware(request_id.RequestId),
        Middleware(metrics.Counted),
        Middleware(headers.SecurityHeaders),
        Middleware(errors.Apology),
        Middleware(gate.Gate),
        Middleware(turns.Turns),
        Middleware(compressed.CompressedStatic),
    ],
    on_script_error=apologise,
)
