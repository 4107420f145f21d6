"""What was typed and not saved is there again: after every fault that a tablet, a network or a server can have."""

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from sqlalchemy import delete, update
from sqlmodel import select

from db.engine import make_engine, session
from db.models import Draft
from db.models.base import utc_now
from db.models.people import SignInSession
from tests.browser.conftest import Person, picture
from tests.browser.test_capture import SITE, fill_visit, save
from tests.demo import make_demo
from tests.network import Wire
from tests.serving import Server, start_server

pytestmark = pytest.mark.browser

KEPT_WITHIN_SECONDS = 60
FORGETS_AT_ONCE = {"STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL": "0"}
"""A session whose connection was cut is past Streamlit's own session time in the same moment."""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A demo of its own: drafts of other tests must not come back here."""
    return make_demo(tmp_path_factory.mktemp("drafts"), sites=24, months=6)


@pytest.fixture(scope="module")
def forgetful(database: str) -> Iterator[Server]:
    """A server that can be killed and started again in the same place."""
    server = start_server(database, **FORGETS_AT_ONCE)
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def no_drafts(database: str) -> None:
    """Every test begins without drafts."""
    change(database, delete(Draft))


def change(url: str, statement) -> None:
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.execute(statement)
    engine.dispose()


def drafts(url: str) -> list[str]:
    engine = make_engine(url)
    with session(engine) as opened:
        found = [row.content["summary"] for row in opened.exec(select(Draft)) if row.dropped_at is None]
    engine.dispose()
    return sorted(found)


def kill_and_start(server: Server, database: str) -> None:
    """End the server as a power cut would, and start it again where it was."""
    server.kill()
    again = start_server(database, port=urlsplit(server.base_url).port, **FORGETS_AT_ONCE)
    server.process, server.log_path = again.process, again.log_path


def summary_of(person: Person):
    return person.page.get_by_label("Summary")


def type_on(person: Person, words: str) -> None:
    """Type at the end of the summary, stay in the field, and wait until that is kept."""
    field = summary_of(person)
    field.focus()
    person.page.keyboard.press("Control+End")
    person.page.keyboard.type(words)


def has(person: Person, words: str) -> None:
    """Expect the form exactly as it was left."""
    expect(summary_of(person)).to_have_value(words)
    expect(person.page.get_by_role("radio", name=SITE)).to_be_checked()
    expect(person.page.get_by_role("radio", name="45", exact=True)).to_be_checked()
    chosen = person.page.get_by_role("button", name="Classroom observation", exact=True)
    expect(chosen).to_have_attribute("aria-pressed", "true")


def kept(person: Person, database: str, words: str) -> None:
    """Wait until the server has kept these words."""
    deadline = time.monotonic() + KEPT_WITHIN_SECONDS
    while time.monotonic() < deadline:
        if words in drafts(database):
            return
        person.page.wait_for_timeout(50)  # lets the browser's events in
    pytest.fail(f"{words!r} is not among {drafts(database)}")


def test_what_is_typed_is_kept_while_the_hand_is_still_in_the_field(someone_at, forgetful: Server, database: str):
    person = someone_at(forgetful.base_url, "consultant")
    fill_visit(person, "Typed")
    type_on(person, " without leaving the field")
    kept(person, database, "Typed without leaving the field")
    person.sees(re.compile("^Draft saved"))
    type_on(person, ", and on")
    assert summary_of(person).input_value() == "Typed without leaving the field, and on"
    person.page.keyboard.press("Control+Home")
    for letter, there in (("N", "N"), ("o", "No"), ("t", "Not")):
        person.page.keyboard.type(letter)
        kept(person, database, f"{there}Typed without leaving the field, and on")
    expect(summary_of(person)).to_be_focused()


def test_the_first_answer_of_a_form_just_opened_is_kept_and_said(someone_at, forgetful: Server, database: str):
    person = someone_at(forgetful.base_url, "consultant")
    person.open("/log-visit")
    type_on(person, "Nothing else was answered yet")
    kept(person, database, "Nothing else was answered yet")
    person.sees(re.compile("^Draft saved"))
    person.does_not_see(re.compile("went wrong"))


def test_typed_text_survives_every_fault(someone_at, forgetful: Server, database: str):
    person = someone_at(forgetful.base_url, "consultant")
    words = "It's a note & more"
    fill_visit(person, words)

    def more(fault: str) -> str:
        type_on(person, f", {fault}")
        kept(person, database, f"{words}, {fault}")
        return f"{words}, {fault}"

    words = more("another page")
    person.tap("Records", "link")
    person.tap("Log a visit", "link")
    has(person, words)

    words = more("refresh")
    person.page.reload()
    person.idle()
    has(person, words)

    words = more("closed tab")
    context = person.page.context
    person.page.close()
    person = Person(context.new_page(), forgetful.base_url)
    person.open("/log-visit")
    has(person, words)

    words = more("signed out")
    person.page.get_by_role("button", name="Sign out").click()
    person.page.wait_for_url(re.compile("/sign-in"))
    person.sign_in("consultant")
    person.open("/log-visit")
    has(person, words)

    words = more("idle")
    change(database, update(SignInSession).values(last_seen_at=utc_now() - timedelta(hours=2)))
    person.page.reload()
    person.page.wait_for_url(re.compile("/sign-in"))
    person.page.get_by_role("button", name="Consultant").click()
    person.page.wait_for_url(re.compile("/log-visit"))
    person.idle()
    has(person, words)

    type_on(person, ", killed")
    words += ", killed"
    kill_and_start(forgetful, database)
    person.idle()
    has(person, words)
    kept(person, database, words)
    assert drafts(database) == [words]


@pytest.mark.parametrize("past_the_session", [False, True])
def test_typed_text_survives_a_cut_connection(
    someone_at, server: Server, demo_database: str, forgetful: Server, database: str, past_the_session: bool
):
    used, url = (forgetful, database) if past_the_session else (server, demo_database)
    wire = Wire(used.base_url)
    person = someone_at(wire.base_url, "consultant")
    fill_visit(person, "Typed before the cut")
    type_on(person, ", and in the last moment")
    wire.cut()
    expect(summary_of(person)).to_be_disabled()
    has(person, "Typed before the cut, and in the last moment")
    wire.mend()
    expect(summary_of(person)).to_be_enabled()
    person.idle()
    has(person, "Typed before the cut, and in the last moment")
    type_on(person, ", and after it")
    kept(person, url, "Typed before the cut, and in the last moment, and after it")
    person.page.reload()
    person.idle()
    has(person, "Typed before the cut, and in the last moment, and after it")
    wire.close()


def test_two_taps_on_another_tablet_bring_a_draft_back_exactly_and_saving_it_leaves_none(
    someone_at, forgetful: Server, database: str
):
    person = someone_at(forgetful.base_url, "consultant")
    fill_visit(person, "Half done")
    kept(person, database, "Half done")
    other_tablet = someone_at(forgetful.base_url, "consultant")
    other_tablet.open("/")
    picture(other_tablet, "drafts-on-today")
    other_tablet.sees(f"Visit: {SITE}")
    other_tablet.tap("Continue", "link")
    has(other_tablet, "Half done")
    type_on(person, " here")
    kept(person, database, "Half done here")
    type_on(other_tablet, " elsewhere")
    kept(other_tablet, database, "Half done elsewhere")
    other_tablet.sees(re.compile("^This was changed in another window or on another device"))
    picture(other_tablet, "draft-on-two-tablets")
    has(other_tablet, "Half done elsewhere")
    assert drafts(database) == ["Half done elsewhere", "Half done here"]
    save(other_tablet, "Save visit")
    other_tablet.sees(re.compile("^Saved"))
    assert drafts(database) == ["Half done here"]
    other_tablet.open("/log-visit")
    has(other_tablet, "Half done here")


def test_starting_over_asks_and_discarding_can_be_undone(someone_at, forgetful: Server, database: str):
    person = someone_at(forgetful.base_url, "consultant")
    fill_visit(person, "Not this one")
    kept(person, database, "Not this one")
    person.tap("Start over")
    picture(person, "draft-start-over")
    has(person, "Not this one")
    person.tap("Discard it")
    expect(summary_of(person)).to_have_value("")
    picture(person, "draft-discarded")
    assert drafts(database) == []
    person.tap("Undo")
    has(person, "Not this one")
    assert drafts(database) == ["Not this one"]
