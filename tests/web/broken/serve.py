"""Attune's application around a session script that always fails."""

import streamlit as st
from starlette.middleware import Middleware

from app import apologise
from web import errors, gate, headers, health, start

headers.hide_server_name()

app = st.App(
    "shell.py",
    lifespan=start.lifespan,
    routes=[*health.routes],
    middleware=[Middleware(headers.SecurityHeaders), Middleware(errors.Apology), Middleware(gate.Gate)],
    on_script_error=apologise,
)
