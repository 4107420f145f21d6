"""Whatever somebody types is shown letter by letter: nothing runs, and no reader's browser is sent anywhere."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from components.navigation import SCREENS
from db.engine import make_engine
from tests.browser.conftest import ROLE_BUTTONS
from tests.demo import make_demo
from tests.serving import Server, start_server

pytestmark = pytest.mark.browser

MARKUP = (
    "<script>document.title='run'</script><img src=https://outside.invalid/a.png onerror=\"document.title='run'\">"
    "![x](https://outside.invalid/b.png) [y](javascript:document.title='run') :material/bolt: $\\href{https://outside.invalid}{z}$"
)
NAME = "O'Brien <b>&</b> ![x](https://outside.invalid/c.png)"
SHORT = "<b>&</b> ![x](https://outside.invalid/)"
"""Whole also where a name has little room: of a classroom, an alias."""


@pytest.fixture(scope="module")
def marked_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A demo in which every stored text is markup."""
    url = make_demo(tmp_path_factory.mktemp("marked"), sites=24, months=6)
    engine = make_engine(url)
    with engine.begin() as connection:
        for table, columns in {
            "visit": ("summary", "recommendations", "reflection"),
            "incident": ("description",),
            "follow_up": ("text",),
            "site_event": ("note",),
        }.items():
            for column in columns:
                connection.execute(text(f"UPDATE {table} SET {column} = :markup"), {"markup": MARKUP[:120]})
        for table, column in (("site", "name"), ("classroom", "name"), ("program", "name"), ("staff", "alias")):
            connection.execute(
                text(f"UPDATE {table} SET {column} = :name || ' ' || substr(id, -10) WHERE 1 = 1"),
                {"name": SHORT if table in ("classroom", "staff") else NAME},
            )
        connection.execute(text("UPDATE person SET display_name = :name"), {"name": NAME})
    engine.dispose()
    started = start_server(url)
    yield started
    started.stop()


@pytest.mark.parametrize("role", ROLE_BUTTONS)
def test_every_screen_of_a_role_opens_and_markup_in_its_texts_does_nothing(
    someone_at, marked_server: Server, role: str
):
    person = someone_at(marked_server.base_url, role)
    person.open("/")
    for screen in SCREENS:
        if role in screen.roles:
            person.turn_to(screen.path)
            assert person.heading, screen.path
            person.does_not_see("We could not find that.")
            person.does_not_see(re.compile("Something went wrong"))
            assert person.page.title() != "run", screen.path
            assert person.page.locator('img[src*="outside.invalid"], a[href*="outside.invalid"]').count() == 0, (
                screen.path
            )
    assert person.asked_outside == []
