"""A site's meetings: held once a month, written by several, and read again beside what happened since."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from analytics.meeting_signals import RULES
from db import meeting_figures
from db.commands.incidents import record_incident
from db.commands.meetings import add_decision, hold_meeting, note_outcome, remove_decision, write_notes
from db.commands.visits import log_visit
from db.errors import Conflict, InvalidInput, NotFound
from db.models import AuditEvent
from db.models.base import new_id
from db.models.meeting_input import DecisionInput, DecisionOutcome, MeetingInput, NotesInput
from db.models.meetings import Meeting, MeetingDecision
from db.models.organisation import Closure
from db.models.visit_input import FollowUpInput
from db.queries import meetings, today
from tests.factories import stored


@pytest.fixture
def director(field):
    return field.actor("director")


def held(session, field, director, ago=0, **values):
    meeting = MeetingInput(site_id=field.here.id, held_on=field.today - timedelta(days=ago), **values)
    return hold_meeting(session, director, meeting).id


def decided(field, **values):
    return DecisionInput(**{"text": "Shorter circles.", "owner_role": "teacher", "due_on": field.today, **values})


def weekday(day: date) -> date:
    return day - timedelta(days=max(0, day.weekday() - 4))


def test_two_tablets_that_begin_in_one_month_hold_one_meeting(session, field, director):
    first = hold_meeting(session, director, MeetingInput(site_id=field.here.id))
    second = hold_meeting(session, field.actor("consultant"), MeetingInput(site_id=field.here.id))
    assert (second.id, second.created) == (first.id, False)
    assert len(session.exec(select(Meeting)).all()) == 1


def test_a_meeting_is_not_held_tomorrow_and_never_looks_at_a_child(session, field, director):
    for values in (
        {"held_on": field.today + timedelta(days=2)},
        {"looked_at": ({"cut": {"child": "1234567890ab"}, "count": 9, "total": 20},)},
        {"looked_at": ({"strength": "met" * 3000},)},
    ):
        with pytest.raises(InvalidInput):
            hold_meeting(session, director, MeetingInput(site_id=field.here.id, **values))
    assert session.exec(select(Meeting)).all() == []


def test_the_same_notes_twice_are_one_change_and_an_older_version_never_overwrites(session, field, director):
    key = held(session, field, director)
    assert write_notes(session, director, key, 1, NotesInput(hypotheses="Long waits.")).version == 2
    assert write_notes(session, director, key, 1, NotesInput(hypotheses="Long waits.")).version == 2
    with pytest.raises(Conflict):
        write_notes(session, field.actor("consultant"), key, 1, NotesInput(hypotheses="Something else."))
    assert stored(session, Meeting, key).hypotheses == "Long waits."
    actions = session.exec(select(AuditEvent.action)).all()
    assert actions.count("write_meeting_notes") == 1


def test_a_decision_sent_twice_is_one_and_keeps_its_figure_as_it_stood_before_the_meeting(session, field, director):
    on = weekday(field.today - timedelta(days=20))
    for activity in ("transition", "transition", "meals"):
        record_incident(session, field.actor("consultant"), field.incident(occurred_on=on, activity=activity))
    record_incident(session, field.actor("consultant"), field.incident(occurred_on=field.today - timedelta(days=3)))
    key, meeting = new_id(), held(session, field, director, ago=10)
    pattern = decided(field, figure="pattern", cut={"activity": "transition"}, rule="incidents_up")
    saved = [add_decision(session, director, meeting, pattern, key=key) for _ in range(2)]
    assert saved[0].id == saved[1].id
    add_decision(session, director, meeting, decided(field, figure="incidents"))
    found = meetings.site_decisions(session, director, field.here.id, field.today, field.today)
    assert {row.figure: (row.then.events, row.now.events) for row in found} == {"pattern": (2, 1), "incidents": (3, 1)}
    row = next(row for row in found if row.figure == "pattern")
    assert (len(row.then.weeks), row.cut, row.rule) == (13, {"activity": "transition"}, "incidents_up")


def test_open_days_are_weekdays_without_closures(session, field, director):
    monday = field.today - timedelta(days=field.today.weekday() + 14)
    field.add(Closure(region_id=field.north.id, site_id=field.here.id, closed_on=monday, reason="holiday"))
    stretch = meeting_figures.Stretch("x", "visits", {}, monday, monday + timedelta(days=9))
    log_visit(session, field.actor("consultant"), field.visit(visited_on=monday + timedelta(days=8)))
    assert meeting_figures.count(session, field.here.id, [stretch])["x"].weeks == ((0, 4), (1, 2))


def test_what_is_wrong_with_a_decision_is_told_at_its_field(session, field, director):
    meeting = held(session, field, director, ago=5)
    wrong = {
        "owner": [{"owner_role": None}, {"owner_id": field.people["director"].id},
                  {"owner_role": None, "owner_id": field.people["coordinator"].id}],
        "due_on": [{"due_on": field.today - timedelta(days=6)}],
        "rule": [{"rule": "made_up"}],
        "figure": [{"figure": "made_up"}, {"figure": "pattern"}, {"cut": {"hour": "9"}},
                   {"figure": "pattern", "cut": {"child": "1234567890ab"}},
                   {"figure": "pattern", "cut": {"classroom": "no key"}}, {"figure": "pattern", "cut": {"hour": "9x"}}],
    }  # fmt: skip
    for name, tries in wrong.items():
        for values in tries:
            with pytest.raises(InvalidInput) as refused:
                add_decision(session, director, meeting, decided(field, **values))
            assert {problem.field for problem in refused.value.problems} == {name}, values
    assert session.exec(select(MeetingDecision)).all() == []


def test_a_supervisor_a_director_and_a_consultant_of_the_site_can_be_given_a_task_and_nobody_else(
    session, field, director
):
    found = meetings.task_owners(session, director, field.here.id, field.today)
    assert {one.role for one in found} == {"consultant", "director", "supervisor"}
    assert {one.id for one in found} == {field.people[one.role].id for one in found}
    assert meetings.task_owners(session, field.actor("coordinator"), field.here.id, field.today) == []
    assert meetings.task_owners(session, director, field.elsewhere.id, field.today) == []


def test_an_outcome_closes_and_opens_a_decision_again(session, field, director):
    key = add_decision(session, director, held(session, field, director), decided(field)).id
    done = note_outcome(session, director, key, 1, DecisionOutcome(status="done", outcome="Twice a day."))
    assert stored(session, MeetingDecision, key).closed_on == field.today
    assert note_outcome(session, director, key, 1, DecisionOutcome(status="done", outcome="Twice a day.")) == done
    note_outcome(session, director, key, 2, DecisionOutcome(status="open"))
    assert stored(session, MeetingDecision, key).closed_on is None
    remove_decision(session, director, key)
    assert meetings.site_decisions(session, director, field.here.id, field.today, field.today) == []
    with pytest.raises(NotFound):
        note_outcome(session, director, key, 3, DecisionOutcome(status="done"))


def test_open_decisions_stay_until_somebody_closes_them_and_closed_ones_go_after_the_next_meeting(
    session, field, director
):
    old = held(session, field, director, ago=70)
    keys = [add_decision(session, director, old, decided(field)).id for _ in range(2)]
    note_outcome(session, director, keys[0], 1, DecisionOutcome(status="done"))
    last = held(session, field, director, ago=35)
    add_decision(session, director, last, decided(field))
    since = field.today - timedelta(days=35)
    found = meetings.site_decisions(session, director, field.here.id, field.today, since)
    assert [row.meeting_id for row in found] == [last, old]
    lines = meetings.site_meetings(session, director, field.here.id)
    assert [(one.decisions, one.open_decisions) for one in lines] == [(1, 1), (2, 1)]


def test_a_coordinator_without_a_case_role_reads_decisions_without_figures(session, field, director):
    meeting = held(session, field, director, ago=10, looked_at=({"strength": "met"},))
    add_decision(session, director, meeting, decided(field, figure="incidents"))
    actor = field.actor("coordinator")
    assert meetings.one_meeting(session, actor, meeting).looked_at == []
    row = meetings.site_decisions(session, actor, field.here.id, field.today, field.today)[0]
    assert (row.text, row.then, row.now) == ("Shorter circles.", None, None)
    with pytest.raises(NotFound):
        write_notes(session, actor, meeting, 1, NotesInput(hypotheses="x"))


def test_what_is_past_its_day_is_counted_at_its_own_site(session, field, director):
    follow_up = FollowUpInput(text="A song.", owner="teacher", due_on=field.today - timedelta(days=2))
    visited = field.today - timedelta(days=9)
    log_visit(session, field.actor("consultant"), field.visit(visited_on=visited, follow_ups=(follow_up,)))
    meeting = held(session, field, director, ago=9)
    add_decision(session, director, meeting, decided(field, due_on=field.today - timedelta(days=1)))
    add_decision(session, director, meeting, decided(field))
    assert meetings.waiting_at(session, director, field.here.id, field.today) == (1, 1)
    assert meetings.waiting_at(session, director, field.elsewhere.id, field.today) == (0, 0)


def test_decisions_that_are_due_stand_on_today_ones_own_first(session, field, director):
    meeting = held(session, field, director, ago=9)
    add_decision(session, director, meeting, decided(field, due_on=field.today - timedelta(days=1)))
    own = decided(field, text="Call.", owner_role=None, owner_id=field.people["director"].id)
    add_decision(session, director, meeting, own)
    add_decision(session, director, meeting, decided(field, due_on=field.today + timedelta(days=40)))
    due = today.decisions_due(session, director, field.today + timedelta(days=14))
    assert [one.text for one in due] == ["Call.", "Shorter circles."]
    assert due[0].owner == field.people["director"].display_name
    assert today.decisions_due(session, field.actor("coordinator"), field.today) == []


def test_a_room_without_an_incident_counts_only_where_it_had_some_and_records_were_kept(session, field, director):
    month = (field.today.replace(day=1) - timedelta(days=1)).replace(day=1)
    before = weekday(month - timedelta(days=10))
    quiet, never, silent = (field.classroom(field.here, name) for name in ("Foxes", "Bears", "Robins"))
    for room in (field.room, quiet, never):
        field.enrolment(room, month)
    session.commit()
    for room, on in ((field.room, before), (field.room, month), (quiet, before), (silent, before)):
        record_incident(session, field.actor("consultant"), field.incident(room, occurred_on=on))
    assert meetings.quiet_rooms(session, director, field.here.id, month) == (3, 1)
    assert meetings.quiet_rooms(session, field.actor("coordinator"), field.here.id, month) == (0, 0)


def test_every_rule_that_can_suggest_a_decision_can_be_kept_with_it(session, field, director):
    meeting = held(session, field, director)
    for rule in RULES:
        add_decision(session, director, meeting, decided(field, rule=rule.code))
    found = meetings.site_decisions(session, director, field.here.id, field.today, field.today)
    assert {row.rule for row in found} == {rule.code for rule in RULES}
