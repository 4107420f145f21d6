"""Small numbers do not leave by subtraction: one period from another, one screen's figures from the other's."""

from datetime import timedelta
from itertools import pairwise

import pytest

from db.commands.incidents import record_incident
from db.models.incident_input import ExclusionInput
from db.period import OFFERED_MONTHS, Period
from db.period_disclosure import offered_starts, told_starts
from db.queries import compare, trends

SMALLEST = 10


@pytest.fixture
def present(field):
    return field.today.replace(day=1)


def write(session, field, months_ago, number, **values):
    """Record incidents in a month before the present one."""
    on = Period.last_months(months_ago + 1, field.today).start + timedelta(days=3)
    if values.pop("excluded", False):
        values["exclusion"] = ExclusionInput(type="other_room", started_on=on, hours_lost=1)
    for _number in range(number):
        record_incident(session, field.actor("consultant"), field.incident(occurred_on=on, **values))


def sums(session, field, present, what="incidents"):
    """What Compare sites tells a coordinator of the site, by the months of the period."""
    found = {}
    for months in OFFERED_MONTHS:
        period = Period(Period.last_months(months, field.today).start, present)
        (site,) = compare.site_sums(session, field.actor("coordinator"), period)
        found[months] = getattr(site, what)
    return found


def months(session, field, present, length=36, what="incidents"):
    """What Site trends tells a coordinator of the full months, the latest first."""
    period = Period.last_months(length, field.today)
    rows = trends.site_months(session, field.actor("coordinator"), period, field.here.id)
    return [getattr(row, what) for row in reversed(rows) if row.month < present]


def test_a_sum_is_hidden_where_it_leaves_a_small_rest_of_a_longer_one(session, field, present):
    write(session, field, 1, 12)
    write(session, field, 4, 3)
    assert sums(session, field, present) == {3: None, 6: 15, 12: 15, 18: 15, 24: 15, 36: 15}


def test_exclusions_are_held_against_longer_periods_as_well(session, field, present):
    write(session, field, 1, 12, excluded=True)
    write(session, field, 4, 3, excluded=True)
    assert sums(session, field, present, "exclusions")[3] is None
    assert sums(session, field, present, "hours_lost")[3] is None
    assert sums(session, field, present, "exclusions")[6] == 15


def test_a_hidden_month_is_never_the_only_one_in_a_sum_that_is_told(session, field, present):
    for months_ago, number in ((1, 4), (2, 13), (8, 11)):
        write(session, field, months_ago, number)
    told, shown = sums(session, field, present), months(session, field, present)
    assert told[3] == 17
    assert shown[:2] == [None, None]
    assert shown[7] == 11


@pytest.mark.parametrize("what", ["incidents", "exclusions"])
def test_what_is_hidden_is_the_same_in_every_period(session, field, present, what):
    for months_ago, number in ((1, 11), (2, 4), (4, 12), (8, 13)):
        write(session, field, months_ago, number, excluded=True)
    longest = months(session, field, present, what=what)
    assert longest[1] is None
    for length in OFFERED_MONTHS:
        assert months(session, field, present, length, what) == longest[: length - 1]


def test_sums_may_be_told_together_when_every_difference_is_nothing_or_large(present):
    starts = offered_starts(present)
    counts = dict(zip(starts, [(30,), (0,), (9,), (10,), (25,), (9,)], strict=True))
    told = told_starts(starts, counts)
    assert told == [starts[0], starts[1], starts[2], starts[4]]
    left = [sum(counts[month][0] for month in counts if month >= start) for start in told]
    assert all(more - less == 0 or more - less >= SMALLEST for more, less in pairwise(left))


def test_those_who_may_read_the_incidents_are_told_every_sum(session, field, present):
    write(session, field, 1, 12)
    write(session, field, 4, 3)
    period = Period(Period.last_months(3, field.today).start, present)
    (site,) = compare.site_sums(session, field.actor("director"), period)
    assert site.incidents == 12
