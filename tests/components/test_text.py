"""Stored text where Streamlit reads Markdown stays text."""

import pytest

from components.text import escaped


@pytest.mark.parametrize("text", ["**bold**", "![x](y)", ":smile: $x$", "<b>", "a_b", "`code`"])
def test_every_mark_is_made_plain(text):
    assert escaped(text).replace("\\", "") == text
    assert escaped(text).count("\\") == sum(not letter.isalnum() and letter != " " for letter in text)


@pytest.mark.parametrize(
    "text", ["https://host.invalid/p", "HTTP://host.invalid", "www.host.invalid", "me@host.invalid"]
)
def test_addresses_do_not_become_links(text):
    shown = escaped(text).replace("\\", "")
    assert shown.replace("\u2060", "") == text
    assert not any(address in shown.lower() for address in ("://", "www.", "@h"))


def test_line_breaks_become_spaces():
    assert escaped("one\n two") == "one two"
