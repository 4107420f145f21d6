"""The time where the reader is: on the clock of their browser, or of the server when that says none."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st


def now() -> datetime:
    """Give the present moment on the reader's clock."""
    return here(datetime.now(UTC))


def here(moment: datetime) -> datetime:
    """Give a stored moment on the reader's clock."""
    return moment.astimezone(_zone())


def today() -> date:
    """Give the reader's date."""
    return now().date()


def _zone() -> ZoneInfo | None:
    try:
        return ZoneInfo(st.context.timezone) if st.context.timezone else None
    except (ZoneInfoNotFoundError, ValueError):
        return None
