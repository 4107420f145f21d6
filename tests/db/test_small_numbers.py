"""Small numbers do not leave by subtraction: one period from another, one screen's figures from the other's."""

import random
from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest

from analytics.suppression import Tally, may_tell_sum
from db.commands.incidents import record_incident
from db.models.incident_input import ExclusionInput
from db.period import OFFERED_MONTHS, Period
from db.queries import compare, trends
from db.small_numbers import KindCount, offered_starts, tally, told_months, told_since, told_starts

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
    counts = dict(zip(starts, [(30,), (0,), (9,), (10,), (25,), (9,), (0,)], strict=True))
    stretches = {start: (tally(numbers),) for start, numbers in counts.items()}
    told = told_starts(starts, stretches)
    assert told == [starts[0], starts[1], starts[2], starts[4], starts[6]]
    left = [sum(counts[month][0] for month in counts if month >= start) for start in told]
    assert all(more - less == 0 or more - less >= SMALLEST for more, less in pairwise(left))


def test_a_sum_of_months_with_one_incident_each_is_not_told(present):
    """Ten hidden months that add up to ten are one each."""
    ones = {month: (tally([1]),) for month in Period.last_months(11, present).months()[:-1]}
    assert told_starts([min(ones)], ones) == []
    more = {**ones, max(ones): (tally([9]),)}
    assert told_starts([min(more)], more) == [min(more)]


def told_one_by_one(starts, stretches):
    """The rule by itself: a sum is told where it, and what it has more than the next, may be."""
    told = []
    for start in sorted(starts):
        inside = [counts for month, counts in stretches.items() if month >= start]
        gap = [counts for month, counts in stretches.items() if told and told[-1] <= month < start]
        sums = [Tally(*map(sum, zip(*kind, strict=True))) for part in (inside, gap) for kind in zip(*part, strict=True)]
        if all(may_tell_sum(one, SMALLEST) for one in sums):
            told.append(start)
    return told


def test_many_sites_are_told_what_each_would_be_told_alone(present):
    chance = random.Random(5)
    begins = Period.last_months(9, present).months()[:-1]
    starts = begins[::2]

    def counts():
        return [chance.choice((0, 0, 0, 1, 2, 5, 9, 12, 30)) for _month in range(chance.randint(0, 3))]

    sites = [{begin: (tally(counts()), tally(counts())) for begin in begins} for _site in range(2000)]
    found = told_since(starts, begins, np.array([[site[begin] for begin in begins] for site in sites], dtype=float))
    expected = [told_one_by_one(starts, site) for site in sites]
    assert [[start for start in starts if found[start][at]] for at in range(len(sites))] == expected
    assert [told_starts(starts, site) for site in sites] == expected
    assert sum(0 < len(told) < len(starts) for told in expected) > 500, "most tell some and hide some"


def test_months_with_other_denominators_are_guarded_by_themselves(present):
    """The rate per child-day tells the sum of its own months: 13 less the 10 that are told would be 3."""
    days = Period.last_months(5, present).months()[:-1]
    kinds = ("child_days", "child_days", "enrolled", "enrolled")
    found = {
        day: KindCount(kind, number) for day, kind, number in zip(days, kinds, (10, 3, 12, 4), strict=True)
    }  # fmt: skip
    assert told_months(found, present).hidden == set(days)


def test_hidden_months_are_told_together_where_that_gives_none_of_them_away(session, field, present):
    for months_ago, number in ((1, 4), (2, 7), (3, 5), (4, 30), (5, 8), (6, 1)):
        write(session, field, months_ago, number, excluded=True)
    period = Period.last_months(36, field.today)
    coordinator = field.actor("coordinator")
    found = trends.joined_months(session, coordinator, period, field.here.id)
    assert [(run.counted, run.number, len(run.months)) for run in found] == [
        ("incidents", 14, 3), ("incidents", 11, 2), ("exclusions", 14, 3), ("exclusions", 11, 2)
    ]  # fmt: skip
    hidden = [row for row in trends.site_months(session, coordinator, period, field.here.id) if row.incidents_hidden]
    assert {month for run in found for month in run.months} == {row.month for row in hidden}
    assert trends.joined_months(session, field.actor("director"), period, field.here.id) == []
    assert trends.joined_months(session, field.actor("admin"), period, field.here.id) == []


def test_the_running_month_is_told_when_it_is_over(session, field, present):
    for _number in range(11):
        record_incident(session, field.actor("consultant"), field.incident(occurred_on=field.today))
        period = Period.last_months(3, field.today)
        now = trends.site_months(session, field.actor("coordinator"), period, field.here.id)[-1]
        assert (now.incidents, now.covered, now.incidents_hidden) == (None, None, False)
    seen = trends.site_months(session, field.actor("director"), period, field.here.id)[-1]
    assert seen.incidents == 11


def test_patterns_are_told_over_one_period_only_to_whoever_may_not_read_the_rows(session, field, present):
    write(session, field, 1, 20)
    write(session, field, 13, 20)
    found = {
        months: trends.incident_breakdowns(
            session, field.actor("coordinator"), Period.last_months(months, field.today), field.here.id
        )
        for months in OFFERED_MONTHS
    }
    assert len({repr(one) for one in found.values()}) == 1
    assert (found[36].total, len(found[36].period.months())) == (20, 11)
    director = field.actor("director")
    assert trends.incident_breakdowns(session, director, Period.last_months(36, field.today), field.here.id).total == 40


def test_those_who_may_read_the_incidents_are_told_every_sum(session, field, present):
    write(session, field, 1, 12)
    write(session, field, 4, 3)
    period = Period(Period.last_months(3, field.today).start, present)
    (site,) = compare.site_sums(session, field.actor("director"), period)
    assert site.incidents == 12
