"""What the outcome scorecard is judged from: who sees which months, sums, staff, surveys and rooms."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from db.comparison import told_sums, year_before
from db.models.instruments import SurveyResult, SurveyWave
from db.models.organisation import Staff
from db.models.records import ChildMonth, SiteMonth
from db.outcome_measures import MEASURES, place_of
from db.queries import outcome_months, outcomes
from tests.db.test_compare import observed


@pytest.fixture
def year(field):
    return year_before(12, field.today)


def months(field, site, both, before, now, **values):
    """Store a month of every pair, with so many incidents each."""
    for was, is_ in both.pairs():
        for month, incidents in ((was, before), (is_, now)):
            known = {"child_days": 400.0, "enrolled": 20.0, "classrooms_enrolled": 1, **values}
            field.add(
                SiteMonth(
                    site_id=site.id, region_id=site.region_id, month=month, incidents=incidents,
                    incidents_covered=incidents, **known,
                )
            )  # fmt: skip
    field.session.commit()


def test_months_stand_side_by_side_for_those_who_read_incidents_and_for_nobody_else(session, field, year):
    months(field, field.here, year, 4, 2, exclusions=1)
    for role in ("consultant", "supervisor", "director"):
        found = outcome_months.month_pairs(session, field.actor(role), year)
        assert [one.at for one in found] == list(range(12))
        assert found[0].before == outcome_months.Stretch(4, 400, 4, 20, 1, 20)
        assert found[0].now == outcome_months.Stretch(2, 400, 2, 20, 1, 20)
    for role in ("coordinator", "admin"):
        assert outcome_months.month_pairs(session, field.actor(role), year) == []


def test_a_site_counts_in_a_month_only_where_it_knows_its_children_both_times(session, field, year):
    months(field, field.here, year, 4, 2)
    other = field.site("Birch Demo Center")
    field.give(field.people["consultant"], site_id=other.id)
    first = year.pairs()[0]
    field.add(
        SiteMonth(
            site_id=other.id, region_id=other.region_id, month=first[1], incidents=90, incidents_covered=90,
            child_days=500.0, enrolled=30.0,
        )
    )  # fmt: skip
    session.commit()
    found = outcome_months.month_pairs(session, field.actor("consultant"), year)[0]
    assert (found.now.by_days, found.now.child_days) == (2, 400)
    assert (found.known_before, found.known_now) == (20, 50)


def test_children_are_counted_by_their_keys_in_the_months_that_have_partners(session, field, year):
    months(field, field.here, year, 4, 2)
    was, is_ = year.pairs()[0]
    for key, month, incidents in (("A", was, 3), ("A", is_, 1), ("B", is_, 2), ("A", was - timedelta(days=1), 50)):
        field.add(
            ChildMonth(
                site_id=field.here.id, region_id=field.north.id, month=month.replace(day=1), child_key=key,
                incidents=incidents, exclusions=0, supported=0,
            )
        )  # fmt: skip
    session.commit()
    incidents, exclusions = outcome_months.child_spread(session, field.actor("director"), year)
    assert incidents == (6, 1 + 4, 3, 9)
    assert exclusions == (0, 0, 0, 0)
    assert outcome_months.child_spread(session, field.actor("coordinator"), year)[0].events == 0


def sums(session, field, role="coordinator", **place):
    return outcome_months.told_sums(session, field.actor(role), told_sums(12, field.today), **place)


def test_two_sums_are_told_where_both_are_large_enough(session, field):
    both = told_sums(12, field.today)
    for month in (*both.before.months(), *both.now.months()):
        field.add(
            SiteMonth(
                site_id=field.here.id, region_id=field.north.id, month=month, incidents=30, incidents_covered=30,
                child_days=400.0, enrolled=20.0, classrooms_enrolled=1,
            )
        )  # fmt: skip
    session.commit()
    found = sums(session, field)
    assert (found.sites, found.incident_sites, found.exclusion_sites) == (1, 1, 1)
    assert (found.before.by_days, found.now.by_days) == (360, 330)
    assert (found.before.child_days, found.now.child_days) == (4800, 4400)
    assert sums(session, field, site_id=field.here.id) == found
    assert sums(session, field, "admin").sites == 0


def test_a_small_sum_is_in_no_total_so_that_nobody_can_take_the_others_away(session, field):
    small = field.site("Birch Demo Center")
    session.commit()
    both = told_sums(12, field.today)
    for site, incidents in ((field.here, 30), (small, 0)):
        for month in (*both.before.months(), *both.now.months()):
            here = incidents or 7 * (month == both.now.start)
            field.add(
                SiteMonth(
                    site_id=site.id, region_id=field.north.id, month=month, incidents=here, incidents_covered=here,
                    child_days=400.0, enrolled=20.0,
                )
            )  # fmt: skip
    session.commit()
    found = sums(session, field)
    assert (found.sites, found.incident_sites) == (2, 1)
    assert found.now.by_days == 330
    alone = sums(session, field, site_id=small.id)
    assert (alone.incident_sites, alone.now.by_days, alone.now.child_days) == (0, 0, 0)


def test_sums_over_sites_rest_on_the_same_sites_before_and_now(session, field):
    """A site that came later, and one with a month without children, are in neither side of what they would bend."""
    both = told_sums(12, field.today)
    late, gap = field.site("Birch Demo Center"), field.site("Cedar Demo Center")
    session.commit()
    for site in (field.here, late, gap):
        for month in (*both.before.months(), *both.now.months()):
            known = site is not late or month >= both.now.start
            known = known and not (site is gap and month == both.now.start)
            field.add(
                SiteMonth(
                    site_id=site.id, region_id=field.north.id, month=month, incidents=30, incidents_covered=30 * known,
                    child_days=400.0 * known, enrolled=20.0 * known, classrooms_enrolled=int(known), exclusions=11,
                )
            )  # fmt: skip
    session.commit()
    found = sums(session, field)
    assert (found.sites, found.incident_sites, found.exclusion_sites) == (3, 2, 1)
    assert (found.before.exclusions, found.before.enrolled_excluded) == (132, 240)
    assert (found.now.exclusions, found.now.enrolled_excluded) == (121, 220)
    assert found.before.child_days == 2 * 4800
    alone = sums(session, field, site_id=late.id)
    assert (alone.sites, alone.incident_sites, alone.exclusion_sites, alone.exclusion_hidden) == (1, 0, 0, 0)


def test_consultation_is_summed_by_level(session, field, year):
    months(field, field.here, year, 0, 0, visits=2, minutes_program=60, minutes_classroom=90, minutes_child_family=30)
    assert outcomes.dose(session, field.actor("director"), year.now) == (24, 720, 1080, 360)
    assert outcomes.dose(session, field.actor("admin"), year.now) == (0, 0, 0, 0)


def test_staff_count_from_the_month_in_which_the_records_of_a_site_begin(session, field, year):
    months(field, field.here, year, 0, 0)
    hired = year.before.start - timedelta(days=900)
    for alias, left in (("a", None), ("b", None), ("gone", hired + timedelta(days=30))):
        field.add(
            Staff(
                region_id=field.north.id, site_id=field.here.id, alias=alias, role="lead", hire_date=hired,
                leave_date=left,
            )
        )  # fmt: skip
    session.commit()
    found = outcomes.staff_times(session, field.actor("director"), year)
    assert found == [(hired, None, year.before.start, 2)]


def survey(field, on, respondents, invited, mean=16.0, sd=5.0, client=None):
    wave = field.add(
        SurveyWave(
            region_id=field.north.id, site_id=field.here.id, instrument_code="pss10", invited=invited,
            opened_on=on - timedelta(days=10), closed_on=on, client_uuid=client or field.here.id, content_digest="x",
        )
    )  # fmt: skip
    field.add(
        SurveyResult(
            wave_id=wave.id, region_id=wave.region_id, scale_code="total", instrument_code="pss10",
            respondents=respondents, mean=mean, sd=sd,
        )
    )  # fmt: skip
    field.session.commit()


@pytest.mark.parametrize(
    ("respondents", "invited", "told"),
    [(12, 20, (12, 5.0, False)), (12, 14, (10, 5.0, True)), (8, 20, (8, None, False)), (4, 20, None)],
)
def test_a_survey_is_judged_from_what_may_be_shown_of_it(session, field, year, respondents, invited, told):
    survey(field, year.now.start + timedelta(days=40), respondents, invited)
    found = outcomes.survey_scores(session, field.actor("director"), year)
    if told is None:
        assert (found.scores, found.hidden) == ([], {"pss10"})
    else:
        assert [(one.size, one.sd, one.at_least) for one in found.scores] == [told]
        assert not found.hidden


def test_rooms_that_may_not_be_seen_one_by_one_are_means_of_two_or_more(session, field, year):
    second = field.classroom(field.here, "Finches")
    session.commit()
    lone, both = year.now.start - timedelta(days=100), year.now.start + timedelta(days=100)
    observed(session, field, field.room, lone, 4.0)
    observed(session, field, field.room, both, 5.0)
    observed(session, field, second, both, 6.0)
    found = outcomes.room_means(session, field.actor("director"), year)
    assert [(one.code, one.value, one.size) for one in found] == [("emotional_support", 5.5, 2)]


def test_incidents_are_never_read_one_by_one(session, field, year):
    months(field, field.here, year, 400, 200)
    asked = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *told: asked.append(told[2]))
    for role in ("director", "coordinator"):
        actor = field.actor(role)
        outcome_months.month_pairs(session, actor, year)
        outcome_months.told_sums(session, actor, told_sums(12, field.today))
        outcomes.dose(session, actor, year.now)
    assert len([one for one in asked if "site_month" in one]) == 8
    assert [one for one in asked if "FROM incident" in one or "JOIN incident" in one] == []


def test_every_measure_that_stands_for_an_outcome_is_a_scale_that_exists():
    assert all(MEASURES.values())
    assert place_of("relationships", "class_prek_1", "emotional_support") == place_of(
        "relationships", "class_prek_2", "emotional_support"
    )
    assert place_of("classroom_quality", "class_prek_2", "emotional_support") is None
