"""The screen on which records are found, read, corrected, removed and restored."""

import uuid
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlmodel import select

from db.commands.incidents import record_incident
from db.commands.visits import correct_visit, log_visit
from db.models import AuditEvent, Visit
from db.queries.history import history
from db.queries.opened import open_visit
from tests.pages.said import said

NOT_FOUND = "We could not find that."


def press(screen, key):
    screen.get_by_key(key).click()
    screen.run()
    assert not screen.exception, [one.value for one in screen.exception]
    return screen


def write(screen, **typed):
    for key, value in typed.items():
        screen.get_by_key(key).set_value(value)
        screen.run()
    return screen


@pytest.fixture
def visit(session, field):
    wanted = field.visit(summary="Circle ![x](https://example.org/x.png) time.", reflection="I was tired.")
    return log_visit(session, field.actor("consultant"), wanted).id


def test_the_list_tells_when_where_and_by_whom_and_opens_a_record(open_screen, visit, field):
    screen = open_screen("records")
    assert "1 visit" in said(screen)
    assert "Maple Demo Center" in said(screen)
    press(screen, f"open_{visit}")
    assert screen.query_params["id"] in (str(visit), [str(visit)])
    assert "Circle ![x](https://example.org/x.png) time." in [text.value for text in screen.text]
    assert "I was tired." in said(screen)


def test_a_chart_leads_to_the_incidents_behind_one_bar(open_screen, session, field):
    record_incident(session, field.actor("consultant"), field.incident())
    fitting = open_screen(
        "records", kind="incident", site=str(field.here.id), period="3", hour="10", activity="transition"
    )
    assert "1 incident" in said(fitting)
    other = open_screen("records", kind="incident", hour="14")
    assert "Nothing fits all of these filters." in said(other)
    press(other, "records_clear")
    assert "1 incident" in said(other)


@pytest.mark.parametrize(
    "query",
    [{"id": "no-key"}, {"kind": "person"}, {"site": str(uuid.uuid4())}, {"kind": "incident", "behaviour": "x' OR 1=1"}],
)
def test_an_address_that_leads_nowhere_is_told_plainly(open_screen, visit, query):
    assert NOT_FOUND in said(open_screen("records", **query))


@pytest.mark.parametrize("role", ["consultant", "supervisor", "director", "coordinator", "admin"])
def test_a_record_of_a_foreign_site_is_not_found_by_its_address(open_screen, session, field, role):
    stranger = field.person("consultant")
    field.give(stranger, site_id=field.elsewhere.id)
    foreign = log_visit(session, field.actor(stranger), field.visit(field.elsewhere, summary="Foreign words")).id
    screen = open_screen("records", role, id=str(foreign))
    assert NOT_FOUND in said(screen)
    assert "Foreign words" not in said(screen)
    session.rollback()
    denied = session.exec(select(AuditEvent).where(AuditEvent.action == "access_denied")).all()
    assert len(denied) == (0 if role == "admin" else 1)


def test_a_coordinator_without_a_case_role_sees_visits_without_text_and_no_incidents(
    open_screen, session, field, visit
):
    incident = record_incident(session, field.actor("consultant"), field.incident()).id
    screen = open_screen("records", "coordinator", id=str(visit))
    assert "Circle" not in said(screen)
    assert "not shown here" in said(screen)
    assert NOT_FOUND in said(open_screen("records", "coordinator", kind="incident", id=str(incident)))
    assert NOT_FOUND in said(open_screen("records", "coordinator", kind="incident"))


def test_a_director_reads_a_visit_without_the_reflection_and_cannot_change_it(open_screen, visit):
    screen = open_screen("records", "director", id=str(visit))
    assert "Circle" in said(screen)
    assert "I was tired." not in said(screen)
    assert {"record_correct", "record_remove"} & {button.key for button in screen.button} == set()


def correct(open_screen, visit, **typed):
    screen = press(open_screen("records", id=str(visit)), "record_correct")
    return write(screen, **{f"correct_visit_{key}": value for key, value in typed.items()})


def test_a_correction_needs_a_reason_and_keeps_the_earlier_version(open_screen, session, field, visit):
    screen = press(correct(open_screen, visit, summary="Nap time."), "correct_visit_save")
    assert "Please say why you are changing this." in said(screen)
    write(screen, correct_visit_reason_for_change="mistyped")
    press(screen, "correct_visit_save")
    session.rollback()
    versions = history(session, field.actor("consultant"), "visit", visit)
    assert [(entry.version, entry.reason) for entry in versions] == [(2, "mistyped"), (1, None)]
    assert screen.success[0].value.startswith("Corrected.")


def test_two_people_on_one_record_choose_field_by_field_and_lose_nothing(open_screen, session, field, visit):
    screen = correct(open_screen, visit, summary="My words.", reason_for_change="details")
    write(screen, correct_visit_started_at=time(10, 0))
    theirs = field.visit(summary="Their words.", mode="phone")
    correct_visit(session, field.actor("supervisor"), visit, 1, theirs, "call")
    press(screen, "correct_visit_save")
    told = said(screen)
    assert "My words." in told
    assert "Their words." in told
    assert "Phone" in told
    assert "10:00 AM" in told
    assert screen.get_by_key("merge_save").disabled
    write(screen, merge_summary="mine")
    press(screen, "merge_save")
    session.rollback()
    after = open_visit(session, field.actor("consultant"), visit)
    assert after.version == 3
    assert (after.content["summary"], after.content["mode"], after.content["started_at"]) == (
        "My words.", "phone", time(10, 0),
    )  # fmt: skip
    assert "Their words." in repr(history(session, field.actor("consultant"), "visit", visit))


def test_someone_can_go_on_typing_on_top_of_the_newer_version(open_screen, session, field, visit):
    screen = correct(open_screen, visit, summary="My words.", reason_for_change="details")
    correct_visit(session, field.actor("supervisor"), visit, 1, field.visit(mode="phone", summary="Other."), "call")
    press(screen, "correct_visit_save")
    write(screen, merge_summary="mine")
    press(screen, "merge_back")
    assert screen.get_by_key("correct_visit_summary").value == "My words."
    write(screen, correct_visit_summary="My better words.")
    press(screen, "correct_visit_save")
    session.rollback()
    after = open_visit(session, field.actor("consultant"), visit)
    assert (after.version, after.content["summary"], after.content["mode"]) == (3, "My better words.", "phone")


def test_removing_asks_why_and_a_removed_record_can_be_restored(open_screen, session, field, visit):
    screen = press(open_screen("records", id=str(visit)), "record_remove")
    assert "Please say why" in said(screen)
    write(screen, record_remove_reason="entered twice")
    press(screen, "record_remove")
    session.rollback()
    assert session.exec(select(Visit)).one().deleted_at is not None
    assert "1 visit" not in said(open_screen("records"))
    screen = open_screen("records", removed="1")
    assert "1 removed record" in said(screen)
    press(screen, f"open_{visit}")
    write(screen, record_restore_reason="was right")
    press(screen, "record_restore")
    assert screen.success[0].value.startswith("Restored.")


def test_a_record_from_a_tablet_tells_when_it_was_made_and_when_it_arrived(open_screen, session, field):
    actor, now = field.actor("consultant"), datetime.now(UTC)
    late = field.visit(source="tablet", made_at=now - timedelta(hours=2), clock_off_minutes=-150)
    at_once = field.visit(source="tablet", made_at=now)
    made = [log_visit(session, actor, one).id for one in (late, at_once)]
    told = said(open_screen("records", kind="visit", id=str(made[0])))
    assert "Made on the tablet: " in told
    assert "It arrived here: " in told
    assert "The tablet's clock was 150 minutes behind." in told
    assert "clock_off_minutes" not in told
    assert "Made on the tablet" not in said(open_screen("records", kind="visit", id=str(made[1])))


def test_an_empty_list_says_what_to_do_next(open_screen, field):
    assert "A longer period may show some." in said(open_screen("records"))
    alone = field.person("consultant")
    assert "No site is assigned to you yet." in said(open_screen("records", alone))


def test_older_records_stand_on_the_next_page(open_screen, session, field):
    for number in range(27):
        log_visit(session, field.actor("consultant"), field.visit(visited_on=field.today - timedelta(days=number)))
    screen = open_screen("records", period="6")
    assert "Page 1 of 2" in said(screen)
    press(screen, "records_page_Older")
    assert "Page 2 of 2" in said(screen)
    assert len([one for one in screen.button if str(one.key).startswith("open_")]) == 2
