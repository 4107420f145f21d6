"""What changed for children, told to everybody without telling of one child."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from random import Random

import pytest

from analytics.child_pairs import Measured, first_pair
from db.child_disclosure import Episode, told_episodes
from db.models.base import new_id
from db.models.children import ChildMeasure, ChildScore
from db.period import Period
from db.queries.child_outcomes import child_outcomes

TOOL, SCALE = "sdq_4_17", "total"


@pytest.fixture
def engine(sqlite_engine):
    return sqlite_engine


@pytest.fixture
def months(field):
    """The first days of the last 24 full months, the latest first."""
    return Period.last_months(25, field.today).months()[-2::-1]


def measured(field, site, child, phase, on, value, tool=TOOL):
    """Store one measure as if it had been typed on its day."""
    row = field.add(
        ChildMeasure(
            site_id=site.id, region_id=site.region_id, child_key=child, permission_on=on, instrument_code=tool,
            measured_on=on, respondent="teacher", phase=phase, recorded_by=field.people["consultant"].id,
            client_uuid=new_id(), content_digest="", created_at=datetime(on.year, on.month, on.day, 12, tzinfo=UTC),
        )
    )  # fmt: skip
    above = {"child_measure_id": row.id, "region_id": row.region_id}
    field.add(ChildScore(**above, instrument_code=tool, scale_code=SCALE, value=value))


def episodes(field, site, count, month, *, first=0, gain=4, tool=TOOL):
    """Store children with a baseline 150 days before an end in a month; from one child to the next a point higher."""
    for number in range(first, first + count):
        end = month + timedelta(days=number % 25)
        measured(field, site, f"K-{number:02d}", "baseline", end - timedelta(days=150), 10 + number % 12, tool)
        measured(field, site, f"K-{number:02d}", "post", end, 10 + number % 12 - gain, tool)


def told(field, actor, period, site_ids=None):
    found = child_outcomes(field.session, actor, site_ids, period)
    return {one.instrument_code: one for one in found}.get(TOOL)


def last_year(months):
    return Period(months[11], Period.last_months(1, months[0]).end)


def test_who_reads_the_measures_gets_every_pair_and_who_was_not_measured_again(field, months):
    episodes(field, field.here, 6, months[3])
    measured(field, field.here, "LEFT", "baseline", months[4], 20)
    found = told(field, field.actor("consultant"), last_year(months))
    assert found.change.change == pytest.approx(-4)
    assert (found.change.counts.before, found.change.counts.paired, found.change.counts.left) == (7, 6, 1)
    assert found.left_told
    assert not found.held_back
    # 1.96 x sqrt(2) x 5.2 x sqrt(1 - 0.8) = 6.45 points: four are within the noise.
    assert (found.reliable.improved, found.reliable.no_reliable_change) == (0, 6)


@pytest.mark.parametrize("role", ["director", "coordinator"])
def test_nine_children_are_not_told_ten_are_and_never_who_was_left(field, months, role):
    episodes(field, field.here, 9, months[3])
    measured(field, field.here, "LEFT", "baseline", months[4], 20)
    hidden = told(field, field.actor(role), last_year(months))
    assert (hidden.change.counts.before, hidden.change.counts.paired, hidden.held_back) == (0, 0, True)
    episodes(field, field.here, 1, months[2], first=9)
    shown = told(field, field.actor(role), last_year(months))
    assert (shown.change.counts.before, shown.change.counts.paired, shown.held_back) == (10, 10, False)
    assert (shown.left_told, shown.reliable) == (False, None)


def test_whatever_is_asked_for_no_answers_together_tell_of_fewer_than_ten_children(months):
    """The attack: every period and every set of sites. Children who are in all the same answers are one atom.

    All that can be worked out from sums over sets is sums over unions of their atoms: the smallest atom is the most
    that an attacker gets at.
    """
    random, region = Random(7), new_id()
    sites = [new_id() for _ in range(3)]
    every = []
    for month in months:
        for site, most in zip(sites, (8, 3, 1), strict=True):
            for number in range(random.randint(0, most)):
                known = month + timedelta(days=random.randint(0, 40))
                scores = random.randint(5, 30), random.randint(5, 30)
                every.append(Episode(site, region, f"{month}-{number}", month, known, *scores, open=False))
    asked = [set(some) for size in (1, 2, 3) for some in combinations(sites, size)]
    periods = [Period(months[first], months[last]) for first in range(1, 24, 2) for last in range(0, first, 3)]
    answers = [frozenset(told_episodes(every, some, span, months[0])) for some in asked for span in periods]
    inside = {one: tuple(one in answer for answer in answers) for one in every}
    atoms = Counter(members for members in inside.values() if any(members))
    assert len(atoms) > 5
    assert min(atoms.values()) >= 10


def test_a_month_that_is_not_over_and_children_all_alike_are_not_told(field, months):
    running = date(field.today.year, field.today.month, 1)
    for number in range(12):
        measured(field, field.here, f"A-{number}", "baseline", running - timedelta(days=90), 10 + number)
        measured(field, field.here, f"A-{number}", "post", running, 8)
    now = told(field, field.actor("director"), Period.last_months(3, field.today))
    assert (now.change.counts.paired, now.held_back) == (0, True)
    same_end = told(field, field.actor("consultant"), Period.last_months(3, field.today))
    assert same_end.change.counts.paired == 12


def test_a_screener_and_the_other_region_are_in_no_figure(field, months):
    episodes(field, field.here, 12, months[3], tool="asq_se_2")
    episodes(field, field.elsewhere, 12, months[3])
    for role in ("consultant", "director", "coordinator"):
        assert child_outcomes(field.session, field.actor(role), None, last_year(months)) == []
        assert child_outcomes(field.session, field.actor(role), [field.elsewhere.id], last_year(months)) == []


def test_a_pair_is_the_first_baseline_and_the_first_end_30_to_400_days_later():
    day = date(2026, 1, 5)

    def at(phase, days):
        on = day + timedelta(days=days)
        return Measured(phase, on, float(days), on)

    scores = [at("post", 200), at("baseline", 0), at("post", 29), at("post", 120), at("baseline", 100), at("mid", 60)]
    pair = first_pair(scores)
    assert (pair.before.score, pair.after.score) == (0, 120)
    assert first_pair([at("baseline", 0), at("post", 401)]).after is None
    assert first_pair([at("post", 50)]) is None
