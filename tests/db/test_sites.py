"""Sites, classrooms, staff, marks and closures: who writes them, what is refused, and how they are found."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from db.commands.closures import add_closure, remove_closure
from db.commands.programs import add_program, add_region, change_program
from db.commands.site_events import add_site_event, change_site_event, remove_site_event
from db.commands.sites import (
    activate_site,
    add_classroom,
    add_site,
    change_classroom,
    change_site,
    deactivate_site,
)
from db.commands.staff import add_staff, change_staff
from db.commands.visits import log_visit
from db.errors import Conflict, InvalidInput, NotFound
from db.models import AuditContent, AuditEvent, Classroom, Closure, Site, SiteEvent, Staff
from db.models.base import new_id
from db.models.enrolment_input import ClosureInput
from db.models.organisation_input import (
    ClassroomInput,
    ProgramInput,
    RegionInput,
    SiteEventInput,
    SiteInput,
    StaffInput,
)
from db.queries import site_details
from db.queries.sites import find_sites, one_site
from tests.factories import stored

MONDAY = date(2026, 3, 2)


def a_site(field, **values):
    given = {"program_id": field.program.id, "name": "Willow Demo Center", "setting": "preschool", **values}
    return SiteInput.checked(given)


def problems_of(refused):
    return {(problem.field, problem.code) for problem in refused.value.problems}


def test_a_coordinator_adds_a_site_in_the_region_of_its_program(session, field):
    saved = add_site(session, field.actor("coordinator"), a_site(field, license_no=" D-77 "))
    row = stored(session, Site, saved.id)
    assert (row.name, row.license_no, row.region_id, row.active) == (
        "Willow Demo Center",
        "D-77",
        field.north.id,
        True,
    )
    event = session.exec(select(AuditEvent)).one()
    assert (event.action, session.get(AuditContent, event.seq).after["license_no"]) == ("add_site", "D-77")


def test_two_taps_store_one_site(session, field):
    actor, key = field.actor("admin"), new_id()
    first, second = add_site(session, actor, a_site(field), key), add_site(session, actor, a_site(field), key)
    assert (first.id, first.created, second.id, second.created) == (key, True, key, False)


@pytest.mark.parametrize("role", ["consultant", "supervisor", "director"])
def test_others_cannot_add_or_change_a_site(session, field, role):
    actor = field.actor(role)
    with pytest.raises(NotFound):
        add_site(session, actor, a_site(field))
    with pytest.raises(NotFound):
        change_site(session, actor, field.here.id, 1, a_site(field))
    with pytest.raises(NotFound):
        deactivate_site(session, actor, field.here.id, 1)
    denied = session.exec(select(AuditEvent.action)).all()
    assert denied == ["access_denied"] * 3
    assert stored(session, Site, field.here.id).name == "Maple Demo Center"


def test_a_coordinator_does_not_reach_another_region(session, field):
    actor = field.actor("coordinator")
    with pytest.raises(NotFound):
        add_site(session, actor, a_site(field, program_id=field.program_elsewhere.id))
    with pytest.raises(NotFound):
        change_site(session, actor, field.elsewhere.id, 1, a_site(field))
    with pytest.raises(NotFound):
        change_site(session, actor, field.here.id, 1, a_site(field, program_id=field.program_elsewhere.id))
    with pytest.raises(NotFound):
        one_site(session, actor, field.elsewhere.id)


def test_a_name_or_license_number_that_is_taken_is_told_at_its_field(session, field):
    field.site("Other Demo Center", license_no="D-1")
    with pytest.raises(InvalidInput) as refused:
        add_site(session, field.actor("admin"), a_site(field, name="Maple Demo Center", license_no="D-1"))
    assert problems_of(refused) == {("name", "already_there"), ("license_no", "already_there")}


def test_a_change_keeps_only_what_differs_in_the_audit_and_needs_the_version_that_was_seen(session, field):
    actor = field.actor("coordinator")
    site = a_site(field, name="Maple Demo Center", setting="child_care_center", capacity=75)
    change_site(session, actor, field.here.id, 1, site)
    content = session.exec(select(AuditContent)).one()
    assert (content.before, content.after) == ({"capacity": 60}, {"capacity": 75})
    with pytest.raises(Conflict, match="newer_version"):
        change_site(session, actor, field.here.id, 1, site)


def test_a_site_keeps_its_region(session, field):
    with pytest.raises(InvalidInput) as refused:
        change_site(
            session,
            field.actor("admin"),
            field.here.id,
            1,
            a_site(field, program_id=field.program_elsewhere.id),
        )
    assert problems_of(refused) == {("program_id", "program_other_region")}


def test_a_deactivated_site_leaves_the_list_and_comes_back(session, field):
    actor, today = field.actor("coordinator"), field.today
    saved = deactivate_site(session, actor, field.here.id, 1)
    assert find_sites(session, actor, today).total == 0
    assert [site.name for site in find_sites(session, actor, today, active=False).sites] == ["Maple Demo Center"]
    activate_site(session, actor, field.here.id, saved.version)
    assert find_sites(session, actor, today).total == 1


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"name": "   "}, ("name", "required")),
        ({"name": "x" * 161}, ("name", "too_long")),
        ({"name": "A\x00B"}, ("name", "not_understood")),
        ({"setting": "castle"}, ("setting", "unknown_option")),
        ({"capacity": -1}, ("capacity", "below_minimum")),
        ({"region_id": "x"}, ("region_id", "unknown_field")),
        ({"service_start": MONDAY, "service_end": date(2026, 3, 1)}, ("service_end", "end_before_start")),
    ],
)
def test_what_is_wrong_with_a_site_is_told_at_its_field(field, values, problem):
    with pytest.raises(InvalidInput) as refused:
        a_site(field, **values)
    assert problem in problems_of(refused)


def test_search_takes_wildcards_and_quotes_as_letters(session, field):
    for name in ("100% Demo", "Under_score Demo", "O'Hara Demo", "Back\\slash Demo"):
        field.site(name, city="Alder", license_no=f"L-{name[:3]}")
    session.commit()
    actor = field.actor("admin")

    def found(text):
        return [site.name for site in find_sites(session, actor, field.today, text=text).sites]

    assert found("%") == ["100% Demo"]
    assert found("_") == ["Under_score Demo"]
    assert found("\\") == ["Back\\slash Demo"]
    assert found("o'hara") == ["O'Hara Demo"]
    assert found("' OR 1=1 --") == []
    assert found("alder 100") == ["100% Demo"]
    assert found("l-o'h") == ["O'Hara Demo"]
    assert found("a\x00b") == []


def test_a_list_of_many_sites_comes_in_pages(session, field):
    for number in range(60):
        field.site(f"Paged Demo {number:02d}")
    session.commit()
    actor = field.actor("admin")
    first = find_sites(session, actor, field.today, text="paged")
    second = find_sites(session, actor, field.today, text="paged", page=2)
    assert (first.total, len(first.sites), len(second.sites)) == (60, 25, 25)
    assert second.sites[0].name == "Paged Demo 25"


def test_a_line_counts_rooms_consultants_visits_and_missing_months(session, field):
    log_visit(session, field.actor("consultant"), field.visit())
    month = (field.today.replace(day=1) - timedelta(days=1)).replace(day=1)
    field.enrolment(field.room, month)
    session.commit()
    (line,) = find_sites(session, field.actor("coordinator"), field.today).sites
    assert (line.classrooms, line.consultants) == (1, 1)
    assert line.last_visit_on == field.today - timedelta(days=1)
    assert (len(line.missing.months), line.missing.of) == (11, 12)
    assert month not in line.missing.months
    (line,) = find_sites(session, field.actor("director"), field.today).sites
    assert line.consultants is None
    lines = find_sites(session, field.actor("admin"), field.today).sites
    assert [line.last_visit_on for line in lines] == [None, None]


def test_classrooms_are_added_and_changed_by_those_who_work_there(session, field):
    actor = field.actor("director")
    room = ClassroomInput.checked({"site_id": field.here.id, "name": "Wrens", "age_group": "toddler", "capacity": 12})
    saved = add_classroom(session, actor, room)
    closed = room.model_copy(update={"open_from": MONDAY, "open_to": date(2026, 6, 30)})
    change_classroom(session, actor, saved.id, 1, closed)
    assert stored(session, Classroom, saved.id).open_to == date(2026, 6, 30)
    with pytest.raises(InvalidInput) as refused:
        add_classroom(session, actor, room)
    assert problems_of(refused) == {("name", "already_there")}
    with pytest.raises(NotFound):
        add_classroom(session, actor, room.model_copy(update={"site_id": field.elsewhere.id}))
    with pytest.raises(NotFound):
        change_classroom(session, actor, field.room_elsewhere.id, 1, room)


def test_a_closure_covers_weekdays_only_and_can_be_taken_out_and_entered_again(session, field):
    actor = field.actor("consultant")
    week = ClosureInput.checked(
        {"site_id": field.here.id, "closed_on": MONDAY, "last_on": date(2026, 3, 8), "reason": "holiday"}
    )
    saved = add_closure(session, actor, week)
    assert len(saved) == 5
    remove_closure(session, actor, saved[0].id)
    session.expire_all()
    assert len(site_details.closures(session, actor, field.here.id, MONDAY)) == 4
    add_closure(session, actor, week.model_copy(update={"reason": "weather"}))
    session.expire_all()
    rows = session.exec(select(Closure)).all()
    assert [(row.reason, row.deleted_at) for row in rows] == [("weather", None)] * 5


def test_a_weekend_is_no_closure(field):
    with pytest.raises(InvalidInput) as refused:
        ClosureInput.checked({"site_id": field.here.id, "closed_on": date(2026, 3, 7), "reason": "holiday"})
    assert problems_of(refused) == {("closed_on", "weekday_needed")}


def test_staff_are_kept_under_aliases_by_the_director(session, field):
    one = StaffInput.checked({"site_id": field.here.id, "alias": "T1", "role": "lead", "hire_date": MONDAY})
    saved = add_staff(session, field.actor("director"), one)
    left = one.model_copy(update={"leave_date": date(2026, 5, 1), "leave_reason": "retired"})
    change_staff(session, field.actor("director"), saved.id, 1, left)
    assert stored(session, Staff, saved.id).leave_reason == "retired"
    with pytest.raises(NotFound):
        add_staff(session, field.actor("consultant"), one.model_copy(update={"alias": "T2"}))
    assert [line.alias for line in site_details.staff(session, field.actor("consultant"), field.here.id)] == ["T1"]


def test_marks_are_added_changed_and_removed_but_never_in_the_future(session, field):
    actor = field.actor("consultant")
    mark = SiteEventInput.checked({"site_id": field.here.id, "kind": "training", "happened_on": MONDAY})
    saved = add_site_event(session, actor, mark)
    change_site_event(session, actor, saved.id, 1, mark.model_copy(update={"note": "All staff"}))
    remove_site_event(session, actor, saved.id)
    assert stored(session, SiteEvent, saved.id).note == "All staff"
    assert site_details.events(session, actor, field.here.id) == []
    with pytest.raises(InvalidInput) as refused:
        add_site_event(session, actor, mark.model_copy(update={"happened_on": field.today + timedelta(days=3)}))
    assert problems_of(refused) == {("happened_on", "in_the_future")}


def test_regions_and_programs_are_an_administrators_task(session, field):
    admin = field.actor("admin")
    region = add_region(session, admin, RegionInput(name="West Demo Region", code="W", timezone="America/Chicago"))
    program = ProgramInput(region_id=region.id, name="Orchard Program", type="head_start")
    saved = add_program(session, admin, program)
    change_program(session, admin, saved.id, 1, program.model_copy(update={"type": "early_head_start"}))
    with pytest.raises(InvalidInput) as refused:
        add_region(session, admin, RegionInput(name="West Demo Region", code="X", timezone="Moon/Base"))
    assert problems_of(refused) == {("name", "already_there"), ("timezone", "unknown_timezone")}
    with pytest.raises(NotFound):
        add_program(session, field.actor("coordinator"), program)


def test_the_people_of_a_site_are_seen_by_coordinators_and_not_by_directors(session, field):
    people = site_details.site_people(session, field.actor("coordinator"), field.here.id)
    assert [(one.role, one.through) for one in people] == [
        ("consultant", "site"),
        ("coordinator", "region"),
        ("director", "site"),
    ]
    assert site_details.site_people(session, field.actor("director"), field.here.id) == []
    assert site_details.site_people(session, field.actor("coordinator"), field.elsewhere.id) == []
