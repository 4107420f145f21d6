"""The tablet app's modules in a real Chromium, served from the repository by the browser's own interception."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Route

from web.capture import APP, POLICY, files

WITHIN_MILLISECONDS = 60_000
HOME = "http://localhost:9/form"
PAGE = f"""<!doctype html><html lang="en"><head><title>Attune</title>
<link rel="stylesheet" href="{APP}capture.css"><link rel="stylesheet" href="{APP}form.css"></head>
<body><div id="app"></div></body></html>"""


@contextmanager
def modules_page(browser: Browser, **options: Any) -> Iterator[Page]:
    """Open an empty page that can import the app's modules, under the app's own content security policy."""
    context = browser.new_context(**options)
    context.set_default_timeout(WITHIN_MILLISECONDS)
    page = context.new_page()
    page.route("**/*", _answer)
    page.goto(HOME)
    yield page
    context.close()


def _answer(route: Route) -> None:
    address = urlsplit(route.request.url).path
    headers = {"content-security-policy": POLICY}
    if address == urlsplit(HOME).path:
        route.fulfill(body=PAGE, content_type="text/html; charset=utf-8", headers=headers)
    elif address in files():
        found = files()[address]
        route.fulfill(body=found.plain, content_type=found.kind, headers=headers)
    else:
        route.fulfill(status=404)
