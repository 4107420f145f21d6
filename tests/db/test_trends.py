"""What the trends of one site show: to whom, over which months, and without small numbers."""

from datetime import date, time, timedelta

import pytest
from sqlmodel import select

from db.commands.incidents import record_incident, remove_incident
from db.commands.visits import log_visit
from db.errors import NotFound
from db.models import AuditEvent
from db.models.base import new_id, utc_now
from db.models.incident_input import ExclusionInput
from db.models.instruments import ComputedScore, Observation, Score
from db.models.organisation import Closure, SiteEvent
from db.period import Period
from db.queries import quality, trends

ROLES_WITH_ROWS = ("consultant", "supervisor", "director")


@pytest.fixture
def period(field) -> Period:
    return Period.last_months(12, field.today)


def months_ago(period: Period, number: int) -> date:
    return period.months()[-1 - number]


def incidents(session, field, number, on, **values):
    actor = field.actor("consultant")
    return [record_incident(session, actor, field.incident(occurred_on=on, **values)) for _ in range(number)]


def observed(session, field, room, on, value, instrument="class_prek_2", code="emotional_support"):
    row = field.add(
        Observation(
            region_id=room.region_id, site_id=room.site_id, classroom_id=room.id, instrument_code=instrument,
            observed_on=on, observer_id=field.people["consultant"].id, phase="mid", cycles=4,
            client_uuid=new_id(), content_digest="x",
        )
    )  # fmt: skip
    above = {"observation_id": row.id, "region_id": row.region_id}
    field.add(ComputedScore(**above, code=code, value=value, cycles=4, formula_version="class-1"))
    session.commit()
    return row


@pytest.mark.parametrize("role", [*ROLES_WITH_ROWS, "coordinator"])
def test_every_role_with_aggregates_sees_its_own_site_and_not_a_foreign_one(session, field, period, role):
    log_visit(session, field.actor("consultant"), field.visit())
    actor = field.actor(role)
    assert trends.site_head(session, actor, field.here.id).name == "Maple Demo Center"
    assert sum(month.visits for month in trends.site_months(session, actor, period, field.here.id)) == 1
    with pytest.raises(NotFound):
        trends.site_head(session, actor, field.elsewhere.id)
    assert trends.site_months(session, actor, period, field.elsewhere.id) == []
    assert session.exec(select(AuditEvent.action)).all()[-1] == "access_denied"


def test_an_administrator_sees_no_trends(session, field, period):
    incidents(session, field, 1, months_ago(period, 1))
    actor = field.actor("admin")
    assert trends.site_months(session, actor, period, field.here.id) == []
    assert trends.incident_breakdowns(session, actor, period, field.here.id).total == 0
    assert trends.missing_enrolment(session, actor, period, field.here.id, field.today) != []
    with pytest.raises(NotFound):
        trends.site_head(session, actor, field.here.id)


def test_every_month_of_the_period_stands_there_also_without_anything(session, field, period):
    months = trends.site_months(session, field.actor("director"), period, field.here.id)
    assert [month.month for month in months] == period.months()
    assert {(month.visits, month.incidents, month.child_days) for month in months} == {(0, 0, None)}


def test_a_month_has_its_counts_and_its_denominator(session, field, period):
    month = months_ago(period, 1)
    field.enrolment(field.room, month, enrolled=16, open_days=20)
    session.commit()
    incidents(session, field, 3, month + timedelta(days=4))
    row = trends.site_months(session, field.actor("director"), period, field.here.id)[-2]
    assert (row.incidents, row.covered, row.child_days, row.enrolled) == (3, 3, 320, 16)


def test_a_removed_incident_is_not_counted(session, field, period):
    actor, month = field.actor("consultant"), months_ago(period, 1)
    saved = incidents(session, field, 2, month)
    remove_incident(session, actor, saved[0].id, 1, "entered twice")
    assert trends.site_months(session, actor, period, field.here.id)[-2].incidents == 1
    found = trends.incident_breakdowns(session, actor, period, field.here.id)
    assert found.total == 1
    assert [part.count for part in found.parts["behaviour"]] == [1]


def test_incidents_are_counted_by_behaviour_activity_hour_weekday_and_every_response(session, field, period):
    monday = months_ago(period, 2) + timedelta(days=(7 - months_ago(period, 2).weekday()) % 7)
    incidents(
        session,
        field,
        2,
        monday,
        occurred_at=time(10, 40),
        activity="meals",
        responses=("redirect", "ignore"),
    )  # fmt: skip
    incidents(session, field, 1, monday + timedelta(days=1), occurred_at=time(15, 5), responses=("redirect",))
    found = trends.incident_breakdowns(session, field.actor("director"), period, field.here.id)
    counts = {by: {part.code: part.count for part in parts} for by, parts in found.parts.items()}
    assert counts == {
        "behaviour": {"physical_aggression": 3},
        "activity": {"meals": 2, "transition": 1},
        "hour": {"10": 2, "15": 1},
        "weekday": {"0": 2, "1": 1},
        "response": {"ignore": 2, "redirect": 3},
    }
    assert found.total == 3
    assert not found.some_hidden


def test_the_running_month_is_broken_down_only_for_whoever_may_read_the_incidents(session, field, period):
    incidents(session, field, 12, months_ago(period, 1))
    incidents(session, field, 11, field.today)
    totals = {
        role: trends.incident_breakdowns(session, field.actor(role), period, field.here.id).total
        for role in ("consultant", "director", "coordinator")
    }
    assert totals == {"consultant": 23, "director": 23, "coordinator": 12}


def test_small_counts_are_hidden_from_whoever_may_not_read_the_incidents(session, field, period):
    incidents(session, field, 12, months_ago(period, 2), activity="meals")
    incidents(session, field, 4, months_ago(period, 1), activity="arrival")
    actor = field.actor("coordinator")
    found = trends.incident_breakdowns(session, actor, period, field.here.id)
    activity = {part.code: (part.count, part.hidden) for part in found.parts["activity"]}
    assert activity["arrival"] == (None, True)
    assert activity["meals"] == (None, True), "the total would give the small one away"
    assert found.total == 16
    assert found.some_hidden
    months = trends.site_months(session, actor, period, field.here.id)
    assert [(month.incidents, month.incidents_hidden) for month in months[-3:]] == [
        (None, True), (None, True), (None, False),
    ]  # fmt: skip
    for role in ROLES_WITH_ROWS:
        shown = trends.site_months(session, field.actor(role), period, field.here.id)
        assert [month.incidents for month in shown[-3:]] == [12, 4, 0]


def test_a_coordinator_with_a_case_role_at_the_site_sees_the_counts(session, field, period):
    field.give(field.people["coordinator"], site_id=field.here.id, case_role=True)
    session.commit()
    incidents(session, field, 2, months_ago(period, 1))
    actor = field.actor("coordinator")
    assert trends.incident_breakdowns(session, actor, period, field.here.id).total == 2
    assert trends.site_head(session, actor, field.here.id).opens_incidents


def test_a_case_role_at_one_site_opens_nothing_at_another(session, field, period):
    other = field.site("Birch Demo Center")
    room = field.classroom(other, "Wrens")
    field.give(field.people["coordinator"], site_id=other.id, case_role=True)
    field.give(field.people["consultant"], site_id=other.id)
    session.commit()
    incidents(session, field, 2, months_ago(period, 1))
    incidents(session, field, 2, months_ago(period, 1), room=room)
    actor = field.actor("coordinator")
    assert trends.incident_breakdowns(session, actor, period, field.here.id).total is None
    assert trends.incident_breakdowns(session, actor, period, other.id).total == 2


def test_a_few_exclusions_are_hidden_with_their_hours(session, field, period):
    month = months_ago(period, 1)
    incidents(
        session, field, 1, month,
        exclusion=ExclusionInput(type="other_room", started_on=month, hours_lost=4.5),
    )  # fmt: skip
    hidden = trends.site_months(session, field.actor("coordinator"), period, field.here.id)[-2]
    assert (hidden.exclusions, hidden.hours_lost, hidden.exclusions_hidden) == (None, None, True)
    shown = trends.site_months(session, field.actor("director"), period, field.here.id)[-2]
    assert (shown.exclusions, shown.hours_lost, shown.exclusions_hidden) == (1, 4.5, False)


def test_of_a_month_with_and_without_a_denominator_only_what_has_one_is_told(session, field, period):
    month, second = months_ago(period, 1), field.classroom(field.here, "Larks")
    field.enrolment(field.room, month)
    session.commit()
    incidents(session, field, 12, month)
    incidents(session, field, 3, month, room=second)
    row = trends.site_months(session, field.actor("coordinator"), period, field.here.id)[-2]
    assert (row.incidents, row.covered, row.incidents_hidden) == (None, 12, False)
    found = trends.incident_breakdowns(session, field.actor("coordinator"), period, field.here.id)
    assert found.total is None, "with the 12 of the rate it would tell the other 3"
    assert all(part.hidden for part in found.parts["hour"])


def test_marks_are_events_and_the_days_closed_in_each_month(session, field, period):
    month = months_ago(period, 3)
    placed = {"region_id": field.here.region_id, "site_id": field.here.id}
    field.add(SiteEvent(**placed, kind="consultation_start", happened_on=month + timedelta(days=9)))
    for day in (3, 4):
        field.add(Closure(**placed, closed_on=month + timedelta(days=day), reason="weather"))
    session.commit()
    found = trends.marks(session, field.actor("director"), period, field.here.id)
    assert found == [
        trends.Mark("closed_days", month, 2),
        trends.Mark("consultation_start", month + timedelta(days=9), 0),
    ]
    assert trends.marks(session, field.actor("director"), period, field.elsewhere.id) == []


def test_months_without_enrolment_name_their_classrooms(session, field, period):
    larks = field.classroom(field.here, "Larks", open_from=months_ago(period, 2))
    for month in period.months():
        if month != months_ago(period, 5):
            field.enrolment(field.room, month)
    field.enrolment(larks, months_ago(period, 1))
    session.commit()
    found = trends.missing_enrolment(session, field.actor("director"), period, field.here.id, field.today)
    assert found == [
        trends.MissingMonth(months_ago(period, 2), ("Larks",)),
        trends.MissingMonth(months_ago(period, 5), ("Owls",)),
    ]


def test_quality_is_the_mean_of_the_rooms_of_a_quarter(session, field, period):
    quarter = period.months()[3].replace(month=(period.months()[3].month - 1) // 3 * 3 + 1)
    observed(session, field, field.room, quarter, 5.0)
    observed(session, field, field.classroom(field.here, "Larks"), quarter + timedelta(days=40), 6.0)
    for role in (*ROLES_WITH_ROWS, "coordinator"):
        (found,) = quality.quality_rounds(session, field.actor(role), period, field.here.id)
        assert (found.value, found.rooms, found.hidden) == (5.5, 2, False)
        assert (found.first_on, found.last_on) == (quarter, quarter + timedelta(days=40))
        assert quality.quality_rounds(session, field.actor(role), period, field.elsewhere.id) == []


def test_a_single_room_is_shown_only_to_whoever_may_read_observations(session, field, period):
    observed(session, field, field.room, months_ago(period, 2), 5.0)
    seen = {
        role: quality.quality_rounds(session, field.actor(role), period, field.here.id)[0].value
        for role in (*ROLES_WITH_ROWS, "coordinator")
    }
    assert seen == {"consultant": 5.0, "supervisor": 5.0, "director": None, "coordinator": None}


def test_a_quarter_is_never_cut_by_the_period(session, field):
    first = date(2026, 1, 5)
    for number, name in enumerate(("Larks", "Wrens", "Finches")):
        observed(
            session,
            field,
            field.classroom(field.here, name),
            first + timedelta(days=31 * number),
            4.0 + number,
        )
    whole, cut = Period(date(2026, 1, 1), date(2026, 7, 1)), Period(date(2026, 2, 1), date(2026, 7, 1))
    actor = field.actor("director")
    means = [quality.quality_rounds(session, actor, period, field.here.id)[0].value for period in (whole, cut)]
    assert means == [5.0, 5.0]


def test_a_domain_without_a_score_is_no_room(session, field, period):
    observed(session, field, field.room, months_ago(period, 2), None)
    assert quality.quality_rounds(session, field.actor("consultant"), period, field.here.id) == []


def test_an_instrument_without_domains_gives_its_scales(session, field, period):
    row = observed(session, field, field.room, months_ago(period, 2), None, instrument="tpot", code="none")
    above = {"observation_id": row.id, "region_id": row.region_id}
    field.add(Score(**above, scale_code="key_practices", cycle=1, instrument_code="tpot", value=62.5))
    session.commit()
    (found,) = quality.quality_rounds(session, field.actor("consultant"), period, field.here.id)
    assert (found.instrument_code, found.code, found.value) == ("tpot", "key_practices", 62.5)


def test_a_removed_observation_is_not_counted(session, field, period):
    row = observed(session, field, field.room, months_ago(period, 2), 5.0)
    row.deleted_at = utc_now()
    session.add(row)
    session.commit()
    assert quality.quality_rounds(session, field.actor("consultant"), period, field.here.id) == []
