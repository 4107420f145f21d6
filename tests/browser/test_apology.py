"""When a page fails: a short apology with a reference, and the details in the log only, without anybody's words."""

import re

import pytest

from tests.serving import start_server

pytestmark = pytest.mark.browser


def test_a_failing_page_apologises_with_a_reference_and_tells_nothing_else(someone_at, demo_database: str):
    server = start_server(demo_database, script="tests/browser/broken_app.py")
    try:
        person = someone_at(server.base_url, "consultant")
        person.open("/")
        person.sees(re.compile("Something went wrong on our side"))
        shown = person.page.locator("body").inner_text()
        reference = re.search(r"reference:?\s+([0-9a-f-]{4,})", shown)
        assert reference, shown
        for detail in ("Maria", "SELECT", "/srv", "ValueError", "Traceback", ".py"):
            assert detail not in shown
        log = server.log()
        assert reference.group(1) in log
        assert "broken_app.py" in log
        assert "Maria" not in log
    finally:
        server.stop()
