"""The screen on which a visit is logged."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from sqlmodel import select

from components.forms import saving
from db.commands.visits import log_visit
from db.models import AuditEvent, Closure, FollowUp, Visit, VisitParticipant

TODAY = date.today()


def tap(screen, *fields, **chosen):
    """Choose options (``field=code`` or a list of codes), then press the named buttons."""
    for field, value in chosen.items():
        screen.get_by_key(f"visit_{field}").set_value(value)
        screen.run()
    for field in fields:
        screen.get_by_key(f"visit_{field}").click()
        screen.run()
    assert not screen.exception, [one.value for one in screen.exception]
    return screen


def keys(screen):
    return {widget.key for kind in (screen.button, screen.pills, screen.number_input) for widget in kind}


@pytest.fixture
def filled(open_screen, field):
    """A visit that needs nothing but Save."""
    screen = open_screen("log_visit", site=str(field.here.id))
    return tap(
        screen, minutes=60, levels=["classroom"], activities=["teacher_meeting"], participants=["teacher"],
        summary="Watched the morning circle.",
    )  # fmt: skip


def test_a_visit_is_saved_and_what_was_saved_is_shown(filled, fresh, field):
    screen = tap(filled, "save")
    visit = fresh.exec(select(Visit)).one()
    assert (visit.site_id, visit.minutes, visit.minutes_classroom) == (field.here.id, 60, 60)
    assert (visit.outcome, visit.mode, visit.reason) == ("completed", "in_person", "planned")
    assert visit.visited_on == TODAY
    assert visit.started_at is not None
    people = fresh.exec(select(VisitParticipant)).one()
    assert (people.role, people.people) == ("teacher", 1)
    shown = [text.value for text in screen.text]
    assert "Site: Maple Demo Center" in shown
    assert "Minutes: 60" in shown
    assert "Level: Classroom 60 min" in shown
    assert screen.success[0].value.startswith("Saved")


def test_everything_that_is_missing_is_told_at_once_and_at_its_field(open_screen, fresh):
    screen = tap(open_screen("log_visit"), "save")
    told = screen.error[0].value
    for label in ("Minutes", "Level of consultation", "What you did", "Summary"):
        assert f"[{label}](#" in told
    at_fields = [one.value for one in screen.markdown if "material/error" in one.value]
    assert len(at_fields) == 4
    assert fresh.exec(select(Visit)).all() == []


def test_a_sentence_goes_away_once_its_field_is_right(open_screen):
    screen = tap(open_screen("log_visit"), "save")
    tap(screen, summary="Planned the week with the director.")
    assert "[Summary](#visit-notes)" not in screen.error[0].value
    assert "[Minutes](#visit-minutes)" in screen.error[0].value


def test_nothing_typed_is_lost_after_an_error(open_screen, fresh):
    screen = tap(open_screen("log_visit"), "save", summary="Kept.", activities=["training"])
    assert screen.get_by_key("visit_summary").value == "Kept."
    assert screen.get_by_key("visit_activities").value == ["training"]
    tap(screen, "save", minutes=30, levels=["program"])
    assert fresh.exec(select(Visit)).one().summary == "Kept."


def test_minutes_follow_the_total_while_one_level_is_chosen(filled, fresh):
    tap(filled, "save", minutes=45)
    visit = fresh.exec(select(Visit)).one()
    assert (visit.minutes, visit.minutes_classroom) == (45, 45)


def test_several_levels_are_shared_evenly_and_must_add_up(filled, fresh):
    tap(filled, levels=["classroom", "program"])
    assert filled.get_by_key("visit_minutes_program").value == 30
    tap(filled, "save", minutes_program=45)
    assert "The minutes by level add up to 75, but the visit took 60." in filled.error[0].value
    tap(filled, "save", minutes_classroom=15)
    visit = fresh.exec(select(Visit)).one()
    assert (visit.minutes_program, visit.minutes_classroom) == (45, 15)


def test_a_chip_sets_the_minutes(open_screen):
    screen = tap(open_screen("log_visit"), minutes_chip=90)
    assert screen.get_by_key("visit_minutes").value == 90


def test_time_for_one_child_asks_for_the_parents_permission(filled, fresh):
    tap(filled, "save", levels=["child_family"])
    assert "[Date on the parent's permission](#visit-minutes)" in filled.error[0].value
    tap(filled, "save", permission_on=TODAY - timedelta(days=40))
    assert fresh.exec(select(Visit)).one().permission_on == TODAY - timedelta(days=40)


def test_a_visit_that_did_not_take_place_asks_for_no_minutes(open_screen, fresh):
    screen = tap(open_screen("log_visit"), outcome="cancelled_site")
    assert "visit_minutes" not in keys(screen)
    tap(screen, "save")
    visit = fresh.exec(select(Visit)).one()
    assert (visit.outcome, visit.minutes) == ("cancelled_site", 0)


@pytest.mark.parametrize(
    ("values", "question"),
    [
        ({"visited_on": TODAY - timedelta(days=20)}, "This visit was 20 days ago. Is the date right?"),
        ({"minutes": 500}, "This visit took 8.3 hours. Is that right?"),
    ],
)
def test_an_unlikely_visit_is_asked_about_and_can_be_saved_anyway(filled, fresh, values, question):
    tap(filled, "save", **values)
    assert [one.value for one in filled.warning] == [question]
    assert fresh.exec(select(Visit)).all() == []
    fresh.rollback()
    tap(filled, "save_anyway")
    assert fresh.exec(select(Visit)).one()


def test_a_closed_day_is_asked_about_and_the_answer_can_be_no(filled, fresh, field):
    field.add(Closure(region_id=field.north.id, site_id=field.here.id, closed_on=TODAY, reason="weather"))
    field.session.commit()
    tap(filled, "save")
    assert filled.warning[0].value == "The site was closed on this day (weather). Is the date right?"
    tap(filled, "change_it")
    assert not filled.warning
    assert fresh.exec(select(Visit)).all() == []


def test_log_another_here_keeps_site_classroom_and_date_and_nothing_else(filled, fresh, field):
    yesterday = TODAY - timedelta(days=1)
    tap(filled, "save", classroom_ids=[str(field.room.id)], visited_on=yesterday)
    tap(filled, "next_0")
    assert filled.get_by_key("visit_classroom_ids").value == [str(field.room.id)]
    assert filled.get_by_key("visit_visited_on").value == yesterday
    assert (filled.get_by_key("visit_summary").value, filled.get_by_key("visit_minutes").value) == ("", None)
    tap(filled, "save", minutes=30, levels=["program"], activities=["training"], summary="Second.")
    assert len(fresh.exec(select(Visit)).all()) == 2


def test_a_save_that_was_cut_off_after_storing_is_found_by_the_next_tap(filled, fresh):
    tap(filled, "save")
    state = filled.session_state["visit_form"]
    state.update(saved=None, shown=False)
    filled.run()
    tap(filled, "save")
    assert filled.success
    assert len(fresh.exec(select(Visit)).all()) == 1


def test_a_tap_that_was_still_on_its_way_when_the_form_was_saved_does_nothing(filled, fresh):
    tap(filled, "save")
    filled.session_state["visit_form"]["shown"] = False
    form = SimpleNamespace(state=filled.session_state["visit_form"], values=pytest.fail)
    saving.save(form, saving.Saving(pytest.fail, pytest.fail, pytest.fail))
    assert len(fresh.exec(select(Visit)).all()) == 1


def test_coming_back_after_a_save_begins_a_new_visit(filled):
    tap(filled, "save")
    filled.run()
    assert not filled.success
    assert filled.get_by_key("visit_summary").value == ""


def test_the_last_visit_can_be_taken_over_with_one_tap(open_screen, fresh, field):
    actor = field.actor("consultant")
    log_visit(
        field.session, actor,
        field.visit(minutes=90, minutes_classroom=60, minutes_program=30, participants={"teacher": 3},
                    activities=("training",), classroom_ids=(field.room.id,)),
    )  # fmt: skip
    screen = open_screen("log_visit")
    assert screen.get_by_key("visit_classroom_ids").value == [str(field.room.id)]
    tap(screen, "same_as_last", "save", summary="As before.")
    visit = fresh.exec(select(Visit).where(Visit.summary == "As before.")).one()
    assert (visit.minutes, visit.minutes_classroom, visit.minutes_program) == (90, 60, 30)
    people = fresh.exec(select(VisitParticipant).where(VisitParticipant.visit_id == visit.id)).one()
    assert (people.role, people.people) == ("teacher", 3)


def test_follow_ups_are_added_taken_out_and_stored(filled, fresh):
    filled.session_state["visit_part_advice"] = True
    filled.run()
    tap(filled, "add_follow_ups", "add_follow_ups", recommendations="A visual schedule.")
    tap(filled, follow_ups_0_text="Bring the timer", follow_ups_1_text="Call the director")
    tap(filled, "drop_follow_ups_0", "save")
    assert fresh.exec(select(FollowUp)).one().text == "Call the director"
    fresh.rollback()
    assert fresh.exec(select(Visit)).one().recommendations == "A visual schedule."


def test_a_problem_in_a_folded_part_opens_it(filled):
    filled.session_state["visit_part_advice"] = True
    filled.run()
    tap(filled, "add_follow_ups")
    tap(filled, follow_ups_0_text="Call", follow_ups_0_due_on=TODAY - timedelta(days=3))
    filled.session_state["visit_part_advice"] = False
    filled.run()
    tap(filled, "save")
    assert "[By when](#visit-notes): The due date is before the visit." in filled.error[0].value
    assert filled.session_state["visit_part_advice"] is True


def test_a_foreign_site_in_the_address_is_not_found_and_leaves_a_trace(open_screen, fresh, field):
    screen = open_screen("log_visit", site=str(field.elsewhere.id))
    assert any("We could not find that." in one.value for one in screen.markdown)
    assert "visit_save" not in keys(screen)
    assert not any("Harbor" in text.value for text in screen.text)
    assert fresh.exec(select(AuditEvent)).one().action == "access_denied"


def test_a_site_that_is_no_key_is_not_found(open_screen):
    screen = open_screen("log_visit", site="nonsense")
    assert any("We could not find that." in one.value for one in screen.markdown)


def test_someone_without_a_site_is_told_whom_to_ask(open_screen, field):
    screen = open_screen("log_visit", field.person("consultant"))
    assert any("Please ask your supervisor or coordinator" in text.value for text in screen.text)


def test_a_copy_that_cannot_be_made_is_said_and_not_marked_as_given(filled, fresh):
    tap(filled, "save", "copy")
    assert "could not be made" in filled.error[0].value
    assert fresh.exec(select(Visit)).one().shared_with_site_at is None


def test_without_minutes_nothing_is_said_about_their_sum(open_screen, field):
    screen = tap(
        open_screen("log_visit", site=str(field.here.id)), "save", levels=["program", "classroom"],
        activities=["teacher_meeting"], summary="Watched the morning circle.",
    )  # fmt: skip
    assert "add up" not in screen.error[0].value


def test_a_number_beyond_its_limit_is_told_at_its_field_and_kept(filled):
    screen = tap(filled, "save", minutes=999)
    assert "This must be 600 or less." in screen.error[0].value
    assert screen.get_by_key("visit_minutes").value == 999
