"""What each role finds, and what nobody gets by typing an address."""

import re
import uuid

import pytest
from sqlalchemy import text

from components.navigation import SCREENS
from db.demo.people import SIGN_INS
from db.engine import make_engine
from tests.browser.conftest import ROLE_BUTTONS

pytestmark = pytest.mark.browser

NOT_FOUND = "We could not find that."
SITE_IN_ADDRESS = {
    "log-visit", "record-incident", "records", "classroom-quality", "staff-stress", "site-trends", "sites",
    "exclusions", "outcomes", "patterns", "meeting",
}  # fmt: skip
SAYS_INSTEAD = {("coordinator", "classroom-quality"): re.compile("Single observations stay with the people")}
"""A screen that tells this role nothing about any site, whatever the address names."""


@pytest.mark.parametrize("role", ROLE_BUTTONS)
def test_a_screen_of_another_role_is_not_found(someone, role: str):
    person = someone(role)
    for screen in SCREENS:
        if role not in screen.roles:
            person.open(f"/{screen.path}")
            person.sees(NOT_FOUND)


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
    someone, foreign_site: uuid.UUID, foreign_names: list[str], role: str
):
    person = someone(role)
    frames: list[bytes] = []
    person.page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(_raw(frame))))
    for screen in SCREENS:
        if role in screen.roles and screen.path in SITE_IN_ADDRESS:
            frames.clear()
            person.open(f"/{screen.path}?site={foreign_site}")
            person.sees(SAYS_INSTEAD.get((role, screen.path), NOT_FOUND))
            assert frames
            assert not any(str(name).encode() in frame for frame in frames for name in foreign_names), screen.path


def _raw(frame: str | bytes) -> bytes:
    return frame.encode() if isinstance(frame, str) else frame


def test_without_a_session_every_address_leads_to_sign_in(someone):
    person = someone()
    for screen in SCREENS:
        person.page.goto(f"{person.base_url}/{screen.path}")
        assert "/sign-in" in person.page.url


def test_after_signing_in_one_is_where_one_wanted_to_be(someone):
    person = someone()
    person.page.goto(f"{person.base_url}/site-trends?period=6")
    person.page.get_by_role("button", name=ROLE_BUTTONS["director"]).click()
    person.idle()
    assert person.page.url.endswith("/site-trends?period=6")
    assert person.heading == "Site trends"


def test_signing_out_ends_the_session_everywhere(someone):
    person = someone("consultant")
    other_tab = person.page.context.new_page()
    other_tab.goto(f"{person.base_url}/sites")
    other_tab.get_by_role("heading", name="Sites").wait_for()
    person.page.get_by_role("button", name="Sign out").click()
    person.page.wait_for_url(re.compile("/sign-in"))
    person.page.goto(f"{person.base_url}/records")
    assert "/sign-in" in person.page.url
    other_tab.get_by_role("link", name="Records").click()
    other_tab.wait_for_url(re.compile("/sign-in"))
