"""The screen on which an incident is recorded."""

import uuid
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from sqlalchemy import update
from sqlmodel import select

from db.commands.incidents import record_incident
from db.models import AuditEvent, Exclusion, Incident, IncidentChoice, PersonScope
from pages import log_visit as log_visit_page
from pages import record_incident as record_incident_page

TODAY = date.today()
YESTERDAY = TODAY - timedelta(days=1)


def tap(screen, *fields, **chosen):
    """Choose options (``field=code`` or a list of codes), then press the named buttons."""
    for field, value in chosen.items():
        screen.get_by_key(f"incident_{field}").set_value(value)
        screen.run()
    for field in fields:
        screen.get_by_key(f"incident_{field}").click()
        screen.run()
    assert not screen.exception, [one.value for one in screen.exception]
    return screen


def keys(screen):
    return {widget.key for kind in (screen.button, screen.pills, screen.text_area) for widget in kind}


@pytest.fixture
def filled(open_screen):
    """An incident that needs nothing but Save."""
    return tap(
        open_screen("record_incident"), occurred_on=YESTERDAY, occurred_at=time(10, 15),
        behaviours=["physical_aggression"], activity="transition",
    )  # fmt: skip


def test_a_typical_incident_needs_a_behavior_and_an_activity(filled, fresh, field):
    screen = tap(filled, "save")
    incident = fresh.exec(select(Incident)).one()
    assert (incident.site_id, incident.classroom_id) == (field.here.id, field.room.id)
    assert (incident.primary_behaviour, incident.activity) == ("physical_aggression", "transition")
    assert (incident.motivation, incident.child_key) == ("not_known", None)
    shown = [text.value for text in screen.text]
    assert "Site: Maple Demo Center, Owls" in shown
    assert any(line.startswith("When:") and line.endswith("10:15 AM") for line in shown)


def test_a_tap_in_an_open_form_reads_with_the_reach_of_its_moment(engine, field):
    actor = replace(field.actor("consultant"), session_id=uuid.uuid4())
    reading = [record_incident_page._read, log_visit_page._read]
    assert all(read(actor, field.here.id).rooms for read in reading)
    field.session.execute(update(PersonScope).values(valid_to=YESTERDAY))
    field.session.commit()
    assert not any(read(actor, field.here.id).rooms for read in reading)


def test_everything_that_is_missing_is_told_at_once(open_screen, fresh):
    screen = tap(open_screen("record_incident"), occurred_at=None, child="another", lost_care="yes")
    tap(screen, "save")
    told = screen.error[0].value
    for label in ("Time", "What the child did", "Activity", "Child key", "Date on the parent's permission",
                  "Time away from the group or program"):  # fmt: skip
        assert f"[{label}](#" in told
    assert fresh.exec(select(Incident)).all() == []


def test_with_several_behaviors_the_main_one_is_asked_for(filled, fresh):
    tap(filled, "save", behaviours=["physical_aggression", "running_away"])
    assert "[Which was the main one?](#incident-what): Please choose one." in filled.error[0].value
    tap(filled, "save", primary_behaviour="running_away")
    assert fresh.exec(select(Incident)).one().primary_behaviour == "running_away"
    chosen = fresh.exec(select(IncidentChoice.code).where(IncidentChoice.list == "behaviour")).all()
    assert sorted(chosen) == ["physical_aggression", "running_away"]


def test_a_main_behavior_that_is_no_longer_chosen_is_asked_for_again(filled):
    tap(filled, behaviours=["physical_aggression", "running_away"], primary_behaviour="running_away")
    tap(filled, behaviours=["physical_aggression", "other"])
    assert filled.get_by_key("incident_primary_behaviour").value is None


def test_a_child_recorded_before_brings_its_permission_along(open_screen, fresh, field):
    permission = TODAY - timedelta(days=50)
    record_incident(
        field.session, field.actor("consultant"), field.incident(child_key="K7Q2", permission_on=permission)
    )
    screen = tap(open_screen("record_incident"), child="K7Q2")
    assert screen.get_by_key("incident_permission_on").value == permission
    tap(screen, "save", occurred_at=time(15, 0), behaviours=["running_away"], activity="meals")
    incident = fresh.exec(select(Incident).where(Incident.activity == "meals")).one()
    assert (incident.child_key, incident.permission_on) == ("K7Q2", permission)


def test_a_child_key_that_looks_like_a_name_is_refused_at_its_field(filled):
    tap(filled, child="another")
    tap(filled, "save", child_key="Ana B.", permission_on=YESTERDAY)
    assert "[Child key](#incident-child): A child key has 2 to 20 letters" in filled.error[0].value


def test_another_incident_of_the_same_child_within_ten_minutes_is_asked_about(filled, fresh, field):
    permission = TODAY - timedelta(days=50)
    first = field.incident(child_key="K7Q2", permission_on=permission, occurred_at=time(10, 10))
    record_incident(field.session, field.actor("consultant"), first)
    tap(filled, child="another")
    tap(filled, "save", child_key="K7Q2", permission_on=permission)
    question = "There is one for this child at 10:10 AM already. Is this another one?"
    assert [one.value for one in filled.warning] == [question]
    tap(filled, "save_anyway")
    assert len(fresh.exec(select(Incident)).all()) == 2


def test_a_question_is_withdrawn_when_the_answer_is_to_change_it(filled, field):
    permission = TODAY - timedelta(days=50)
    first = field.incident(child_key="K7Q2", permission_on=permission, occurred_at=time(10, 10))
    record_incident(field.session, field.actor("consultant"), first)
    tap(filled, child="another")
    tap(filled, "save", child_key="K7Q2", permission_on=permission)
    tap(filled, occurred_at=time(12, 0))
    assert not filled.warning
    tap(filled, "save")
    assert filled.success


def test_nobody_excludes_the_others_who_were_there(filled):
    tap(filled, others_involved=["teacher"])
    tap(filled, others_involved=["teacher", "none"])
    assert filled.get_by_key("incident_others_involved").value == ["none"]
    tap(filled, others_involved=["none", "peers"])
    assert filled.get_by_key("incident_others_involved").value == ["peers"]


def test_care_lost_opens_its_part_and_begins_on_the_day_of_the_incident(filled, fresh):
    assert "incident_exclusion_type" not in keys(filled)
    tap(filled, lost_care="yes")
    tap(filled, "save", exclusion_type="sent_home_early", exclusion_hours_lost=4)
    lost = fresh.exec(select(Exclusion)).one()
    assert (lost.type, lost.started_on, lost.hours_lost) == ("sent_home_early", YESTERDAY, 4)


def test_care_that_was_not_lost_after_all_is_not_stored(filled, fresh):
    tap(filled, lost_care="yes")
    tap(filled, exclusion_type="sent_home_early")
    tap(filled, "save", lost_care="no")
    assert fresh.exec(select(Incident)).one()
    fresh.rollback()
    assert fresh.exec(select(Exclusion)).all() == []


def test_head_start_says_the_rule_and_asks_what_happened(open_screen, fresh, field):
    field.here.setting = "head_start"
    field.add(field.here)
    screen = tap(
        open_screen("record_incident"), occurred_on=YESTERDAY, occurred_at=time(10, 15),
        behaviours=["running_away"], lost_care="yes",
    )  # fmt: skip
    assert "45 CFR 1302.17" in screen.info[0].value
    tap(screen, "save", exclusion_type="expulsion")
    told = screen.error[0].value
    assert "[What happened, and why](#incident-care): Head Start programs may not expel" in told
    assert "[Activity](#incident-what)" in told
    tap(screen, "save", activity="meals", exclusion_override_note="The family moved closer to home.")
    assert fresh.exec(select(Exclusion)).one().override_note == "The family moved closer to home."


def test_optional_parts_stay_folded_and_keep_what_was_answered(filled, fresh):
    assert "incident_severity" not in keys(filled)
    for part in ("details", "about_child"):
        filled.session_state[f"incident_part_{part}"] = True
    filled.run()
    tap(filled, severity="moderate", description="Left the rug during the song.", child_race=["asian"], child_dll="yes")
    for part in ("details", "about_child"):
        filled.session_state[f"incident_part_{part}"] = False
    filled.run()
    tap(filled, "save")
    incident = fresh.exec(select(Incident)).one()
    assert (incident.severity, incident.description) == ("moderate", "Left the rug during the song.")
    assert incident.child_dll == "yes"
    assert fresh.exec(select(IncidentChoice.code).where(IncidentChoice.list == "race")).one() == "asian"


def test_another_like_this_keeps_place_time_and_activity_and_nothing_else(filled, field):
    tap(filled, "save", responses=["redirect"])
    tap(filled, "next_0")
    kept = {name: filled.get_by_key(f"incident_{name}").value for name in ("occurred_on", "occurred_at", "activity")}
    assert kept == {"occurred_on": YESTERDAY, "occurred_at": time(10, 15), "activity": "transition"}
    assert filled.get_by_key("incident_classroom_id").value == str(field.room.id)
    assert filled.get_by_key("incident_behaviours").value == []
    assert filled.get_by_key("incident_responses").value == []


def test_a_director_records_at_the_own_site(open_screen, fresh, field):
    screen = open_screen("record_incident", "director")
    tap(screen, occurred_on=YESTERDAY, occurred_at=time(9, 0), behaviours=["other"], activity="arrival")
    tap(screen, "save")
    assert fresh.exec(select(Incident)).one().recorded_by == field.people["director"].id


def test_a_foreign_site_in_the_address_is_not_found(open_screen, fresh, field):
    screen = open_screen("record_incident", site=str(field.elsewhere.id))
    assert any("We could not find that." in one.value for one in screen.markdown)
    assert "incident_save" not in keys(screen)
    assert fresh.exec(select(AuditEvent)).one().action == "access_denied"


def test_a_site_in_the_address_is_chosen_once_and_then_the_person_decides(open_screen, field):
    other = field.site("Birch Demo Center")
    field.classroom(other, "Bees")
    field.give(field.people["consultant"], site_id=other.id)
    screen = tap(open_screen("record_incident", site=str(other.id)), child="another", child_key="BIRCH-7")
    assert screen.get_by_key("incident_site_id").value == str(other.id)
    tap(screen, site_id=str(field.here.id))
    assert screen.get_by_key("incident_child").value == ""
    assert screen.get_by_key("incident_site_id").value == str(field.here.id)
    assert screen.get_by_key("incident_classroom_id").value == str(field.room.id)


def test_a_failure_keeps_what_was_entered_and_says_no_details(filled, monkeypatch):
    from pages import record_incident as page

    def broken(*_args):
        raise OSError("disk full at /secret/path")

    monkeypatch.setattr(page, "record_incident", broken)
    tap(filled, "save")
    assert "could not save this just now" in filled.error[0].value
    assert "secret" not in filled.error[0].value
    assert filled.get_by_key("incident_activity").value == "transition"


def test_a_site_without_classrooms_says_where_to_add_one(open_screen, field):
    bare = field.site("Birch Demo Center")
    field.give(field.people["consultant"], site_id=bare.id)
    screen = open_screen("record_incident", site=str(bare.id))
    assert any("no classrooms yet" in text.value for text in screen.text)


def test_many_sites_become_a_list_to_search_in(open_screen, fresh, field):
    for number in range(11):
        field.give(field.people["consultant"], site_id=field.site(f"Birch {number} (annex)").id)
    screen = open_screen("record_incident")
    assert screen.selectbox[0].key == "incident_site_id"
    tap(screen, site_id=str(field.here.id), behaviours=["other"], activity="meals", occurred_at=time(9, 0))
    tap(screen, "save", occurred_on=YESTERDAY)
    assert fresh.exec(select(Incident)).one().site_id == field.here.id
