"""What the capture screens offer, and what they ask back about."""

from datetime import time, timedelta

import pytest
from sqlmodel import select

from db import asking
from db.actor import Actor
from db.commands.incidents import record_incident
from db.commands.visits import log_visit, remove_visit
from db.errors import NotFound
from db.models import AuditEvent, Closure
from db.queries import choices


def test_only_sites_where_one_may_write_are_offered_by_name(session, field):
    other = field.site("Birch Demo Center")
    field.give(field.people["consultant"], site_id=other.id)
    actor = field.actor("consultant")
    offered = choices.capture_sites(session, actor, "visit")
    assert [site.name for site in offered] == ["Birch Demo Center", "Maple Demo Center"]
    assert choices.capture_sites(session, field.actor("director"), "visit") == []
    assert [site.id for site in choices.capture_sites(session, field.actor("director"), "incident")] == [field.here.id]
    assert choices.capture_sites(session, field.actor("coordinator"), "incident") == []


def test_the_expulsion_rule_holds_by_the_site_or_by_its_program(session, field):
    grantee = field.add(type(field.program)(region_id=field.north.id, name="Brook Program", type="head_start"))
    by_program = field.site("By program", program=grantee)
    by_setting = field.site("By setting", setting="early_head_start")
    for site in (by_program, by_setting):
        field.give(field.people["consultant"], site_id=site.id)
    marked = {one.name: one.head_start for one in choices.capture_sites(session, field.actor("consultant"), "visit")}
    assert marked == {"By program": True, "By setting": True, "Maple Demo Center": False}


def test_a_foreign_site_in_an_address_is_not_found_and_leaves_a_trace(session, field):
    actor = field.actor("consultant")
    assert choices.capture_site(session, actor, "visit", field.here.id).name == "Maple Demo Center"
    with pytest.raises(NotFound):
        choices.capture_site(session, actor, "visit", field.elsewhere.id)
    assert [event.action for event in session.exec(select(AuditEvent))] == ["access_denied"]


def test_the_last_place_is_that_of_the_actors_own_latest_record(session, field):
    actor, week_ago = field.actor("consultant"), field.today - timedelta(days=7)
    assert choices.last_visit_place(session, actor) is None
    log_visit(session, actor, field.visit(visited_on=week_ago, classroom_ids=(field.room.id,)))
    assert choices.last_visit_place(session, actor) == (field.here.id, (field.room.id,))
    record_incident(session, field.actor("director"), field.incident())
    assert choices.last_incident_place(session, actor) is None
    record_incident(session, actor, field.incident())
    assert choices.last_incident_place(session, actor) == (field.here.id, (field.room.id,))


def test_a_place_that_is_no_longer_ones_own_is_not_offered_again(session, field):
    log_visit(session, field.actor("consultant"), field.visit())
    record_incident(session, field.actor("consultant"), field.incident())
    moved = Actor(person_id=field.people["consultant"].id, role="consultant")
    assert choices.last_visit_place(session, moved) is None
    assert choices.last_incident_place(session, moved) is None
    assert choices.last_visit(session, moved, field.here.id) is None


def test_the_last_visit_brings_levels_activities_and_people(session, field):
    actor = field.actor("consultant")
    log_visit(session, actor, field.visit(visited_on=field.today - timedelta(days=9), summary="Earlier"))
    latest = field.visit(
        minutes=90, minutes_classroom=60, minutes_child_family=30, permission_on=field.today - timedelta(days=60),
        activities=("training", "action_plan"), participants={"teacher": 3, "director": 1},
        classroom_ids=(field.room.id,),
    )  # fmt: skip
    log_visit(session, actor, latest)
    cancelled = {"minutes": 0, "minutes_classroom": 0, "outcome": "cancelled_site", "activities": (), "summary": ""}
    log_visit(session, actor, field.visit(visited_on=field.today, **cancelled))
    last = choices.last_visit(session, actor, field.here.id)
    assert last is not None
    assert (last.minutes, last.minutes_classroom, last.minutes_child_family) == (90, 60, 30)
    assert (last.activities, last.participants) == (("action_plan", "training"), {"director": 1, "teacher": 3})
    assert (last.classroom_ids, last.permission_on) == ((field.room.id,), latest.permission_on)


def test_a_removed_visit_is_not_the_last_one(session, field):
    actor = field.actor("consultant")
    saved = log_visit(session, actor, field.visit())
    remove_visit(session, actor, saved.id, 1, "entered twice")
    assert choices.last_visit(session, actor, field.here.id) is None


def test_children_are_offered_latest_first_with_their_permission(session, field):
    actor, permission = field.actor("consultant"), field.today - timedelta(days=300)
    for key, days in (("K7Q2", 20), ("M3X9", 2), ("OLD1", 200)):
        day = field.today - timedelta(days=days)
        record_incident(session, actor, field.incident(child_key=key, permission_on=permission, occurred_on=day))
    record_incident(session, actor, field.incident())
    offered = choices.recent_children(session, actor, field.here.id, field.today)
    assert offered == [("M3X9", permission), ("K7Q2", permission)]


def test_child_keys_are_for_those_who_may_see_incidents_there(session, field):
    permission = field.today - timedelta(days=30)
    record_incident(session, field.actor("consultant"), field.incident(child_key="K7Q2", permission_on=permission))
    for role in ("coordinator", "admin"):
        assert choices.recent_children(session, field.actor(role), field.here.id, field.today) == []
    assert len(choices.recent_children(session, field.actor("director"), field.here.id, field.today)) == 1


@pytest.mark.parametrize(("minute", "found"), [(4, []), (5, [time(10, 15)]), (25, [time(10, 15)]), (26, [])])
def test_the_same_child_within_ten_minutes_is_noticed(session, field, minute, found):
    actor, child = field.actor("consultant"), {"child_key": "K7Q2", "permission_on": field.today - timedelta(days=30)}
    incident = field.incident(occurred_at=time(10, 15), **child)
    record_incident(session, actor, incident)
    asked = (session, actor, field.here.id, "K7Q2", incident.occurred_on, time(10, minute))
    assert choices.similar_incidents(*asked) == found


def test_another_child_or_another_day_is_not_noticed(session, field):
    actor, child = field.actor("consultant"), {"child_key": "K7Q2", "permission_on": field.today - timedelta(days=30)}
    incident = field.incident(**child)
    record_incident(session, actor, incident)
    here, at, on = field.here.id, incident.occurred_at, incident.occurred_on
    assert choices.similar_incidents(session, actor, here, "OTHER", on, at) == []
    assert choices.similar_incidents(session, actor, here, "K7Q2", on - timedelta(days=1), at) == []
    assert choices.similar_incidents(session, field.actor("admin"), here, "K7Q2", on, at) == []


def test_a_closed_day_gives_its_reason(session, field):
    actor, day = field.actor("consultant"), field.today - timedelta(days=3)
    field.add(Closure(region_id=field.north.id, site_id=field.here.id, closed_on=day, reason="weather"))
    assert choices.closure_on(session, actor, field.here.id, day) == "weather"
    assert choices.closure_on(session, actor, field.here.id, field.today) is None
    stranger = field.actor(field.person("consultant"))
    assert choices.closure_on(session, stranger, field.here.id, day) is None


def codes(questions):
    return [question.code for question in questions]


def test_an_unlikely_visit_is_asked_about(field):
    def about(days, minutes=60, closure=None, **values):
        visit = field.visit(visited_on=field.today - timedelta(days=days), minutes=minutes, **values)
        return codes(asking.about_visit(visit, field.today, closure))

    assert about(14) == []
    assert about(15) == ["old_visit"]
    assert about(1, 479) == []
    assert about(1, 480) == ["long_visit"]
    assert about(20, 480, "holiday") == ["old_visit", "long_visit", "closed_day"]
    assert about(1, 0, "weather", outcome="closed") == []


def test_an_unlikely_incident_is_asked_about():
    assert codes(asking.about_incident(None, [])) == []
    assert codes(asking.about_incident("holiday", [time(10, 15)])) == ["closed_day", "same_child"]
