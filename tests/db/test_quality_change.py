"""Scores of single observations: coded twice, and from one moment of the year to another."""

from datetime import timedelta

import pytest

from db.commands.observations import record_observation, remove_observation
from db.models.base import new_id
from db.models.observation_input import ObservationInput
from db.period import Period
from db.queries.quality_change import coded_twice, phase_scores

CODES = ("relational_climate", "teacher_sensitivity", "facilitated_exploration", "early_language_support")


def record(field, session, who, *, days=0, room=None, phase="baseline", scores=((6, 5, 4, 3),), tool="class_infant"):
    room = room or field.room
    cycles = tuple(dict(zip(CODES, one, strict=True)) for one in scores)
    if tool == "tpot":
        cycles = ({"key_practices": scores[0][0] * 10, "red_flags": 2, "responding": 70},)
    made = ObservationInput(
        client_uuid=new_id(), site_id=room.site_id, classroom_id=room.id, instrument_code=tool,
        observed_on=field.today - timedelta(days=days), phase=phase, cycles=cycles,
    )  # fmt: skip
    return record_observation(session, who, made).id


@pytest.fixture
def two(field):
    """Two people who observe at the same site."""
    second = field.person("consultant", "second observer")
    field.give(second, region_id=field.north.id)
    return field.actor("consultant"), field.actor(second)


def year(field):
    return Period.last_months(12, field.today)


def test_two_people_on_one_day_are_compared_cycle_by_cycle(session, field, two):
    one, other = two
    record(field, session, one, scores=((6, 5, 4, 3), (6, 5, 4, 3)))
    record(field, session, other, scores=((5, 5, 4, 1),))
    record(field, session, other, days=1)
    found = coded_twice(session, one, year(field))
    assert len(found) == 1
    pairs = {code: [sorted(pair) for pair in some] for code, some in found[0].cycles.items()}
    assert pairs["relational_climate"] == [[5, 6]]
    assert pairs["early_language_support"] == [[1, 3]]
    assert sorted(found[0].totals["responsive_caregiving"]) == [3.75, 4.5]


def test_one_person_twice_another_instrument_or_a_removed_one_is_not_coded_twice(session, field, two):
    one, other = two
    record(field, session, one)
    record(field, session, one)
    record(field, session, other, tool="tpot")
    gone = record(field, session, other)
    remove_observation(session, other, gone, 1, "a mistake")
    assert coded_twice(session, one, year(field)) == []


def test_the_same_two_people_keep_their_places(session, field, two):
    for days, order in ((0, two), (1, tuple(reversed(two)))):
        for who in order:
            first = 6 if who is two[0] else 2
            record(field, session, who, days=days, scores=((first, 5, 4, 3),))
    found = coded_twice(session, two[0], year(field))
    assert len({tuple(one.cycles["relational_climate"]) for one in found}) == 1


def test_domain_scores_and_the_means_of_plain_scales_are_given_with_their_phase(session, field, two):
    record(field, session, two[0], days=100, scores=((6, 5, 4, 3), (4, 5, 4, 3)))
    record(field, session, two[0], tool="tpot", phase="post")
    found = {
        (one.instrument_code, one.code, one.phase): one.value for one in phase_scores(session, two[0], year(field))
    }
    assert found["class_infant", "responsive_caregiving", "baseline"] == pytest.approx(4.25)
    assert found["tpot", "key_practices", "post"] == 60


def test_what_lies_up_to_400_days_before_the_period_counts_as_before(session, field, two):
    period = Period.last_months(3, field.today)
    back = (field.today - period.start).days
    for days in (back + 400, back + 401):
        record(field, session, two[0], days=days)
    assert len(phase_scores(session, two[0], period)) == 1


@pytest.mark.parametrize("role", ["director", "coordinator", "admin"])
def test_who_may_not_see_single_observations_gets_nothing(session, field, two, role):
    for who in two:
        record(field, session, who)
    actor = field.actor(role)
    assert coded_twice(session, actor, year(field)) == []
    assert phase_scores(session, actor, year(field)) == []


def test_another_site_stays_out(session, field, two):
    far = field.person("consultant")
    field.give(far, site_id=field.elsewhere.id)
    record(field, session, field.actor(far), room=field.room_elsewhere)
    assert phase_scores(session, two[0], year(field)) == []
    record(field, session, two[0])
    assert phase_scores(session, two[0], year(field), field.elsewhere.id) == []
