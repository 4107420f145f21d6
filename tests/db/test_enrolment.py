"""Enrolment by month, the groups within it, and the months that are missing."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from db.commands.closures import add_closure
from db.commands.enrolment import set_enrolment, set_groups
from db.errors import Conflict, InvalidInput, NotFound
from db.models import AuditEvent, Enrolment, SiteMonth
from db.models.enrolment_input import ClosureInput, EnrolmentGroupInput, EnrolmentInput
from db.queries.enrolment import groups, last_groups, month_grid, months_missing, reads_groups, sites_missing

MARCH = date(2026, 3, 1)


def entered(room, enrolled=16, open_days=20, month=MARCH, **more):
    row = {"classroom_id": room.id, "enrolled_average": enrolled, "open_days": open_days, **more}
    return EnrolmentInput.checked({"site_id": room.site_id, "month": month, "rows": (row,)})


def problems_of(refused):
    return {(problem.field, problem.code) for problem in refused.value.problems}


def test_a_month_is_entered_and_the_rollup_knows_its_child_days(session, field):
    (saved,) = set_enrolment(session, field.actor("director"), entered(field.room))
    month = session.exec(select(SiteMonth)).one()
    assert (month.enrolled, month.child_days, month.classrooms_enrolled) == (16, 320, 1)
    change = entered(field.room, attended_child_days=290, version=saved.version)
    set_enrolment(session, field.actor("director"), change)
    session.expire_all()
    assert session.exec(select(SiteMonth)).one().child_days == 290
    assert session.exec(select(AuditEvent.action)).all() == ["set_enrolment"] * 2


def test_two_people_who_enter_the_same_month_lose_nothing(session, field):
    set_enrolment(session, field.actor("director"), entered(field.room, 16))
    with pytest.raises(Conflict, match="newer_version"):
        set_enrolment(session, field.actor("consultant"), entered(field.room, 12))
    (same,) = set_enrolment(session, field.actor("consultant"), entered(field.room, 16))
    assert same.created is False
    assert session.exec(select(Enrolment.enrolled_average)).one() == 16


def test_one_wrong_row_stores_none(session, field):
    second = field.classroom(field.here, "Wrens", capacity=8)
    session.commit()
    rows = (
        {"classroom_id": field.room.id, "enrolled_average": 16, "open_days": 20},
        {"classroom_id": second.id, "enrolled_average": 17, "open_days": 20},
    )
    both = EnrolmentInput.checked({"site_id": field.here.id, "month": MARCH, "rows": rows})
    with pytest.raises(InvalidInput) as refused:
        set_enrolment(session, field.actor("director"), both)
    assert problems_of(refused) == {("rows.1.enrolled_average", "more_than_capacity")}
    assert session.exec(select(Enrolment)).all() == []


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"attended_child_days": 321}, ("rows.0.attended_child_days", "attended_too_many")),
        ({"enrolled": -1}, ("rows.0.enrolled_average", "below_minimum")),
        ({"enrolled": float("nan")}, ("rows.0.enrolled_average", "not_a_number")),
        ({"open_days": 32}, ("rows.0.open_days", "above_maximum")),
        ({"open_days": 29, "month": date(2026, 2, 1)}, ("rows.0.open_days", "above_maximum")),
        ({"month": date(2026, 3, 2)}, ("month", "not_a_month")),
    ],
)
def test_figures_that_cannot_be_are_told_at_their_field(field, values, problem):
    with pytest.raises(InvalidInput) as refused:
        entered(field.room, **values)
    assert problems_of(refused) == {problem}


def test_a_month_to_come_is_refused(session, field):
    month = (field.today.replace(day=28) + timedelta(days=10)).replace(day=1)
    with pytest.raises(InvalidInput) as refused:
        set_enrolment(session, field.actor("director"), entered(field.room, month=month))
    assert problems_of(refused) == {("month", "month_to_come")}


def test_a_foreign_site_or_classroom_is_not_found(session, field):
    with pytest.raises(NotFound):
        set_enrolment(session, field.actor("director"), entered(field.room_elsewhere))
    mixed = entered(field.room_elsewhere).model_copy(update={"site_id": field.here.id})
    with pytest.raises(NotFound):
        set_enrolment(session, field.actor("director"), mixed)
    assert session.exec(select(Enrolment)).all() == []


def test_the_grid_carries_over_the_latest_month_and_proposes_the_open_days(session, field):
    actor = field.actor("director")
    set_enrolment(session, actor, entered(field.room, 14, month=date(2026, 1, 1)))
    closure = {"site_id": field.here.id, "closed_on": date(2026, 3, 2), "last_on": MARCH, "reason": "holiday"}
    closure["last_on"] = date(2026, 3, 3)
    add_closure(session, actor, ClosureInput.checked(closure))
    grid = month_grid(session, actor, field.here.id, MARCH)
    assert grid.weekdays_open == 20
    (row,) = grid.rows
    assert (row.name, row.version, row.enrolled_average, row.last_enrolled) == ("Owls", None, None, 14)
    assert month_grid(session, actor, field.elsewhere.id, MARCH).rows == []


def test_a_classroom_counts_only_while_it_is_open(session, field):
    field.room.open_from, field.room.open_to = date(2026, 2, 10), date(2026, 2, 20)
    field.add(field.room)
    session.commit()
    actor = field.actor("director")
    missing = months_missing(session, actor, [field.here.id, field.elsewhere.id], date(2026, 5, 5))
    assert list(missing) == [field.here.id]
    assert (missing[field.here.id].months, missing[field.here.id].of) == ((date(2026, 2, 1),), 1)
    assert month_grid(session, actor, field.here.id, MARCH).rows == []


def test_groups_must_add_up_to_the_children_enrolled(session, field):
    actor = field.actor("director")
    sent = {
        "site_id": field.here.id, "classroom_id": field.room.id, "month": MARCH, "dimension": "sex",
        "children": {"female": 8, "male": 7},
    }  # fmt: skip
    with pytest.raises(InvalidInput) as refused:
        set_groups(session, actor, EnrolmentGroupInput.checked(sent))
    assert problems_of(refused) == {("children", "enrolment_first")}
    set_enrolment(session, actor, entered(field.room, 16))
    set_groups(session, actor, EnrolmentGroupInput.checked(sent))
    found = {
        row.category: (row.children, row.version) for row in groups(session, actor, field.here.id, field.room.id, MARCH)
    }
    assert found == {"female": (8, 1), "male": (7, 1)}
    with pytest.raises(InvalidInput) as refused:
        set_groups(session, actor, EnrolmentGroupInput.checked({**sent, "children": {"female": 3, "male": 7}}))
    assert problems_of(refused) == {("children", "group_total")}
    with pytest.raises(InvalidInput):
        EnrolmentGroupInput.checked({**sent, "children": {"dragon": 3}})


def test_the_groups_of_the_latest_month_before_can_be_taken_over(session, field):
    actor = field.actor("director")
    assert last_groups(session, actor, field.here.id, field.room.id, MARCH) is None
    sent = {"site_id": field.here.id, "classroom_id": field.room.id, "dimension": "sex"}
    for month, girls in ((date(2026, 1, 1), 9), (date(2026, 2, 1), 8), (MARCH, 7)):
        set_enrolment(session, actor, entered(field.room, 16, month=month))
        children = {"female": girls, "male": 16 - girls}
        set_groups(session, actor, EnrolmentGroupInput.checked({**sent, "month": month, "children": children}))
    last = last_groups(session, actor, field.here.id, field.room.id, MARCH)
    assert (last.month, {row.category: row.children for row in last.rows}) == (
        date(2026, 2, 1),
        {"female": 8, "male": 8},
    )
    assert last_groups(session, field.actor("consultant"), field.elsewhere.id, field.room.id, MARCH) is None


def test_what_is_missing_names_the_rooms_for_who_can_fill_it(session, field):
    actor = field.actor("director")
    field.classroom(field.here, "Butterflies", open_from=date(2026, 3, 1), open_to=date(2026, 4, 15))
    field.room.open_from, field.room.open_to = date(2026, 2, 1), date(2026, 3, 31)
    field.add(field.room)
    session.commit()
    set_enrolment(session, actor, entered(field.room, month=date(2026, 2, 1)))
    (site,) = sites_missing(session, actor, date(2026, 6, 5))
    assert site.site == "Maple Demo Center"
    assert list(zip(site.missing.months, site.missing.rooms, strict=True)) == [
        (MARCH, ("Butterflies", "Owls")),
        (date(2026, 4, 1), ("Butterflies",)),
    ]
    field.here.active = False
    field.add(field.here)
    session.commit()
    assert sites_missing(session, actor, date(2026, 6, 5)) == []


def test_groups_of_a_classroom_are_for_case_roles(session, field):
    """A count of one child in a room is that child: a coordinator reads and enters them only with a case role."""
    consultant, sent = field.actor("consultant"), {"month": MARCH, "dimension": "sex", "children": {"female": 16}}
    made = EnrolmentGroupInput.checked({"site_id": field.here.id, "classroom_id": field.room.id, **sent})
    set_enrolment(session, consultant, entered(field.room, 16))
    set_groups(session, consultant, made)
    for role in ("coordinator", "admin"):
        actor = field.actor(role)
        assert groups(session, actor, field.here.id, field.room.id, MARCH) == []
        assert last_groups(session, actor, field.here.id, field.room.id, date(2026, 4, 1)) is None
        assert not reads_groups(session, actor, field.here.id)
        with pytest.raises(NotFound):
            set_groups(session, actor, made)
    field.give(field.people["coordinator"], site_id=field.here.id, case_role=True)
    session.commit()
    assert [
        row.children for row in groups(session, field.actor("coordinator"), field.here.id, field.room.id, MARCH)
    ] == [16]
