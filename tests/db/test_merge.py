"""Merging two people's changes to one record."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.merge import merge

BASE = {
    "summary": "Circle time",
    "mode": "video",
    "minutes": 60,
    "minutes_classroom": 60,
    "activities": ["training"],
}
MINUTES = ("minutes", "minutes_classroom")
texts = st.sampled_from(["a", "b", "c", ""])
records = st.fixed_dictionaries(dict.fromkeys(("one", "two", "three"), texts))


def test_fields_that_only_one_changed_are_taken_from_that_one():
    result = merge(BASE, {**BASE, "summary": "Nap time"}, {**BASE, "mode": "phone"})
    assert result.merged == {**BASE, "summary": "Nap time", "mode": "phone"}
    assert (result.from_mine, result.from_theirs, result.clashes) == (("summary",), ("mode",), ())


def test_a_field_that_both_changed_differently_asks_for_a_choice_and_loses_neither():
    result = merge(BASE, {**BASE, "summary": "Nap time"}, {**BASE, "summary": "Lunch"})
    (clash,) = result.clashes
    assert (clash.base, clash.mine, clash.theirs) == (
        {"summary": "Circle time"}, {"summary": "Nap time"}, {"summary": "Lunch"},
    )  # fmt: skip
    assert result.settled({("summary",): "theirs"})["summary"] == "Lunch"
    assert result.settled({("summary",): "mine"})["summary"] == "Nap time"
    with pytest.raises(KeyError):
        result.settled({})


def test_the_same_change_by_both_is_no_clash():
    changed = {**BASE, "mode": "phone"}
    result = merge(BASE, changed, dict(changed))
    assert (result.merged, result.clashes) == (changed, ())


def test_minutes_that_must_add_up_are_taken_from_one_side_as_a_whole():
    mine = {**BASE, "minutes": 45, "minutes_classroom": 45}
    theirs = {**BASE, "minutes_classroom": 50, "minutes": 50}
    result = merge(BASE, mine, theirs, together=[MINUTES])
    (clash,) = result.clashes
    assert clash.fields == MINUTES
    assert result.settled({MINUTES: "theirs"})["minutes_classroom"] == 50
    alone = merge(BASE, mine, {**BASE, "mode": "phone"}, together=[MINUTES])
    assert (alone.merged["minutes"], alone.merged["minutes_classroom"], alone.merged["mode"]) == (
        45,
        45,
        "phone",
    )


def test_the_order_of_ticked_options_and_the_way_of_writing_nothing_are_no_change():
    base = {"activities": ["a", "b"], "reason": None}
    result = merge(base, {"activities": ("b", "a"), "reason": ""}, base)
    assert (result.from_mine, result.clashes) == ((), ())


@given(records, records, records)
def test_every_field_comes_from_someone_who_changed_it_or_stays(base, mine, theirs):
    result = merge(base, mine, theirs)
    clashing = {name for clash in result.clashes for name in clash.fields}
    for name in base:
        if name in clashing:
            assert base[name] != mine[name] != theirs[name] != base[name]
        elif mine[name] == base[name]:
            assert result.merged[name] == theirs[name]
        else:
            assert result.merged[name] == mine[name]
