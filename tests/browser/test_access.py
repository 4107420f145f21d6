"""What each role finds, and what nobody gets by typing an address."""

import re
import uuid
from collections.abc import Callable
from types import SimpleNamespace

import httpx
import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from components.navigation import SCREENS
from db.demo.people import SIGN_INS
from db.engine import make_engine
from tests.browser.conftest import ROLE_BUTTONS
from tests.load.person import Person as Listener
from tests.serving import Server
from tests.web.conftest import sign_in_as

pytestmark = pytest.mark.browser

NOT_FOUND = "We could not find that."
SITE_IN_ADDRESS = {
    "log-visit", "record-incident", "records", "classroom-quality", "staff-stress", "site-trends", "sites",
    "exclusions", "outcomes", "patterns", "meeting",
}  # fmt: skip
SAYS_INSTEAD = {("coordinator", "classroom-quality"): "Single observations stay with the people"}
"""A screen that tells this role nothing about any site, whatever the address names."""


@pytest.fixture(scope="module")
def opened(server: Server) -> Callable[..., bytes]:
    """Open an address as a new tab does, and give all that the server sends to it."""
    cookies: dict[str, str] = {}

    def open_(role: str, path: str, query: str = "") -> bytes:
        if role not in cookies:
            cookies[role] = signed_in(server, role)
        tab = Listener(server.base_url, cookies[role])
        tab.open(path, query)
        tab.close()
        assert tab.said
        return tab.said

    return open_


def signed_in(server: Server, role: str) -> str:
    """Sign in with the password of a demo person, and give the cookie."""
    one = next(one for one in SIGN_INS if one.role == role)
    with httpx.Client(base_url=server.base_url) as client:
        person = SimpleNamespace(sign_in_name=one.name)
        assert sign_in_as(client, person, one.password, headers={"origin": server.base_url}).status_code == 303
        return f"attune={client.cookies['attune']}"


@pytest.mark.parametrize("role", ROLE_BUTTONS)
def test_a_screen_of_another_role_is_not_found(opened, role: str):
    for screen in SCREENS:
        is_found = NOT_FOUND.encode() not in opened(role, screen.path)
        assert is_found == (role in screen.roles), screen.path


@pytest.fixture(scope="module")
def foreign_site(demo_database: str) -> uuid.UUID:
    """A site that the demo consultant, director and coordinator may not see."""
    engine = make_engine(demo_database)
    with engine.connect() as connection:
        found = connection.execute(
            text(
                "SELECT id FROM site WHERE region_id NOT IN (SELECT region_id FROM person_scope JOIN person ON"
                " person.id = person_scope.person_id WHERE sign_in_name = :coordinator AND region_id IS NOT NULL)"
                " AND id NOT IN (SELECT site_id FROM person_scope JOIN person ON person.id = person_scope.person_id"
                " WHERE sign_in_name IN (:consultant, :director) AND site_id IS NOT NULL) LIMIT 1"
            ),
            {one.role: one.name for one in SIGN_INS if one.role != "admin"},
        ).scalar_one()
    engine.dispose()
    return uuid.UUID(found)


@pytest.fixture(scope="module")
def foreign_names(demo_database: str, foreign_site: uuid.UUID) -> list[str]:
    """What the foreign site is called, and where it is."""
    engine = make_engine(demo_database)
    with engine.connect() as connection:
        row = connection.execute(
            text("SELECT name, license_no FROM site WHERE id = :id"), {"id": foreign_site.hex}
        ).one()
    engine.dispose()
    return [value for value in row if value]


@pytest.mark.parametrize("role", ["consultant", "director", "coordinator"])
def test_a_foreign_site_typed_by_hand_is_not_found(
    opened, foreign_site: uuid.UUID, foreign_names: list[str], role: str
):
    for screen in SCREENS:
        if role in screen.roles and screen.path in SITE_IN_ADDRESS:
            told = opened(role, screen.path, f"site={foreign_site}")
            assert SAYS_INSTEAD.get((role, screen.path), NOT_FOUND).encode() in told, screen.path
            assert not any(str(name).encode() in told for name in foreign_names), screen.path


def test_what_is_not_found_is_told_on_the_screen(someone, foreign_site: uuid.UUID):
    person = someone("director")
    for address in ("/people", f"/site-trends?site={foreign_site}", f"/records?site={foreign_site}"):
        person.open(address)
        person.sees(NOT_FOUND)


def test_without_a_session_every_address_leads_to_sign_in(someone):
    person = someone()
    for screen in SCREENS:
        person.page.goto(f"{person.base_url}/{screen.path}")
        assert "/sign-in" in person.page.url


def test_after_signing_in_one_is_where_one_wanted_to_be(someone):
    person = someone()
    person.page.goto(f"{person.base_url}/site-trends?period=6")
    person.page.get_by_role("button", name=ROLE_BUTTONS["director"]).click()
    person.page.wait_for_url(f"{person.base_url}/site-trends?period=6")
    person.idle()
    expect(person.page).to_have_url(f"{person.base_url}/site-trends?period=6")
    person.has_heading("Site trends")


def test_signing_out_ends_the_session_everywhere(someone):
    person = someone("consultant")
    person.open("/")
    other_tab = person.page.context.new_page()
    other_tab.goto(f"{person.base_url}/sites")
    other_tab.get_by_role("heading", name="Sites").wait_for()
    person.page.get_by_role("button", name="Sign out").click()
    person.page.wait_for_url(re.compile("/sign-in"))
    person.page.goto(f"{person.base_url}/records")
    assert "/sign-in" in person.page.url
    other_tab.get_by_role("link", name="Records").click()
    other_tab.wait_for_url(re.compile("/sign-in"))
