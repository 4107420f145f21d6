"""The ledger of time away on the screen: entered, read, its steps noted and taken out, and what nobody else sees."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from db.commands.exclusions import note_step, record_exclusion
from db.commands.incidents import record_incident
from db.exclusion_care import STEPS
from db.models import Exclusion, ExclusionPlace, ExclusionStep
from db.models.base import new_id
from db.models.exclusion_input import RecordedExclusion, StepInput
from db.models.incident_input import ExclusionInput
from tests.pages.said import said


def away(field, site=None, **values):
    started = date.today() - timedelta(days=45)
    lost = ExclusionInput(**{"type": "reduced_schedule", "started_on": started, "hours_lost": 20, **values})
    return RecordedExclusion(client_uuid=new_id(), site_id=(site or field.here).id, exclusion=lost)


def tap(screen, key):
    screen.get_by_key(key).click()
    screen.run()
    assert not screen.exception, [one.value for one in screen.exception]
    return screen


def choose(screen, **values):
    for key, value in values.items():
        screen.get_by_key(key).set_value(value)
        screen.run()
    assert not screen.exception, [one.value for one in screen.exception]
    return screen


@pytest.fixture
def grantee(field):
    site = field.site("Brook Demo Head Start", setting="head_start")
    field.give(field.people["director"], site_id=site.id)
    return site


def test_time_away_without_an_incident_is_entered_and_stands_in_the_list(field, open_screen, fresh):
    screen = tap(open_screen("exclusions", "director"), "measure_enter")
    choose(screen, exclusion_exclusion_type="asked_to_pick_up", exclusion_exclusion_hours_lost=3)
    tap(screen, "exclusion_save")
    assert "Saved." in said(screen)
    row = fresh.exec(select(Exclusion)).one()
    assert (row.type, row.hours_lost, row.incident_id) == ("asked_to_pick_up", 3, None)
    words = said(open_screen("exclusions", "director"))
    assert "Hours are noted for 1 of 1 time." in words
    assert "3 hours of care lost" in words


def test_what_is_missing_is_told_and_what_was_typed_stays(field, open_screen, fresh):
    screen = open_screen("exclusions", "director", do="enter")
    choose(screen, exclusion_exclusion_hours_lost=7)
    tap(screen, "exclusion_save")
    assert "Please choose one." in said(screen)
    assert screen.get_by_key("exclusion_exclusion_hours_lost").value == 7
    assert fresh.exec(select(Exclusion)).all() == []


def test_a_head_start_expulsion_asks_for_the_reason_and_cites_the_rule(field, open_screen, grantee, fresh):
    field.session.commit()
    screen = open_screen("exclusions", "director", do="enter")
    choose(screen, exclusion_site_id=str(grantee.id), exclusion_exclusion_type="expulsion")
    tap(screen, "exclusion_save")
    assert "45 CFR 1302.17" in said(screen)
    assert fresh.exec(select(Exclusion)).all() == []
    fresh.rollback()
    choose(screen, exclusion_exclusion_override_note="What happened, and why.")
    tap(screen, "exclusion_save")
    assert fresh.exec(select(Exclusion)).one().override_note == "What happened, and why."


def test_steps_are_noted_with_day_and_role_and_taken_out_with_a_reason(field, open_screen, grantee, fresh):
    suspended = away(field, grantee, type="out_of_program_suspension")
    saved = record_exclusion(field.session, field.actor("director"), suspended)
    screen = open_screen("exclusions", "director", id=str(saved.id))
    assert "Steps: 0 of 7 noted" in said(screen)
    assert "a suspension must be temporary" in said(screen)
    assert said(screen).count("missing") >= len(STEPS)
    screen.session_state["step_part_family_met"] = True
    screen.run()
    form = f"step_{saved.id}_family_met"
    choose(screen, **{f"{form}_who": "director", f"{form}_note": "at the morning drop-off"})
    tap(screen, f"{form}_save")
    step = fresh.exec(select(ExclusionStep)).one()
    assert (step.step, step.who, step.note) == ("family_met", "director", "at the morning drop-off")
    assert "Steps: 1 of 7 noted" in said(screen)
    choose(screen, **{f"undo_reason_{step.id}": "another child"})
    tap(screen, f"undo_{step.id}")
    assert "Steps: 0 of 7 noted" in said(screen)
    fresh.rollback()
    assert fresh.exec(select(ExclusionStep.deleted_by)).one() == field.people["director"].id


def test_a_step_is_not_taken_out_without_a_reason(field, open_screen, fresh):
    saved = record_exclusion(field.session, field.actor("director"), away(field))
    step = note_step(
        field.session, field.actor("director"), saved.id, StepInput(step="written_plan", done_on=date.today())
    )
    screen = tap(open_screen("exclusions", "director", id=str(saved.id)), f"undo_{step.id}")
    assert "Please say why you are changing this." in said(screen)
    assert fresh.exec(select(ExclusionStep)).one().deleted_at is None


def test_a_look_that_is_due_is_first_told_and_then_noted(field, open_screen, fresh):
    saved = record_exclusion(field.session, field.actor("consultant"), away(field))
    waiting = open_screen("exclusions", "consultant", show="waiting")
    assert "A review of the child's place is due: After 1 month" in said(waiting)
    screen = open_screen("exclusions", "consultant", id=str(saved.id))
    assert "due since" in said(screen)
    form = f"place_{saved.id}_closure_month_1_month_6"
    choose(screen, **{f"{form}_place": "same_full"})
    tap(screen, f"{form}_save")
    assert (fresh.exec(select(ExclusionPlace)).one().moment) == "month_1"
    assert "Nothing waits." in said(open_screen("exclusions", "consultant", show="waiting"))


def test_today_leads_to_what_waits_and_says_nothing_once_nothing_does(field, open_screen, grantee):
    assert "/exclusions" not in links(open_screen("today", "director"))
    suspended = away(field, grantee, type="out_of_program_suspension")
    saved = record_exclusion(field.session, field.actor("director"), suspended)
    leading = links(open_screen("today", "director"))["/exclusions"]
    assert leading == "1 time away has steps to note (Head Start) · 1 review of a child's place is due"
    for code in STEPS:
        step = StepInput(step=code, done_on=date.today())
        note_step(field.session, field.actor("director"), saved.id, step)
    assert links(open_screen("today", "director"))["/exclusions"] == "1 review of a child's place is due"


def links(screen):
    """The links of a screen: where each leads, and what it says."""
    return {"/" + one.proto.page.strip("/"): one.proto.label for one in screen.get("page_link")}


def test_what_belongs_to_an_incident_leads_to_it_and_is_not_corrected_here(field, open_screen):
    lost = ExclusionInput(type="sent_home_early", started_on=date.today(), hours_lost=2)
    record_incident(field.session, field.actor("consultant"), field.incident(exclusion=lost))
    key = field.session.exec(select(Exclusion.id)).one()
    screen = open_screen("exclusions", "consultant", id=str(key))
    assert "This is a part of an incident." in said(screen)
    assert not [button for button in screen.button if button.key in ("record_correct", "record_remove")]


def test_a_correction_asks_why_and_a_removal_can_be_taken_back(field, open_screen, fresh):
    saved = record_exclusion(field.session, field.actor("director"), away(field))
    screen = tap(open_screen("exclusions", "director", id=str(saved.id)), "record_correct")
    choose(screen, correct_exclusion_exclusion_hours_lost=4)
    tap(screen, "correct_exclusion_save")
    assert "Please say why you are changing this." in said(screen)
    choose(screen, correct_exclusion_reason_for_change="counted twice")
    tap(screen, "correct_exclusion_save")
    assert "Corrected." in said(screen)
    assert fresh.exec(select(Exclusion)).one().hours_lost == 4
    choose(screen, record_remove_reason="entered twice")
    tap(screen, "record_remove")
    assert "It counts in no figure" in said(screen)
    fresh.rollback()
    assert fresh.exec(select(Exclusion)).one().deleted_at is not None


def test_a_supervisor_corrects_what_a_consultant_recorded_and_adds_nothing(field, open_screen, fresh):
    saved = record_exclusion(field.session, field.actor("consultant"), away(field))
    assert not [one for one in open_screen("exclusions", "supervisor").button if one.key == "measure_enter"]
    screen = open_screen("exclusions", "supervisor", id=str(saved.id), do="correct")
    choose(screen, correct_exclusion_exclusion_hours_lost=6, correct_exclusion_reason_for_change="counted anew")
    tap(screen, "correct_exclusion_save")
    row = fresh.exec(select(Exclusion)).one()
    assert (row.hours_lost, row.site_id, row.version) == (6, field.here.id, 2)


def test_a_coordinator_without_a_case_role_sees_counts_only_where_they_tell_nobody(field, open_screen):
    for _number in range(3):
        record_exclusion(field.session, field.actor("consultant"), away(field))
    screen = open_screen("exclusions", "coordinator")
    assert list(screen.table[0].value["Times"]) == ["hidden to protect privacy"]
    assert not screen.metric
    assert not [button for button in screen.button if (button.key or "").startswith("open_")]


def test_the_running_month_is_not_in_the_counts_that_other_screens_give_without_it(field, open_screen):
    this_month = date.today().replace(day=1)
    for started in (*[this_month - timedelta(days=9)] * 12, *[this_month] * 3):
        record_exclusion(field.session, field.actor("consultant"), away(field, started_on=started, hours_lost=1))
    screen = open_screen("exclusions", "coordinator")
    assert list(screen.table[0].value["Times"]) == ["12"]


@pytest.mark.parametrize("role", ["director", "coordinator", "admin"])
def test_a_foreign_one_is_not_found(field, open_screen, role):
    other = field.person("director", "Harbor director")
    field.give(other, site_id=field.elsewhere.id)
    saved = record_exclusion(field.session, field.actor(other), away(field, field.elsewhere))
    words = said(open_screen("exclusions", role, id=str(saved.id)))
    assert "We could not find that." in words
    assert "Harbor" not in words
