"""Sites side by side: who sees which, over which months, and without small numbers."""

from datetime import date, timedelta

import pytest

from db.commands.incidents import record_incident, remove_incident
from db.commands.visits import log_visit
from db.models.base import new_id
from db.models.incident_input import ExclusionInput
from db.models.instruments import ComputedScore, Observation, SurveyResult, SurveyWave
from db.period import Period
from db.queries import compare

ROLES = ("consultant", "supervisor", "director", "coordinator")


@pytest.fixture
def period(field) -> Period:
    return Period.last_months(12, field.today)


@pytest.fixture
def last_month(period) -> date:
    return period.months()[-2]


def incidents(session, field, number, on, room=None, **values):
    actor = field.actor("consultant")
    return [record_incident(session, actor, field.incident(room, occurred_on=on, **values)) for _ in range(number)]


def wave(session, field, site, closed_on, respondents, mean, invited=20, sd=0.6):
    row = field.add(
        SurveyWave(
            region_id=site.region_id, site_id=site.id, instrument_code="ccw_jsi", invited=invited,
            opened_on=closed_on - timedelta(days=10), closed_on=closed_on, client_uuid=new_id(),
            content_digest="x",
        )
    )  # fmt: skip
    field.add(
        SurveyResult(
            wave_id=row.id, region_id=row.region_id, scale_code="demands", instrument_code="ccw_jsi",
            respondents=respondents, mean=mean, sd=sd,
        )
    )  # fmt: skip
    session.commit()


def observed(session, field, room, on, value):
    row = field.add(
        Observation(
            region_id=room.region_id, site_id=room.site_id, classroom_id=room.id,
            instrument_code="class_prek_2",
            observed_on=on, observer_id=field.people["consultant"].id, phase="mid", cycles=4,
            client_uuid=new_id(), content_digest="x",
        )
    )  # fmt: skip
    field.add(
        ComputedScore(
            observation_id=row.id, region_id=row.region_id, code="emotional_support", value=value, cycles=4,
            formula_version="class-1",
        )
    )  # fmt: skip
    session.commit()


def quality(session, field, role, period):
    scores = compare.quality_scores(session, field.actor(role), period, "class_prek_2", "emotional_support")
    return {score.site_id: (score.value, score.size) for score in scores}


def stress(session, field, role, period):
    scores = compare.stress_scores(session, field.actor(role), period, "ccw_jsi", "demands")
    return {score.site_id: (score.value, score.size, score.rounded) for score in scores}


@pytest.mark.parametrize("role", ROLES)
def test_every_role_sees_the_sites_in_its_reach_and_no_other(session, field, period, role):
    found = compare.site_sums(session, field.actor(role), period)
    assert [site.name for site in found] == ["Maple Demo Center"]


def test_an_administrator_compares_nothing(session, field, period):
    assert compare.site_sums(session, field.actor("admin"), period) == []
    assert compare.instruments_used(session, field.actor("admin"), period) == []


def test_sites_stand_by_name_and_are_filtered_by_program_and_region(session, field, period):
    field.site("Birch Demo Center")
    field.give(field.people["coordinator"], region_id=field.south.id)
    session.commit()
    actor = field.actor("coordinator")

    def names(**chosen):
        return [site.name for site in compare.site_sums(session, actor, period, **chosen)]

    assert names() == ["Birch Demo Center", "Harbor Demo Center", "Maple Demo Center"]
    assert names(region_id=field.south.id) == ["Harbor Demo Center"]
    assert names(program_id=field.program.id) == ["Birch Demo Center", "Maple Demo Center"]


def test_a_site_has_the_sums_of_its_months_with_incidents_only_where_the_denominator_is_known(
    session, field, period, last_month
):
    before = period.months()[-3]
    field.enrolment(field.room, last_month, enrolled=16, open_days=20)
    field.enrolment(field.room, before, enrolled=15, open_days=None)
    session.commit()
    incidents(session, field, 3, last_month)
    incidents(session, field, 2, before)
    incidents(session, field, 1, period.months()[-4])
    log_visit(session, field.actor("consultant"), field.visit(visited_on=last_month))
    (site,) = compare.site_sums(session, field.actor("supervisor"), period)
    assert (site.visits, site.minutes, site.incidents) == (1, 60, 6)
    assert (site.in_child_days, site.child_days) == (3, 320)
    assert (site.in_enrolled, site.enrolled) == (5, 31)
    assert site.months_missing == 1


def test_months_outside_the_period_and_removed_rows_do_not_count(session, field, period, last_month):
    saved = incidents(session, field, 2, last_month)
    incidents(session, field, 1, last_month - timedelta(days=200))
    remove_incident(session, field.actor("consultant"), saved[0].id, 1, "entered twice")
    short = Period.last_months(3, field.today)
    (site,) = compare.site_sums(session, field.actor("consultant"), short)
    assert site.incidents == 1


def test_small_sums_are_hidden_from_whoever_may_not_read_the_rows(session, field, period, last_month):
    incidents(
        session, field, 1, last_month,
        exclusion=ExclusionInput(type="other_room", started_on=last_month, hours_lost=3),
    )  # fmt: skip
    incidents(session, field, 2, last_month)
    (hidden,) = compare.site_sums(session, field.actor("coordinator"), period)
    assert (hidden.incidents, hidden.in_child_days, hidden.in_enrolled) == (None, None, None)
    assert (hidden.exclusions, hidden.hours_lost) == (None, None)
    assert (hidden.incidents_hidden, hidden.exclusions_hidden) == (True, True)
    (shown,) = compare.site_sums(session, field.actor("consultant"), period)
    assert (shown.incidents, shown.exclusions, shown.hours_lost) == (3, 1, 3)


def test_a_sum_is_hidden_when_the_part_outside_the_rate_is_small(session, field, period, last_month):
    field.enrolment(field.room, last_month)
    session.commit()
    incidents(session, field, 12, last_month)
    incidents(session, field, 3, period.months()[-3])
    (site,) = compare.site_sums(session, field.actor("coordinator"), period)
    assert site.incidents is None
    assert site.incidents_hidden


def test_zero_is_shown_as_zero(session, field, period):
    (site,) = compare.site_sums(session, field.actor("coordinator"), period)
    assert (site.incidents, site.exclusions, site.incidents_hidden) == (0, 0, False)


def test_quality_is_the_latest_quarter_with_enough_rooms(session, field, period):
    new, old = date(field.today.year, field.today.month, 1), period.months()[3]
    second = field.classroom(field.here, "Larks")
    for room, value in ((field.room, 4.0), (second, 5.0)):
        observed(session, field, room, old, value)
    observed(session, field, field.room, new, 6.5)
    assert quality(session, field, "coordinator", period) == {field.here.id: (4.5, 2)}
    assert quality(session, field, "consultant", period) == {field.here.id: (6.5, 1)}


def test_stress_is_the_latest_wave_of_at_least_five_people(session, field, period, last_month):
    wave(session, field, field.here, period.months()[2], 8, 2.5)
    wave(session, field, field.here, last_month, 4, 4.5)
    wave(session, field, field.elsewhere, last_month, 8, 3.5)
    for role in ROLES:
        assert stress(session, field, role, period) == {field.here.id: (2.5, 8, False)}


def test_the_people_invited_stand_in_where_only_a_few_did_not_answer(session, field, period, last_month):
    wave(session, field, field.here, last_month, 8, 2.5, invited=9)
    assert stress(session, field, "director", period) == {field.here.id: (2.5, 9, True)}


def test_the_instrument_that_was_used_most_comes_first(session, field, period, last_month):
    wave(session, field, field.here, last_month, 8, 3.5)
    alone = compare.instruments_used(session, field.actor("supervisor"), period)
    for _number in range(2):
        observed(session, field, field.room, last_month, 5.0)
    assert compare.instruments_used(session, field.actor("supervisor"), period) == ["class_prek_2", *alone]


def test_only_instruments_in_use_within_reach_are_offered(session, field, period, last_month):
    observed(session, field, field.room, last_month, 5.0)
    wave(session, field, field.elsewhere, last_month, 8, 3.5)
    assert compare.instruments_used(session, field.actor("supervisor"), period) == ["class_prek_2"]
