"""A month's meeting on the screen: begun, typed, decided, and opened again the next month."""

from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlmodel import select

from db import rollups
from db.commands.incidents import record_incident
from db.commands.meetings import add_decision, hold_meeting, write_notes
from db.models.meeting_input import DecisionInput, MeetingInput, NotesInput
from db.models.meetings import Meeting, MeetingDecision
from db.period import Period
from tests.pages.said import said

MOST_STATEMENTS = 40


@pytest.fixture
def year(session, field):
    """A site with a year of enrolment, and two incidents a month that name a child."""
    months = Period.last_months(13, field.today).months()
    for month in months[:-1]:
        field.enrolment(field.room, month)
        for _ in range(2):
            incident = field.incident(
                occurred_on=month,
                child_key="K-7",
                permission_on=month - timedelta(days=9),
                description="Words of theirs",
            )
            record_incident(session, field.actor("consultant"), incident)
    rollups.refresh(session, field.here.id, months)
    session.commit()


def one(fresh, *columns):
    """Give one row of plain values as it is stored now."""
    fresh.rollback()
    return fresh.exec(select(*columns)).one()


def begin(screen):
    screen.get_by_key("begin_meeting").click().run()
    assert not screen.exception, [one.value for one in screen.exception]
    return screen


def test_a_meeting_begins_with_a_tap_and_shows_a_strength_the_year_and_no_child(open_screen, field, year, fresh):
    screen = open_screen("meeting", "director")
    assert fresh.exec(select(Meeting.id)).all() == []
    words = said(begin(screen))
    assert "What went well" in words
    assert "No child lost care because of behavior in the last 3 full months." in words
    assert "Challenging-behavior incidents by month" in words
    assert "K-7" not in words
    assert "Words of theirs" not in words
    looked_at = one(fresh, Meeting.looked_at)
    assert "K-7" not in str(looked_at)
    assert {"signal": "one_child", "number": 0} in looked_at


def test_what_people_think_is_stored_as_it_is_typed_and_both_texts_stay_where_two_write(
    open_screen, session, field, year, fresh
):
    screen = begin(open_screen("meeting", "director"))
    meeting = one(fresh, Meeting.id)
    key = f"meeting_{meeting}_hypotheses"
    screen.get_by_key(key).set_value("Long waits at the sink.").run()
    assert one(fresh, Meeting.hypotheses) == "Long waits at the sink."
    write_notes(session, field.actor("consultant"), meeting, 2, NotesInput(hypotheses="A new teacher."))
    screen.get_by_key(key).set_value("Long waits at the sink and the door.").run()
    assert "Somebody else wrote here at the same time." in said(screen)
    assert "A new teacher." in said(screen)
    assert screen.get_by_key(key).value == "Long waits at the sink and the door."
    screen.get_by_key(f"meeting_{meeting}_mine").click().run()
    assert one(fresh, Meeting.hypotheses) == "Long waits at the sink and the door."


def test_a_signal_suggests_a_decision_that_nobody_makes_but_a_person(open_screen, field, year, fresh):
    screen = begin(open_screen("meeting", "director"))
    assert "Suggested because: one child is involved in more than a third" in said(screen)
    screen.get_by_key("suggest_one_child").click().run()
    fresh.rollback()
    assert fresh.exec(select(MeetingDecision.id)).all() == []
    meeting = one(fresh, Meeting.id)
    form = f"decision_{meeting}"
    assert screen.get_by_key(f"{form}_text").value.startswith("Plan together, with the family")
    screen.get_by_key(f"{form}_save").click().run()
    assert "Please choose whose task this is." in said(screen)
    screen.get_by_key(f"{form}_owner").set_value(f"person:{field.people['consultant'].id}").run()
    screen.get_by_key(f"{form}_save").click().run()
    row = one(fresh, MeetingDecision.rule, MeetingDecision.owner_id, MeetingDecision.figure)
    assert tuple(row) == ("one_child", field.people["consultant"].id, "incidents")
    assert "The decision was kept." in said(screen)


def test_the_next_month_opens_with_what_was_decided_beside_what_happened_since(
    open_screen, session, field, year, fresh
):
    actor = field.actor("director")
    held_on = field.today - timedelta(days=40)
    meeting = hold_meeting(session, actor, MeetingInput(site_id=field.here.id, held_on=held_on)).id
    due = field.today - timedelta(days=3)
    decision = DecisionInput(text="Shorter circles.", owner_role="teacher", due_on=due, figure="incidents")
    key = add_decision(session, actor, meeting, decision).id
    screen = open_screen("meeting", "director")
    words = said(screen).replace("\\", "")
    assert words.index("What we decided, and what happened since") < words.index("What went well")
    assert "Shorter circles." in words
    assert "overdue since" in words
    assert "in the" in words
    assert "open days since." in words
    screen.get_by_key(f"decision_outcome_{key}").set_value("Only on Mondays.").run()
    screen.get_by_key(f"decision_status_{key}").set_value("done").run()
    row = one(fresh, MeetingDecision.status, MeetingDecision.outcome, MeetingDecision.closed_on)
    assert tuple(row) == ("done", "Only on Mondays.", field.today)
    assert "1 of 1 decision" in said(screen)


def test_an_empty_site_has_a_true_and_neutral_strength(open_screen, field):
    assert "You take the time to look at this together." in said(open_screen("meeting", "director"))


def test_a_foreign_meeting_is_not_found(open_screen, session, field):
    south = field.person("director", "South Director")
    field.give(south, site_id=field.elsewhere.id)
    meeting = hold_meeting(session, field.actor(south), MeetingInput(site_id=field.elsewhere.id)).id
    for query in ({"id": str(meeting)}, {"site": str(field.elsewhere.id)}):
        assert "We could not find that." in said(open_screen("meeting", "director", **query))


def test_due_decisions_stand_on_today_and_lead_to_the_meeting(open_screen, session, field):
    actor = field.actor("director")
    meeting = hold_meeting(session, actor, MeetingInput(site_id=field.here.id)).id
    add_decision(session, actor, meeting, DecisionInput(text="A song.", owner_role="teacher", due_on=field.today))
    for role in ("director", "consultant"):
        screen = open_screen("today", role)
        assert "Decisions of meetings that are due" in said(screen)
        assert "A song." in [one.proto.label.replace("\\", "") for one in screen.get("page_link")]


def test_the_screen_reads_the_database_in_few_statements(open_screen, session, field, engine, year):
    from db import engine as engine_module

    counted = []
    event.listen(engine_module.engine(), "before_cursor_execute", lambda *args: counted.append(args[2]))
    open_screen("meeting", "director")
    selects = [statement for statement in counted if statement.lstrip().upper().startswith(("SELECT", "WITH"))]
    assert 0 < len(selects) <= MOST_STATEMENTS
