"""Patterns of incidents: counts under filters, the child's share, and what is never told without the right to read."""

from datetime import time

import pytest

from db.commands.incidents import record_incident
from db.incident_cuts import child_mark
from db.period import Period
from db.queries import patterns, records
from db.queries.records import RecordFilter


@pytest.fixture
def period(field) -> Period:
    return Period.last_months(12, field.today)


def last_month(period):
    return period.months()[-2]


def incidents(session, field, number, on, **values):
    actor = field.actor("consultant")
    for _ in range(number):
        record_incident(session, actor, field.incident(occurred_on=on, **values))


def counts(found, by):
    return {part.code: part.count for part in found.parts[by]}


def test_a_cut_by_several_answers_counts_the_rows_that_records_list(session, field, period):
    on = last_month(period)
    key = {"child_key": "K-7", "permission_on": on}
    incidents(session, field, 4, on, location="hallway", motivation="avoid_task", responses=("redirect",), **key)
    incidents(session, field, 2, on, location="hallway", activity="meals", motivation="obtain_item")
    incidents(session, field, 3, on, occurred_at=time(14, 5), responses=("redirect", "ignore"))
    actor = field.actor("director")
    cut = {"activity": "transition", "location": "hallway", "hour": "10", "response": "redirect"}
    found = patterns.incident_patterns(session, actor, period, field.here.id, cut)
    assert (found.count, found.total, counts(found, "motivation")) == (4, 9, {"avoid_task": 4})
    assert counts(found, "classroom") == {str(field.room.id): 4}
    wanted = RecordFilter(
        "incident", period, field.here.id, activity="transition", location="hallway", hour=10, response="redirect",
        motivation="avoid_task", child_key="K-7", classroom_id=field.room.id,
    )  # fmt: skip
    assert records.find_records(session, actor, wanted).total == 4
    assert records.find_records(session, actor, RecordFilter("incident", period, child_key="other")).total == 0


def test_a_child_stands_in_the_cut_by_a_mark_that_is_not_its_key(session, field, period):
    on = last_month(period)
    incidents(session, field, 4, on, child_key="K-7", permission_on=on)
    incidents(session, field, 1, on, child_key="K-8", permission_on=on)
    incidents(session, field, 2, on)
    actor, mark = field.actor("director"), child_mark(field.here.id, "K-7")
    found = patterns.incident_patterns(session, actor, period, field.here.id, {})
    assert (found.child.dominated, found.child.children, found.child.known, found.child.largest) == (True, 2, 5, 4)
    assert "K-7" not in mark
    assert patterns.incident_patterns(session, actor, period, field.here.id, {"child": mark}).count == 4
    assert patterns.incident_patterns(session, actor, period, field.here.id, {"child": "made up"}).count == 0
    assert (mark, "K-7") in patterns.child_keys(session, actor, field.here.id)
    assert patterns.child_keys(session, field.actor("coordinator"), field.here.id) == []


def test_a_room_stands_out_by_its_share_of_the_child_days(session, field, period):
    on = last_month(period)
    other = field.classroom(field.here, "Foxes")
    field.enrolment(field.room, on, enrolled=5)
    field.enrolment(other, on, enrolled=15)
    session.commit()
    incidents(session, field, 12, on)
    record_incident(session, field.actor("consultant"), field.incident(other, occurred_on=on))
    found = patterns.incident_patterns(session, field.actor("director"), period, field.here.id, {})
    room = next(one for one in found.standing_out if one.dimension == "classroom")
    assert (room.code, room.count, room.expected) == (str(field.room.id), 12, 13 * 0.25)


def test_without_the_right_to_read_one_filter_at_a_time_is_told_and_only_where_nothing_small_is_behind(
    session, field, period
):
    on = last_month(period)
    incidents(session, field, 14, on)
    incidents(session, field, 13, on, activity="meals")
    incidents(session, field, 3, on, activity="arrival", occurred_at=time(8, 0))
    actor = field.actor("coordinator")

    def told(cut):
        found = patterns.incident_patterns(session, actor, period, field.here.id, cut)
        return found.count, found.refused

    assert told({}) == (30, False)
    refused = [
        {"activity": "arrival"}, {"hour": "10"}, {"hour": "8"}, {"activity": "meals", "hour": "10"},
        {"activity": "meals", "behaviour": "physical_aggression"}, {"location": "hallway"}, {"motivation": "not_known"},
        {"classroom": str(field.room.id)}, {"child": child_mark(field.here.id, "K-7")},
    ]  # fmt: skip
    assert [told(cut) for cut in refused] == [(None, True)] * len(refused)
    found = patterns.incident_patterns(session, actor, period, field.here.id, {"behaviour": "physical_aggression"})
    assert (found.count, found.refused, found.reads_rows, found.standing_out) == (30, False, False, [])
    assert not {"classroom", "child", "location", "motivation"} & set(found.parts)


@pytest.mark.parametrize(
    ("with_key", "without", "told"), [(12, 11, True), (12, 25, False), (4, 30, None), (30, 4, None)]
)
def test_without_the_right_to_read_one_childs_share_is_a_yes_or_no_where_nobody_small_is_behind(
    session, field, period, with_key, without, told
):
    on = last_month(period)
    incidents(session, field, with_key, on, child_key="K-7", permission_on=on)
    incidents(session, field, without, on)
    child = patterns.incident_patterns(session, field.actor("coordinator"), period, field.here.id, {}).child
    assert (child.dominated, child.largest, child.children) == (told, None, None)


def test_a_coordinator_with_a_case_role_reads_every_cut(session, field, period):
    on = last_month(period)
    incidents(session, field, 2, on)
    field.give(field.people["coordinator"], site_id=field.here.id, case_role=True)
    found = patterns.incident_patterns(
        session, field.actor("coordinator"), period, field.here.id, {"activity": "transition", "hour": "10"}
    )
    assert (found.count, found.reads_rows) == (2, True)


@pytest.mark.parametrize("role", ["consultant", "supervisor", "director", "coordinator", "admin"])
def test_a_foreign_site_gives_nothing(session, field, period, role):
    found = patterns.incident_patterns(session, field.actor(role), period, field.elsewhere.id, {})
    assert (found.count, found.total, found.parts) == (0, 0, {})
