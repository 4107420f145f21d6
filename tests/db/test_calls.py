"""What tells which sites need a call: facts per site, and what stays hidden."""

from datetime import timedelta

import pytest

from db.call_rules import KINDS, RULES
from db.commands.exclusions import record_exclusion
from db.commands.incidents import record_incident
from db.commands.visits import log_visit
from db.models.base import new_id
from db.models.exclusion_input import RecordedExclusion
from db.models.incident_input import ExclusionInput
from db.models.visit_input import FollowUpInput
from db.period import Period
from db.queries import calls


def facts(session, field, role):
    return {site.name: site for site in calls.call_facts(session, field.actor(role), field.today)}["Maple Demo Center"]


def incidents(session, field, number, on):
    for _ in range(number):
        record_incident(session, field.actor("consultant"), field.incident(occurred_on=on))


def test_every_rule_has_a_source_and_a_place_in_the_order():
    assert tuple(RULES) == KINDS
    assert all(rule["source"] for rule in RULES.values())


def test_latest_months_stand_beside_those_before_and_small_counts_stay_hidden_from_who_may_not_read_them(
    session, field
):
    months = Period.last_months(15, field.today).months()
    for month in (months[-2], months[3]):
        field.enrolment(field.room, month, enrolled=16, open_days=20)
    session.commit()
    incidents(session, field, 11, months[-2])
    incidents(session, field, 3, months[3])
    seen = facts(session, field, "consultant")
    assert (seen.now, seen.days_now, seen.before, seen.days_before) == (11, 320, 3, 320)
    hidden = facts(session, field, "coordinator")
    assert (hidden.now, hidden.before) == (None, None)
    incidents(session, field, 9, months[3])
    told = facts(session, field, "coordinator")
    assert (told.now, told.before) == (11, 12)


def test_waiting_since_the_last_visit_or_since_service_began_with_promises_that_are_long_overdue(session, field):
    field.here.service_start = field.today - timedelta(days=90)
    session.add(field.here)
    session.commit()
    first = facts(session, field, "coordinator")
    assert (first.waits_since, first.never_visited) == (field.today - timedelta(days=90), True)
    on = field.today - timedelta(days=60)
    due = [FollowUpInput(text="x", owner="consultant", due_on=on + timedelta(days=days)) for days in (1, 2, 55)]
    log_visit(session, field.actor("consultant"), field.visit(visited_on=on, follow_ups=tuple(due)))
    then = facts(session, field, "coordinator")
    assert (then.waits_since, then.never_visited, then.overdue) == (on, False, 2)


@pytest.mark.parametrize(("role", "seen"), [("consultant", 1), ("supervisor", 1), ("coordinator", 0)])
def test_an_expulsion_of_last_month_is_told_to_who_may_read_it(session, field, role, seen):
    for kind, days in (("expulsion", 10), ("sent_home_early", 5), ("expulsion", 40)):
        record_exclusion(
            session, field.actor("consultant"),
            RecordedExclusion(
                client_uuid=new_id(), site_id=field.here.id,
                exclusion=ExclusionInput(type=kind, started_on=field.today - timedelta(days=days)),
            ),
        )  # fmt: skip
    assert facts(session, field, role).care_ended == seen


def test_months_with_visits_but_no_enrollment_are_counted(session, field):
    for month in Period.last_months(4, field.today).months()[:-1]:
        log_visit(session, field.actor("consultant"), field.visit(visited_on=month))
    assert facts(session, field, "coordinator").months_without_enrolment == 3
