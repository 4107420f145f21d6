"""Children's measures on the screen: entered with the family's permission, corrected, and their change."""

from datetime import timedelta

import pytest
from sqlmodel import select

from db.commands.child_measures import record_child_measure
from db.models import AuditEvent, Draft
from db.models.base import new_id
from db.models.child_measure_input import ChildMeasureInput
from db.models.children import ChildMeasure, ChildScore
from tests.pages.said import said

TOOL = "sdq_4_17"


def measure(field, child="K-1", days=5, phase="baseline", total=18.0, **values):
    on = field.today - timedelta(days=days)
    return ChildMeasureInput(
        **{
            "client_uuid": new_id(), "site_id": field.here.id, "child_key": child, "measured_on": on,
            "permission_on": on, "instrument_code": TOOL, "respondent": "teacher", "phase": phase,
            "scores": {"total": total}, **values,
        }
    )  # fmt: skip


def act(screen, **typed):
    for key, value in typed.items():
        screen.get_by_key(key).set_value(value)
        screen.run()
    assert not screen.exception, [one.value for one in screen.exception]
    return screen


def press(screen, key):
    screen.get_by_key(key).click()
    screen.run()
    assert not screen.exception, [one.value for one in screen.exception]
    return screen


def test_a_questionnaire_is_entered_and_the_child_then_brings_its_permission(field, open_screen, fresh):
    day = field.today - timedelta(days=60)
    screen = press(open_screen("child_measures"), "measure_enter")
    act(screen, child_measure_child_key="K-1", child_measure_permission_on=day, child_measure_instrument_code=TOOL)
    act(screen, child_measure_phase="baseline", child_measure_scores_total=18.0, child_measure_scores_prosocial=4)
    press(screen, "child_measure_save")
    assert "Total difficulties: 18 · Prosocial behavior: 4" in said(screen)
    row = fresh.exec(select(ChildMeasure)).one()
    assert (row.child_key, row.permission_on, row.respondent) == ("K-1", day, "teacher")
    assert {one.scale_code: one.value for one in fresh.exec(select(ChildScore))} == {"total": 18, "prosocial": 4}
    second = act(open_screen("child_measures", do="enter"), child_measure_child="K-1")
    assert second.get_by_key("child_measure_permission_on").value == day


def test_what_is_wrong_is_told_at_its_field_and_what_was_typed_stays(field, open_screen, fresh):
    screen = open_screen("child_measures", do="enter")
    act(screen, child_measure_instrument_code=TOOL, child_measure_scores_total=18.5)
    press(screen, "child_measure_save")
    told = said(screen)
    assert "needs the date of the parent's permission on file" in told
    act(screen, child_measure_child_key="K-1", child_measure_permission_on=field.today, child_measure_phase="mid")
    assert "steps" in said(screen).lower()
    assert screen.get_by_key("child_measure_scores_total").value == 18.5
    assert fresh.exec(select(ChildMeasure)).all() == []


def test_a_measure_is_corrected_with_a_reason_removed_and_restored(field, open_screen, fresh):
    saved = record_child_measure(field.session, field.actor("consultant"), measure(field))
    screen = press(open_screen("child_measures", "supervisor", id=str(saved.id)), "record_correct")
    assert screen.get_by_key("correct_child_measure_scores_total").value == 18
    act(screen, correct_child_measure_scores_total=16.0)
    press(screen, "correct_child_measure_save")
    assert fresh.exec(select(ChildScore)).one().value == 18
    act(screen, correct_child_measure_reason_for_change="Misread the sheet")
    press(screen, "correct_child_measure_save")
    fresh.rollback()
    assert fresh.exec(select(ChildScore)).one().value == 16
    screen = open_screen("child_measures", id=str(saved.id))
    screen.session_state["record_versions"] = True
    screen.run()
    told = said(screen)
    assert "Why: Misread the sheet" in told
    assert "Total difficulties" in told
    act(screen, record_remove_reason="Another child")
    press(screen, "record_remove")
    assert "This was removed." in said(screen)
    press(act(screen, record_restore_reason="It was this child"), "record_restore")
    fresh.rollback()
    actions = fresh.exec(select(AuditEvent.action).where(AuditEvent.entity == "child_measure")).all()
    assert sorted(actions) == [f"{verb}_child_measure" for verb in ("correct", "record", "remove", "restore")]


@pytest.fixture
def measured_twice(field):
    """Eleven children before, ten of them after; the first one changed by 8 points, the others by 2."""
    actor = field.actor("consultant")
    for number in range(11):
        start = measure(field, f"K-{number:02d}", 150, total=14.0 + number)
        record_child_measure(field.session, actor, start)
        if number < 10:
            gain = 8 if number == 0 else 2
            end = measure(field, f"K-{number:02d}", 5, "post", start.scores["total"] - gain)
            record_child_measure(field.session, actor, end)


def test_change_is_told_for_all_children_and_child_by_child(open_screen, measured_twice):
    screen = open_screen("child_measures", "supervisor")
    told = said(screen)
    assert "Children before: 11, after: 10, at both times: 10, left (not measured again): 1" in told
    assert "Some improvement is to be expected anyway" in told
    assert "These numbers are not verified." in told
    whole, each = (one.value for one in screen.table)
    assert whole["Change (95% interval)"].to_list()[0].startswith("−2.60 (")
    # Noise: 1.96 x sqrt(2) x 5.2 x sqrt(1 - 0.8) = 6.45 points.
    assert whole["Beyond the noise of the measure"].to_list() == ["better 1, worse 0, no clear change 9"]
    assert each["Child key"].to_list() == [rf"K\-{number:02d}" for number in range(10)]
    assert each["Beyond the noise of the measure"].to_list() == ["better", *["no clear change"] * 9]


@pytest.mark.parametrize("role", ["director", "coordinator", "admin"])
def test_who_may_not_read_the_measures_sees_no_child(open_screen, measured_twice, role):
    screen = open_screen("child_measures", role)
    assert "K-0" not in said(screen)
    assert len(screen.table) == 0


def test_a_list_of_questionnaires_is_previewed_and_written_once(open_screen, fresh):
    screen = press(open_screen("child_measures"), "child_measure_import")
    rows = [
        "Center,Child ID,Date,Consent date,Total difficulties",
        "Maple Demo Center,K-1,2026-03-02,2026-03-01,18",
        "Maple Demo Center,K-2,2026-03-02,2026-03-01,41",
    ]
    screen.get("file_uploader")[0].upload("list.csv", "\n".join(rows).encode(), "text/csv").run()
    act(screen, import_instrument=TOOL)
    assert "Please enter a value from 0 to 40" in said(screen)
    act(screen, child_measure_leave_out=True)
    press(screen, "child_measure_write")
    assert "1 questionnaires added, 0 stored before, 1 left out." in said(screen)
    assert [row.child_key for row in fresh.exec(select(ChildMeasure))] == ["K-1"]
    assert "There is nothing to write" in said(screen)


def test_what_was_typed_comes_back_and_goes_when_it_is_saved(field, open_screen, fresh):
    screen = open_screen("child_measures", do="enter")
    act(screen, child_measure_child_key="K-1", child_measure_permission_on=field.today)
    act(screen, child_measure_instrument_code=TOOL, child_measure_scores_total=18.0)
    (draft,) = fresh.exec(select(Draft)).all()
    assert (draft.form, draft.content["child_key"], draft.content["scores.total"]) == ("child_measure", "K-1", 18.0)
    told = said(open_screen("today"))
    assert "Child's questionnaire" in told
    assert "7 of 8 needed answers" in told
    again = open_screen("child_measures", do="enter")
    assert again.get_by_key("child_measure_scores_total").value == 18.0
    press(act(again, child_measure_phase="baseline"), "child_measure_save")
    fresh.rollback()
    assert len(fresh.exec(select(ChildMeasure)).all()) == 1
    assert fresh.exec(select(Draft)).all() == []
