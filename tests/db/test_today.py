"""What Today shows to whom."""

from datetime import timedelta

from db.commands.incidents import record_incident
from db.commands.visits import finish_follow_up, log_visit, remove_visit
from db.models.incident_input import ExclusionInput
from db.models.visit_input import FollowUpInput
from db.period import Period
from db.queries import today


def waits(session, field, role="coordinator", days=35):
    actor = field.actor(role)
    since, before = field.today - timedelta(days=400), field.today - timedelta(days=days)
    return [(row.name, row.last_visit_on) for row in today.waiting_sites(session, actor, since, before)]


def test_a_site_without_a_visit_waits_until_one_took_place(session, field):
    consultant = field.actor("consultant")
    assert waits(session, field) == [("Maple Demo Center", None)]
    log_visit(session, consultant, field.visit(outcome="no_show", minutes=0, minutes_classroom=0))
    assert waits(session, field) == [("Maple Demo Center", None)]
    log_visit(session, consultant, field.visit())
    assert waits(session, field) == []


def test_the_longest_wait_comes_first(session, field):
    other = field.site("Birch Demo Center")
    field.give(field.people["consultant"], site_id=other.id)
    consultant = field.actor("consultant")
    for site, days in ((field.here, 50), (other, 90)):
        log_visit(session, consultant, field.visit(site, visited_on=field.today - timedelta(days=days)))
    assert [name for name, _day in waits(session, field)] == ["Birch Demo Center", "Maple Demo Center"]


def test_an_admin_is_told_of_no_visit_by_what_waits(session, field):
    assert waits(session, field, "admin") == []


def test_a_promise_is_due_until_it_is_kept(session, field):
    actor = field.actor("consultant")
    promise = FollowUpInput(text="Bring the picture cards", owner="consultant", due_on=field.today)
    log_visit(session, actor, field.visit(follow_ups=(promise,)))
    due = today.follow_ups_due(session, actor, field.today)
    assert [one.text for one in due] == ["Bring the picture cards"]
    finish_follow_up(session, actor, due[0].id)
    assert today.follow_ups_due(session, actor, field.today) == []


def test_a_promise_of_a_removed_visit_is_not_due(session, field):
    actor = field.actor("consultant")
    promise = FollowUpInput(text="Bring the picture cards", owner="consultant", due_on=field.today)
    saved = log_visit(session, actor, field.visit(follow_ups=(promise,)))
    remove_visit(session, actor, saved.id, 1, "entered twice")
    assert today.follow_ups_due(session, actor, field.today) == []


def test_a_coordinator_without_a_case_role_reads_no_promise_and_no_count_beside_other_periods(session, field):
    consultant = field.actor("consultant")
    promise = FollowUpInput(text="Bring the picture cards", owner="consultant", due_on=field.today)
    log_visit(session, consultant, field.visit(follow_ups=(promise,)))
    present = field.today.replace(day=1)
    latest, first = (Period.last_months(months, field.today).start for months in (3, 15))
    for month in Period(first, present).months():
        field.enrolment(field.room, month)
    session.commit()
    before = latest - timedelta(days=40)
    for on, number in ((latest, 12), (before, 4)):
        for _incident in range(number):
            record_incident(session, consultant, field.incident(occurred_on=on))
    coordinator, supervisor = field.actor("coordinator"), field.actor("supervisor")
    assert today.follow_ups_due(session, coordinator, field.today) == []

    def counts(actor):
        (row,) = today.site_counts(session, actor, first, latest, present)
        return row.incidents, row.incidents_before

    assert counts(supervisor) == (12, 4)
    assert counts(coordinator) == (None, None), "the four would be told"
    for _incident in range(8):
        record_incident(session, consultant, field.incident(occurred_on=before))
    assert counts(coordinator) == counts(supervisor) == (12, 12)


def test_only_who_may_read_exclusions_is_told_of_them(session, field):
    lost = ExclusionInput(type="expulsion", started_on=field.today - timedelta(days=1))
    record_incident(session, field.actor("consultant"), field.incident(exclusion=lost))
    since = field.today - timedelta(days=90)
    told = {
        role: [row.records for row in today.exclusion_tally(session, field.actor(role), since, ("expulsion",))]
        for role in field.people
    }
    assert told == {"consultant": [1], "supervisor": [1], "director": [1], "coordinator": [], "admin": []}


def test_a_site_is_without_a_consultant_when_the_assignment_has_ended(session, field):
    coordinator = field.actor("coordinator")
    assert today.sites_without_consultant(session, coordinator, field.today) == []
    later = field.today + timedelta(days=10)
    field.give(field.people["consultant"], site_id=field.site("Alder Demo Center").id, to_day=field.today)
    assert [row.name for row in today.sites_without_consultant(session, coordinator, later)] == ["Alder Demo Center"]
