"""The time where the reader is: on the clock of their browser."""

from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st


def now() -> datetime:
    """Give the present moment on the reader's clock."""
    return datetime.now(_zone())


def here(moment: datetime) -> datetime:
    """Give a stored moment on the reader's clock."""
    return moment.astimezone(_zone())


def today() -> date:
    """Give the reader's date."""
    return now().date()


def _zone() -> ZoneInfo:
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
