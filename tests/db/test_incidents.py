"""Recording, correcting, removing and restoring incidents, with the care that a child lost."""

from datetime import time, timedelta

import pytest
from sqlmodel import select

from db.commands.incidents import correct_incident, record_incident, remove_incident, restore_incident
from db.errors import Conflict, InvalidInput, NotFound
from db.models import AuditContent, AuditEvent, Exclusion, Incident, IncidentChoice, SiteMonth
from db.models.incident_input import ExclusionInput
from tests.factories import stored


def lost(field, **values):
    """Care lost on the day of the incident."""
    return ExclusionInput(**{"type": "sent_home_early", "started_on": field.today - timedelta(days=1), **values})


def problems(refused):
    return {(problem.field, problem.code) for problem in refused.value.problems}


def test_an_incident_is_stored_once_with_its_choices_and_audit_event(session, field):
    actor = field.actor("consultant")
    incident = field.incident(behaviours=("running_away", "physical_aggression"), responses=("redirect",))
    first, again = record_incident(session, actor, incident), record_incident(session, actor, incident)
    assert (first.id, first.created, again.created) == (again.id, True, False)
    row = session.exec(select(Incident)).one()
    assert (row.hour, row.weekday, row.motivation) == (10, incident.occurred_on.weekday(), "not_known")
    chosen = {(choice.list, choice.code) for choice in session.exec(select(IncidentChoice))}
    assert chosen == {("behaviour", "running_away"), ("behaviour", "physical_aggression"), ("response", "redirect")}
    assert [event.action for event in session.exec(select(AuditEvent))] == ["record_incident"]


def test_other_content_under_the_same_key_is_refused_and_the_first_stays(session, field):
    actor, incident = field.actor("consultant"), field.incident()
    saved = record_incident(session, actor, incident)
    with pytest.raises(Conflict, match="other_content"):
        record_incident(session, actor, incident.model_copy(update={"activity": "meals"}))
    assert stored(session, Incident, saved.id).activity == "transition"


def test_a_removed_incident_is_not_revived_by_sending_it_again(session, field):
    actor, incident = field.actor("consultant"), field.incident()
    saved = record_incident(session, actor, incident)
    remove_incident(session, actor, saved.id, 1, "entered twice")
    with pytest.raises(Conflict, match="removed"):
        record_incident(session, actor, incident)


def test_an_incident_at_a_foreign_site_is_not_found(session, field):
    with pytest.raises(NotFound):
        record_incident(session, field.actor("consultant"), field.incident(field.room_elsewhere))
    assert session.exec(select(Incident)).all() == []
    assert session.exec(select(AuditEvent)).one().action == "access_denied"


def test_a_classroom_of_another_site_is_told_at_its_field(session, field):
    with pytest.raises(InvalidInput) as refused:
        record_incident(session, field.actor("consultant"), field.incident(classroom_id=field.room_elsewhere.id))
    assert problems(refused) == {("classroom_id", "classroom_not_here")}


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"behaviours": ()}, ("behaviours", "behaviour_needed")),
        ({"primary_behaviour": "running_away"}, ("primary_behaviour", "primary_not_ticked")),
        ({"occurred_at": time(4, 59)}, ("occurred_at", "time_of_day")),
        ({"occurred_at": time(21, 0)}, ("occurred_at", "time_of_day")),
        ({"child_key": "K7Q2"}, ("permission_on", "permission_needed")),
        ({"activity": "unheard_of"}, ("activity", "unknown_option")),
    ],
)
def test_a_broken_rule_is_told_at_its_field(session, field, values, told):
    with pytest.raises(InvalidInput) as refused:
        record_incident(session, field.actor("consultant"), field.incident(**values))
    assert told in problems(refused)


def test_an_incident_in_the_future_is_refused(session, field):
    tomorrow = field.incident(occurred_on=field.today + timedelta(days=2))
    with pytest.raises(InvalidInput) as refused:
        record_incident(session, field.actor("consultant"), tomorrow)
    assert ("occurred_on", "in_the_future") in problems(refused)


def test_care_lost_is_stored_with_the_incident_and_counted_once(session, field):
    actor = field.actor("consultant")
    saved = record_incident(session, actor, field.incident(exclusion=lost(field, hours_lost=3.5)))
    kept = session.exec(select(Exclusion)).one()
    assert (kept.incident_id, kept.type, kept.hours_lost) == (saved.id, "sent_home_early", 3.5)
    month = session.exec(select(SiteMonth)).one()
    assert (month.incidents, month.exclusions, month.hours_lost) == (1, 1, 3.5)


def test_expulsion_from_head_start_needs_what_happened_and_why(session, field):
    actor = field.actor("consultant")
    field.here.setting = "head_start"
    field.add(field.here)
    session.commit()
    with pytest.raises(InvalidInput) as refused:
        record_incident(session, actor, field.incident(exclusion=lost(field, type="expulsion")))
    assert problems(refused) == {("exclusion.override_note", "expulsion_rule")}
    note = "The family moved to a program closer to home after the team had met."
    record_incident(session, actor, field.incident(exclusion=lost(field, type="expulsion", override_note=note)))
    assert session.exec(select(Exclusion)).one().override_note == note


def test_expulsion_elsewhere_needs_no_note(session, field):
    saved = record_incident(session, field.actor("consultant"), field.incident(exclusion=lost(field, type="expulsion")))
    assert saved.created


def test_care_cannot_be_lost_before_the_incident(session, field):
    early = lost(field, started_on=field.today - timedelta(days=5))
    with pytest.raises(InvalidInput) as refused:
        record_incident(session, field.actor("consultant"), field.incident(exclusion=early))
    assert problems(refused) == {("exclusion.started_on", "end_before_start")}


def test_a_correction_keeps_what_was_there_and_why(session, field):
    actor = field.actor("consultant")
    saved = record_incident(session, actor, field.incident(responses=("redirect",)))
    changed = field.incident(activity="meals", responses=("physical_comfort",))
    correct_incident(session, actor, saved.id, 1, changed, "wrong activity")
    row = stored(session, Incident, saved.id)
    assert (row.version, row.activity) == (2, "meals")
    event = session.exec(select(AuditEvent).where(AuditEvent.action == "correct_incident")).one()
    content = session.get(AuditContent, event.seq)
    assert event.reason == "wrong activity"
    assert content.before == {"activity": "transition", "responses": ["redirect"]}
    assert content.after == {"activity": "meals", "responses": ["physical_comfort"]}


def test_a_correction_on_an_older_version_is_refused(session, field):
    actor = field.actor("consultant")
    saved = record_incident(session, actor, field.incident())
    correct_incident(session, actor, saved.id, 1, field.incident(activity="meals"), "mistyped")
    with pytest.raises(Conflict, match="newer_version"):
        correct_incident(session, actor, saved.id, 1, field.incident(activity="arrival"), "mistyped")
    assert stored(session, Incident, saved.id).activity == "meals"


def test_a_correction_can_take_the_exclusion_away_and_bring_it_back(session, field):
    actor = field.actor("consultant")
    saved = record_incident(session, actor, field.incident(exclusion=lost(field, hours_lost=2)))
    correct_incident(session, actor, saved.id, 1, field.incident(), "the child stayed")
    session.expire_all()
    assert session.exec(select(Exclusion)).one().deleted_at is not None
    assert session.exec(select(SiteMonth)).one().exclusions == 0
    correct_incident(session, actor, saved.id, 2, field.incident(exclusion=lost(field, hours_lost=4)), "it did not")
    session.expire_all()
    back = session.exec(select(Exclusion)).one()
    assert (back.deleted_at, back.hours_lost) == (None, 4)
    assert session.exec(select(SiteMonth)).one().hours_lost == 4


def test_a_correction_across_months_moves_the_counts(session, field):
    actor, earlier = field.actor("consultant"), field.today - timedelta(days=40)
    saved = record_incident(session, actor, field.incident())
    correct_incident(session, actor, saved.id, 1, field.incident(occurred_on=earlier), "wrong month")
    session.expire_all()
    month = session.exec(select(SiteMonth)).one()
    assert (month.month, month.incidents) == (earlier.replace(day=1), 1)


def test_removing_and_restoring_takes_the_exclusion_and_the_counts_along(session, field):
    actor = field.actor("consultant")
    saved = record_incident(session, actor, field.incident(exclusion=lost(field, hours_lost=2)))
    remove_incident(session, actor, saved.id, 1, "entered twice")
    session.expire_all()
    assert session.exec(select(Exclusion)).one().deleted_at is not None
    assert session.exec(select(SiteMonth)).first() is None
    restore_incident(session, actor, saved.id, 2, "was right after all")
    session.expire_all()
    assert session.exec(select(Exclusion)).one().deleted_at is None
    month = session.exec(select(SiteMonth)).one()
    assert (month.incidents, month.exclusions, month.hours_lost) == (1, 1, 2)


def test_removing_needs_a_reason(session, field):
    actor = field.actor("consultant")
    saved = record_incident(session, actor, field.incident())
    with pytest.raises(InvalidInput) as refused:
        remove_incident(session, actor, saved.id, 1, "  ")
    assert problems(refused) == {("reason_for_change", "reason_needed")}


def test_nobody_corrects_what_a_colleague_wrote(session, field):
    saved = record_incident(session, field.actor("director"), field.incident())
    with pytest.raises(NotFound):
        correct_incident(session, field.actor("consultant"), saved.id, 1, field.incident(activity="meals"), "mistyped")
    assert stored(session, Incident, saved.id).activity == "transition"


def test_restoring_an_incident_does_not_bring_back_an_exclusion_that_was_corrected_away(session, field):
    actor = field.actor("consultant")
    lost = ExclusionInput(type="sent_home_early", started_on=field.today - timedelta(days=1), hours_lost=3)
    saved = record_incident(session, actor, field.incident(exclusion=lost))
    correct_incident(session, actor, saved.id, 1, field.incident(), "no care was lost")
    remove_incident(session, actor, saved.id, 2, "entered twice")
    restore_incident(session, actor, saved.id, 3, "was right after all")
    session.expire_all()
    assert session.exec(select(Exclusion)).one().deleted_at is not None
    assert session.exec(select(SiteMonth)).one().exclusions == 0
