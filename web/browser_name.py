"""What a person recognizes a browser by in the list of their own sessions: its name and system, nothing finer."""

import re

from starlette.requests import HTTPConnection

_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("iPad", "iPad"), ("iPhone", "iPhone"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "Mac"),
    ("CrOS", "Chromebook"), ("Linux", "Linux"),
)  # fmt: skip


def browser_name(connection: HTTPConnection) -> str:
    """Give a short name of the browser that asks, such as "Chrome, Android"; "" when it says nothing known."""
    told = connection.headers.get("user-agent", "")
    found = [
        next((name for sign, name in known if re.search(rf"\b{sign}", told)), "") for known in (_BROWSERS, _SYSTEMS)
    ]
    return ", ".join(name for name in found if name)
