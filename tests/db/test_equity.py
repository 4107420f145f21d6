"""Outcomes by group: what is counted, where, and what stays hidden from whom."""

from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import event
from sqlmodel import col, select

from analytics.disclosure import PublishedSums, feasible_range
from db import equity_counts
from db.actor import Actor, Places
from db.models import ChildMonth, EnrolmentGroup, Program, SiteMonth
from db.period import Period
from db.queries.equity import WITHOUT_CHILD, _hidden, equity_places, group_counts

RACES = ("asian", "black", "hispanic", "white")


@pytest.fixture
def full(field):
    """The last twelve full months."""
    return Period.last_months(12, field.today.replace(day=1) - timedelta(days=1))


def counted(field, room, month, dimension, **children):
    for category, number in children.items():
        field.add(
            EnrolmentGroup(
                region_id=room.region_id, site_id=room.site_id, classroom_id=room.id, month=month,
                dimension=dimension, category=category, children=number,
            )
        )  # fmt: skip


def child(field, site, month, key, *, incidents=1, exclusions=0, supported=0, **groups):
    return field.add(
        ChildMonth(
            site_id=site.id, month=month, child_key=key, region_id=site.region_id, incidents=incidents,
            exclusions=exclusions, supported=supported, **groups,
        )
    )  # fmt: skip


def by_code(found):
    return {one.code: one for one in found.groups}


def read(session, field, full, outcome="incidents", dimension="race", who="consultant", **place):
    return group_counts(session, field.actor(who), outcome, dimension, full, **place)


def test_a_child_counts_once_over_the_months_and_its_reports_all(session, field, full):
    first, last = full.months()[2], full.months()[7]
    counted(field, field.room, first, "race", black=4, white=10)
    child(field, field.here, first, "A-1", incidents=2, race="black")
    child(field, field.here, last, "A-1", incidents=3, race=None)
    child(field, field.here, last, "A-2", incidents=1, race="white")
    child(field, field.here, full.start - timedelta(days=1), "A-3", incidents=9, race="white")
    found = by_code(read(session, field, full))
    assert (found["black"].children, found["black"].reports, found["black"].squares, found["black"].most) == (
        1,
        5,
        25,
        5,
    )
    assert (found["white"].children, found["white"].of, found["black"].of) == (1, 10, 4)


@pytest.mark.parametrize("races", [("black", "white"), (None, None), ("differs", "black"), ("several", "several")])
def test_a_child_whose_records_disagree_or_do_not_say_is_in_no_group(session, field, full, races):
    months = full.months()
    counted(field, field.room, months[0], "race", black=4, white=10)
    for month, race in zip(months, races, strict=False):
        child(field, field.here, month, "A-1", race=race)
    found = by_code(read(session, field, full))
    assert (found[""].children, found["black"].children, found["white"].children) == (1, 0, 0)


def test_enrollment_is_each_rooms_average_over_the_months_in_which_it_was_counted(session, field, full):
    other = field.classroom(field.here, "Wrens")
    for month, number in zip(full.months(), (4, 6), strict=False):
        counted(field, field.room, month, "race", black=number, unknown=2, declined=1)
    counted(field, other, full.months()[5], "race", black=3)
    child(field, field.here, full.start, "A-1", race="black")
    found = by_code(read(session, field, full))
    assert (found["black"].of, found[""].of) == (8, 3)


def test_a_site_that_was_not_counted_by_group_is_left_out_and_named(session, field, full):
    there = field.site("Oak Demo Center")
    field.give(field.people["consultant"], site_id=there.id)
    counted(field, field.room, full.start, "race", black=4)
    counted(field, field.classroom(there, "Jays"), full.start, "sex", male=4)
    child(field, field.here, full.start, "A-1", race="black")
    child(field, there, full.start, "B-1", race="black")
    for room in (field.room, field.classroom(field.here, "Wrens")):
        field.enrolment(room, full.start)
    found = read(session, field, full)
    assert by_code(found)["black"].children == 1
    assert [one.site for one in found.left_out] == ["Oak Demo Center"]
    assert found.rooms_left_out == 1
    supported = read(session, field, full, "supported")
    assert by_code(supported)["black"].of == 2
    assert supported.left_out == ()


def test_reports_without_a_childs_key_are_counted_and_belong_to_no_group(session, field, full):
    counted(field, field.room, full.start, "race", black=4)
    child(field, field.here, full.start, "A-1", incidents=3, exclusions=1, race="black")
    field.add(
        SiteMonth(site_id=field.here.id, month=full.start, region_id=field.north.id, incidents=8, exclusions=1)
    )  # fmt: skip
    assert read(session, field, full).without_child == 5
    assert read(session, field, full, "exclusions").without_child == 0


def test_support_is_out_of_the_children_with_incidents(session, field, full):
    for number in range(6):
        child(field, field.here, full.start, f"A-{number}", supported=number % 2, race="black", incidents=2)
    found = by_code(read(session, field, full, "supported"))
    assert (found["black"].children, found["black"].of, found["black"].reports) == (3, 6, 3)


def places(session, actor):
    return [(one.kind, one.name, one.reads) for one in equity_places(session, actor)]


def test_places_are_sites_to_read_and_whole_programs_and_regions(session, field):
    beside = field.add(Program(region_id=field.north.id, name="Beside", type="child_care_center"))
    other = field.site("Oak Demo Center", program=beside)
    assert places(session, field.actor("consultant")) == [("site", "Maple Demo Center", True)]
    assert places(session, field.actor("director")) == [("site", "Maple Demo Center", True)]
    assert places(session, field.actor("coordinator")) == [
        ("program", "Beside", False), ("program", "Lantern Program", False), ("region", "North Demo Region", False),
    ]  # fmt: skip
    case = Actor(
        field.people["coordinator"].id, "coordinator", scope=Places(regions=frozenset([field.north.id])),
        case_scope=Places(sites=frozenset([other.id])),
    )  # fmt: skip
    assert places(session, case) == [("site", "Oak Demo Center", True), ("program", "Lantern Program", False)]
    some = Actor(field.people["coordinator"].id, "coordinator", scope=Places(sites=frozenset([other.id])))
    assert places(session, some) == []
    assert not group_counts(
        session, some, "incidents", "race", Period.last_months(6, field.today), site_id=other.id
    ).told


def test_another_place_is_not_told_and_another_question_not_answered(session, field, full):
    assert not read(session, field, full, site_id=field.elsewhere.id).told
    assert not read(session, field, full, region_id=field.north.id).told
    with pytest.raises(ValueError, match="not offered"):
        read(session, field, full, dimension="classroom")


@pytest.fixture
def region(session, field, full):
    """Three programs in the north with many children, some groups small."""
    random = np.random.default_rng(4)
    field.names = []
    for program in range(3):
        made = field.add(Program(region_id=field.north.id, name=f"Program {program}", type="child_care_center"))
        field.names.append(made)
        site = field.site(f"Site {program}", program=made)
        room = field.classroom(site, "Owls")
        for dimension, group in (("race", "white"), ("sex", "male"), ("iep", "no"), ("dll", "no")):
            if dimension != "race":
                counted(field, room, full.start, dimension, **{group: 80})
        counted(field, room, full.start, "race", asian=30, black=60, hispanic=70, white=75)
        for at, race in enumerate(random.choice(RACES, 70, p=(0.08, 0.3, 0.22, 0.4))):
            child(field, site, full.start, f"P{program}-{at}", incidents=int(random.integers(1, 6)), race=str(race))
    session.commit()


def test_small_counts_and_what_would_give_them_away_are_hidden_from_who_may_not_read(session, field, full, region):
    seen = {}
    for place in [None, *field.names]:
        asked = {"program_id": place.id} if place else {"region_id": field.north.id}
        found = read(session, field, full, who="coordinator", **asked)
        assert found.told
        assert not found.reads
        for one in found.groups:
            assert one.most is None
            assert one.hidden == (one.children is None) == (one.reports is None) == (one.squares is None)
            assert one.hidden or not 0 < one.children < 10
            seen[place and place.id, one.code] = one.children
    assert None in seen.values()
    rows = [[seen.get((place.id, code)) for code in RACES] for place in field.names]
    truth = [[children(session, place, code) for code in RACES] for place in field.names]
    sums = PublishedSums.of_table(truth, row_totals=False, column_totals=True)
    hidden = [(at, on) for at, row in enumerate(rows) for on, told in enumerate(row) if told is None]
    hidden += [(len(rows), on) for on, code in enumerate(RACES) if seen.get((None, code)) is None]
    for cell in hidden:
        low, high = feasible_range(sums, hidden, cell)
        assert high - low >= 8, cell


def test_support_does_not_tell_the_children_with_incidents_that_are_hidden_there(session, field, full, region):
    for row in session.exec(select(ChildMonth)).all():
        row.supported = 1
    session.commit()
    for place in [None, *field.names]:
        asked = {"program_id": place.id} if place else {"region_id": field.north.id}
        incidents, support = (
            {one.code for one in read(session, field, full, outcome, who="coordinator", **asked).groups if one.hidden}
            for outcome in ("incidents", "supported")
        )
        assert incidents
        assert incidents <= support


def children(session, program, race):
    named = col(ChildMonth.child_key).startswith(f"P{program.name[-1]}-")
    return len(session.exec(select(ChildMonth).where(named, ChildMonth.race == race)).all())


def test_who_may_not_read_gets_one_period_whatever_was_asked(session, field, full, region):
    longer = Period.last_months(24, full.months()[-1])
    found = read(session, field, longer, who="coordinator", region_id=field.north.id)
    assert found.period == full


def test_what_one_table_hides_the_others_hide(session, field):
    counts = equity_counts.Counted
    rows = {
        ("p", "a"): counts("p", "a", 40, 30, 10, 60, 200, 9), ("p", "b"): counts("p", "b", 33, 30, 3, 60, 200, 9),
        ("p", "c"): counts("p", "c", 50, 30, 20, 60, 200, 9),
    }  # fmt: skip
    sizes = {("p", "a"): 60.0, ("p", "b"): 90.0, ("p", "c"): 90.0}
    assert ("p", "b") in _hidden(rows, sizes, {}, "exclusions")
    assert _hidden(rows, sizes, {}, "incidents") == set()
    assert ("p", WITHOUT_CHILD) in _hidden(rows, sizes, {"p": 184}, "incidents")


def test_a_page_takes_few_statements_however_many_children(session, field, full, region, engine):
    statements = []
    event.listen(engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))
    read(session, field, full, who="coordinator", region_id=field.north.id)
    supervisor = Actor(field.people["supervisor"].id, "supervisor", scope=Places(regions=frozenset([field.north.id])))
    group_counts(session, supervisor, "incidents", "race", full)
    assert 0 < len([one for one in statements if one.startswith("SELECT")]) <= 16
