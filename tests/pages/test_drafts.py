"""Drafts on the screens: several of a form, listed on Today, brought back, discarded, taken back."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from components.forms.drafting import BROUGHT_BACK_WITHIN
from db.commands.drafts import KEPT_FOR, keep_draft
from db.commands.visits import correct_visit, log_visit
from db.models import Draft, PersonScope, Visit
from db.models.base import new_id, utc_now
from tests.pages.said import said

TODAY = date.today()


def typed(field, **content):
    return {"site_id": str(field.here.id), "visited_on": {"date": TODAY.isoformat()}, **content}


def keep(field, age=timedelta(), form="visit", **content):
    """Keep a draft that was changed some time ago."""
    key = new_id()
    keep_draft(field.session, field.actor("consultant"), key, form, typed(field, **content))
    field.session.get(Draft, key).saved_at = utc_now() - age
    field.session.commit()
    return key


def tap(screen, *keys):
    for key in keys:
        screen.get_by_key(key).click()
        screen.run()
        assert not screen.exception, [one.value for one in screen.exception]
    return screen


def summary(screen):
    return screen.get_by_key("visit_summary").value


def kept(fresh):
    fresh.rollback()
    rows = fresh.exec(select(Draft)).all()
    return sorted((row.content["summary"], row.dropped_at is not None) for row in rows)


@pytest.fixture
def begun(open_screen):
    screen = open_screen("log_visit")
    screen.get_by_key("visit_summary").set_value("Half a note")
    screen.run()
    return screen


def test_what_was_typed_lately_comes_back_by_itself(open_screen, field):
    keep(field, summary="An hour ago", age=timedelta(hours=1))
    screen = open_screen("log_visit")
    assert summary(screen) == "An hour ago"
    assert "We brought back what you typed" in said(screen)


def test_an_old_draft_does_not_push_itself_in_but_is_told(open_screen, field):
    keep(field, summary="Last week", age=BROUGHT_BACK_WITHIN + timedelta(hours=1))
    screen = open_screen("log_visit")
    assert summary(screen) == ""
    assert "You have 1 unfinished draft." in said(screen)


def test_the_address_names_exactly_one_draft(open_screen, field):
    old = keep(field, summary="The one", age=timedelta(days=3), minutes=45)
    keep(field, summary="Another", age=timedelta(minutes=1))
    screen = open_screen("log_visit", draft=str(old))
    assert (summary(screen), screen.get_by_key("visit_minutes").value) == ("The one", 45)
    assert "You have 1 unfinished draft." in said(screen)


def test_a_draft_that_is_gone_is_said_to_be(open_screen):
    screen = open_screen("log_visit", draft=str(new_id()))
    assert "This draft is not here any more" in said(screen)
    assert "draft" not in screen.query_params


def test_the_draft_of_another_site_is_not_moved_to_the_one_in_the_address(open_screen, field):
    keep(field, summary="Somewhere else", site_id=str(new_id()))
    screen = open_screen("log_visit", site=str(field.here.id))
    assert summary(screen) == ""


def test_start_over_asks_once_and_can_be_undone(begun, fresh):
    tap(begun, "visit_start_over")
    assert summary(begun) == "Half a note"
    tap(begun, "visit_draft_discard")
    assert summary(begun) == ""
    assert kept(fresh) == [("Half a note", True)]
    begun.get_by_key("visit_summary").set_value("Typed since")
    begun.run()
    tap(begun, "visit_draft_undo")
    assert summary(begun) == "Half a note"
    assert kept(fresh) == [("Half a note", False), ("Typed since", False)]


def test_start_over_can_keep_what_was_typed_as_a_draft(begun, fresh):
    tap(begun, "visit_start_over", "visit_draft_aside")
    assert summary(begun) == ""
    assert kept(fresh) == [("Half a note", False)]
    assert "You have 1 unfinished draft." in said(begun)


def test_start_over_can_be_thought_better_of(begun, fresh):
    tap(begun, "visit_start_over", "visit_draft_go_on")
    assert summary(begun) == "Half a note"
    assert kept(fresh) == [("Half a note", False)]


def test_nothing_is_asked_where_nothing_was_typed(open_screen, fresh):
    screen = tap(open_screen("log_visit"), "visit_start_over")
    assert not any("What should happen" in one.value for one in screen.text)
    assert kept(fresh) == []


def test_another_device_wins_nothing_and_loses_nothing(begun, fresh):
    row = fresh.exec(select(Draft)).one()
    row.content, row.version = {**row.content, "summary": "From the other device"}, row.version + 1
    fresh.commit()
    begun.get_by_key("visit_summary").set_value("From this one")
    begun.run()
    assert "This was changed in another window or on another device (" in said(begun)
    begun.get_by_key("visit_summary").set_value("From this one, on")
    begun.run()
    assert kept(fresh) == [("From the other device", False), ("From this one, on", False)]
    tap(begun, "visit_draft_take")
    assert summary(begun) == "From the other device"
    assert "This was changed" not in said(begun)
    assert "You have 1 unfinished draft." in said(begun)
    begun.get_by_key("visit_summary").set_value("From the other device, on")
    begun.run()
    assert kept(fresh) == [("From the other device, on", False), ("From this one, on", False)]


def test_what_is_typed_in_the_form_that_the_address_names_outlives_something_newer_elsewhere(open_screen, field, fresh):
    key = keep(field, summary="Half")
    screen = open_screen("log_visit", draft=str(key))
    screen.get_by_key("visit_summary").set_value("Half here")
    keep_draft(field.session, field.actor("consultant"), key, "visit", typed(field, summary="Half there"), 1)
    screen.run()
    assert not screen.exception
    assert summary(screen) == "Half here"
    assert kept(fresh) == [("Half here", False), ("Half there", False)]
    assert "This was changed in another window" in said(screen)


def test_today_lists_where_when_and_how_far(open_screen, field):
    keep(field, summary="Half a note", age=timedelta(days=25), classroom_ids=[str(field.room.id)], outcome="completed")
    screen = open_screen("today")
    told = said(screen)
    assert "1 unfinished draft" in told
    assert f"Visit: {field.here.name}, {field.room.name}" in told
    assert "of 9 needed answers" in told
    assert "will be deleted on" in told


def test_a_younger_draft_says_nothing_of_its_end(open_screen, field):
    keep(field, summary="Half a note", age=KEPT_FOR - timedelta(days=20))
    assert "will be deleted on" not in said(open_screen("today"))


def test_discarding_on_today_asks_once_and_can_be_undone(open_screen, field, fresh):
    key = keep(field, summary="Half a note")
    screen = tap(open_screen("today"), f"draft_discard_{key}")
    assert kept(fresh) == [("Half a note", False)]
    tap(screen, f"draft_drop_{key}")
    assert kept(fresh) == [("Half a note", True)]
    assert "Discarded: Visit" in said(screen)
    tap(screen, f"draft_undo_{key}")
    assert kept(fresh) == [("Half a note", False)]


def test_a_draft_at_a_site_that_is_not_ones_own_any_more_can_be_read(open_screen, field, fresh):
    keep(field, summary="Watched the morning circle")
    for scope in field.session.exec(select(PersonScope).where(PersonScope.person_id == field.people["consultant"].id)):
        scope.valid_to = TODAY - timedelta(days=2)
    screen = open_screen("today")
    assert "This site is not among the sites you work with any more." in said(screen)
    assert [one.value for one in screen.code] == ["Watched the morning circle"]
    assert field.here.name not in said(screen)


def test_saving_leaves_no_draft_and_the_next_begins_empty(begun, fresh):
    for name, value in {"minutes": 60, "levels": ["classroom"], "activities": ["training"]}.items():
        begun.get_by_key(f"visit_{name}").set_value(value)
        begun.run()
    tap(begun, "visit_save", "visit_next_0")
    assert kept(fresh) == []
    assert len(fresh.exec(select(Visit)).all()) == 1
    assert summary(begun) == ""


@pytest.fixture
def visit(field):
    return log_visit(field.session, field.actor("consultant"), field.visit(summary="As logged.")).id


def correcting(open_screen, visit, **query):
    return open_screen("records", kind="visit", id=str(visit), do="correct", **query)


def correction(screen, **typed):
    for name, value in typed.items():
        screen.get_by_key(f"correct_visit_{name}").set_value(value)
        screen.run()
    return screen.get_by_key("correct_visit_summary").value


def test_a_correction_is_kept_and_comes_back_with_its_reason_and_its_version(open_screen, fresh, visit):
    correction(correcting(open_screen, visit), summary="Mended.", reason_for_change="mistyped")
    draft = fresh.exec(select(Draft)).one()
    assert (draft.entity_id, draft.base_version) == (visit, 1)
    again = correcting(open_screen, visit)
    assert correction(again) == "Mended."
    assert again.get_by_key("correct_visit_reason_for_change").value == "mistyped"
    tap(again, "correct_visit_save")
    assert kept(fresh) == []
    assert fresh.exec(select(Visit)).one().summary == "Mended."


def test_a_correction_is_on_today_and_in_no_new_form(open_screen, visit):
    correction(correcting(open_screen, visit), summary="Mended.")
    assert "Correction of the visit of" in said(open_screen("today"))
    screen = open_screen("log_visit")
    assert summary(screen) == ""
    assert "unfinished" not in said(screen)


def test_a_correction_brought_back_after_someone_elses_shows_both(open_screen, field, fresh, visit):
    correction(correcting(open_screen, visit), summary="My words.", reason_for_change="details")
    theirs = field.visit(summary="Their words.")
    correct_visit(field.session, field.actor("supervisor"), visit, 1, theirs, "call")
    screen = correcting(open_screen, visit)
    assert correction(screen) == "My words."
    assert "Someone saved a newer version since you began." in said(screen)
    tap(screen, "correct_visit_save")
    assert "Nothing of yours is lost" in said(screen)
    told = said(screen) + " ".join(str(one.options) for one in screen.radio)
    assert "My words." in told
    assert "Their words." in told
    assert kept(fresh) == [("My words.", False)]


def test_leaving_a_correction_asks_what_becomes_of_it(open_screen, fresh, visit):
    screen = correcting(open_screen, visit)
    correction(screen, summary="Not after all.")
    tap(screen, "correct_visit_start_over", "correct_visit_draft_discard")
    assert "You can take it back on Today" in said(screen)
    assert kept(fresh) == [("Not after all.", True)]
    assert correction(correcting(open_screen, visit)) == "As logged."


def test_a_correction_that_changed_nothing_is_left_without_a_question(open_screen, fresh, visit):
    screen = tap(correcting(open_screen, visit), "correct_visit_start_over")
    assert "record_correct" in {button.key for button in screen.button}
    assert kept(fresh) == []
