"""The equity screen's sentences: every one, in every state, in both languages, says what a careful reader would."""

import itertools
import re

import pytest

from analytics.disproportion import PICTURES, Group, compare
from components import equity_parts, words
from components import equity_sentences as say
from components.charts import forest
from components.charts.template import LIGHT
from db.child_rollups import UNTOLD
from db.equity_counts import DIMENSIONS, OUTCOMES
from db.models.enrolment_input import CATEGORIES
from db.options import codes

CASES = {
    "difference more": ([(40, 100), (40, 300)], {}),
    "difference fewer": ([(10, 100), (100, 300)], {}),
    "nobody among the others": ([(30, 100), (0, 300)], {}),
    "nobody in the group": ([(0, 100), (90, 300)], {}),
    "no sign": ([(400, 1000), (390, 1000)], {}),
    "no sign, wide": ([(11, 40), (11, 40)], {}),
    "few enrolled": ([(9, 20), (40, 300)], {}),
    "few children": ([(3, 100), (5, 300)], {}),
    "between": ([(26, 60), (13, 60)], {}),
    "mirror": ([(20, 300), (60, 130), (17, 230)], {}),
    "nobody else": ([(26, 60)], {}),
    "nobody at all": ([(0, 60), (0, 60)], {}),
    "incomplete": ([(40, 100), (40, 300)], {"unplaced_children": 60}),
}


@pytest.fixture(params=words.LANGUAGES)
def language(request):
    words.use_language(request.param)
    yield request.param
    words.use_language("en")


def first(case):
    groups, unplaced = CASES[case]
    return compare(
        [Group(f"g{at}", *counts, counts[0] * 2, counts[0] * 5) for at, counts in enumerate(groups)], **unplaced
    )


@pytest.mark.parametrize(("outcome", "case"), list(itertools.product(OUTCOMES, CASES)))
def test_every_sentence_is_whole_in_every_state_and_language(language, outcome, case):
    found = first(case)
    group, about = found.groups[0], say.outcomes()[outcome]
    names = {one.code: one.code for one in found.groups}
    told = [
        say.state_words(group), say.sentence(group, about, "among all others"), say.reports(group, about),
        say.difference(group), say.times(group.ratio), say.short_times(group.ratio), say.one_child(group),
        say.overview(list(found.groups), names, 0), say.overview([], {}, 3), say.hidden(), about.counted,
    ]  # fmt: skip
    assert all(told[:6])
    assert not [one for one in told if re.search(r"[{}]|\b(None|inf|nan)\b", one)]


@pytest.mark.parametrize(
    ("case", "state", "sentence"),
    [
        ("difference more", "Evidence of a difference: more", "40 of 100 children had an incident on record (40%),"
         " against 40 of 300 (13%) among all others. That is 3.0 times as often (1.7 to 5.1): more than chance"),
        ("nobody among the others", "Evidence of a difference: more", "at least 11.2 times as often"),
        ("nobody in the group", "Evidence of a difference: fewer", "at most 0.3 times as often"),
        ("no sign", "No sign of a difference", "That is 1.0 times as often (0.9 to 1.1), which chance alone can"),
        ("no sign, wide", "No sign of a difference", "even twice as often or half as often, is not ruled out."),
        ("few enrolled", "Not enough data", "Below 30 children on one side nothing is read into it."),
        ("few children", "Not enough data", "Below 10 children with it on one side"),
        ("between", "Not enough data", "It leans to more, but chance is not ruled out"),
        ("mirror", "Not enough data", "only because a group that differs itself is among them"),
        ("nobody else", "Not enough data", "No others can be shown here to compare with."),
        ("incomplete", "Too incomplete", "More than 20% of the children are in no group, so nothing can be told."),
    ],
)  # fmt: skip
def test_the_sentence_says_what_a_careful_statistician_would(case, state, sentence):
    words.use_language("en")
    group = first(case).groups[0]
    assert say.state_words(group) == state
    assert sentence in say.sentence(group, say.outcomes()["incidents"], "among all others")


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ([(40, 100), (40, 300)], "differ by more than chance for: g0, g1."),
        ([(26, 60), (13, 60)], "It cannot be told yet. The numbers lean to a difference for: g0, g1."),
        ([(50, 200), (50, 200)], "No group differs from its comparison by more than chance."),
        ([(50, 200), (50, 200), (3, 12)], "No sign of a difference for: g0, g1. For the others there are not enough"),
        ([(3, 100), (5, 300)], "There are not enough data to tell."),
    ],
)
def test_the_overview_claims_no_more_than_the_groups_do(counts, told):
    words.use_language("en")
    found = compare([Group(f"g{at}", *one) for at, one in enumerate(counts)])
    names = {one.code: one.code for one in found.groups}
    assert told in say.overview(list(found.groups), names, 0)
    if "No group" in told:
        assert "Of the groups whose numbers can be shown, none" in say.overview(list(found.groups), names, 2)


def test_the_error_of_a_place_is_shared_by_every_picture_of_the_screen():
    assert len(OUTCOMES) * len(DIMENSIONS) == PICTURES


def test_every_group_that_can_be_counted_has_a_name(language):
    for dimension in DIMENSIONS:
        known = [code for code in codes(CATEGORIES[dimension]) if code not in UNTOLD]
        names = [equity_parts.group_name(dimension, code) for code in ("", *known)]
        assert len(set(names)) == len(names)
        assert all(names)


def test_the_picture_has_a_line_at_one_a_mark_for_every_state_and_stays_on_the_page():
    found = compare([Group("a", 40, 100), Group("b", 40, 300), Group("c", 0, 60), Group("d", 1, 10)])
    drawn = forest.draw(found.groups, {"a": "Alpha", "b": "Beta or another longer name", "c": "C", "d": "D"}, LIGHT)
    symbols = [one.marker.symbol for one in drawn.data if one.mode == "markers" and isinstance(one.marker.symbol, str)]
    assert symbols == [forest.MARKS[group.state] for group in found.groups]
    assert len(set(forest.MARKS.values())) == 4
    assert (drawn.layout.shapes[0].x0, drawn.layout.shapes[0].x1) == (1, 1)
    assert drawn.layout.yaxis.ticktext[1] == "Beta or another<br>longer name"
    low, high = (10**end for end in drawn.layout.xaxis.range)
    assert low * high == pytest.approx(1)
    assert all(low <= x <= high for one in drawn.data for x in one.x)
