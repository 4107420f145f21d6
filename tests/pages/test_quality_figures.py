"""Below the list of observations: agreement of two observers, and change between two moments of the year."""

import pytest

from tests.db.test_quality_change import record
from tests.pages.said import said


@pytest.fixture
def second(field):
    person = field.person("consultant", "second observer")
    field.give(person, region_id=field.north.id)
    return person


def rooms(field, count):
    found = [field.classroom(field.here, f"Room {number}") for number in range(count)]
    field.session.commit()
    return found


def test_agreement_stands_with_its_counts_and_waits_for_five_rooms(open_screen, field, session, second):
    one, other = field.actor("consultant"), field.actor(second)
    for number, room in enumerate(rooms(field, 4)):
        record(field, session, one, room=room, scores=((6, 5, 4, 1 + number),))
        record(field, session, other, room=room, scores=((6, 5, 4, 3 + number),))
    screen = open_screen("classroom_quality")
    assert "Within one point of each other: 75% (12 of 16) of the scores." in said(screen)
    assert screen.table[-1].value["ICC (absolute agreement)"].to_list() == ["too few rooms, or all scores alike"]
    room = field.room
    record(field, session, one, room=room, scores=((2, 2, 2, 2),))
    record(field, session, other, room=room, scores=((2, 2, 2, 2),))
    told = open_screen("classroom_quality").table[-1].value["ICC (absolute agreement)"].to_list()[0]
    assert told.endswith("n = 5")
    assert told[:2] == "0."


@pytest.fixture
def observed_twice(field, session):
    """Ten rooms before and after, one of them only before."""
    actor = field.actor("consultant")
    for number, room in enumerate(rooms(field, 11)):
        record(field, session, actor, room=room, days=120, scores=((3, 3, 3, 2 + number % 3),))
        if number:
            gain = 1 + number % 2
            record(field, session, actor, room=room, phase="post", scores=((3 + gain, 4, 3, 2 + number % 3),))


def test_change_is_told_with_who_is_behind_it_and_what_was_to_be_expected_anyway(open_screen, observed_twice):
    screen = open_screen("classroom_quality")
    told = said(screen)
    assert "Rooms before: 11, after: 10, in both: 10, left (not observed again): 1" in told
    assert "Some improvement is to be expected anyway" in told
    assert "These numbers are not verified." in told
    table = screen.table[0].value
    assert table["Change (95% interval)"].to_list()[0].startswith("+0.62 (")
    assert table["Change (95% interval)"].to_list()[0].endswith("n = 10")
    assert float(table["Effect size (Hedges g)"].to_list()[0]) > 0
    assert table["Beyond the noise of the measure"].to_list() == ["better 0, worse 0, no clear change 10"]


def test_below_five_pairs_no_change_is_given(open_screen, field, session):
    actor = field.actor("consultant")
    for room in rooms(field, 4):
        record(field, session, actor, room=room, days=120)
        record(field, session, actor, room=room, phase="post")
    told = said(open_screen("classroom_quality"))
    assert "in both: 4" in told
    assert "A mean change is given from 5 rooms observed twice." in told


def test_two_moments_are_chosen_in_the_address(open_screen, observed_twice):
    assert "Please choose two different moments." in said(open_screen("classroom_quality", before="post", after="post"))
    assert "No instrument was used at both moments" in said(open_screen("classroom_quality", after="annual"))
    assert "We could not find that." in said(open_screen("classroom_quality", after="nonsense"))


@pytest.mark.parametrize("role", ["director", "coordinator"])
def test_who_may_not_see_single_observations_sees_neither(open_screen, observed_twice, role):
    screen = open_screen("classroom_quality", role)
    assert len(screen.table) == 0
    assert "in both" not in said(screen)
