"""The menu holds every screen of a role once, grouped as that role works."""

from typing import Any

import pytest

from components.navigation import EVERYONE, SCREENS, menu

PAGES: Any = {screen: screen.path for screen in SCREENS}


@pytest.mark.parametrize("role", sorted(EVERYONE))
def test_every_screen_stands_once_and_what_is_not_offered_has_no_heading(role: str):
    offered = [screen for screen in SCREENS if role in screen.roles]
    groups: Any = menu(PAGES, offered, role)
    assert sorted(path for group in groups.values() for path in group) == sorted(PAGES.values())
    under_headings = {path for heading, group in groups.items() if heading for path in group}
    assert under_headings <= {screen.path for screen in offered}
    assert groups[""][0] == "", "everybody begins with Today"


def test_who_looks_over_many_sites_reads_what_they_tell_before_single_records():
    def headings(role: str) -> list[str]:
        return list(menu(PAGES, [screen for screen in SCREENS if role in screen.roles], role))

    assert headings("consultant") == ["", "On record", "Understand", "Organize"]
    assert headings("coordinator") == ["", "Understand", "On record", "Organize"]
    assert headings("admin") == ["", "Organize"]
