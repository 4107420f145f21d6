"""What was typed and not saved comes back: after a reload, signing out, and the server's sudden end."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlmodel import select

from db.engine import make_engine, session
from db.models import Draft
from tests.browser.conftest import NOON, Person, picture
from tests.browser.test_capture import SITE, fill_visit, save
from tests.serving import ROOT, start_server

pytestmark = pytest.mark.browser


@pytest.fixture
def own_database(tmp_path: Path) -> str:
    """A demo of its own: drafts of other tests must not come back here."""
    url = f"sqlite:///{tmp_path / 'demo.db'}"
    command = [sys.executable, "manage.py", "demo", "--sites", "24", "--months", "6", "--seed", "7"]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "DATABASE_URL": url}, check=True, capture_output=True)
    return url


def drafts(url: str) -> list[Draft]:
    engine = make_engine(url)
    with session(engine) as opened:
        found = list(opened.exec(select(Draft)))
    engine.dispose()
    return found


def someone_at(browser, base_url: str) -> Person:
    context = browser.new_context(viewport={"width": 1024, "height": 768}, timezone_id=NOON)
    person = Person(context.new_page(), base_url)
    person.sign_in("consultant")
    return person


def test_typed_text_survives_reload_sign_out_another_tablet_and_a_killed_server(browser, own_database: str):
    words = "It's a note & more, half done"
    server = start_server(own_database)
    person = someone_at(browser, server.base_url)
    fill_visit(person, words)
    person.sees("Draft saved")
    person.open("/log-visit")
    assert person.page.get_by_label("Summary").input_value() == words
    assert person.page.get_by_role("radio", name=SITE).is_checked()
    assert person.page.get_by_role("radio", name="45", exact=True).is_checked()
    server.kill()

    server = start_server(own_database)
    try:
        other_tablet = someone_at(browser, server.base_url)
        other_tablet.open("/log-visit")
        other_tablet.sees("We brought back what you typed")
        assert other_tablet.page.get_by_label("Summary").input_value() == words
        assert len(drafts(own_database)) == 1
        save(other_tablet, "Save visit")
        picture(other_tablet, "draft-saved")
        other_tablet.sees(re.compile("^Saved"))
        other_tablet.does_not_see("We brought back what you typed")
        assert drafts(own_database) == []
        other_tablet.open("/log-visit")
        other_tablet.does_not_see("We brought back what you typed")
    finally:
        server.stop()


def test_starting_over_lets_the_draft_go(browser, own_database: str):
    server = start_server(own_database)
    try:
        person = someone_at(browser, server.base_url)
        fill_visit(person, "Not this one")
        person.sees("Draft saved")
        person.tap("Start over")
        assert person.page.get_by_label("Summary").input_value() == ""
        assert drafts(own_database) == []
    finally:
        server.stop()
