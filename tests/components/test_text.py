"""Stored text where Streamlit reads Markdown, or Plotly HTML, stays text."""

import pytest

from components.text import Stored, as_markdown, escaped, in_chart


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


def test_only_what_somebody_typed_is_made_plain_where_both_kinds_of_text_stand():
    assert as_markdown(Stored("**Owls**")) == escaped("**Owls**")
    assert as_markdown("**Owls**") == "**Owls**"


def test_a_chart_reads_no_markup():
    assert in_chart('<a href="https://host.invalid">Owls & Co</a>') == (
        '&lt;a href="https://host.invalid"&gt;Owls &amp; Co&lt;/a&gt;'
    )
