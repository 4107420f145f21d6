"""The screen about equity."""

from datetime import timedelta

import pytest

from db.models import ChildMonth, EnrolmentGroup
from db.period import Period
from tests.pages.said import said


@pytest.fixture
def month(field):
    return Period.last_months(6, field.today.replace(day=1) - timedelta(days=1)).months()[2]


@pytest.fixture
def unequal(session, field, month):
    """Boys at the first site: 40 of 60 with an incident; girls 12 of 60. One boy has 30 reports."""
    for category, number in (("male", 60), ("female", 60)):
        place = {"region_id": field.north.id, "site_id": field.here.id, "classroom_id": field.room.id, "month": month}
        field.add(EnrolmentGroup(**place, dimension="sex", category=category, children=number))
    for sex, number in (("male", 40), ("female", 12)):
        for at in range(number):
            field.add(
                ChildMonth(
                    site_id=field.here.id, month=month, child_key=f"{sex}-{at}", region_id=field.north.id, sex=sex,
                    incidents=40 if (sex, at) == ("male", 0) else 1, exclusions=0, supported=0,
                )
            )  # fmt: skip
    session.commit()


@pytest.mark.parametrize("role", ["consultant", "supervisor", "director"])
def test_who_reads_the_records_sees_the_state_the_numbers_and_where_to_look_next(open_screen, unequal, role):
    screen = open_screen("equity", role, by="sex")
    shown = said(screen)
    assert "It does not point at children." in shown
    assert "40 of 60 children had an incident on record (67%), against 12 of 60 (20%) among all others." in shown
    assert "Evidence of a difference: more" in shown
    assert "The numbers differ by more than chance for: Girl, Boy." in shown
    assert "+47 in every 100 children" in shown
    assert "One child has 51% of these reports" in shown
    assert "52 children of 120 children enrolled" in shown
    assert [one.label for one in screen.expander if "E-formula" in one.label]
    assert "Who writes incidents down, and when do they not?" in shown


def test_a_chosen_group_is_what_the_others_are_compared_with(open_screen, unequal):
    shown = said(open_screen("equity", "director", by="sex", against="female"))
    assert "The others are compared with this group." in shown
    assert "against 12 of 60 (20%) in the group compared with" in shown


def test_a_coordinator_gets_one_period_and_no_small_count(open_screen, session, field, unequal, month):
    place = {"region_id": field.north.id, "site_id": field.here.id, "classroom_id": field.room.id, "month": month}
    for dimension, category in (("race", "white"), ("iep", "no"), ("dll", "no"), ("sex", "another")):
        field.add(EnrolmentGroup(**place, dimension=dimension, category=category, children=20))
    field.add(
        ChildMonth(
            site_id=field.here.id, month=month, child_key="x", region_id=field.north.id, sex="another", incidents=3,
            exclusions=0, supported=0,
        )
    )  # fmt: skip
    session.commit()
    screen = open_screen("equity", "coordinator", by="sex")
    shown = said(screen)
    assert "Period: the last 12 full months" in shown
    assert "Another answer, Girl" in shown.replace("**", "")
    assert "Hidden to protect privacy" in shown
    assert "12 of 60" not in shown
    assert "One child has" not in shown
    assert not [one.label for one in screen.expander if "E-formula" in one.label]


def test_without_counts_by_group_the_screen_says_what_to_do(open_screen, session, field, month):
    field.add(
        ChildMonth(
            site_id=field.here.id, month=month, child_key="A-1", region_id=field.north.id, sex="male", incidents=3,
            exclusions=0, supported=0,
        )
    )  # fmt: skip
    session.commit()
    shown = said(open_screen("equity", "director", by="sex"))
    assert "The children were not counted by this group in this period" in shown
    assert "1 site has records, but its children are not counted by group" in shown


@pytest.mark.parametrize("outcome", ["incidents", "exclusions", "supported"])
def test_every_outcome_has_a_view_without_any_data(open_screen, field, outcome):
    shown = said(open_screen("equity", "director", outcome=outcome))
    assert "Enter the children by group under Sites." in shown or "No child has an incident with a key" in shown


@pytest.mark.parametrize("wrong", [{"by": "teacher"}, {"outcome": "ranks"}, {"months": "7"}, {"against": "x"}])
def test_an_address_that_offers_nothing_is_not_found(open_screen, unequal, wrong):
    assert "We could not find that." in said(open_screen("equity", "director", **{"by": "sex", **wrong}))


def test_a_site_out_of_reach_is_not_found(open_screen, field):
    shown = said(open_screen("equity", "director", place=f"site-{field.elsewhere.id}"))
    assert "We could not find that." in shown
    assert "Harbor" not in shown


def test_somebody_without_a_whole_place_is_told_so(open_screen, session, field):
    person = field.person("coordinator")
    field.give(person, site_id=field.here.id)
    assert "No whole program or region is within your reach" in said(open_screen("equity", person))
