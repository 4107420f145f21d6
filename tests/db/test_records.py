"""Finding, opening and following visits and incidents: exactly what the access table gives each role."""

import uuid
from datetime import time, timedelta

import pytest
from sqlmodel import select

from db.commands.incidents import correct_incident, record_incident, remove_incident
from db.commands.visits import correct_visit, log_visit, remove_visit, restore_visit
from db.errors import Conflict, NotFound
from db.merge import merge
from db.models import AuditEvent
from db.models.base import new_id
from db.models.incident_input import ExclusionInput, IncidentInput
from db.models.visit_input import VisitInput
from db.period import Period
from db.queries.history import content_at, history
from db.queries.opened import open_incident, open_visit
from db.queries.records import PAGE_ROWS, RecordFilter, find_records, recorders


def wanted(field, kind, months=2, **values):
    return RecordFilter(kind, Period.last_months(months, field.today), **values)


def found(session, actor, asked):
    return {row.id for row in find_records(session, actor, asked).rows}


def test_visits_are_found_by_site_classroom_person_and_activity(session, field):
    actor = field.actor("consultant")
    plain = log_visit(session, actor, field.visit()).id
    room = log_visit(session, actor, field.visit(classroom_ids=(field.room.id,), activities=("teacher_meeting",))).id
    assert found(session, actor, wanted(field, "visit")) == {plain, room}
    assert found(session, actor, wanted(field, "visit", classroom_id=field.room.id)) == {room}
    assert found(session, actor, wanted(field, "visit", activity="teacher_meeting")) == {room}
    assert found(session, actor, wanted(field, "visit", person_id=actor.person_id)) == {plain, room}
    assert found(session, actor, wanted(field, "visit", person_id=uuid.uuid4())) == set()
    assert found(session, actor, wanted(field, "visit", site_id=field.elsewhere.id)) == set()
    (row,) = find_records(session, actor, wanted(field, "visit", classroom_id=field.room.id)).rows
    assert (row.site, row.classrooms, row.about, row.detail, row.minutes) == (
        "Maple Demo Center", ("Owls",), "planned", "in_person", 60,
    )  # fmt: skip
    assert [choice.name for choice in recorders(session, actor, wanted(field, "visit"))] == [
        field.people["consultant"].display_name
    ]


def test_incidents_are_found_by_what_a_chart_drills_into(session, field):
    actor = field.actor("consultant")
    day = field.today - timedelta(days=1)
    one = record_incident(session, actor, field.incident(responses=("verbal_reminder",))).id
    two = record_incident(
        session, actor,
        field.incident(occurred_on=day - timedelta(days=1), occurred_at=time(14, 5), activity="centers"),
    ).id  # fmt: skip
    assert found(session, actor, wanted(field, "incident")) == {one, two}
    assert found(session, actor, wanted(field, "incident", hour=14)) == {two}
    assert found(session, actor, wanted(field, "incident", weekday=day.weekday())) == {one}
    assert found(session, actor, wanted(field, "incident", activity="transition")) == {one}
    assert found(session, actor, wanted(field, "incident", response="verbal_reminder")) == {one}
    assert found(session, actor, wanted(field, "incident", behaviour="physical_aggression")) == {one, two}
    assert found(session, actor, wanted(field, "incident", behaviour="running_away")) == set()
    assert found(session, actor, wanted(field, "incident", classroom_id=field.room.id)) == {one, two}


def test_a_page_holds_25_newest_first_and_the_total_is_told(session, field):
    actor = field.actor("consultant")
    for number in range(PAGE_ROWS + 2):
        log_visit(session, actor, field.visit(visited_on=field.today - timedelta(days=number)))
    first = find_records(session, actor, wanted(field, "visit", months=6))
    last = find_records(session, actor, wanted(field, "visit", months=6), page=99)
    assert (len(first.rows), first.total, first.pages) == (25, 27, 2)
    assert (len(last.rows), last.page) == (2, 2)
    days = [row.on for row in first.rows + last.rows]
    assert days == sorted(days, reverse=True)


def test_each_role_finds_what_the_access_table_gives_it(session, field):
    actor = field.actor("consultant")
    visit = log_visit(session, actor, field.visit()).id
    incident = record_incident(session, actor, field.incident()).id
    expected = {
        "consultant": ({visit}, {incident}), "supervisor": ({visit}, {incident}),
        "director": ({visit}, {incident}),
        "coordinator": ({visit}, set()), "admin": (set(), set()),
    }  # fmt: skip
    for role, (visits, incidents) in expected.items():
        assert found(session, field.actor(role), wanted(field, "visit")) == visits, role
        assert found(session, field.actor(role), wanted(field, "incident")) == incidents, role


def test_a_visit_opens_with_text_and_reflection_only_for_those_who_may_read_them(session, field):
    saved = log_visit(
        session, field.actor("consultant"), field.visit(reflection="I was tired.", relationship_checkin=4)
    )
    seen = {
        role: open_visit(session, field.actor(role), saved.id).content
        for role in ("consultant", "supervisor", "director", "coordinator")
    }
    assert {role for role, content in seen.items() if "summary" in content} == {
        "consultant",
        "supervisor",
        "director",
    }
    assert {role for role, content in seen.items() if "reflection" in content} == {"consultant", "supervisor"}
    assert "I was tired." not in repr([seen["director"], seen["coordinator"]])
    assert not {"recommendations", "follow_ups"} & set(seen["coordinator"])
    assert seen["director"].get("relationship_checkin") is None


def test_another_consultant_of_the_site_reads_the_visit_but_not_the_reflection_and_may_not_change_it(session, field):
    saved = log_visit(session, field.actor("consultant"), field.visit(reflection="I was tired."))
    other = field.person("consultant")
    field.give(other, site_id=field.here.id)
    opened = open_visit(session, field.actor(other), saved.id)
    assert "reflection" not in opened.content
    assert (opened.may_change, opened.may_remove, opened.may_restore) == (False, False, False)


@pytest.mark.parametrize("role", ["consultant", "supervisor", "director", "coordinator", "admin"])
def test_a_record_of_a_foreign_site_is_not_found_and_leaves_a_trace(session, field, role):
    stranger = field.person("consultant")
    field.give(stranger, site_id=field.elsewhere.id)
    there = field.actor(stranger)
    visit = log_visit(session, there, field.visit(field.elsewhere)).id
    incident = record_incident(session, there, field.incident(field.room_elsewhere)).id
    for read in (
        lambda actor: open_visit(session, actor, visit),
        lambda actor: open_incident(session, actor, incident),
        lambda actor: history(session, actor, "visit", visit),
        lambda actor: content_at(session, actor, "incident", incident, 1),
        lambda actor: open_visit(session, actor, uuid.uuid4()),
    ):
        with pytest.raises(NotFound) as refused:
            read(field.actor(role))
        assert str(refused.value) == "not found"
    denied = session.exec(select(AuditEvent).where(AuditEvent.action == "access_denied")).all()
    assert len(denied) == 5


def test_an_open_record_has_the_shape_of_the_form_and_can_be_sent_back(session, field):
    actor = field.actor("consultant")
    exclusion = ExclusionInput(type="sent_home_early", started_on=field.today - timedelta(days=1), hours_lost=3)
    permission = field.today - timedelta(days=30)
    wanted_incident = field.incident(exclusion=exclusion, child_key="B7", permission_on=permission)
    incident = record_incident(session, actor, wanted_incident)
    opened = open_incident(session, actor, incident.id)
    again = IncidentInput.checked({**opened.content, "client_uuid": new_id()})
    correct_incident(session, actor, incident.id, 1, again, "no change at all")
    visit = log_visit(session, actor, field.visit(classroom_ids=(field.room.id,)))
    opened = open_visit(session, actor, visit.id)
    assert opened.classrooms[str(field.room.id)] == "Owls"
    correct_visit(
        session,
        actor,
        visit.id,
        1,
        VisitInput.checked({**opened.content, "client_uuid": new_id()}),
        "no change",
    )
    (latest, first) = history(session, actor, "visit", visit.id)
    assert (latest.version, latest.changes, first.action, first.changes) == (2, (), "log_visit", ())


def test_every_version_tells_who_changed_what_and_why(session, field):
    actor = field.actor("consultant")
    saved = log_visit(session, actor, field.visit(reflection="I was tired."))
    changed = field.visit(summary="Watched nap time.", reflection="Better today.")
    correct_visit(session, actor, saved.id, 1, changed, "wrong room")
    remove_visit(session, actor, saved.id, 2, "entered twice")
    restore_visit(session, actor, saved.id, 3, "it was not")
    versions = history(session, actor, "visit", saved.id)
    assert [(entry.version, entry.action, entry.reason) for entry in versions] == [
        (4, "restore_visit", "it was not"), (3, "remove_visit", "entered twice"),
        (2, "correct_visit", "wrong room"), (1, "log_visit", None),
    ]  # fmt: skip
    changes = {change.field: (change.before, change.after) for change in versions[2].changes}
    assert changes["summary"] == ("Watched the morning circle with both teachers.", "Watched nap time.")
    assert changes["reflection"] == ("I was tired.", "Better today.")
    for role in ("director", "coordinator"):
        seen = history(session, field.actor(role), "visit", saved.id)
        assert "Better today." not in repr(seen)
        assert [change.hidden for change in seen[2].changes if change.field == "reflection"] == [True]
    assert "Watched nap time." not in repr(history(session, field.actor("coordinator"), "visit", saved.id))


def test_the_reason_of_a_change_is_told_only_with_what_it_speaks_of(session, field):
    actor = field.actor("consultant")
    saved = log_visit(session, actor, field.visit(reflection="I was tired."))
    correct_visit(session, actor, saved.id, 1, field.visit(reflection="Hard talk."), "the talk was left out")
    correct_visit(session, actor, saved.id, 2, field.visit(reflection="Hard talk.", mode="video"), "by video")
    reasons = {
        role: [entry.reason for entry in history(session, field.actor(role), "visit", saved.id)]
        for role in ("supervisor", "director", "coordinator")
    }
    assert reasons == {
        "supervisor": ["by video", "the talk was left out", None],
        "director": ["by video", None, None],
        "coordinator": [None, None, None],
    }


def test_a_removed_record_is_found_and_opened_only_by_those_who_may_restore_it(session, field):
    actor = field.actor("consultant")
    saved = record_incident(session, actor, field.incident())
    remove_incident(session, actor, saved.id, 1, "entered twice")
    assert found(session, actor, wanted(field, "incident")) == set()
    assert found(session, actor, wanted(field, "incident", removed=True)) == {saved.id}
    opened = open_incident(session, actor, saved.id)
    assert (opened.may_change, opened.may_restore, opened.removed_by) == (False, True, actor.display_name)
    director = field.actor("director")
    assert found(session, director, wanted(field, "incident", removed=True)) == set()
    with pytest.raises(NotFound):
        open_incident(session, director, saved.id)


def test_two_people_on_one_record_lose_nothing(session, field):
    """Both load version 3. One saves; the other's save is refused, merged on top, and all versions stay."""
    consultant, supervisor = field.actor("consultant"), field.actor("supervisor")
    saved = log_visit(session, consultant, field.visit())
    for version in (1, 2):
        correct_visit(session, consultant, saved.id, version, field.visit(summary=f"Draft {version}"), "typing")
    loaded = open_visit(session, consultant, saved.id)
    correct_visit(session, supervisor, saved.id, 3, field.visit(summary="By the supervisor", mode="video"), "call")
    mine = {**loaded.content, "summary": "By the consultant", "recommendations": "A calm corner."}
    with pytest.raises(Conflict, match="newer_version"):
        correct_visit(
            session, consultant, saved.id, 3, VisitInput.checked({**mine, "client_uuid": new_id()}), "details"
        )
    theirs = open_visit(session, consultant, saved.id)
    base = content_at(session, consultant, "visit", saved.id, 3)
    assert base["summary"] == "Draft 2"
    result = merge(base, mine, theirs.content)
    assert [clash.fields for clash in result.clashes] == [("summary",)]
    assert (result.from_mine, result.from_theirs) == (("recommendations",), ("mode",))
    settled = result.settled({("summary",): "mine"})
    again = VisitInput.checked({**settled, "client_uuid": new_id()})
    correct_visit(session, consultant, saved.id, theirs.version, again, "merged")
    after = open_visit(session, consultant, saved.id)
    assert after.version == 5
    assert (after.content["summary"], after.content["mode"], after.content["recommendations"]) == (
        "By the consultant", "video", "A calm corner.",
    )  # fmt: skip
    assert "By the supervisor" in repr(history(session, consultant, "visit", saved.id))
