"""The screen that names the sites that need a call."""

from datetime import timedelta

import pytest

from analytics.calls import Reason
from components import call_parts
from components.words import use_language
from db.call_rules import KINDS, RULES
from tests.pages.said import said


@pytest.fixture
def waiting(session, field):
    """Twelve more sites in the north at which consultation began long ago and nobody was since."""
    for number in range(12):
        site = field.site(f"Oak {number:02d} Demo Center")
        site.service_start = field.today - timedelta(days=70)
        session.add(site)
    session.commit()


def test_ten_sites_stand_on_a_screen_with_their_reason_and_how_many_more_there_are(open_screen, waiting):
    screen = open_screen("who_to_call", "coordinator")
    (rows,) = [one.value for one in screen.table]
    assert [name.split("]")[0].strip("[") for name in rows["Site"]] == [f"Oak {n:02d} Demo Center" for n in range(10)]
    assert set(rows["Why"]) == {"No visit on record, 10 weeks after service began."}
    assert "12 of 13 sites have a reason for a call. 1 to 10 stand here, 2 more on other pages." in said(screen)
    assert "told only to those who may read these records" in said(screen)
    assert not any("rank" in column.lower() or "score" in column.lower() for column in rows.columns)


def test_the_second_page_and_one_kind_live_in_the_address(open_screen, waiting):
    screen = open_screen("who_to_call", "coordinator", why="no_visit", page="2")
    assert len(screen.table[0].value) == 2


def test_no_reason_is_said_so_and_an_unknown_one_is_not_found(open_screen, field):
    assert "No site needs a call by these rules (1 looked at)." in said(open_screen("who_to_call", "coordinator"))
    assert "We could not find that." in said(open_screen("who_to_call", "coordinator", why="worst"))


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_kind_of_reason_is_said_in_words_with_its_figures(language):
    use_language(language)
    figures = {
        "care_ended": [{"times": 1}, {"times": 3}],
        "more_than_past": [{"now": 7, "before": 9, "ratio": 4.66}, {"now": 7, "before": 0, "ratio": None}],
        "beyond_limits": [{"value": 102.73, "centre": 27.0}],
        "recording_stopped": [{"before": 41}],
        "no_visit": [{"weeks": 9, "never": False}, {"weeks": 9, "never": True}],
        "overdue": [{"count": 2}],
        "enrollment_missing": [{"months": 3}],
    }
    assert set(figures) == set(KINDS) == set(call_parts.kinds()) == set(RULES)
    for kind, cases in figures.items():
        for told in cases:
            words = call_parts.in_words(Reason(kind, told))
            assert "{" not in words
            assert words.endswith((".", "?"))
    assert all("{" not in sentence for sentence in call_parts.rule_sentences())
    use_language("en")
